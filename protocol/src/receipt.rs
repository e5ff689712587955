//! The evidence of one decision: what was asked, what was answered, and the keys that signed both.
//!
//! Anyone can check it offline. The server's signature over the challenge says what was shown, to whom, and which
//! keys may answer; the device's signature over the challenge's hash says what the person decided.

use serde::{Deserialize, Serialize};

use crate::answer::{self, Answer, AnswerError, Proof};
use crate::challenge::{Challenge, DeviceKeys};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, JwsError, Purpose};

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
    /// The key that signed the challenge.
    pub server_key: PublicKey,
    /// The keys that the device enrolled.
    pub device_keys: DeviceKeys,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The question.
    pub challenge: Challenge,
    /// The decision.
    pub answer: Answer,
    /// Whether the person was verified.
    pub proof: Proof,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// From a later version.
    #[error("the receipt is of version {0}; this program reads version 1, update it")]
    Version(u8),
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
}

impl Receipt {
    /// Checks the whole chain. `trusted` is the thumbprint of the server key the reader has from elsewhere (an
    /// enrolment QR, the operator); a receipt cannot vouch for its own server.
    ///
    /// # Errors
    /// [`ReceiptError`] says which link does not hold.
    pub fn verify(&self, trusted: &Thumbprint) -> Result<Facts, ReceiptError> {
        if self.v != 1 {
            return Err(ReceiptError::Version(self.v));
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
        Ok(Facts { challenge, answer, proof })
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
