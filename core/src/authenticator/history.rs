//! What was decided before: as one server remembers it, and over all accounts as it is kept here, with the receipts.

use std::collections::HashMap;

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::History;

use super::records::AnswerRecord;
use super::views::{HistoryView, shown};
use super::{Authenticator, AuthenticatorError};
use crate::approve::{AccountId, Ask};

/// Most answers of one page.
const MAX_PAGE: u32 = 500;

/// A part of the answers that are kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersPage {
    /// Newest first.
    pub answers: Vec<AnswerRecord>,
    /// For the part that follows; none at the end.
    pub next: Option<String>,
}

/// The order of answers, and where a page ends. Ids are the servers' choice, so only all three together are one place.
type Place = (u64, ChallengeId, AccountId);

fn place(answer: &AnswerRecord) -> Place {
    (answer.answered_at, answer.id, answer.account.clone())
}

fn read_place(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '/');
    let (at, id, account) = (parts.next()?, parts.next()?, parts.next()?);
    Some((at.parse().ok()?, id.parse().ok()?, AccountId::from(account)))
}

impl Authenticator {
    /// What the server remembers of this device's requests, with the receipts that are kept here.
    ///
    /// # Errors
    /// [`AuthenticatorError`]; [`Authenticator::answers`] works without the server.
    pub async fn history(&self, account: &AccountId) -> Result<Vec<HistoryView>, AuthenticatorError> {
        let record = self.inner.account(account)?;
        let history: History = self.inner.client.ask(&record, Ask::history()).await?.json()?;
        let answers = self.inner.answers()?.into_iter().filter(|a| a.account == *account);
        let mut answers: HashMap<_, _> = answers.map(|a| (a.id, a)).collect();
        let view = |entry: countersign_protocol::wire::HistoryEntry| {
            let answer = answers.remove(&entry.id);
            HistoryView {
                id: entry.id,
                application: shown(&entry.application),
                message: shown(&entry.message),
                outcome: entry.outcome,
                answered_here: entry.answered_here,
                created_at: shown(&entry.created_at),
                responded_at: entry.responded_at.as_deref().map(shown),
                by_rule: entry.rule.is_some(),
                offline: entry.offline,
                decision: answer.as_ref().map(|a| a.decision),
                receipt: answer.map(|a| a.receipt),
            }
        };
        Ok(history.entries.into_iter().map(view).collect())
    }

    /// Every answer that was given here and taken by a server, newest first, also of accounts that are gone.
    ///
    /// # Errors
    /// As [`Authenticator::accounts`].
    pub fn answers(&self) -> Result<Vec<AnswerRecord>, AuthenticatorError> {
        let mut answers = self.inner.answers()?;
        answers.sort_by_key(|answer| std::cmp::Reverse(place(answer)));
        Ok(answers)
    }

    /// The same in parts of at most `limit`, 1 to 500, with `after` as [`AnswersPage::next`] of the part before. What is
    /// answered meanwhile moves nothing: it is newer than every part that follows.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownPage`] for another text; and as [`Authenticator::accounts`].
    pub fn answers_page(&self, after: Option<&str>, limit: u32) -> Result<AnswersPage, AuthenticatorError> {
        let after = after.map(|text| read_place(text).ok_or(AuthenticatorError::UnknownPage)).transpose()?;
        let mut answers = self.answers()?;
        if let Some(after) = after {
            answers.retain(|answer| place(answer) < after);
        }
        let limit = usize::try_from(limit.clamp(1, MAX_PAGE)).unwrap_or(usize::MAX);
        let more = answers.len() > limit;
        answers.truncate(limit);
        let end = answers.last().filter(|_| more).map(place);
        Ok(AnswersPage { answers, next: end.map(|(at, id, account)| format!("{at}/{id}/{account}")) })
    }
}
