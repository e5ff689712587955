//! `password`: another password for the vault.

use clap::Args;
use countersign_core::vault::PasswordCost;
use serde_json::json;

use crate::context::Context;
use crate::exit::Failure;
use crate::progress::during;
use crate::session::{NEW_PASSWORD, blocking};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// Read the new password from this descriptor: one line
    #[arg(long, value_name = "N")]
    new_password_fd: Option<u32>,
}

pub(crate) async fn run(context: &Context, arguments: Password) -> Result<(), Failure> {
    let descriptor = arguments.new_password_fd;
    if descriptor.is_some() && descriptor == context.global.password_fd {
        return Err(Failure::usage("password_fd", "the old and the new password need two descriptors"));
    }
    let authenticator = context.open().await?;
    let password = context.new_password(NEW_PASSWORD, descriptor).await?;
    let vault = authenticator.vault().clone();
    let changing = blocking(move || vault.add_password_slot(&password, PasswordCost::default()));
    during(&context.out, "Changing the password", changing).await?;
    context.out.tell(
        &json!({"changed": true}),
        "The password is changed. Copies of the vault's file made before still open with the old one.",
    )
}
