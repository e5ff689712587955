//! One decision on its way: checked for form, signed by the key it needs, sent, and what came of it.

use countersign_protocol::answer::{Answer, Decision, Proof};
use countersign_protocol::challenge::{DeviceKeys, NumberMatch};
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::problem::Code;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::wire::{Answered, Outcome, Said, SubmitAnswer};
use serde::Serialize;

use super::{Account, AnswerError, Pending, typed_number};
use crate::exchange::{Method, Refusal, Reply, ReplyError, Request, to_json};

/// A decision that waits for its signature.
#[derive(Clone)]
pub struct ToAnswer {
    unsigned: Unsigned,
    proof: Proof,
    url: String,
    decision: Decision,
    number: NumberMatch,
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
            Decision::Approve => typed_number(pending.digits(), pending.options(), number)?,
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
            number: challenge.number,
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
            number: self.number,
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
    number: NumberMatch,
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

    /// What came of it. That the answer decided is believed only with the server's signature over it. A code to show is
    /// believed without one: it lets nobody in who has not typed it at the real login page.
    ///
    /// # Errors
    /// [`ReplyError`] when the reply decides nothing; the same submission may be sent again.
    pub fn take(&self, reply: &Reply) -> Result<Taken, ReplyError> {
        let refusal = match reply.json::<Answered>() {
            Ok(answered) => return self.taken(&answered),
            Err(ReplyError::Refused(refusal)) => refusal,
            Err(other) => return Err(other),
        };
        let result = Self::refused(refusal)?;
        Ok(Taken { result, receipt: None })
    }

    fn taken(&self, answered: &Answered) -> Result<Taken, ReplyError> {
        let (said, verdict) = match answered.said(self.number, self.decision) {
            Some(Said::Code(code)) => {
                return Ok(Taken { result: AnswerResult::Code(code.into()), receipt: None });
            }
            Some(Said::Decided { outcome, verdict }) => (outcome, verdict.to_owned()),
            None => return Err(ReplyError::Unproved),
        };
        let (challenge, answer) = (self.challenge.clone(), self.answer.clone());
        let receipt = Receipt::of_answer(challenge, answer, verdict, self.server_key, self.keys);
        match receipt.verify(&self.server_key.thumbprint()) {
            Ok(facts) if facts.outcome == said => {
                Ok(Taken { result: AnswerResult::Done(said), receipt: Some(receipt) })
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", content = "outcome", rename_all = "snake_case")]
pub enum AnswerResult {
    /// The approval is kept. It counts once the person has typed this code into the login page; what came of it is told
    /// to whoever sends the same answer again.
    Code(ShownCode),
    /// It was taken; the challenge ended like this.
    Done(Outcome),
    /// Somebody or something was faster: another device, the relying party, the clock. It ended like this.
    Elsewhere(Outcome),
    /// Its time was over.
    Expired,
    /// The number was not the one on the login screen, or the code typed there was not the one shown here; the
    /// challenge ended as denied.
    WrongNumber,
    /// The server insists on the verification key; nothing was decided.
    VerificationNeeded,
    /// The server knows of no such challenge (any more).
    Gone,
}

impl AnswerResult {
    /// Whether the challenge still waits for an answer.
    #[must_use]
    pub fn still_open(&self) -> bool {
        matches!(self, Self::VerificationNeeded)
    }
}

/// A code for the person to type into the login page: ASCII digits. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ShownCode(String);

impl ShownCode {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ShownCode {
    /// Takes any text: what a server may give is checked where its reply is read.
    fn from(code: &str) -> Self {
        Self(code.to_owned())
    }
}

impl std::fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShownCode(…)")
    }
}
