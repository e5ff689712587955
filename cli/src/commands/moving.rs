//! `move`: an entry's place in the person's own order.

use clap::Args;
use countersign_core::settings::Order;
use serde_json::json;

use super::remove;
use crate::codes;
use crate::context::Context;
use crate::exit::Failure;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// Its id, the beginning of its id, or a part of its name
    #[arg(value_name = "ENTRY")]
    entry: String,
    /// The entry that it shall stand before; else it goes to the end
    #[arg(long, value_name = "ENTRY")]
    before: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: Move) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let entry = remove::entry(&authenticator, &arguments.entry)?;
    let before = arguments.before.map(|query| remove::entry(&authenticator, &query)).transpose()?;
    authenticator.move_entry(&entry.id, before.as_ref().map(|before| &before.id))?;
    let name = codes::name(entry.issuer.as_deref(), &entry.account);
    let place = before.as_ref().map_or("at the end".to_owned(), |before| {
        format!("before {}", codes::name(before.issuer.as_deref(), &before.account))
    });
    let facts = json!({"id": entry.id, "before": before.map(|before| before.id)});
    context.out.tell(&facts, &format!("{name} stands {place} now."))?;
    if authenticator.settings()?.order != Order::Manual {
        context.out.remark("Your own order is shown after `countersign settings order manual`.");
    }
    Ok(())
}
