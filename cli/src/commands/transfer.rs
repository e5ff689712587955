//! `transfer`: lets another device take an account over.

use clap::Args;

use super::accounts;
use crate::context::Context;
use crate::exit::Failure;
use crate::progress::during;
use crate::qr;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Transfer {
    /// The account's id, the beginning of it, or a part of its organisation, user or server
    #[arg(value_name = "ACCOUNT")]
    account: String,
}

pub(crate) async fn run(context: &Context, arguments: Transfer) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let account = accounts::account(&authenticator, &arguments.account)?;
    let question = format!(
        "Make a link with which another device takes {} at {} over? Whoever has it first gets the account.",
        account.user_ref, account.tenant
    );
    context.confirm(&question).await?;
    let link = during(&context.out, "Asking the server", authenticator.transfer(&account.id)).await?;
    let drawn = qr::draw(&link.link).unwrap_or_default().join("\n");
    let words = format!(
        "Scan this with the other device before {}, or open the link there. This device answers until then.\n\n\
         {drawn}\n\n{}\n\nAfterwards remove the account here: countersign unenroll {}",
        link.expires_at, link.link, account.id
    );
    context.out.tell(&link, &words)
}
