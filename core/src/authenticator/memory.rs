//! What is known of requests and not stored: those that wait, answers that may not have arrived, codes that are shown.
//!
//! It ends with the vault's lock. A reply that was on its way then finds the vault locked and is not remembered: see
//! [`Inner::remembering`].

use std::collections::{HashMap, VecDeque};
use std::sync::{MutexGuard, PoisonError};

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;

use super::views::EndedView;
use super::{AuthenticatorError, Inner};
use crate::approve::{AccountId, Pending, Reading, Submission};
use crate::vault::VaultError;

/// A question, as this device tells it from others: ids are the servers' choice, so only both together are one.
pub(super) type Question = (AccountId, ChallengeId);

/// So many ends are remembered. A reply that is older than the latest of them is minutes late.
const ENDS_KEPT: usize = 64;

/// What is known and not stored.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Challenges that were checked and wait for the person.
    pub(super) pending: Vec<Pending>,
    /// Signed answers that may not have arrived: the same bytes are sent again when the person tries again.
    pub(super) unsent: HashMap<Question, (Option<String>, Submission)>,
    /// Approvals whose code was shown and may not have been typed yet: the same bytes bring the server's decision.
    pub(super) shown: HashMap<Question, (Pending, Submission)>,
    /// Questions whose end was seen here, latest last: a list that a server made before must not bring them back.
    ended: VecDeque<(Question, EndedView)>,
}

impl Memory {
    /// Takes in what a server says waits for `account`: that, and nothing else, but what has ended here. Returns what it no
    /// longer says. A server's replies may overtake each other, so that alone is no end.
    pub(super) fn take(&mut self, account: &AccountId, reading: &mut Reading) -> Vec<Pending> {
        reading.pending.retain(|pending| !self.has_ended(account, pending.challenge.jti));
        let waits = |id: ChallengeId| reading.pending.iter().any(|pending| pending.challenge.jti == id);
        self.unsent.retain(|(of, id), _| of != account || waits(*id));
        let gone = |pending: &mut Pending| pending.account == *account && !waits(pending.challenge.jti);
        let gone = self.pending.extract_if(.., gone).collect();
        self.pending.retain(|pending| pending.account != *account);
        self.pending.extend_from_slice(&reading.pending);
        gone
    }

    pub(super) fn has_ended(&self, account: &AccountId, id: ChallengeId) -> bool {
        self.ended.iter().any(|((of, ended), _)| of == account && *ended == id)
    }

    /// Notes that a question is over, and how. What the person did here is not overwritten by what is heard of it.
    pub(super) fn end(&mut self, end: EndedView) {
        let question = (end.account.clone(), end.id);
        self.pending.retain(|p| (&p.account, p.challenge.jti) != (&question.0, question.1));
        if let Some(at) = self.ended.iter().position(|(of, _)| *of == question) {
            if !end.answered_here {
                return;
            }
            self.ended.remove(at);
        }
        if self.ended.len() == ENDS_KEPT {
            self.ended.pop_front();
        }
        self.ended.push_back((question, end));
    }

    /// What has ended at `since` (this device's clock) or later, latest first.
    pub(super) fn ended_since(&self, since: u64) -> Vec<EndedView> {
        let ended = self.ended.iter().rev().map(|(_, view)| view);
        ended.filter(|view| view.ended_at >= since).cloned().collect()
    }

    /// The approval of that request whose code is shown. An id that two accounts bring is no id at all.
    pub(super) fn shown(
        &self,
        id: ChallengeId,
    ) -> Result<Option<&(Pending, Submission)>, AuthenticatorError> {
        one(self.shown.iter().filter(|((_, of), _)| *of == id).map(|(_, shown)| shown))
    }

    /// The request by that id that waits. One server that knows another's id could have the person answer that one's
    /// request while they look at its own; so here, too, two are none.
    pub(super) fn waiting(&self, id: ChallengeId) -> Result<Option<&Pending>, AuthenticatorError> {
        one(self.pending.iter().filter(|pending| pending.challenge.jti == id))
    }

    /// How the request by that id ended, if it was answered on this device. An id that two accounts bring is no id at all.
    pub(super) fn answered_here(&self, id: ChallengeId) -> Result<Option<Outcome>, AuthenticatorError> {
        let end = one(self.ended.iter().filter(|((_, of), _)| *of == id).map(|(_, end)| end))?;
        Ok(end.filter(|end| end.answered_here).and_then(|end| end.outcome))
    }

    /// Forgets everything of an account.
    pub(super) fn forget(&mut self, account: &AccountId) {
        self.pending.retain(|pending| pending.account != *account);
        self.unsent.retain(|(of, _), _| of != account);
        self.shown.retain(|(of, _), _| of != account);
        self.ended.retain(|((of, _), _)| of != account);
    }
}

fn one<'a, T>(mut found: impl Iterator<Item = &'a T>) -> Result<Option<&'a T>, AuthenticatorError> {
    match (found.next(), found.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(AuthenticatorError::AmbiguousChallenge),
    }
}

impl Inner {
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        // Every change is one insertion or removal: a poisoned memory is whole.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is remembered, unless the vault was locked meanwhile: [`super::Authenticator::lock`] locks first and
    /// forgets then, so nothing gets in behind it (P9).
    pub(super) fn remembering<T>(
        &self,
        step: impl FnOnce(&mut Memory) -> T,
    ) -> Result<T, AuthenticatorError> {
        let mut memory = self.memory();
        if self.vault.is_locked() {
            return Err(VaultError::Locked.into());
        }
        Ok(step(&mut memory))
    }
}
