//! The MyPass error envelope: `{"error":"<code>","message":"<text>"}`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::extract::Unreadable;
use crate::engine::Error;
use crate::store::StoreError;

/// An error as this dialect says it.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// With `session_not_pending` and `no_receipt`: how the session stands.
    session_status: Option<&'static str>,
    retry_after: Option<u64>,
}

impl ApiError {
    /// An error with nothing but code and text.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), session_status: None, retry_after: None }
    }

    /// 400 `invalid_request`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
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
            Error::Invalid(_) | Error::EnrollProof(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
            Error::InvalidPlatform => (StatusCode::BAD_REQUEST, "invalid_platform"),
            Error::InvalidDeviceToken(_) => (StatusCode::BAD_REQUEST, "invalid_device_token"),
            Error::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Error::UserNotFound => (StatusCode::NOT_FOUND, "user_not_found"),
            Error::AlreadyEnrolled => (StatusCode::CONFLICT, "already_enrolled"),
            Error::NoDevices => (StatusCode::CONFLICT, "no_devices"),
            Error::ChallengeNotFound => (StatusCode::NOT_FOUND, "session_not_found"),
            Error::NotPending(_) => (StatusCode::CONFLICT, "session_not_pending"),
            Error::NoReceipt(_) => (StatusCode::CONFLICT, "no_receipt"),
            Error::TooFast { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Error::TokenInvalid => (StatusCode::NOT_FOUND, "invalid_token"),
            Error::TokenUsed => (StatusCode::GONE, "token_used"),
            Error::TokenExpired => (StatusCode::GONE, "token_expired"),
            Error::DeviceNotFound => (StatusCode::NOT_FOUND, "device_not_found"),
            Error::Closing | Error::Store(StoreError::Unavailable(_) | StoreError::Full) => {
                return unavailable(&error);
            }
            _ => return internal(&error),
        };
        let mut mapped = Self::new(status, code, message);
        match error {
            Error::NotPending(outcome) | Error::NoReceipt(outcome) => {
                mapped.session_status = Some(outcome.as_str())
            }
            Error::TooFast { retry_after } => mapped.retry_after = Some(retry_after),
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
    let message = "the server failed; its operator finds the reason in the log";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({"error": self.code, "message": self.message});
        if let (Some(status), Some(body)) = (self.session_status, body.as_object_mut()) {
            body.insert("status".to_owned(), status.into());
        }
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
