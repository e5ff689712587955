//! What a link may ask for besides the person's yes: a code from their mailbox or from their authenticator app. Until it
//! was given, [`Offer::accept`] refuses, and so does the server.

use serde::{Deserialize, Serialize};

use super::{EnrollError, Offer};
use crate::digits::with_ascii_digits;
use crate::exchange::{Method, Reply, ReplyError, Request, to_json};

/// What must be shown before the device is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing more.
    None,
    /// The code that was mailed to the person. It can be sent again.
    EmailCode,
    /// A one-time password from the authenticator app that the person uses with this organisation.
    OneTimePassword,
}

impl Check {
    pub(super) fn from_word(word: &str) -> Result<Self, EnrollError> {
        match word {
            "none" => Ok(Self::None),
            "email_otp" => Ok(Self::EmailCode),
            "totp" => Ok(Self::OneTimePassword),
            other => {
                let kind = other.chars().filter(char::is_ascii_graphic).take(32).collect();
                Err(EnrollError::ChallengeUnsupported(kind))
            }
        }
    }
}

/// Digits of every code.
const DIGITS: usize = 6;

#[derive(Serialize)]
struct Verify<'a> {
    token: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Resend<'a> {
    token: &'a str,
}

#[derive(Deserialize)]
struct Verified {
    verified: bool,
}

#[derive(Deserialize)]
struct Sent {
    retry_after: u64,
}

/// The guesses that remain, beside the words of a refusal.
#[derive(Default, Deserialize)]
struct Left {
    attempts_left: Option<u32>,
}

impl Offer {
    /// Hands the person's code in. Neither spaces in it matter, nor in which script its digits were typed.
    ///
    /// # Errors
    /// [`EnrollError::CodeForm`] for what cannot be a code; nothing needs to be sent then.
    pub fn verify(&self, code: &str) -> Result<Request, EnrollError> {
        let code: String = with_ascii_digits(code).split_whitespace().collect();
        if code.len() != DIGITS || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(EnrollError::CodeForm);
        }
        let body = to_json(&Verify { token: self.link.token.reveal(), code: &code });
        Ok(self.post("verify-enrollment", body))
    }

    /// The offer after a right code: it asks for nothing more.
    ///
    /// # Errors
    /// [`EnrollError::WrongCode`], [`EnrollError::Reply`].
    pub fn take_verified(&self, reply: &Reply) -> Result<Self, EnrollError> {
        match reply.json::<Verified>() {
            Ok(Verified { verified: true }) => Ok(Self { check: Check::None, ..self.clone() }),
            Ok(Verified { verified: false }) => Err(EnrollError::WrongCode { attempts_left: None }),
            Err(ReplyError::Refused(refusal)) if refusal.code == "invalid_code" => {
                let left: Left = serde_json::from_slice(&reply.body).unwrap_or_default();
                Err(EnrollError::WrongCode { attempts_left: left.attempts_left })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks for a new code in the place of the last one.
    #[must_use]
    pub fn resend(&self) -> Request {
        self.post("resend-otp", to_json(&Resend { token: self.link.token.reveal() }))
    }

    /// Seconds until the next one can be asked for.
    ///
    /// # Errors
    /// [`EnrollError::CodeSentJustNow`], [`EnrollError::Reply`].
    pub fn take_resent(&self, reply: &Reply) -> Result<u64, EnrollError> {
        match reply.json::<Sent>() {
            Ok(sent) => Ok(sent.retry_after),
            Err(ReplyError::Refused(refusal)) if refusal.code == "rate_limited" => {
                let retry_after = reply.header("retry-after").and_then(|s| s.parse().ok()).unwrap_or(30);
                Err(EnrollError::CodeSentJustNow { retry_after })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn post(&self, path: &str, body: Vec<u8>) -> Request {
        Request::new(Method::Post, format!("{}/api/v1/devices/{path}", self.link.server)).json(body)
    }
}
