//! The evidence of one decision: what was asked, what was answered, what came of it, and the keys that signed it all.
//!
//! Anyone can check it offline. The server's signature over the challenge says what was shown, to whom, and which
//! keys may answer; the device's signature over the challenge's hash says what the person decided; the server's
//! signature over the answer's hash says that it counted, when, and whether the number was right.

use serde::{Deserialize, Serialize};

use crate::answer::{self, Answer, AnswerError, Proof};
use crate::challenge::{Challenge, DeviceKeys};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, JwsError, Purpose};
use crate::verdict::{Verdict, VerdictError};
use crate::wire::Outcome;

/// A receipt as it is stored and handed out. Version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// 1.
    pub v: u8,
    /// The challenge as the server signed it.
    pub challenge: String,
    /// The answer as the device signed it.
    pub answer: String,
    /// The `cs-verdict+jwt`: what the server decided about this answer.
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
    /// What the person said. An approval here is not yet one: see `outcome`.
    pub answer: Answer,
    /// Whether the person was verified.
    pub proof: Proof,
    /// What came of it, and this alone counts: an approval with a wrong number is [`Outcome::Denied`].
    pub outcome: Outcome,
    /// When the server decided, in seconds since 1970 by its clock.
    pub decided_at: u64,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Of another version than 1.
    #[error("the receipt is of version {0}; this program reads version 1, update it")]
    Version(u64),
    /// Not JSON, or not exactly the members of version 1.
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
    /// The verdict does not fit.
    #[error("the receipt's verdict does not hold: {0}")]
    Verdict(VerdictError),
}

impl Receipt {
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
        if head.v != 1 {
            return Err(ReceiptError::Version(head.v));
        }
        jws::read_exactly(json.as_bytes()).ok_or(ReceiptError::Malformed)
    }

    /// Checks the whole chain. `trusted` is the thumbprint of the server key the reader has from elsewhere (an
    /// enrolment QR, the operator); a receipt cannot vouch for its own server.
    ///
    /// # Errors
    /// [`ReceiptError`] says which link does not hold.
    pub fn verify(&self, trusted: &Thumbprint) -> Result<Facts, ReceiptError> {
        if self.v != 1 {
            return Err(ReceiptError::Version(self.v.into()));
        }
        if self.server_key.thumbprint() != *trusted {
            return Err(ReceiptError::ServerKey);
        }
        let challenge: Challenge = jws::verify(&self.challenge, Purpose::Challenge, &[self.server_key])
            .map_err(ReceiptError::Challenge)?
            .claims;
        if challenge.keys != self.device_keys.thumbprints() {
            return Err(ReceiptError::DeviceKeys);
        }
        let (answer, proof) = answer::verify(&self.answer, &self.challenge, &challenge, &self.device_keys)
            .map_err(ReceiptError::Answer)?;
        let verdict =
            Verdict::verify(&self.verdict, &self.server_key, &challenge, &self.answer, answer.decision)
                .map_err(ReceiptError::Verdict)?;
        Ok(Facts { challenge, answer, proof, outcome: verdict.outcome, decided_at: verdict.at })
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
