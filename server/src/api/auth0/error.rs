//! Auth0's refusals. Its native SDKs compare the descriptions, so each stands here as Auth0 writes it, byte for byte.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::extract::Unreadable;
use crate::api::oauth::refusal::{OauthRequirements, Refused};
use crate::engine::Error;
use crate::engine::oauth::{Began, SignInError, Wording};
use crate::store::StoreError;

/// An error as Auth0 says it.
#[derive(Debug)]
pub(in crate::api) struct Auth0Error(Refused);

/// What Auth0 says with the same words always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Row {
    /// No such person, or not their password.
    WrongPassword,
    /// No such application, or not its secret.
    Unauthorized,
    /// A wrong one-time password.
    WrongOtp,
    /// A wrong code out of a message, or off the phone.
    WrongBindingCode,
    /// The person has not answered on their phone.
    Pending,
    /// The person has refused, as the documentation has it; and a recovery code that is none.
    Rejected,
    /// The person has refused, as the live service was seen to say it.
    RejectedLive,
    /// The login took too long, or has turned into tokens.
    LoginExpired,
    /// The token of a login is none.
    LoginMalformed,
    /// It was given to another application.
    LoginOfAnother,
    /// A question took too long.
    OobExpired,
    /// The code of a question is none.
    OobMalformed,
    /// The question belongs to another login.
    OobOfAnother,
    /// The person has no factor, as the documentation has it.
    NotEnrolled,
    /// The same as older native SDKs look for it.
    NotEnrolledOlder,
    /// Not one of the person's factors, or not yet.
    NoAuthenticator,
    /// A first factor for somebody who has one.
    AlreadyEnrolled,
    /// No telephone number.
    BadPhone,
    /// Too many wrong codes.
    TooManyCodes,
    /// Too many messages.
    TooManyMessages,
    /// No access token, or none of ours.
    InvalidToken,
    /// A refresh token that is none, or is over.
    RefreshInvalid,
}

impl Row {
    /// Status, code and text.
    const fn words(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::WrongPassword => (403, "invalid_grant", "Wrong email or password."),
            Self::Unauthorized => (401, "access_denied", "Unauthorized"),
            Self::WrongOtp => (403, "invalid_grant", "Invalid otp_code."),
            Self::WrongBindingCode => (403, "invalid_grant", "Invalid binding_code."),
            Self::Pending => (400, "authorization_pending", PENDING),
            Self::Rejected => (403, "invalid_grant", "MFA Authorization rejected."),
            Self::RejectedLive => (400, "access_denied", "MFA Authorization rejected."),
            Self::LoginExpired => (401, "expired_token", "mfa_token is expired"),
            Self::LoginMalformed => (403, "invalid_grant", "Malformed mfa_token"),
            Self::LoginOfAnother => (400, "invalid_request", "mfa_token not issued to this client"),
            Self::OobExpired => (401, "expired_token", "oob_code is expired"),
            Self::OobMalformed => (403, "invalid_grant", "Malformed oob_code"),
            Self::OobOfAnother => (400, "invalid_request", "The oob_code doesn't match the mfa_token"),
            Self::NotEnrolled => (401, "association_required", NOT_ENROLLED),
            Self::NotEnrolledOlder => (401, "unsupported_challenge_type", NOT_ENROLLED),
            Self::NoAuthenticator => (400, "invalid_request", "Authenticator not found"),
            Self::AlreadyEnrolled => (403, "access_denied", "User is already enrolled."),
            Self::BadPhone => (400, "invalid_request", "The phone number is invalid."),
            Self::TooManyCodes => (403, "invalid_grant", TOO_MANY_CODES),
            Self::TooManyMessages => (400, "invalid_request", TOO_MANY_MESSAGES),
            Self::InvalidToken => {
                (401, "invalid_token", "The access token is not valid here; sign in again.")
            }
            Self::RefreshInvalid => (403, "invalid_grant", "Unknown or invalid refresh token."),
        }
    }
}

