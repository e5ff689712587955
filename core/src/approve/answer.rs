//! One decision on its way: checked for form, signed by the key it needs, sent, and what came of it.

use countersign_protocol::answer::{Answer, Decision, Proof};
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::number::Digits;
use countersign_protocol::problem::Code;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::wire::{Answered, Outcome, SubmitAnswer};
use serde::Serialize;

use super::{Account, Pending};
use crate::exchange::{Method, Refusal, Reply, ReplyError, Request, to_json};

/// Why a decision is not sent. The challenge still waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The login screen shows a number and none was typed.
    #[error("type the {digits} digits that the sign-in screen shows")]
    NumberNeeded {
        /// 2 or 6.
        digits: u8,
    },
    /// What was typed has another form. Nothing was sent, since a wrong number ends the challenge.
    #[error(
        "the sign-in screen shows {digits} digits; what was typed is something else, so nothing was sent"
    )]
    NumberForm {
        /// 2 or 6.
        digits: u8,
    },
    /// A number was given although none is asked for: a sign that the person looks at another sign-in.
    #[error("this request asks for no number; check that it is the sign-in that you are looking at")]
    NumberNotAsked,
    /// The challenge is another account's.
    #[error("this request belongs to another account")]
    OtherAccount,
    /// The key store's signature is not by this account's key.
    #[error(
        "this phone's key for the account has changed, so it can no longer answer; remove the account and enrol again"
    )]
    Signature,
}

impl AnswerError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumberNeeded { .. } => "number_needed",
            Self::NumberForm { .. } => "number_form",
            Self::NumberNotAsked => "number_not_asked",
            Self::OtherAccount => "other_account",
            Self::Signature => "key_changed",
        }
    }
}

/// The typed number in the form that is signed: without white space, with ASCII digits whatever the keyboard wrote.
///
/// # Errors
/// [`AnswerError`] when `digits` and `typed` do not fit together.
pub fn typed_number(digits: Option<u8>, typed: Option<&str>) -> Result<Option<String>, AnswerError> {
    let typed: Option<String> = typed
        .map(|text| text.chars().filter(|c| !c.is_whitespace()).map(ascii_digit).collect())
        .filter(|text: &String| !text.is_empty());
    match (digits, typed) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(AnswerError::NumberNotAsked),
        (Some(digits), None) => Err(AnswerError::NumberNeeded { digits }),
        (Some(digits), Some(typed)) => {
            let fits = Digits::from_count(digits).is_some_and(|d| d.fits(&typed));
            if fits { Ok(Some(typed)) } else { Err(AnswerError::NumberForm { digits }) }
        }
    }
}

/// Arabic and Persian keyboards write digits of their own.
fn ascii_digit(c: char) -> char {
    let zero = match c {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return c,
    };
    char::from_digit(u32::from(c).saturating_sub(zero), 10).unwrap_or(c)
}

/// A decision that waits for its signature.
#[derive(Clone)]
pub struct ToAnswer {
    unsigned: Unsigned,
    proof: Proof,
    url: String,
    decision: Decision,
    challenge_jws: String,
    server_key: countersign_protocol::jwk::PublicKey,
    keys: DeviceKeys,
}

impl std::fmt::Debug for ToAnswer {
    /// It holds the typed number, so it is not printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToAnswer").field("decision", &self.decision).finish_non_exhaustive()
    }
}

impl ToAnswer {
    /// Lays out the answer to `pending`. `random`: 128 fresh random bits that name it.
    ///
    /// `number` counts for approvals only: nobody has to type anything to say no.
    ///
    /// # Errors
    /// [`AnswerError`]; nothing was sent and the challenge still waits.
    pub fn new(
        account: &Account,
        pending: &Pending,
        decision: Decision,
        number: Option<&str>,
        random: &[u8; 16],
    ) -> Result<Self, AnswerError> {
        if pending.account != account.id {
            return Err(AnswerError::OtherAccount);
        }
        let challenge = &pending.challenge;
        let number = match decision {
            Decision::Approve => typed_number(pending.digits(), number)?,
            Decision::Deny | Decision::Report => None,
        };
        let proof = match decision {
            Decision::Approve if challenge.verify => Proof::Verification,
            _ => Proof::Possession,
        };
        let answer = Answer {
            iss: account.device,
            aud: account.server.clone(),
            jti: countersign_protocol::base64url(random),
            cid: challenge.jti,
            cth: countersign_protocol::sha256_base64url(pending.jws.as_bytes()),
            decision,
            number,
        };
        let key = match proof {
            Proof::Possession => account.keys.possession,
            Proof::Verification => account.keys.verification,
        };
        Ok(Self {
            unsigned: Unsigned::new(Purpose::Answer, &key.thumbprint(), &answer),
            proof,
            url: account.url(&format!("/challenges/{}/answer", challenge.jti)),
            decision,
            challenge_jws: pending.jws.clone(),
            server_key: pending.server_key,
            keys: account.keys,
        })
    }

