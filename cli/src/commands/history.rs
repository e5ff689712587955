//! `history`: the answers that were given here, or what a server remembers of this device.

use clap::Args;
use countersign_core::authenticator::{AnswerRecord, Authenticator, HistoryView};
use countersign_core::scan::visible;
use countersign_protocol::answer::Decision;

use super::accounts;
use crate::context::Context;
use crate::exit::Failure;
use crate::moment;
use crate::progress::during;
use crate::table::Table;

/// Longest text of a row, in characters.
const LONGEST: usize = 60;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Ask this account's server, which also knows what was answered elsewhere or not at all
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: History) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    match arguments.account {
        None => print(context, &authenticator.answers()?, here),
        Some(query) => {
            let entries = of_server(context, &authenticator, &query).await?;
            print(context, &entries, there)
        }
    }
}

async fn of_server(
    context: &Context,
    authenticator: &Authenticator,
    query: &str,
) -> Result<Vec<HistoryView>, Failure> {
    let account = accounts::account(authenticator, query)?;
    Ok(during(&context.out, "Asking the server", authenticator.history(&account.id)).await?)
}

fn print<T: serde::Serialize>(
    context: &Context,
    entries: &[T],
    row: impl Fn(&T) -> [String; 4],
) -> Result<(), Failure> {
    if context.out.json {
        return entries.iter().try_for_each(|entry| context.out.fact(entry));
    }
    if entries.is_empty() {
        context.out.remark("Nothing was answered yet.");
    }
    let mut table = Table::default();
    entries.iter().for_each(|entry| table.row(row(entry).map(Into::into)));
    table.lines().iter().try_for_each(|line| context.out.line(line))
}

fn here(answer: &AnswerRecord) -> [String; 4] {
    let shown = |text: &str| visible(text, LONGEST);
    [
        moment::words(answer.answered_at),
        word(answer.decision).to_owned(),
        shown(&answer.application),
        format!("{}  ({})", shown(&answer.message), shown(&answer.tenant)),
    ]
}

fn there(entry: &HistoryView) -> [String; 4] {
    let by = match (entry.answered_here || entry.by_rule, entry.responded_at.is_some()) {
        (true, _) if entry.by_rule => " by a rule",
        (true, _) if entry.offline => " here, without a network",
        (true, _) => " here",
        (false, true) => " elsewhere",
        // Time, the relying party or another answer ended it.
        (false, false) => "",
    };
    [
        entry.created_at.clone(),
        format!("{}{by}", entry.outcome.as_str()),
        visible(&entry.application, LONGEST),
        visible(&entry.message, LONGEST),
    ]
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approved",
        Decision::Deny => "denied",
        Decision::Report => "denied and reported",
    }
}
