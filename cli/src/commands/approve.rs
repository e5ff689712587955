//! `approve`: yes, it is me.

use std::collections::BTreeSet;

use clap::Args;
use countersign_core::authenticator::{Authenticator, PendingView};
use countersign_protocol::answer::Decision;

use crate::answering;
use crate::context::Context;
use crate::desk;
use crate::exit::Failure;
use crate::pick::{Candidate, pick};
use crate::progress::during;
use crate::requests;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The request's id, or the beginning of it (see `countersign inbox`)
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The number that the sign-in screen shows, if the request asks for one
    #[arg(long, value_name = "NN")]
    pub(crate) number: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: Approve) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let request = find(context, &authenticator, &arguments.id).await?;
    let number = match (arguments.number, request.digits) {
        (None, Some(digits)) => Some(ask_number(context, &request, digits).await?),
        (number, _) => number,
    };
    answer(context, &authenticator, &request, Decision::Approve, number.as_deref()).await
}

async fn ask_number(context: &Context, request: &PendingView, digits: u8) -> Result<String, Failure> {
    let needed = |sentence: &str| {
        Failure::usage("number_needed", format!("{sentence} with --number {}", "N".repeat(digits.into())))
    };
    if context.person().is_none() {
        return Err(needed("this request asks for the number on the sign-in screen; give it"));
    }
    context.out.line(&requests::words(request, context.out.style).join("\n"))?;
    let typed = context.ask_line(&format!("The {digits} digits that the sign-in screen shows: ")).await?;
    if typed.trim().is_empty() {
        Err(needed("nothing was typed, so nothing was sent; type it or give it"))
    } else {
        Ok(typed)
    }
}

/// The waiting request that `query` means.
pub(crate) async fn find(
    context: &Context,
    authenticator: &Authenticator,
    query: &str,
) -> Result<PendingView, Failure> {
    let inbox = during(&context.out, "Asking the servers", authenticator.inbox(0)).await?;
    let candidate = |request: &PendingView| Candidate { id: request.id.to_string(), names: Vec::new() };
    let mut pending = inbox.pending;
    // One question may have gone to two accounts of the same person; it is answered once.
    let mut seen = BTreeSet::new();
    pending.retain(|request| seen.insert(request.id));
    let candidates: Vec<Candidate> = pending.iter().map(candidate).collect();
    let at = match (pick("request", query, &candidates), inbox.troubles.first()) {
        (Ok(at), _) => at,
        // It may wait at the server that could not be asked.
        (Err(failure), Some(trouble)) if failure.code() == "unknown_request" => {
            return Err(Failure::not_asked(
                &trouble.code,
                format!("{}: {}", trouble.tenant, trouble.message),
            ));
        }
        (Err(failure), _) if failure.code() == "unknown_request" => {
            return Err(Failure::gone(
                "unknown_challenge",
                format!(
                    "no request “{query}” waits; it was answered, taken back or has expired (`countersign inbox` shows what waits)"
                ),
            ));
        }
        (Err(failure), _) => return Err(failure),
    };
    pending.into_iter().nth(at).ok_or_else(|| Failure::gone("unknown_challenge", "no such request waits"))
}

/// Sends the decision and says what came of it.
pub(crate) async fn answer(
    context: &Context,
    authenticator: &Authenticator,
    request: &PendingView,
    decision: Decision,
    number: Option<&str>,
) -> Result<(), Failure> {
    let sending = desk::send(authenticator, request.id, decision, number);
    let result = during(&context.out, "Sending the answer", sending).await?;
    let (taken, words) = answering::concluded(request, decision, result)?;
    context.out.tell(&taken, &words)
}
