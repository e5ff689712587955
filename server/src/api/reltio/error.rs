//! Reltio's refusals: OAuth's form, with codes of its own where something is wrong with a second factor.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::extract::Unreadable;
use crate::api::oauth::refusal::Refused;
use crate::engine::Error;
use crate::engine::oauth::SignInError;
use crate::store::StoreError;

/// Seconds after which it makes sense to look whether somebody has unlocked a factor.
const LOCKED: u64 = 600;
/// For 401s where a token was wanted (RFC 6750 §3).
const INVALID_TOKEN: &str = "Bearer error=\"invalid_token\"";
/// For tokens whose owner has not shown enough, or not just now (RFC 9470 §3).
const SIGN_IN_AGAIN: &str = "Bearer error=\"insufficient_user_authentication\", max_age=600";
const BASIC: &str = "Basic realm=\"Countersign\"";

/// An error as Reltio says it.
#[derive(Debug)]
pub(in crate::api) struct ReltioError(Refused);

impl ReltioError {
    /// An error with nothing but status, code and text.
    pub(in crate::api) fn new(
        status: StatusCode,
        error: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self(Refused::new(status, error, description))
    }

    /// 400 `invalid_request`.
    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// 400 `invalid_totp`.
    pub(super) fn code(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_totp", description)
    }

    /// 400 `invalid_mfatype`.
    pub(super) fn mfatype(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_mfatype", description)
    }

    /// 401 with how to sign in instead.
    fn sign_in(error: &'static str, description: impl Into<String>, how: &'static str) -> Self {
        let refused = Refused::new(StatusCode::UNAUTHORIZED, error, description);
        Self(refused.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(how)))
    }

    /// 401 `invalid_token`.
    pub(super) fn token() -> Self {
        SignInError::BearerInvalid.into()
    }

    /// 401 `invalid_client`.
    pub(super) fn client() -> Self {
        let description =
            "the client id or secret is wrong, or this application does not speak Reltio's words";
        Self::sign_in("invalid_client", description, BASIC)
    }

    /// 429.
    fn wait(error: &'static str, description: impl Into<String>, seconds: u64) -> Self {
        Self(Refused::new(StatusCode::TOO_MANY_REQUESTS, error, description).retry_after(seconds))
    }

    /// At the token endpoint a login that is over is a grant that is not valid (RFC 6749 §5.2).
    pub(super) fn as_grant(error: SignInError) -> Self {
        use SignInError::{LoginExpired, LoginMalformed, LoginOfAnother, LoginUsed};
        match error {
            LoginMalformed | LoginExpired | LoginUsed | LoginOfAnother => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_grant", error.to_string())
            }
            other => other.into(),
        }
    }

    /// Status, code and text.
    #[cfg(test)]
    pub(super) fn parts(&self) -> (u16, &'static str, &str) {
        self.0.parts()
    }
}

impl From<Unreadable> for ReltioError {
    fn from(unreadable: Unreadable) -> Self {
        Self(Refused::unreadable(unreadable))
    }
}

impl From<SignInError> for ReltioError {
    fn from(error: SignInError) -> Self {
        use SignInError as E;
        let text = error.to_string();
        let (status, code) = match error {
            E::Rule(error) => return error.into(),
            E::NoClient => return Self::client(),
            E::BearerInvalid | E::BearerExpired => {
                return Self::sign_in("invalid_token", text, INVALID_TOKEN);
            }
            E::LoginMalformed | E::LoginExpired | E::LoginUsed | E::LoginOfAnother => {
                return Self::sign_in("invalid_state_token", text, INVALID_TOKEN);
            }
            E::TooManyPasswords { retry_after } | E::TooManyLogins { retry_after } => {
                return Self::wait("too_many_attempts", text, retry_after);
            }
            E::Busy { retry_after } => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Self(Refused::new(status, "temporarily_unavailable", text).retry_after(retry_after));
            }
            E::WrongPassword | E::RefreshInvalid => (StatusCode::BAD_REQUEST, "invalid_grant"),
            E::GrantNotAllowed(_) => (StatusCode::BAD_REQUEST, "unauthorized_client"),
            E::AudienceUnknown(_) => (StatusCode::BAD_REQUEST, "invalid_target"),
            E::InsufficientScope(_) => (StatusCode::FORBIDDEN, "insufficient_scope"),
            E::RoleMissing(_) => (StatusCode::FORBIDDEN, "access_denied"),
            E::AlreadyEnrolled => (StatusCode::CONFLICT, "already_enrolled"),
            E::NoIssuer => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
            E::OobMalformed | E::OobExpired | E::OobOfAnother => (StatusCode::BAD_REQUEST, "invalid_grant"),
        };
        Self::new(status, code, text)
    }
}

