//! `rules`: the standing permissions of this device: list them, end one. `approve --remember` makes them.

use clap::{Args, Subcommand};
use countersign_core::approve::RuleOffer;
use countersign_core::authenticator::{AccountView, Authenticator, RuleView, Trouble};
use serde_json::json;

use super::accounts;
use crate::context::Context;
use crate::exit::Failure;
use crate::moment;
use crate::pick::{Candidate, pick, short};
use crate::progress::during;
use crate::table::Table;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the rules of all accounts (the same as without a word)
    List,
    /// End a rule at once: you are asked again
    Revoke {
        /// The rule's id, the beginning of it, or a part of its application or network
        #[arg(value_name = "RULE", allow_hyphen_values = true)]
        rule: String,
    },
}

/// The rules of all accounts, and the accounts that could not be asked.
struct Found {
    rules: Vec<RuleView>,
    foreign: Vec<(AccountView, usize)>,
    troubles: Vec<Trouble>,
}

pub(crate) async fn run(context: &Context, arguments: Rules) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let accounts = authenticator.accounts()?;
    if accounts.is_empty() {
        return accounts::none_yet(context);
    }
    let found = during(&context.out, "Asking the servers", ask(&authenticator, accounts)).await;
    match arguments.what {
        None | Some(What::List) => {
            print(context, &found)?;
            found.troubles.first().map_or(Ok(()), |trouble| Err(not_asked(trouble)))
        }
        Some(What::Revoke { rule }) => revoke(context, &authenticator, &found, &rule).await,
    }
}

/// Signs and hands in a rule to which the person has agreed.
pub(crate) async fn make(
    context: &Context,
    authenticator: &Authenticator,
    offer: &RuleOffer,
    days: u32,
) -> Result<(), Failure> {
    let made = during(&context.out, "Handing in the rule", authenticator.make_rule(offer, days)).await?;
    let words = format!(
        "Until {} sign-ins to {} from {} are approved without asking. End that with: countersign rules revoke {}",
        moment::words(made.ends_at),
        made.application,
        made.network,
        made.id
    );
    context.out.tell(&json!({ "rule": made }), &words)
}

async fn ask(authenticator: &Authenticator, accounts: Vec<AccountView>) -> Found {
    let mut found = Found { rules: Vec::new(), foreign: Vec::new(), troubles: Vec::new() };
    for account in accounts {
        match authenticator.rules(&account.id).await {
            Ok(view) => {
                found.rules.extend(view.rules);
                if view.foreign > 0 {
                    found.foreign.push((account, view.foreign));
                }
            }
            Err(error) => found.troubles.push(Trouble {
                account: account.id,
                tenant: account.tenant,
                code: error.server_code().unwrap_or(error.code()).to_owned(),
                message: error.to_string(),
            }),
        }
    }
    found
}

fn print(context: &Context, found: &Found) -> Result<(), Failure> {
    let out = &context.out;
    if out.json {
        found.rules.iter().try_for_each(|rule| out.fact(rule))?;
        let foreign = |(account, count): &(AccountView, usize)| {
            out.fact(&json!({ "account": account.id, "foreign": count }))
        };
        return found.foreign.iter().try_for_each(foreign);
    }
    if found.rules.is_empty() && found.troubles.is_empty() {
        out.remark("There are no rules: you are asked about every sign-in.");
    }
    let ids: Vec<String> = found.rules.iter().map(|rule| rule.id.clone()).collect();
    let mut table = Table::default();
    for (rule, id) in found.rules.iter().zip(short(&ids)) {
        let used = rule.last_used_at.as_ref().map_or("never used".to_owned(), |at| format!("last used {at}"));
        let until = format!("until {}", moment::words(rule.ends_at));
        let cells = [id, rule.application.clone(), rule.network.clone(), until, used];
        table.row(cells.map(Into::into));
    }
    table.lines().iter().try_for_each(|line| out.line(line))?;
    found.foreign.iter().try_for_each(|(account, count)| {
        out.line(&format!(
            "{} lists {count} more that this device has not signed. They can approve nothing; tell its operator.",
            account.tenant
        ))
    })
}

async fn revoke(
    context: &Context,
    authenticator: &Authenticator,
    found: &Found,
    query: &str,
) -> Result<(), Failure> {
    let candidate = |rule: &RuleView| Candidate {
        id: rule.id.clone(),
        names: vec![format!("{} from {}", rule.application, rule.network), rule.id.clone()],
    };
    let candidates: Vec<Candidate> = found.rules.iter().map(candidate).collect();
    let at = match (pick("rule", query, &candidates), found.troubles.first()) {
        // It may be at the server that could not be asked.
        (Err(failure), Some(trouble)) if failure.code() == "unknown_rule" => return Err(not_asked(trouble)),
        (at, _) => at?,
    };
    let rule = found.rules.get(at).ok_or_else(|| Failure::gone("unknown_rule", "there is no such rule"))?;
    let ending = authenticator.end_rule(&rule.account, &rule.id);
    during(&context.out, "Telling the server", ending).await?;
    let words =
        format!("Ended: sign-ins to {} from {} are asked about again.", rule.application, rule.network);
    context.out.tell(&json!({ "rule": rule.id, "revoked": true }), &words)
}

fn not_asked(trouble: &Trouble) -> Failure {
    Failure::not_asked(&trouble.code, format!("{}: {}", trouble.tenant, trouble.message))
}
