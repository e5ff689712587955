//! Watching the inbox where nobody can answer at once, in a pipe or for a program: what changes is told as it happens.
//! Where a person sits at the terminal, `live::inbox` does it.

use countersign_core::approve::AnswerResult;
use countersign_core::authenticator::{Authenticator, AuthenticatorError};
use countersign_protocol::answer::Decision;
use countersign_protocol::id::ChallengeId;
use tokio::time::Instant;

use crate::context::Context;
use crate::exit::Failure;
use crate::follow::Follower;
use crate::requests::{self, Event};

/// Watches until it is stopped.
pub(crate) async fn watch(context: &Context, authenticator: &Authenticator) -> Result<(), Failure> {
    let mut follower = Follower::default();
    let mut watch = authenticator.watch();
    loop {
        let expiry = follower.next_expiry();
        let events = tokio::select! {
            inbox = watch.next() => follower.take(inbox?, Instant::now()),
            () = at(expiry), if expiry.is_some() => follower.expire(Instant::now()),
        };
        events.iter().try_for_each(|event| tell(context, event))?;
    }
}

fn tell(context: &Context, event: &Event) -> Result<(), Failure> {
    let (out, style) = (&context.out, context.out.style);
    match event {
        event if out.json => out.fact(event),
        Event::Request(request) => {
            let words = requests::words(request, style).join("\n");
            out.line(&format!("{words}\n{}", requests::how_to_answer(request, &request.id.to_string())))
        }
        event => out.line(&event.sentence()),
    }
}

/// Sends one decision.
pub(crate) async fn send(
    authenticator: &Authenticator,
    id: ChallengeId,
    decision: Decision,
    number: Option<&str>,
) -> Result<AnswerResult, AuthenticatorError> {
    match decision {
        Decision::Approve => authenticator.approve(id, number).await,
        Decision::Deny => authenticator.deny(id).await,
        Decision::Report => authenticator.report(id).await,
    }
}

/// Waits until then; for ever without a moment.
pub(crate) async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
