//! The MyPass error envelope: `{"error":"<code>","message":"<text>"}`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::extract::Unreadable;
use crate::engine::Error;
use crate::store::StoreError;

/// The body of every refusal. Decide by `error`; `message` is for people and may change.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Refusal {
    /// The stable code.
    #[schema(pattern = "^[a-z_]+$", examples("session_not_found"))]
    error: &'static str,
    /// What to do, in English.
    message: String,
    /// With `session_not_pending` only: how the session stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<countersign_protocol::wire::Outcome>, nullable = false)]
    status: Option<&'static str>,
    /// With `invalid_code` of an enrolment or a factor only: how many more tries there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    attempts_left: Option<i64>,
}

/// An error as this dialect says it.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// With `session_not_pending` and `no_receipt`: how the session stands.
    session_status: Option<&'static str>,
    retry_after: Option<u64>,
    /// With `invalid_code`: the guesses that remain.
    attempts_left: Option<i64>,
}

impl ApiError {
    /// An error with nothing but code and text.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            session_status: None,
            retry_after: None,
            attempts_left: None,
        }
    }

    /// 400 `invalid_request`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// 500 `internal_error`, for what was logged where it happened.
    pub(crate) fn internal() -> Self {
        let message = "the server failed; its operator finds the reason in the log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }
}

