//! The evidence of one decision: what was asked, what was answered, what came of it, and the keys that signed it all.
//!
//! Anyone can check it offline. The server's signature over the challenge says what was shown, to whom, and which
//! keys may answer; the device's signature over the challenge's hash says what the person decided; the server's
//! signature over the answer's hash says that it counted, when, and whether the number was right.
//!
//! Where nobody was asked because the person's own rule answered, the rule stands in the answer's place. Such a receipt is
//! of version 2, so that a reader who knows answers only says so and does not take it for one.

use serde::{Deserialize, Serialize};

use crate::answer::{self, Answer, AnswerError, Proof};
use crate::challenge::{Challenge, DeviceKeys};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, JwsError, Purpose};
use crate::rule::{Rule, RuleError};
use crate::verdict::{RuleVerdict, Verdict, VerdictError};
use crate::wire::Outcome;

/// A receipt as it is stored and handed out. Version 1 holds an answer, version 2 a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// 1 with an answer, 2 with a rule.
    pub v: u8,
    /// The challenge as the server signed it.
    pub challenge: String,
    /// Version 1: the answer as the device signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Version 2: the rule as the device signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The `cs-verdict+jwt`: what the server decided about this answer, or by this rule.
    pub verdict: String,
    /// The key that signed the challenge and the verdict.
    pub server_key: PublicKey,
    /// The keys that the device enrolled.
    pub device_keys: DeviceKeys,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The question.
    pub challenge: Challenge,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// What came of it, and this alone counts: an approval with a wrong number is [`Outcome::Denied`].
    pub outcome: Outcome,
    /// When the server decided, in seconds since 1970 by its clock.
    pub decided_at: u64,
}

impl Facts {
    /// What the person said and whether they were verified; none when their rule decided.
    #[must_use]
    pub fn answer(&self) -> Option<(&Answer, Proof)> {
        match &self.decided_by {
            DecidedBy::Person { answer, proof } => Some((answer, *proof)),
            DecidedBy::Rule(_) => None,
        }
    }
}

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecidedBy {
    /// The person was asked.
    Person {
        /// What they said. An approval here is not yet one: see [`Facts::outcome`].
        answer: Answer,
        /// Whether the person was verified.
        proof: Proof,
    },
    /// Nobody was asked: the person had made this rule before, with the verification key.
    Rule(Rule),
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Of another version than 1 and 2.
    #[error("the receipt is of version {0}; this program reads versions 1 and 2, update it")]
    Version(u64),
    /// Not JSON, or not exactly the members of its version.
    #[error("the text is not a receipt, or not a whole one")]
    Malformed,
    /// Signed by another server than the one that is trusted.
    #[error("the receipt is signed by another server key than the one you trust")]
    ServerKey,
    /// The challenge's signature or form.
    #[error("the receipt's challenge does not hold: {0}")]
    Challenge(JwsError),
    /// The device keys are not those that the server asked.
    #[error("the receipt's device keys are not those that the server asked")]
    DeviceKeys,
    /// The answer does not fit.
    #[error("the receipt's answer does not hold: {0}")]
    Answer(AnswerError),
    /// The rule does not fit.
    #[error("the receipt's rule does not hold: {0}")]
    Rule(RuleError),
    /// The verdict does not fit.
    #[error("the receipt's verdict does not hold: {0}")]
    Verdict(VerdictError),
}

/// What stands in for the person's word.
enum Word<'a> {
    Answer(&'a str),
    Rule(&'a str),
}

impl Receipt {
    /// The receipt of an answer.
    #[must_use]
    pub fn of_answer(
        challenge: String,
        answer: String,
        verdict: String,
        server_key: PublicKey,
        device_keys: DeviceKeys,
    ) -> Self {
        Self { v: 1, challenge, answer: Some(answer), rule: None, verdict, server_key, device_keys }
    }

    /// The receipt of a decision by a rule.
    #[must_use]
    pub fn of_rule(
        challenge: String,
        rule: String,
        verdict: String,
        server_key: PublicKey,
        device_keys: DeviceKeys,
    ) -> Self {
        Self { v: 2, challenge, answer: None, rule: Some(rule), verdict, server_key, device_keys }
    }

    /// Reads a receipt from its JSON text, the version first: a later one may have members that this program does not
    /// know, and its reader should learn to update, not that the text is damaged.
    ///
    /// # Errors
    /// [`ReceiptError::Version`], [`ReceiptError::Malformed`]. Nothing is proved yet: see [`Receipt::verify`].
    pub fn parse(json: &str) -> Result<Self, ReceiptError> {
        #[derive(Deserialize)]
        struct Head {
            v: u64,
        }
        let head: Head = serde_json::from_str(json).map_err(|_| ReceiptError::Malformed)?;
        if !(1..=2).contains(&head.v) {
            return Err(ReceiptError::Version(head.v));
        }
        let receipt: Self = jws::read_exactly(json.as_bytes()).ok_or(ReceiptError::Malformed)?;
        receipt.word()?;
        Ok(receipt)
    }

    /// Checks the whole chain. `trusted` is the thumbprint of the server key the reader has from elsewhere (an
    /// enrolment QR, the operator); a receipt cannot vouch for its own server.
    ///
    /// # Errors
    /// [`ReceiptError`] says which link does not hold.
    pub fn verify(&self, trusted: &Thumbprint) -> Result<Facts, ReceiptError> {
        let word = self.word()?;
        if self.server_key.thumbprint() != *trusted {
            return Err(ReceiptError::ServerKey);
        }
        let challenge: Challenge = jws::verify(&self.challenge, Purpose::Challenge, &[self.server_key])
            .map_err(ReceiptError::Challenge)?
            .claims;
        if challenge.keys != self.device_keys.thumbprints() {
            return Err(ReceiptError::DeviceKeys);
        }
        match word {
            Word::Answer(answer) => self.by_person(challenge, answer),
            Word::Rule(rule) => self.by_rule(challenge, rule),
        }
    }

    fn word(&self) -> Result<Word<'_>, ReceiptError> {
        match (self.v, &self.answer, &self.rule) {
            (1, Some(answer), None) => Ok(Word::Answer(answer)),
            (2, None, Some(rule)) => Ok(Word::Rule(rule)),
            (1 | 2, _, _) => Err(ReceiptError::Malformed),
            (other, _, _) => Err(ReceiptError::Version(other.into())),
        }
    }

    fn by_person(&self, challenge: Challenge, answer_jws: &str) -> Result<Facts, ReceiptError> {
        let (answer, proof) = answer::verify(answer_jws, &self.challenge, &challenge, &self.device_keys)
            .map_err(ReceiptError::Answer)?;
        let verdict =
            Verdict::verify(&self.verdict, &self.server_key, &challenge, answer_jws, answer.decision)
                .map_err(ReceiptError::Verdict)?;
        let decided_by = DecidedBy::Person { answer, proof };
        Ok(Facts { challenge, decided_by, outcome: verdict.outcome, decided_at: verdict.at })
    }

    fn by_rule(&self, challenge: Challenge, rule_jws: &str) -> Result<Facts, ReceiptError> {
        let rule = Rule::verify(rule_jws, &self.device_keys.verification).map_err(ReceiptError::Rule)?;
        let verdict =
            RuleVerdict::verify(&self.verdict, &self.server_key, &challenge, &self.challenge, rule_jws)
                .map_err(ReceiptError::Verdict)?;
        rule.applies(&challenge, verdict.at).map_err(ReceiptError::Rule)?;
        let decided_by = DecidedBy::Rule(rule);
        Ok(Facts { challenge, decided_by, outcome: verdict.outcome, decided_at: verdict.at })
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
