//! `unenroll`: removes an account, here and at its server.

use clap::Args;
use serde_json::json;

use super::accounts;
use crate::context::Context;
use crate::exit::Failure;
use crate::progress::during;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Unenroll {
    /// The account's id, the beginning of it, or a part of its organisation, user or server
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// Remove it here also when the server cannot be told
    #[arg(long)]
    server_is_gone: bool,
}

pub(crate) async fn run(context: &Context, arguments: Unenroll) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let account = accounts::account(&authenticator, &arguments.account)?;
    let question = format!(
        "Remove {} at {}? This device can then no longer answer for you there; receipts stay.",
        account.user_ref, account.tenant
    );
    context.confirm(&question).await?;
    let removing = authenticator.remove_account(&account.id, arguments.server_is_gone);
    during(&context.out, "Telling the server", removing).await.map_err(|error| {
        let failure = Failure::from(error);
        if !arguments.server_is_gone {
            context.out.remark("It is still here. If that server is gone for good, add --server-is-gone.");
        }
        failure
    })?;
    context.out.tell(
        &json!({"account": account.id, "removed": true}),
        &format!("Removed {} at {}.", account.user_ref, account.tenant),
    )
}