    /// Which key must sign: [`Proof::Verification`] asks the person first.
    #[must_use]
    pub fn key(&self) -> Proof {
        self.proof
    }

    /// What that key signs.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.unsigned.signing_input()
    }

    /// Takes the signature, 64 bytes `r‖s`.
    ///
    /// # Errors
    /// [`AnswerError::Signature`] when it is not by that key.
    pub fn signed(self, signature: &[u8; 64]) -> Result<Submission, AnswerError> {
        let key = match self.proof {
            Proof::Possession => self.keys.possession,
            Proof::Verification => self.keys.verification,
        };
        if !key.verifies(self.signing_input(), signature) {
            return Err(AnswerError::Signature);
        }
        let answer = self.unsigned.with_signature(signature);
        Ok(Submission {
            url: self.url,
            decision: self.decision,
            challenge: self.challenge_jws,
            answer,
            server_key: self.server_key,
            keys: self.keys,
        })
    }
}

/// A signed answer. Sending the same bytes again is harmless: the server gives the same reply.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    url: String,
    decision: Decision,
    challenge: String,
    answer: String,
    server_key: PublicKey,
    keys: DeviceKeys,
}

impl std::fmt::Debug for Submission {
    /// An approval that has not arrived yet is as good as a password, so it is not printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission").field("decision", &self.decision).finish_non_exhaustive()
    }
}

impl Submission {
    /// Hands it in. It proves itself, so it carries no `Authorization`.
    #[must_use]
    pub fn request(&self) -> Request {
        let body = SubmitAnswer { answer: self.answer.clone() };
        let mut request = Request::new(Method::Post, self.url.clone()).json(to_json(&body));
        request.repeatable = true;
        request
    }

    /// What the person decided.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The challenge that is answered, as the server signed it.
    #[must_use]
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    /// The signed answer.
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// What came of it. That the answer was taken is believed only with the server's signature over it.
    ///
    /// # Errors
    /// [`ReplyError`] when the reply decides nothing; the same submission may be sent again.
    pub fn take(&self, reply: &Reply) -> Result<Taken, ReplyError> {
        let refusal = match reply.json::<Answered>() {
            Ok(answered) => return self.proved(answered),
            Err(ReplyError::Refused(refusal)) => refusal,
            Err(other) => return Err(other),
        };
        let result = Self::refused(refusal)?;
        Ok(Taken { result, receipt: None })
    }

    fn proved(&self, answered: Answered) -> Result<Taken, ReplyError> {
        let receipt = Receipt::of_answer(
            self.challenge.clone(),
            self.answer.clone(),
            answered.verdict.ok_or(ReplyError::Unproved)?,
            self.server_key,
            self.keys,
        );
        match receipt.verify(&self.server_key.thumbprint()) {
            Ok(facts) if facts.outcome == answered.outcome => {
                Ok(Taken { result: AnswerResult::Done(facts.outcome), receipt: Some(receipt) })
            }
            _ => Err(ReplyError::Unproved),
        }
    }

    fn refused(refusal: Refusal) -> Result<AnswerResult, ReplyError> {
        Ok(match (refusal.known(), refusal.outcome) {
            (Code::AlreadyAnswered, Some(outcome)) => AnswerResult::Elsewhere(outcome),
            (Code::AlreadyAnswered, None) => AnswerResult::Gone,
            (Code::ChallengeExpired, _) => AnswerResult::Expired,
            (Code::WrongNumber, _) => AnswerResult::WrongNumber,
            (Code::VerificationNeeded, _) => AnswerResult::VerificationNeeded,
            (Code::ChallengeNotFound, _) => AnswerResult::Gone,
            _ => return Err(ReplyError::Refused(refusal)),
        })
    }
}

/// What came of an answer, with the evidence when it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What came of it.
    pub result: AnswerResult,
    /// The evidence; none when somebody else was faster, or the number was wrong.
    pub receipt: Option<Receipt>,
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "result", content = "outcome", rename_all = "snake_case")]
pub enum AnswerResult {
    /// It was taken; the challenge ended like this.
    Done(Outcome),
    /// Somebody or something was faster: another device, the relying party, the clock. It ended like this.
    Elsewhere(Outcome),
    /// Its time was over.
    Expired,
    /// The number was not the one on the login screen; the challenge ended as denied.
    WrongNumber,
    /// The server insists on the verification key; nothing was decided.
    VerificationNeeded,
    /// The server knows of no such challenge (any more).
    Gone,
}

impl AnswerResult {
    /// Whether the challenge still waits for an answer.
    #[must_use]
    pub fn still_open(self) -> bool {
        matches!(self, Self::VerificationNeeded)
    }
}
