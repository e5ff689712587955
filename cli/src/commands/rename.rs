//! `rename`: another name for this device at one server.

use clap::Args;
use serde_json::json;

use super::accounts;
use crate::context::Context;
use crate::exit::Failure;
use crate::progress::during;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The account's id, the beginning of it, or a part of its organisation, user or server
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// The new name, 1 to 100 characters
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) async fn run(context: &Context, arguments: Rename) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let account = accounts::account(&authenticator, &arguments.account)?;
    during(&context.out, "Asking the server", authenticator.rename(&account.id, &arguments.name)).await?;
    let name = arguments.name.trim();
    context.out.tell(
        &json!({"account": account.id, "device_name": name}),
        &format!("{} now calls this device {name}.", account.tenant),
    )
}
