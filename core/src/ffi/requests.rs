//! The plain data that crosses about requests: what waits, what came of an answer. Accounts are in `records.rs`, what was
//! before is in `history.rs`.

use countersign_protocol::wire::Outcome;

use super::error::sentence;
use crate::approve::AnswerResult;
use crate::authenticator as core;

/// Everything that waits, over all accounts.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Inbox {
    /// What waits for the person.
    pub pending: Vec<PendingRequest>,
    /// What has ended in the last minute, latest first.
    pub ended: Vec<EndedRequest>,
    /// What was sent and is not shown.
    pub refused: Vec<RefusedRequest>,
    /// Accounts that could not be asked.
    pub troubles: Vec<Troubled>,
    /// Clocks that differ by more than 60 s.
    pub clocks: Vec<ServerClock>,
}

impl From<core::InboxView> for Inbox {
    fn from(view: core::InboxView) -> Self {
        let clock = |c: core::ClockError| ServerClock { account: c.account.to_string(), seconds: c.seconds };
        let refused = |r: core::RefusedView| RefusedRequest {
            account: r.account.to_string(),
            tenant: r.tenant,
            reason: r.reason,
        };
        Self {
            pending: view.pending.into_iter().map(PendingRequest::from).collect(),
            ended: view.ended.into_iter().map(EndedRequest::from).collect(),
            refused: view.refused.into_iter().map(refused).collect(),
            troubles: view.troubles.into_iter().map(Troubled::from).collect(),
            clocks: view.clock_errors.into_iter().map(clock).collect(),
        }
    }
}

/// A request that waits for the person.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PendingRequest {
    /// Names the request.
    pub id: String,
    /// The account that is asked.
    pub account: String,
    /// Its organisation.
    pub tenant: String,
    /// Who wants to know.
    pub application: String,
    /// `#rrggbb` or empty.
    pub color: String,
    /// Whose sign-in it is.
    pub user: String,
    /// `login`, `payment`, …
    pub kind: String,
    /// The relying party's own words.
    pub message: String,
    /// Address of the sign-in.
    pub ip: Option<String>,
    /// Town and country.
    pub place: Option<String>,
    /// Browser.
    pub browser: Option<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Digits to type before approving; none when no number is asked for.
    pub digits: Option<u8>,
    /// Three numbers to pick from before approving; none when there is nothing to pick.
    pub options: Option<Vec<String>>,
    /// Digits of the code that is shown after approving; none when there is no such code.
    pub shows: Option<u8>,
    /// Whether approving asks for the person's verification.
    pub verify: bool,
    /// 1 to 3; 3 is an unusual sign-in.
    pub risk: u8,
    /// Whether a rule may be made of it.
    pub rules_allowed: bool,
    /// What else the relying party wants the person to see.
    pub details: Vec<RequestDetail>,
    /// Seconds since 1970 by the server's clock.
    pub asked_at: u64,
    /// Seconds left when it was fetched.
    pub seconds_left: u64,
}

impl From<core::PendingView> for PendingRequest {
    fn from(view: core::PendingView) -> Self {
        Self {
            id: view.id.to_string(),
            account: view.account.to_string(),
            tenant: view.tenant,
            application: view.application,
            color: view.color,
            user: view.user,
            kind: view.kind,
            message: view.message,
            ip: view.ip,
            place: view.place,
            browser: view.browser,
            os: view.os,
            digits: view.digits,
            options: view.options.map(|options| options.map(|o| o.to_string()).to_vec()),
            shows: view.shows,
            verify: view.verify,
            risk: view.risk,
            rules_allowed: view.rules_allowed,
            details: view
                .details
                .into_iter()
                .map(|detail| RequestDetail { label: detail.label, value: detail.value })
                .collect(),
            asked_at: view.asked_at,
            seconds_left: view.seconds_left,
        }
    }
}

/// A request that has just ended.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EndedRequest {
    /// Names the request.
    pub id: String,
    /// The account that was asked.
    pub account: String,
    /// Its organisation.
    pub tenant: String,
    /// Who wanted to know.
    pub application: String,
    /// The relying party's own words.
    pub message: String,
    /// How it ended; none when the server knows nothing of it any more.
    pub outcome: Option<ChallengeOutcome>,
    /// Whether it was answered on this device.
    pub answered_here: bool,
    /// When that was seen, seconds since 1970 by this device's clock.
    pub ended_at: u64,
}

