//! `edit`: another name, tags, a note, a place before the others, or the PIN of an entry. Nothing of it but the PIN
//! changes a code.

use clap::{ArgAction, Args};
use countersign_core::authenticator::EntryEdit;

use super::remove;
use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::password::from_descriptor;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Its id, the beginning of its id, or a part of its name
    #[arg(value_name = "ENTRY")]
    entry: String,
    /// Who issued it; "" for nobody
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// The account's name
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// A tag, instead of those that there are; may be given several times
    #[arg(long, value_name = "TAG")]
    tag: Option<Vec<String>>,
    /// No tags at all
    #[arg(long, conflicts_with = "tag")]
    no_tags: bool,
    /// Words of your own; "" for none
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Show it before the others, or not
    #[arg(long, value_name = "true|false", action = ArgAction::Set)]
    pinned: Option<bool>,
    /// Ask for the PIN that its codes are made with
    #[arg(long)]
    pin: bool,
    /// Read that PIN from this descriptor: one line
    #[arg(long, value_name = "N", conflicts_with = "pin")]
    pin_fd: Option<u32>,
}

pub(crate) async fn run(context: &Context, arguments: Edit) -> Result<(), Failure> {
    let Edit { entry, issuer, account, tag, no_tags, note, pinned, pin, pin_fd } = arguments;
    let tags = if no_tags { Some(Vec::new()) } else { tag };
    let edit = EntryEdit { issuer, account, tags, pinned, note };
    let asks_pin = pin || pin_fd.is_some();
    if edit == EntryEdit::default() && !asks_pin {
        return Err(Failure::usage(
            "usage",
            "say what to change: --issuer, --account, --tag, --note, --pinned or --pin",
        ));
    }
    if pin_fd.is_some() && pin_fd == context.global.password_fd {
        return Err(Failure::usage("password_fd", "the password and the PIN need two descriptors"));
    }
    let authenticator = context.open().await?;
    let id = remove::entry(&authenticator, &entry)?.id;
    if asks_pin {
        let pin = match pin_fd {
            Some(descriptor) => from_descriptor(descriptor).await?,
            None => context.ask_secret("PIN (not shown): ").await?,
        };
        authenticator.set_pin(&id, &pin)?;
    }
    if edit != EntryEdit::default() {
        authenticator.edit_entry(&id, &edit)?;
    }
    let now = authenticator.entry(&id)?;
    let words = format!("Changed {}.", codes::name(now.issuer.as_deref(), &now.account));
    context.out.tell(&now, &words)
}
