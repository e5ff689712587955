//! The person's decision, signed by their device: `cs-answer+jwt`.

use serde::{Deserialize, Serialize};

use crate::challenge::{Challenge, DeviceKeys, NumberMatch};
use crate::id::{ChallengeId, DeviceId};
use crate::jws::{self, JwsError, Purpose};
use crate::number::Digits;

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Yes, it is me.
    Approve,
    /// No.
    Deny,
    /// No, and it was not me who asked: the tenant is told.
    Report,
}

/// The signed content of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answering device.
    pub iss: DeviceId,
    /// The server's id.
    pub aud: String,
    /// 128 random bits: names this answer.
    pub jti: String,
    /// The challenge.
    pub cid: ChallengeId,
    /// base64url SHA-256 of the challenge exactly as it was signed and shown.
    pub cth: String,
    /// What the person decided.
    pub decision: Decision,
    /// The number they typed or picked; only with an approval, and only when the challenge asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// Which of the two keys signed: the proof of whether the person was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// Possession of the phone.
    Possession,
    /// Possession, and the person by biometrics, passcode or password.
    Verification,
}

/// Why an answer was refused. The challenge stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Its signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// For another server, another challenge, by another device, or judged by other keys than the challenge names.
    #[error("the answer belongs to another challenge, device or server")]
    Binding,
    /// It covers other bytes than the challenge that was asked.
    #[error("the answer covers another text than the challenge that was asked")]
    Content,
    /// Approving this needs the verification key.
    #[error("approving this needs the person's biometrics or passcode (the verification key)")]
    VerificationNeeded,
    /// A number is missing, ill-formed, or given where none was asked.
    #[error("the answer's number is missing, ill-formed, or was not asked for")]
    NumberForm,
}

/// Checks an answer against the challenge it claims to answer.
///
/// Says nothing about time and about whether the typed number is right: both need what only the server has.
///
/// # Errors
/// [`AnswerError`]; each means that nothing was decided.
pub fn verify(
    compact: &str,
    challenge_jws: &str,
    challenge: &Challenge,
    keys: &DeviceKeys,
) -> Result<(Answer, Proof), AnswerError> {
    let verified = jws::verify::<Answer>(compact, Purpose::Answer, &[keys.possession, keys.verification])?;
    let answer = verified.claims;
    if answer.iss != challenge.aud || answer.aud != challenge.iss || answer.cid != challenge.jti {
        return Err(AnswerError::Binding);
    }
    // A device's keys may have changed since it was asked. Such an answer could not be proved by a receipt.
    if challenge.keys != keys.thumbprints() {
        return Err(AnswerError::Binding);
    }
    if answer.cth != crate::sha256_base64url(challenge_jws.as_bytes()) {
        return Err(AnswerError::Content);
    }
    // In this order, so that one key in both places would prove the weaker thing.
    let proof = if verified.key == keys.possession { Proof::Possession } else { Proof::Verification };
    if !number_fits(answer.decision, challenge.number, answer.number.as_deref()) {
        return Err(AnswerError::NumberForm);
    }
    if answer.decision == Decision::Approve && challenge.verify && proof == Proof::Possession {
        return Err(AnswerError::VerificationNeeded);
    }
    Ok((answer, proof))
}

/// Whether a number was given exactly when it was asked for, and in the form that was asked for.
fn number_fits(decision: Decision, asked: NumberMatch, given: Option<&str>) -> bool {
    match (decision, asked, given) {
        (Decision::Approve, NumberMatch::Type { digits }, Some(typed)) => {
            Digits::from_count(digits).is_some_and(|d| d.fits(typed))
        }
        (Decision::Approve, NumberMatch::Pick { options }, Some(picked)) => {
            asked.protects(false) && picked.parse().is_ok_and(|number| options.contains(&number))
        }
        (Decision::Approve, NumberMatch::Show { .. }, None) => asked.protects(false),
        (Decision::Approve, NumberMatch::None, None) | (Decision::Deny | Decision::Report, _, None) => true,
        _ => false,
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