const PENDING: &str = "Authorization pending: please repeat the request in a few seconds.";
const NOT_ENROLLED: &str =
    "User is not enrolled. You can use /mfa/associate endpoint to enroll the first authenticator.";
const TOO_MANY_CODES: &str = "Too many failed codes. Wait for some minutes before retrying.";
const TOO_MANY_MESSAGES: &str = "Too many SMS sent by the user. Wait for some minutes before retrying.";
const SLOW_DOWN: &str = "You are polling faster than the specified interval of 5 seconds.";
const BEARER: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

impl Auth0Error {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self(Refused::new(status, error, description))
    }

    /// A parameter is not there.
    pub(in crate::api) fn missing(name: &str) -> Self {
        let description = format!("Missing required parameter: {name}");
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// Something in the request is not what it should be; the sentence says what.
    pub(in crate::api) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// The password was right, and a second factor is wanted.
    pub(in crate::api) fn mfa_required(began: Began, next: Option<OauthRequirements>) -> Self {
        let text = "Multifactor authentication required";
        Self(Refused::new(StatusCode::FORBIDDEN, "mfa_required", text).with_login(began.token, next))
    }

    /// Not one of the person's authenticators, in an address.
    pub(in crate::api) fn no_such_authenticator() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Authenticator not found")
    }

    /// No such way to get a token.
    pub(in crate::api) fn unsupported_grant(grant: &str) -> Self {
        let description = format!("Unsupported grant type: {grant}");
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description)
    }

    /// A person who asks again before `retry_after` seconds have passed; `now`: seconds since 1970.
    pub(in crate::api) fn slow_down(now: u64, retry_after: u64) -> Self {
        let error = Refused::new(StatusCode::TOO_MANY_REQUESTS, "slow_down", SLOW_DOWN);
        let limit = |name| HeaderName::from_static(name);
        let error = error
            .retry_after(retry_after)
            .with_header(limit("x-ratelimit-limit"), 1_u64)
            .with_header(limit("x-ratelimit-remaining"), 0_u64)
            .with_header(limit("x-ratelimit-reset"), now.saturating_add(retry_after));
        Self(error)
    }

    /// The person has refused, in the words that the application wants.
    pub(in crate::api) fn rejected(wording: &Wording) -> Self {
        let live = wording.rejected == "access_denied";
        if live { Row::RejectedLive } else { Row::Rejected }.into()
    }

    /// The person has no factor, in the words that the application wants.
    pub(in crate::api) fn not_enrolled(wording: &Wording) -> Self {
        let older = wording.not_enrolled == "unsupported_challenge_type";
        if older { Row::NotEnrolledOlder } else { Row::NotEnrolled }.into()
    }

    /// None of the person's factors is of a kind that was asked for. Both are words with spaces between.
    pub(in crate::api) fn unsupported_challenge(asked: &str, supported: &str) -> Self {
        let description = format!(
            "The user does not support the requested challenge type ({asked}). Supported type: {supported}."
        );
        Self::new(StatusCode::UNAUTHORIZED, "unsupported_challenge_type", description)
    }

    fn busy(status: StatusCode, error: &'static str, text: String, retry_after: u64) -> Self {
        Self(Refused::new(status, error, text).retry_after(retry_after))
    }

    /// Status, code and text.
    #[cfg(test)]
    pub(in crate::api) fn parts(&self) -> (u16, &'static str, &str) {
        self.0.parts()
    }
}

impl From<Row> for Auth0Error {
    fn from(row: Row) -> Self {
        let (status, error, text) = row.words();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let refused = Refused::new(status, error, text);
        Self(if row == Row::InvalidToken {
            refused.with_header(header::WWW_AUTHENTICATE, BEARER)
        } else {
            refused
        })
    }
}

impl From<Unreadable> for Auth0Error {
    fn from(unreadable: Unreadable) -> Self {
        Self(Refused::unreadable(unreadable))
    }
}

