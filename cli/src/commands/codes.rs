//! `codes`: the one-time codes of this moment, or as they change.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use countersign_core::authenticator::{Authenticator, CodeView, CodesQuery};
use countersign_core::vault::VaultError;

use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::screen::{Screen, Size};
use crate::table::fit;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Codes {
    /// Go on and show each new code, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    /// Only those whose issuer or account contains this
    filter: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: Codes) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let filter = arguments.filter.as_deref();
    let now = select(&authenticator, filter)?;
    if now.is_empty() {
        return match filter {
            Some(filter) => {
                Err(Failure::gone("unknown_entry", format!("no entry's name contains “{filter}”")))
            }
            None => nothing_yet(context),
        };
    }
    match (arguments.watch, context.out.live) {
        (false, _) => print(context, &now),
        (true, true) => live(context, &authenticator, filter).await,
        (true, false) => each_change(context, &authenticator, filter).await,
    }
}

/// What an empty vault says.
pub(crate) fn nothing_yet(context: &Context) -> Result<(), Failure> {
    context.out.remark("This vault has no one-time codes yet. Add some with `countersign scan IMAGE` or `countersign add -`.");
    Ok(())
}

fn select(authenticator: &Authenticator, filter: Option<&str>) -> Result<Vec<CodeView>, Failure> {
    let mut codes = authenticator.codes(&CodesQuery::default())?.rows;
    codes.retain(|code| codes::fits(code.issuer.as_deref(), &code.account, filter));
    Ok(codes)
}

fn print(context: &Context, codes: &[CodeView]) -> Result<(), Failure> {
    if context.out.json {
        return codes.iter().try_for_each(|code| context.out.fact(code));
    }
    let lines = codes::lines(codes, context.out.style, None);
    lines.iter().try_for_each(|line| context.out.line(line))
}

/// Redraws once a second, on the second.
async fn live(context: &Context, authenticator: &Authenticator, filter: Option<&str>) -> Result<(), Failure> {
    let screen = Screen::enter(&context.out, context.terminal.clone())?;
    loop {
        follow_file(authenticator)?;
        let size = Size::of_stdout();
        let codes = select(authenticator, filter)?;
        screen.draw(&page(codes::lines(&codes, context.out.style, Some(size.columns)), size))?;
        let into_second = context.clock.unix_ms().rem_euclid(1000).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(1000 - into_second)).await;
    }
}

/// As many lines as the terminal has, the last one saying how it ends.
fn page(mut lines: Vec<String>, size: Size) -> Vec<String> {
    let room = size.lines.saturating_sub(2);
    let hidden = lines.len().saturating_sub(room);
    let end = match hidden {
        0 => "Ctrl-C ends".to_owned(),
        n => format!("{n} more do not fit; name one to see it (countersign codes --watch NAME). Ctrl-C ends"),
    };
    lines.truncate(room);
    lines.push(String::new());
    lines.push(fit(&end, size.columns));
    lines
}

/// For a pipe: everything once, then what has changed whenever something does.
async fn each_change(
    context: &Context,
    authenticator: &Authenticator,
    filter: Option<&str>,
) -> Result<(), Failure> {
    let mut told = BTreeMap::new();
    loop {
        follow_file(authenticator)?;
        let codes = select(authenticator, filter)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_never_longer_than_the_terminal() {
        let lines = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>();
        let size = Size { columns: 40, lines: 10 };
        assert_eq!(page(lines(8), size).len(), 10);
        let full = page(lines(9), size);
        assert_eq!((full.len(), full[7].as_str()), (10, "7"));
        assert!(full[9].starts_with("1 more do not fit") && full[9].chars().count() <= 40, "{}", full[9]);
        assert_eq!(page(lines(1), size), ["0", "", "Ctrl-C ends"]);
    }
}
