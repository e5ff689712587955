//! `remove`: removes an account with one-time codes for good.

use clap::Args;
use countersign_core::authenticator::{Authenticator, EntryView};
use serde_json::json;

use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::pick::{Candidate, pick};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// Its id, the beginning of its id, or a part of its name
    #[arg(value_name = "ENTRY")]
    entry: String,
}

pub(crate) async fn run(context: &Context, arguments: Remove) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let entry = entry(&authenticator, &arguments.entry)?;
    let name = codes::name(entry.issuer.as_deref(), &entry.account);
    context
        .confirm(&format!("Remove {name} for good? Its codes cannot be made again without its QR code."))
        .await?;
    authenticator.remove_entry(&entry.id)?;
    context.out.tell(&json!({"id": entry.id, "removed": true}), &format!("Removed {name}."))
}

/// The entry that `query` means.
pub(crate) fn entry(authenticator: &Authenticator, query: &str) -> Result<EntryView, Failure> {
    let entries = authenticator.entries()?;
    let candidate = |entry: &EntryView| Candidate {
        id: entry.id.to_string(),
        names: vec![codes::name(entry.issuer.as_deref(), &entry.account)],
    };
    let candidates: Vec<Candidate> = entries.iter().map(candidate).collect();
    let at = pick("entry", query, &candidates)?;
    entries.into_iter().nth(at).ok_or_else(|| Failure::gone("unknown_entry", "there is no such entry"))
}