impl From<SignInError> for Auth0Error {
    fn from(error: SignInError) -> Self {
        let text = error.to_string();
        match error {
            SignInError::WrongPassword => Row::WrongPassword.into(),
            SignInError::TooManyPasswords { retry_after } | SignInError::TooManyLogins { retry_after } => {
                Self::busy(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", text, retry_after)
            }
            SignInError::Busy { retry_after } => {
                Self::busy(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text, retry_after)
            }
            SignInError::NoClient => Row::Unauthorized.into(),
            SignInError::GrantNotAllowed(grant) => {
                let text = format!("Grant type '{grant}' not allowed for the client.");
                Self::new(StatusCode::FORBIDDEN, "unauthorized_client", text)
            }
            SignInError::AudienceUnknown(audience) => {
                let text = format!("Service not found: {audience}");
                Self::new(StatusCode::FORBIDDEN, "access_denied", text)
            }
            SignInError::NoIssuer | SignInError::RoleMissing(_) => {
                Self::new(StatusCode::FORBIDDEN, "access_denied", text)
            }
            SignInError::BearerInvalid | SignInError::BearerExpired => Row::InvalidToken.into(),
            SignInError::InsufficientScope(scope) => {
                let text = format!("Insufficient scope, expected any of: {scope}");
                Self::new(StatusCode::FORBIDDEN, "insufficient_scope", text)
            }
            SignInError::LoginMalformed => Row::LoginMalformed.into(),
            SignInError::LoginExpired | SignInError::LoginUsed => Row::LoginExpired.into(),
            SignInError::LoginOfAnother => Row::LoginOfAnother.into(),
            SignInError::OobMalformed => Row::OobMalformed.into(),
            SignInError::OobExpired => Row::OobExpired.into(),
            SignInError::OobOfAnother => Row::OobOfAnother.into(),
            SignInError::AlreadyEnrolled => Row::AlreadyEnrolled.into(),
            SignInError::RefreshInvalid => Row::RefreshInvalid.into(),
            SignInError::Rule(error) => error.into(),
        }
    }
}

impl From<Error> for Auth0Error {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Unauthorized => Row::Unauthorized.into(),
            Error::Invalid(_) | Error::Store(StoreError::Nul) => Self::invalid(text),
            Error::TooManyAttempts { retry_after }
            | Error::TooFast { retry_after }
            | Error::CoolingDown { retry_after }
            | Error::TooManyPushes { retry_after } => {
                Self::busy(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", text, retry_after)
            }
            Error::Busy { retry_after } => {
                Self::busy(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text, retry_after)
            }
            Error::WrongTypedCode { .. } | Error::WrongFactorCode { .. } | Error::WrongCode { .. } => {
                Row::WrongOtp.into()
            }
            Error::WrongShownCode => Row::WrongBindingCode.into(),
            Error::NotAnswered => Row::Pending.into(),
            Error::Locked(_) | Error::FactorLocked | Error::TooManyCodes => Row::TooManyCodes.into(),
            Error::SentJustNow { .. }
            | Error::SentTooOften { .. }
            | Error::SentTooMany { .. }
            | Error::NoMoreCodes { .. }
            | Error::BlockBusy { .. }
            | Error::SpentForToday { .. } => Row::TooManyMessages.into(),
            Error::NoSuchFactor | Error::NoFactor(_) | Error::FactorNotFound | Error::NoDevices => {
                Row::NoAuthenticator.into()
            }
            Error::FactorExists => Row::AlreadyEnrolled.into(),
            Error::FactorNotAllowed(_)
            | Error::FactorTooWeak(_)
            | Error::RefusedByRule
            | Error::ProofNeeded
            | Error::CountryNotAllowed(_)
            | Error::TooManyFactors
            | Error::NoProvider(_) => Self::new(StatusCode::FORBIDDEN, "access_denied", text),
            Error::Closing
            | Error::Store(StoreError::Unavailable(_) | StoreError::Full | StoreError::InDoubt) => {
                Self(Refused::unavailable(&error))
            }
            _ => Self(Refused::internal(&error)),
        }
    }
}

impl From<StoreError> for Auth0Error {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Auth0Error {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
