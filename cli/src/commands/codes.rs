//! `codes`: the one-time codes of this moment, or as they change.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use countersign_core::authenticator::{Authenticator, CodeView, CodesQuery};
use countersign_core::vault::VaultError;

use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::live;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Codes {
    /// Go on and show each new code, until q or Ctrl-C: on a terminal to search in and to copy from
    #[arg(long)]
    pub(crate) watch: bool,
    /// Only those in whose issuer, account, tags or note this is found
    filter: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: Codes) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let filter = arguments.filter.as_deref().unwrap_or_default();
    let now = select(context, &authenticator, filter)?;
    if now.is_empty() {
        if filter.is_empty() {
            return nothing_yet(context);
        }
        return Err(Failure::gone("unknown_entry", format!("“{filter}” is found in no entry")));
    }
    match (arguments.watch, context.out.live) {
        (false, _) => print(context, &now),
        (true, true) => live::codes::watch(context, &authenticator, filter).await,
        (true, false) => each_change(context, &authenticator, filter).await,
    }
}

/// What an empty vault says.
pub(crate) fn nothing_yet(context: &Context) -> Result<(), Failure> {
    let [scan, add, import] = ["scan IMAGE", "add -", "import FILE"].map(|words| context.command(words));
    context.out.remark(&format!(
        "This vault has no one-time codes yet. Add some with `{scan}`, `{add}` or `{import}`."
    ));
    Ok(())
}

/// What is found. Codes that are hidden on a screen are shown where a program reads, and when one was named.
fn select(context: &Context, authenticator: &Authenticator, filter: &str) -> Result<Vec<CodeView>, Failure> {
    let query = CodesQuery { search: filter.to_owned(), tag: None };
    let mut rows = authenticator.codes(&query)?.rows;
    if !context.out.live || rows.len() == 1 {
        for row in rows.iter_mut().filter(|row| row.hidden) {
            *row = authenticator.code(&row.id)?;
        }
    }
    Ok(rows)
}

fn print(context: &Context, codes: &[CodeView]) -> Result<(), Failure> {
    if context.out.json {
        return codes.iter().try_for_each(|code| context.out.fact(code));
    }
    let lines = codes::lines(codes, context.out.style);
    lines.iter().try_for_each(|line| context.out.line(line))
}

/// For a pipe: everything once, then what has changed whenever something does.
async fn each_change(context: &Context, authenticator: &Authenticator, filter: &str) -> Result<(), Failure> {
    let mut told = BTreeMap::new();
    loop {
        follow_file(authenticator)?;
        let codes = select(context, authenticator, filter)?;
        // What a counter makes changes only when it is asked for; another process may have.
        let left = codes.iter().filter_map(|code| code.seconds_left).min().unwrap_or(1);
        let news = |code: &CodeView| told.get(code.id.as_str()) != Some(&code.code);
        print(context, &codes.iter().filter(|code| news(code)).cloned().collect::<Vec<_>>())?;
        told = codes.iter().map(|code| (code.id.as_str().to_owned(), code.code.clone())).collect();
        let into_second = context.clock.unix_ms().rem_euclid(1000).unsigned_abs();
        let wait = (u64::from(left) * 1000).saturating_sub(into_second).max(1);
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
}

/// Another process may add or remove entries meanwhile. One that is writing just now is no reason to stop.
fn follow_file(authenticator: &Authenticator) -> Result<(), Failure> {
    match authenticator.vault().refresh() {
        Ok(_) | Err(VaultError::Busy) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