impl From<core::EndedView> for EndedRequest {
    fn from(view: core::EndedView) -> Self {
        Self {
            id: view.id.to_string(),
            account: view.account.to_string(),
            tenant: view.tenant,
            application: view.application,
            message: view.message,
            outcome: view.outcome.map(ChallengeOutcome::from),
            answered_here: view.answered_here,
            ended_at: view.ended_at,
        }
    }
}

/// A line of a request's details.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RequestDetail {
    /// What it is.
    pub label: String,
    /// Its content.
    pub value: String,
}

/// A challenge that is not shown.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedRequest {
    /// The account it was sent to.
    pub account: String,
    /// Its organisation.
    pub tenant: String,
    /// Why, in English.
    pub reason: String,
}

/// One account's error among others that went well.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Troubled {
    /// The account.
    pub account: String,
    /// Its organisation.
    pub tenant: String,
    /// As [`super::CoreError::code`].
    pub code: String,
    /// English.
    pub sentence: String,
}

impl From<core::Trouble> for Troubled {
    fn from(t: core::Trouble) -> Self {
        Self { account: t.account.to_string(), tenant: t.tenant, code: t.code, sentence: sentence(&t.message) }
    }
}

/// A clock that the person should know about.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ServerClock {
    /// The account whose server it differs from.
    pub account: String,
    /// Seconds that this device's clock is behind (negative: ahead).
    pub seconds: i64,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "the words of countersign_protocol::wire::Outcome, explained there")]
pub enum ChallengeOutcome {
    Pending,
    Approved,
    Denied,
    Expired,
    Failed,
    Cancelled,
}

impl From<Outcome> for ChallengeOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pending => Self::Pending,
            Outcome::Approved => Self::Approved,
            Outcome::Denied => Self::Denied,
            Outcome::Expired => Self::Expired,
            Outcome::Failed => Self::Failed,
            Outcome::Cancelled => Self::Cancelled,
        }
    }
}

/// What came of an answer. The code in it is never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AnswerOutcome {
    /// The approval counts once the person has typed this code into the login page. Show it until
    /// `after_code` says how it ended.
    Code {
        /// ASCII digits.
        code: String,
    },
    /// It was taken.
    Done {
        /// How the request ended.
        outcome: ChallengeOutcome,
    },
    /// Somebody or something was faster.
    Elsewhere {
        /// How the request ended.
        outcome: ChallengeOutcome,
    },
    /// Its time was over.
    Expired,
    /// The number, or the code typed into the login page, was wrong; the request ended as denied.
    WrongNumber,
    /// The server insists on the person's verification; nothing was decided.
    VerificationNeeded,
    /// The server knows of no such request any more.
    Gone,
}

impl std::fmt::Debug for AnswerOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code { .. } => f.write_str("Code(…)"),
            Self::Done { outcome } => f.debug_tuple("Done").field(outcome).finish(),
            Self::Elsewhere { outcome } => f.debug_tuple("Elsewhere").field(outcome).finish(),
            Self::Expired => f.write_str("Expired"),
            Self::WrongNumber => f.write_str("WrongNumber"),
            Self::VerificationNeeded => f.write_str("VerificationNeeded"),
            Self::Gone => f.write_str("Gone"),
        }
    }
}

impl From<AnswerResult> for AnswerOutcome {
    fn from(result: AnswerResult) -> Self {
        match result {
            AnswerResult::Code(code) => Self::Code { code: code.as_str().to_owned() },
            AnswerResult::Done(outcome) => Self::Done { outcome: outcome.into() },
            AnswerResult::Elsewhere(outcome) => Self::Elsewhere { outcome: outcome.into() },
            AnswerResult::Expired => Self::Expired,
            AnswerResult::WrongNumber => Self::WrongNumber,
            AnswerResult::VerificationNeeded => Self::VerificationNeeded,
            AnswerResult::Gone => Self::Gone,
        }
    }
}
