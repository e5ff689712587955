//! What was decided before: at one server, or on this device over all accounts.

use countersign_protocol::answer::Decision;

use super::{ChallengeOutcome, CoreError, CountersignCore};
use crate::approve::AccountId;
use crate::authenticator as core;

/// One ended request, as its server remembers it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryItem {
    /// Names the request.
    pub id: String,
    /// Who asked.
    pub application: String,
    /// The relying party's words.
    pub message: String,
    /// How it ended.
    pub outcome: ChallengeOutcome,
    /// Whether this device answered.
    pub answered_here: bool,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339; none when nobody answered.
    pub responded_at: Option<String>,
    /// Whether a rule of this device decided.
    pub by_rule: bool,
    /// Whether this device approved it without a network; then there is no receipt.
    pub offline: bool,
    /// `approve`, `deny` or `report`, if it was decided here.
    pub decision: Option<String>,
    /// The evidence as JSON, to be handed on.
    pub receipt: Option<String>,
}

impl From<core::HistoryView> for HistoryItem {
    fn from(view: core::HistoryView) -> Self {
        Self {
            id: view.id.to_string(),
            application: view.application,
            message: view.message,
            outcome: view.outcome.into(),
            answered_here: view.answered_here,
            created_at: view.created_at,
            responded_at: view.responded_at,
            by_rule: view.by_rule,
            offline: view.offline,
            decision: view.decision.map(word),
            receipt: view.receipt.and_then(|receipt| serde_json::to_string(&receipt).ok()),
        }
    }
}

/// A part of what this device has answered.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AnswersPage {
    /// Newest first.
    pub answers: Vec<GivenAnswer>,
    /// For the part that follows; none at the end.
    pub next: Option<String>,
}

/// An answer that this device gave and a server took.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GivenAnswer {
    /// Names the request.
    pub id: String,
    /// The account that was asked; it may be gone.
    pub account: String,
    /// Its organisation.
    pub tenant: String,
    /// Who asked.
    pub application: String,
    /// The relying party's words.
    pub message: String,
    /// `approve`, `deny` or `report`.
    pub decision: String,
    /// How the request ended.
    pub outcome: ChallengeOutcome,
    /// When, seconds since 1970 by the server's clock.
    pub answered_at: u64,
    /// The evidence as JSON, to be handed on.
    pub receipt: Option<String>,
}

impl From<core::AnswerRecord> for GivenAnswer {
    fn from(record: core::AnswerRecord) -> Self {
        let shown = |text: &str| crate::scan::visible(text, 500);
        Self {
            id: record.id.to_string(),
            account: record.account.to_string(),
            tenant: shown(&record.tenant),
            application: shown(&record.application),
            message: shown(&record.message),
            decision: word(record.decision),
            outcome: record.outcome.into(),
            answered_at: record.answered_at,
            receipt: serde_json::to_string(&record.receipt).ok(),
        }
    }
}

fn word(decision: Decision) -> String {
    match decision {
        Decision::Approve => "approve".to_owned(),
        Decision::Deny => "deny".to_owned(),
        Decision::Report => "report".to_owned(),
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// What one server remembers of this device, with the receipts kept here.
    pub async fn history(&self, account: String) -> Result<Vec<HistoryItem>, CoreError> {
        let history = self.authenticator.history(&AccountId::from(account.as_str())).await?;
        Ok(history.into_iter().map(HistoryItem::from).collect())
    }

    /// What this device has answered over all accounts, newest first, at most `limit` (1 to 500) at a time; `after` is the
    /// `next` of the part before. Needs no network.
    pub fn answers(&self, after: Option<String>, limit: u32) -> Result<AnswersPage, CoreError> {
        let page = self.authenticator.answers_page(after.as_deref(), limit)?;
        Ok(AnswersPage {
            answers: page.answers.into_iter().map(GivenAnswer::from).collect(),
            next: page.next,
        })
    }
}
