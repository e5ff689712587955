//! `approve`: yes, it is me.

use std::collections::BTreeSet;

use clap::Args;
use countersign_core::approve::{AnswerResult, MAX_RULE_DAYS, RuleOffer};
use countersign_core::authenticator::{Authenticator, PendingView};
use countersign_protocol::answer::Decision;

use super::rules;
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
    /// Also make a rule: for DAYS days (1 to 30) sign-ins to this application from this network are approved without
    /// asking. Only where your organisation allows it
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_RULE_DAYS)))]
    pub(crate) remember: Option<u32>,
}

pub(crate) async fn run(context: &Context, arguments: Approve) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let request = find(context, &authenticator, &arguments.id).await?;
    let rule = match arguments.remember {
        Some(days) => Some((agree_to_rule(context, &authenticator, &request, days).await?, days)),
        None => None,
    };
    let number = match (arguments.number, answering::number_asked(&request)) {
        (None, Some(which)) => Some(ask_number(context, &request, &which).await?),
        (number, _) => number,
    };
    answer(context, &authenticator, &request, Decision::Approve, number.as_deref()).await?;
    match rule {
        Some((offer, days)) => rules::make(context, &authenticator, &offer, days).await,
        None => Ok(()),
    }
}

/// What the rule would be, once the person has agreed to it.
async fn agree_to_rule(
    context: &Context,
    authenticator: &Authenticator,
    request: &PendingView,
    days: u32,
) -> Result<RuleOffer, Failure> {
    let offer = authenticator.rule_offer(request.id).await?;
    let question = format!(
        "Approve sign-ins to {} from {} without asking for {days} days? Whoever sits in that network and knows your \
         password then gets in.",
        request.application,
        offer.network()
    );
    context.confirm(&question).await?;
    Ok(offer)
}

async fn ask_number(context: &Context, request: &PendingView, which: &str) -> Result<String, Failure> {
    let needed = |sentence: &str| {
        let digits = usize::from(request.digits.unwrap_or(2));
        Failure::usage("number_needed", format!("{sentence} with --number {}", "N".repeat(digits)))
    };
    if context.person().is_none() {
        return Err(needed("this request asks for the number on the sign-in screen; give it"));
    }
    context.out.line(&requests::words(request, context.out.style).join("\n"))?;
    let typed = context.ask_line(&format!("Type {which} that the sign-in screen shows: ")).await?;
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
    let code_is_shown = matches!(result, AnswerResult::Code(_));
    let (taken, words) = answering::concluded(request, decision, result)?;
    context.out.tell(&taken, &words)?;
    if !code_is_shown {
        return Ok(());
    }
    // The answer counts when the code was typed; until then this command is what shows it.
    let typed = authenticator.follow_code(request.id);
    let result = during(&context.out, "Waiting until the code was typed", typed).await?;
    let (taken, words) = answering::concluded(request, decision, result)?;
    context.out.tell(&taken, &words)
}
