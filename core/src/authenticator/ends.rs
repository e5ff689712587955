//! How questions end: answered here, answered elsewhere, taken back, or not answered in time. Each end is said shortly, so
//! that a request does not just disappear from under the person's finger.

use countersign_protocol::wire::{History, Outcome};

use super::views::EndedView;
use super::{Authenticator, AuthenticatorError};
use crate::approve::{Account, AnswerResult, Ask, Pending};

impl Authenticator {
    /// The end that an answer's result tells of, if it is one.
    pub(super) fn end_by(
        &self,
        result: &AnswerResult,
        account: &Account,
        pending: &Pending,
    ) -> Option<EndedView> {
        let (outcome, here) = match result {
            AnswerResult::Done(outcome) => (Some(*outcome), true),
            AnswerResult::WrongNumber => (Some(Outcome::Denied), true),
            AnswerResult::Elsewhere(outcome) => (Some(*outcome), false),
            AnswerResult::Expired => (Some(Outcome::Expired), false),
            AnswerResult::Gone => (None, false),
            AnswerResult::Code(_) | AnswerResult::VerificationNeeded => return None,
        };
        Some(EndedView::of(pending, account, outcome, here, self.inner.clock.unix_seconds()))
    }

    /// Finds out what became of questions that a server no longer lists. Only what it says has ended has: its replies may
    /// overtake each other, and a question that waits must not be taken for one that is over.
    pub(super) async fn note_ends(
        &self,
        account: &Account,
        gone: Vec<Pending>,
        server_time: u64,
    ) -> Result<(), AuthenticatorError> {
        let (late, others): (Vec<_>, Vec<_>) =
            gone.into_iter().partition(|pending| pending.challenge.exp <= server_time);
        let mut ends: Vec<_> = late.iter().map(|pending| (pending, Outcome::Expired, false)).collect();
        if !others.is_empty() {
            // Without an answer nothing is said: the history has it all the same.
            let history = match self.inner.client.ask(account, Ask::history()).await {
                Ok(reply) => reply.json::<History>().map(|history| history.entries).unwrap_or_default(),
                Err(_) => Vec::new(),
            };
            ends.extend(others.iter().filter_map(|pending| {
                let entry = history.iter().find(|entry| entry.id == pending.challenge.jti)?;
                let over = entry.outcome != Outcome::Pending;
                over.then_some((pending, entry.outcome, entry.answered_here))
            }));
        }
        let now = self.inner.clock.unix_seconds();
        let view = |(pending, outcome, here)| EndedView::of(pending, account, Some(outcome), here, now);
        self.inner.remembering(|memory| ends.into_iter().map(view).for_each(|end| memory.end(end)))
    }
}
