//! `deny`: no.

use clap::Args;
use countersign_protocol::answer::Decision;

use super::approve;
use crate::context::Context;
use crate::exit::Failure;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Deny {
    /// The request's id, or the beginning of it (see `countersign inbox`)
    #[arg(value_name = "ID")]
    id: String,
    /// It was not you who asked: your organisation is told
    #[arg(long)]
    report: bool,
}

pub(crate) async fn run(context: &Context, arguments: Deny) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let request = approve::find(context, &authenticator, &arguments.id).await?;
    let decision = if arguments.report { Decision::Report } else { Decision::Deny };
    approve::answer(context, &authenticator, &request, decision, None).await
}
