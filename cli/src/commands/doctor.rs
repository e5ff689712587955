//! `doctor`: whether vault, servers and clock are as they should be, and what to do about what is not.

use countersign_core::authenticator::{AccountView, Authenticator, InboxView};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Failure;
use crate::progress::during;
use crate::requests::clock_sentence;
use crate::session::readable_by_others;

/// A line of `doctor --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    /// The account it is about.
    account: Option<String>,
    message: String,
    /// The failure's stable name, when it is one.
    code: Option<String>,
}

impl Finding {
    fn new(check: &'static str, ok: bool, account: Option<&AccountView>, message: String) -> Self {
        Self { check, ok, account: account.map(|a| a.id.to_string()), message, code: None }
    }
}

pub(crate) async fn run(context: &Context) -> Result<(), Failure> {
    let authenticator = match context.open().await {
        Ok(authenticator) => authenticator,
        Err(failure) => {
            let mut finding = Finding::new("vault", false, None, failure.sentence().to_owned());
            finding.code = Some(failure.code().to_owned());
            if context.out.json {
                context.out.fact(&finding)?;
            }
            return Err(failure);
        }
    };
    let mut findings = of_vault(&authenticator)?;
    let accounts = authenticator.accounts()?;
    let inbox = during(&context.out, "Asking the servers", authenticator.inbox(0)).await?;
    findings.extend(accounts.iter().flat_map(|account| of_account(account, &inbox)));
    for finding in &findings {
        let style = context.out.style;
        let mark = if finding.ok { style.green("good") } else { style.red("BAD ") };
        context.out.tell(finding, &format!("{mark}  {}: {}", finding.check, finding.message))?;
    }
    conclude(&findings)
}

/// The first finding that keeps something from working decides how it ends.
fn conclude(findings: &[Finding]) -> Result<(), Failure> {
    let bad: Vec<&Finding> = findings.iter().filter(|finding| !finding.ok).collect();
    let Some(first) = bad.first() else { return Ok(()) };
    match bad.iter().find(|finding| finding.check == "server") {
        Some(server) => {
            Err(Failure::not_asked(server.code.as_deref().unwrap_or_default(), server.message.clone()))
        }
        None => Err(Failure::failed(format!("{}_not_good", first.check), first.message.clone())),
    }
}

fn of_vault(authenticator: &Authenticator) -> Result<Vec<Finding>, Failure> {
    let vault = authenticator.vault();
    let (entries, accounts) = (authenticator.entries()?, authenticator.accounts()?);
    let weak = entries.iter().filter(|entry| entry.weak).count();
    let mut counts = format!(
        "{} opens and every record in it is whole (entries: {}, accounts: {}, answers: {})",
        vault.path().display(),
        entries.len(),
        accounts.len(),
        authenticator.answers()?.len()
    );
    if weak > 0 {
        counts = format!("{counts}; entries with a short secret: {weak}");
    }
    let open = readable_by_others(vault.path());
    let permissions = match open {
        true => format!("others on this machine can read it; run: chmod 600 '{}'", vault.path().display()),
        false => "nobody else on this machine can read it".to_owned(),
    };
    let mut findings = vec![
        Finding::new("vault", true, None, counts),
        Finding::new("permissions", !open, None, permissions),
    ];
    if let Some(trouble) = authenticator.settings_view()?.backup_trouble {
        let mut finding = Finding::new("backup", false, None, trouble.reason);
        finding.code = Some(trouble.code);
        findings.push(finding);
    }
    Ok(findings)
}

fn of_account(account: &AccountView, inbox: &InboxView) -> Vec<Finding> {
    if let Some(trouble) = inbox.troubles.iter().find(|trouble| trouble.account == account.id) {
        let message = format!("{} at {}: {}", account.user_ref, account.tenant, trouble.message);
        let mut finding = Finding::new("server", false, Some(account), message);
        finding.code = Some(trouble.code.clone());
        return vec![finding];
    }
    let message = format!("{} answers for {} at {}", account.server, account.user_ref, account.tenant);
    let clock = inbox.clock_errors.iter().find(|clock| clock.account == account.id);
    let clock = match clock {
        Some(clock) => Finding::new("clock", false, Some(account), clock_sentence(clock.seconds)),
        None => Finding::new(
            "clock",
            true,
            Some(account),
            "it agrees with the server's within a minute".to_owned(),
        ),
    };
    vec![Finding::new("server", true, Some(account), message), clock]
}