impl From<Unreadable> for ApiError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body must be at most 64 KiB")
            }
            Unreadable::Malformed(message) => Self::invalid(message),
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let (status, code) = match &error {
            Error::Invalid(_) | Error::EnrollProof(_) | Error::Store(StoreError::Nul) => {
                (StatusCode::BAD_REQUEST, "invalid_request")
            }
            Error::Attestation(_) => (StatusCode::BAD_REQUEST, "attestation_invalid"),
            Error::AttestationRequired(_) => (StatusCode::FORBIDDEN, "attestation_required"),
            Error::InvalidPlatform => (StatusCode::BAD_REQUEST, "invalid_platform"),
            Error::InvalidDeviceToken(_) => (StatusCode::BAD_REQUEST, "invalid_device_token"),
            Error::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Error::UserNotFound => (StatusCode::NOT_FOUND, "user_not_found"),
            Error::AlreadyEnrolled => (StatusCode::CONFLICT, "already_enrolled"),
            Error::FactorNotAllowed(_) => (StatusCode::FORBIDDEN, "factor_not_allowed"),
            Error::RefusedByRule => (StatusCode::FORBIDDEN, "refused_by_policy"),
            Error::Locked(_) => (StatusCode::FORBIDDEN, "user_locked"),
            Error::NoDevices => (StatusCode::CONFLICT, "no_devices"),
            Error::ChallengeNotFound => (StatusCode::NOT_FOUND, "session_not_found"),
            Error::NoCode => (StatusCode::CONFLICT, "no_code"),
            Error::NotAnswered => (StatusCode::CONFLICT, "not_answered"),
            Error::WrongShownCode => (StatusCode::BAD_REQUEST, "invalid_code"),
            Error::NotPending(_) => (StatusCode::CONFLICT, "session_not_pending"),
            Error::NoReceipt(_) => (StatusCode::CONFLICT, "no_receipt"),
            Error::TooFast { .. }
            | Error::TooManyAttempts { .. }
            | Error::CoolingDown { .. }
            | Error::TooManyPushes { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Error::Busy { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Error::TokenInvalid => (StatusCode::NOT_FOUND, "invalid_token"),
            Error::TokenUsed => (StatusCode::GONE, "token_used"),
            Error::TokenExpired => (StatusCode::GONE, "token_expired"),
            Error::ChallengeRequired => (StatusCode::FORBIDDEN, "challenge_required"),
            Error::WrongChallenge(_) => (StatusCode::CONFLICT, "wrong_challenge"),
            Error::WrongTypedCode { .. } => (StatusCode::BAD_REQUEST, "invalid_code"),
            Error::NoFactor(_) => (StatusCode::CONFLICT, "no_factor"),
            Error::NoCodeWaiting => (StatusCode::CONFLICT, "no_code_waiting"),
            Error::NothingToSend => (StatusCode::CONFLICT, "nothing_to_send"),
            Error::CountryNotAllowed(_) => (StatusCode::FORBIDDEN, "country_not_allowed"),
            Error::NoMoreCodes { .. } => (StatusCode::TOO_MANY_REQUESTS, "resend_limit"),
            Error::SentTooMany { .. } | Error::BlockBusy { .. } | Error::SpentForToday { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "sending_limit")
            }
            Error::WrongCode { .. } => (StatusCode::BAD_REQUEST, "invalid_code"),
            Error::TooManyCodes => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"),
            Error::SentJustNow { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Error::SentTooOften { .. } => (StatusCode::TOO_MANY_REQUESTS, "resend_limit"),
            Error::FactorLocked => (StatusCode::TOO_MANY_REQUESTS, "factor_locked"),
            Error::FactorExists => (StatusCode::CONFLICT, "factor_exists"),
            Error::TooManyFactors => (StatusCode::CONFLICT, "too_many_factors"),
            Error::NoSuchFactor => (StatusCode::NOT_FOUND, "factor_not_found"),
            Error::WrongFactorCode { .. } => (StatusCode::BAD_REQUEST, "invalid_code"),
            Error::FactorTooWeak(_) => (StatusCode::FORBIDDEN, "factor_too_weak"),
            Error::ProofNeeded => (StatusCode::FORBIDDEN, "fresh_sign_in_required"),
            Error::FactorNotFound => (StatusCode::CONFLICT, "wrong_challenge"),
            Error::DeviceNotFound => (StatusCode::NOT_FOUND, "device_not_found"),
            Error::NoProvider(_) => (StatusCode::CONFLICT, "no_provider"),
            Error::WebhookNotFound => (StatusCode::NOT_FOUND, "webhook_not_found"),
            Error::DeliveryNotFound => (StatusCode::NOT_FOUND, "delivery_not_found"),
            Error::DeliveryWaiting => (StatusCode::CONFLICT, "delivery_waiting"),
            Error::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Error::IdempotencyInFlight => (StatusCode::CONFLICT, "idempotency_in_flight"),
            Error::Closing | Error::Store(StoreError::Unavailable(_) | StoreError::Full) => {
                return unavailable(&error);
            }
            Error::Store(StoreError::InDoubt) => {
                tracing::error!(%error, "in doubt");
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Self { retry_after: Some(1), ..Self::new(status, "unavailable", message) };
            }
            _ => return internal(&error),
        };
        let mut mapped = Self::new(status, code, message);
        match error {
            Error::NotPending(outcome) | Error::NoReceipt(outcome) => {
                mapped.session_status = Some(outcome.as_str())
            }
            Error::WrongCode { attempts_left }
            | Error::WrongTypedCode { attempts_left }
            | Error::WrongFactorCode { attempts_left } => mapped.attempts_left = Some(attempts_left),
            Error::TooFast { retry_after }
            | Error::TooManyAttempts { retry_after }
            | Error::Busy { retry_after }
            | Error::CoolingDown { retry_after }
            | Error::TooManyPushes { retry_after }
            | Error::SentJustNow { retry_after }
            | Error::SentTooMany { retry_after }
            | Error::BlockBusy { retry_after }
            | Error::SpentForToday { retry_after, .. }
            | Error::NoMoreCodes { retry_after }
            | Error::SentTooOften { retry_after } => mapped.retry_after = Some(retry_after),
            Error::IdempotencyInFlight => mapped.retry_after = Some(1),
            _ => {}
        }
        mapped
    }
}

/// The database is away for a moment. Its own words go to the log, not to the caller (S38).
fn unavailable(error: &Error) -> ApiError {
    tracing::error!(%error, "unavailable");
    let message = "the server cannot do this at the moment; nothing was changed, try again";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    ApiError { retry_after: Some(1), ..ApiError::new(status, "unavailable", message) }
}

fn internal(error: &Error) -> ApiError {
    tracing::error!(%error, "internal error");
    ApiError::internal()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Refusal {
            error: self.code,
            message: self.message,
            status: self.session_status,
            attempts_left: self.attempts_left,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let basic = HeaderValue::from_static("Basic realm=\"Countersign\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