impl From<Error> for ReltioError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let (status, code) = match error {
            Error::Unauthorized => return Self::client(),
            Error::ProofNeeded => {
                let text = "factors change only after a fresh sign-in: sign in again with your second factor, and come \
                            back within ten minutes";
                return Self::sign_in("insufficient_user_authentication", text, SIGN_IN_AGAIN);
            }
            Error::Locked(_) | Error::FactorLocked => return Self::wait("too_many_attempts", text, LOCKED),
            Error::TooManyAttempts { retry_after } => {
                return Self::wait("too_many_attempts", text, retry_after);
            }
            Error::Busy { retry_after } => return SignInError::Busy { retry_after }.into(),
            Error::TooFast { retry_after }
            | Error::SentJustNow { retry_after }
            | Error::SentTooMany { retry_after }
            | Error::BlockBusy { retry_after }
            | Error::SpentForToday { retry_after, .. }
            | Error::NoMoreCodes { retry_after } => {
                return Self::wait("too_many_requests", text, retry_after);
            }
            Error::Closing
            | Error::Store(StoreError::Unavailable(_) | StoreError::Full | StoreError::InDoubt) => {
                return Self(Refused::unavailable(&error));
            }
            Error::UserNotFound => {
                let text = "there is nobody by that name; see that it is written as at sign-in";
                return Self::new(StatusCode::NOT_FOUND, "user_not_found", text);
            }
            Error::NoSuchFactor | Error::NoFactor(_) | Error::FactorNotFound => {
                let text = "there is nothing of this kind to verify or to reset; enroll first";
                return Self::new(StatusCode::NOT_FOUND, "enrollment_not_found", text);
            }
            Error::FactorExists => {
                let text = "this is enrolled and verified already; reset it first if another one is to take its place";
                return Self::new(StatusCode::CONFLICT, "already_enrolled", text);
            }
            Error::NoCodeWaiting | Error::NotPending(_) | Error::ChallengeNotFound => {
                let text = "the code was used already or has expired; ask for a new one";
                return Self::new(StatusCode::BAD_REQUEST, "expired_totp", text);
            }
            Error::Invalid(_) | Error::Store(StoreError::Nul) => (StatusCode::BAD_REQUEST, "invalid_request"),
            Error::WrongCode { .. } | Error::WrongTypedCode { .. } | Error::WrongFactorCode { .. } => {
                (StatusCode::BAD_REQUEST, "invalid_totp")
            }
            Error::FactorNotAllowed(_) | Error::FactorTooWeak(_) => {
                (StatusCode::FORBIDDEN, "mfa_not_available")
            }
            Error::RefusedByRule => (StatusCode::FORBIDDEN, "access_denied"),
            Error::TooManyFactors => (StatusCode::CONFLICT, "too_many_factors"),
            Error::NoProvider(_) => (StatusCode::BAD_GATEWAY, "mail_failed"),
            other => return Self(Refused::internal(&other)),
        };
        Self::new(status, code, text)
    }
}

impl IntoResponse for ReltioError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: ReltioError) -> (u16, &'static str) {
        let (status, code, text) = error.parts();
        assert!(!text.is_empty());
        (status, code)
    }

    #[test]
    fn each_rule_that_says_no_has_its_status_and_word() {
        for (error, expected) in [
            (Error::FactorNotAllowed("totp"), (403, "mfa_not_available")),
            (Error::FactorExists, (409, "already_enrolled")),
            (Error::NoSuchFactor, (404, "enrollment_not_found")),
            (Error::WrongFactorCode { attempts_left: 1 }, (400, "invalid_totp")),
            (Error::NoCodeWaiting, (400, "expired_totp")),
            (Error::Locked("totp"), (429, "too_many_attempts")),
            (Error::SentJustNow { retry_after: 3 }, (429, "too_many_requests")),
            (Error::NoProvider("email"), (502, "mail_failed")),
            (Error::ProofNeeded, (401, "insufficient_user_authentication")),
            (Error::UserNotFound, (404, "user_not_found")),
            (Error::Unauthorized, (401, "invalid_client")),
            (Error::Closing, (503, "temporarily_unavailable")),
            (Error::Busy { retry_after: 2 }, (503, "temporarily_unavailable")),
            (Error::Damaged("thing"), (500, "server_error")),
        ] {
            assert_eq!(said(error.clone().into()), expected, "{error:?}");
        }
    }

    #[test]
    fn a_login_that_is_over_is_no_grant_at_the_token_endpoint_and_no_token_elsewhere() {
        for error in [SignInError::LoginMalformed, SignInError::LoginExpired, SignInError::LoginUsed] {
            assert_eq!(said(ReltioError::as_grant(error.clone())), (400, "invalid_grant"));
            assert_eq!(said(error.into()), (401, "invalid_state_token"));
        }
        assert_eq!(said(ReltioError::as_grant(SignInError::WrongPassword)), (400, "invalid_grant"));
        assert_eq!(said(ReltioError::as_grant(Error::ProofNeeded.into())).0, 401);
    }

    #[test]
    fn who_is_refused_is_told_how_to_sign_in_and_when_to_come_back() {
        let header = |error: ReltioError, name| {
            let response = error.into_response();
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let how = header::WWW_AUTHENTICATE;
        assert_eq!(header(ReltioError::token(), &how), "Bearer error=\"invalid_token\"");
        assert_eq!(header(Error::ProofNeeded.into(), &how), SIGN_IN_AGAIN);
        assert_eq!(header(ReltioError::client(), &how), "Basic realm=\"Countersign\"");
        assert_eq!(header(Error::Locked("totp").into(), &header::RETRY_AFTER), "600");
        assert_eq!(header(Error::SentJustNow { retry_after: 7 }.into(), &header::RETRY_AFTER), "7");
    }
}
