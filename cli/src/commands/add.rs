//! `add`: adds the account of an `otpauth://` link.

use clap::Args;
use countersign_core::authenticator::{Added, Authenticator, EntryId};
use countersign_core::otp::OtpEntry;
use countersign_core::scan::visible;
use serde::Serialize;

use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::input;
use crate::pins;

/// Longest name that is shown, in characters.
const LONGEST: usize = 120;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The otpauth:// link, or - to read it from standard input or to type it unseen
    uri: String,
}

/// With `--json`.
#[derive(Debug, Serialize)]
struct Facts {
    id: EntryId,
    added: bool,
    issuer: Option<String>,
    account: String,
    weak: bool,
}

pub(crate) async fn run(context: &Context, arguments: Add) -> Result<(), Failure> {
    use std::io::IsTerminal as _;
    context.keep_stdin_for(&arguments.uri)?;
    let from_argument = arguments.uri != "-";
    let uri = if !from_argument && std::io::stdin().is_terminal() {
        context.ask_secret("Setup link (not shown): ").await?
    } else {
        input::text(&arguments.uri)?
    };
    // What cannot be added is said before a password is asked for.
    let parsed = OtpEntry::parse(&uri)?;
    entry(context, &mut None, &parsed).await?;
    if from_argument {
        context.out.remark(
            "The link's secret now stands in your shell's history; remove it there, and use `countersign add -` next time.",
        );
    }
    Ok(())
}

/// Adds an entry to `vault`, which is opened (or made) now if it was not before.
pub(crate) async fn entry(
    context: &Context,
    vault: &mut Option<Authenticator>,
    entry: &OtpEntry,
) -> Result<(), Failure> {
    let authenticator = match vault {
        Some(authenticator) => authenticator,
        None => vault.insert(context.open_or_create().await?),
    };
    let waiting = pins::missing(authenticator)?;
    let added = authenticator.add_entry(entry)?;
    let (issuer, account) = (entry.issuer().map(shown), shown(entry.account()));
    let name = codes::name(issuer.as_deref(), &account);
    let new = matches!(added, Added::New(_));
    let words =
        if new { format!("Added {name}.") } else { format!("{name} was here before; nothing was changed.") };
    let weak = entry.weak();
    context.out.tell(&Facts { id: added.id().clone(), added: new, issuer, account, weak }, &words)?;
    if weak {
        context.out.remark(
            "Its secret is shorter than 128 bits. It works, but the service should give a longer one.",
        );
    }
    pins::ask(context, authenticator, &waiting).await
}

/// A name from outside, safe to show.
pub(crate) fn shown(text: &str) -> String {
    visible(text, LONGEST)
}
