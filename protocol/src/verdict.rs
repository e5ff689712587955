//! What the server decided about an answer, or by a rule in its place: `cs-verdict+jwt`.
//!
//! An answer by itself decides nothing. The number typed with it may be wrong, it may come when the time is over, or
//! after another answer that counts. Only the server can know, so it signs what came of the answer. Without this
//! signature the record of such an answer would look like that of an approval.

use serde::{Deserialize, Serialize};

use crate::answer::Decision;
use crate::challenge::Challenge;
use crate::id::ChallengeId;
use crate::jwk::PublicKey;
use crate::jws::{self, JwsError, Purpose};
use crate::wire::Outcome;

/// The signed content of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The server's id.
    pub iss: String,
    /// The challenge.
    pub cid: ChallengeId,
    /// base64url SHA-256 of the answer exactly as the device signed it. Where the phone had to show a code, the server
    /// signs only when the code was typed, and the outcome says whether it was right.
    pub ath: String,
    /// How the challenge ended by this answer: [`Outcome::Approved`] or [`Outcome::Denied`].
    pub outcome: Outcome,
    /// When the server decided, in seconds since 1970 by its clock.
    pub at: u64,
}

/// Why a verdict proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerdictError {
    /// Its signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// By another server, about another challenge, or about other bytes than this answer or rule.
    #[error("the verdict is by another server, or about another challenge, answer or rule")]
    Binding,
    /// Decided before the challenge was asked, or when no answer counted any more.
    #[error("the verdict names a time at which no answer to this challenge could count")]
    Time,
    /// Approved without an approval, or an end that no answer brings about.
    #[error("the verdict names an outcome that this answer cannot have")]
    Outcome,
}

impl Verdict {
    /// What the server signs, with the key that signed the challenge: `answer_jws` ended `challenge` as `outcome`, `at`
    /// that second since 1970 by the server's clock. It may leave the server only after the decision is stored, for
    /// what is signed cannot be taken back.
    #[must_use]
    pub fn of(challenge: &Challenge, answer_jws: &str, outcome: Outcome, at: u64) -> Self {
        Self {
            iss: challenge.iss.clone(),
            cid: challenge.jti,
            ath: crate::sha256_base64url(answer_jws.as_bytes()),
            outcome,
            at,
        }
    }

    /// Checks that the server decided about this very answer, while the challenge was open, and that its outcome can
    /// come of it. An approval that ends as denied is one with a wrong number.
    ///
    /// `server_key` must be the key that signed `challenge`, and `decision` what the answer in `answer_jws` says: the
    /// caller has checked both.
    ///
    /// # Errors
    /// [`VerdictError`]; each means that nobody knows how the challenge ended.
    pub fn verify(
        compact: &str,
        server_key: &PublicKey,
        challenge: &Challenge,
        answer_jws: &str,
        decision: Decision,
    ) -> Result<Self, VerdictError> {
        let verdict: Self = jws::verify(compact, Purpose::Verdict, &[*server_key])?.claims;
        if verdict != Self::of(challenge, answer_jws, verdict.outcome, verdict.at) {
            return Err(VerdictError::Binding);
        }
        if !(challenge.iat..challenge.exp).contains(&verdict.at) {
            return Err(VerdictError::Time);
        }
        let possible = match verdict.outcome {
            Outcome::Approved => decision == Decision::Approve,
            Outcome::Denied => true,
            Outcome::Pending | Outcome::Expired | Outcome::Failed | Outcome::Cancelled => false,
        };
        if possible { Ok(verdict) } else { Err(VerdictError::Outcome) }
    }
}

/// The signed content of a verdict by a rule: nobody was asked, the rule approved. No member makes it look like a
/// [`Verdict`], so neither is ever read as the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleVerdict {
    /// The server's id.
    pub iss: String,
    /// The challenge.
    pub cid: ChallengeId,
    /// base64url SHA-256 of the challenge exactly as the server signed it: a rule, unlike an answer, does not say
    /// which challenge it is about.
    pub cth: String,
    /// base64url SHA-256 of the rule exactly as the device signed it.
    pub rth: String,
    /// [`Outcome::Approved`]; a rule does nothing else.
    pub outcome: Outcome,
    /// When the server decided, in seconds since 1970 by its clock.
    pub at: u64,
}

impl RuleVerdict {
    /// What the server signs, with the key that signed the challenge: `rule_jws` approved `challenge`, which stands in
    /// `challenge_jws`, `at` that second. It may leave the server only after the decision is stored.
    #[must_use]
    pub fn of(challenge: &Challenge, challenge_jws: &str, rule_jws: &str, at: u64) -> Self {
        Self {
            iss: challenge.iss.clone(),
            cid: challenge.jti,
            cth: crate::sha256_base64url(challenge_jws.as_bytes()),
            rth: crate::sha256_base64url(rule_jws.as_bytes()),
            outcome: Outcome::Approved,
            at,
        }
    }

    /// Checks that the server let this very rule approve this very challenge while it was open. Whether the rule fits the
    /// challenge is for [`crate::rule::Rule::applies`] to say.
    ///
    /// `server_key` must be the key that signed `challenge_jws`; the caller has checked it.
    ///
    /// # Errors
    /// [`VerdictError`].
    pub fn verify(
        compact: &str,
        server_key: &PublicKey,
        challenge: &Challenge,
        challenge_jws: &str,
        rule_jws: &str,
    ) -> Result<Self, VerdictError> {
        let verdict: Self = jws::verify(compact, Purpose::Verdict, &[*server_key])?.claims;
        if verdict.outcome != Outcome::Approved {
            return Err(VerdictError::Outcome);
        }
        if verdict != Self::of(challenge, challenge_jws, rule_jws, verdict.at) {
            return Err(VerdictError::Binding);
        }
        if !(challenge.iat..challenge.exp).contains(&verdict.at) {
            return Err(VerdictError::Time);
        }
        Ok(verdict)
    }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
