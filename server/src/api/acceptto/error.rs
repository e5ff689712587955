//! Acceptto's refusals. Two of them are read by its clients byte for byte; the rest say what to do.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::extract::Unreadable;
use crate::engine::Error;
use crate::store::StoreError;

/// That nobody has this address.
pub(super) const NOT_REGISTERED: &str = "Acceptto email not registered!";
/// That the application did not show who it is.
pub(super) const NO_APPLICATION: &str = "Invalid uid and secret combination, application not found!";

/// Nobody has this address.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoNobody {
    /// Empty.
    #[schema(value_type = String, max_length = 0)]
    channel: &'static str,
    /// `Acceptto email not registered!`
    #[schema(value_type = String)]
    message: &'static str,
}

/// The application did not show who it is.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoNoApplication {
    /// Empty.
    #[schema(value_type = String, max_length = 0)]
    channel: &'static str,
    /// False.
    success: bool,
    /// `Invalid uid and secret combination, application not found!`
    #[schema(value_type = String)]
    message: &'static str,
}

/// Any other refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoRefusal {
    /// False.
    success: bool,
    /// The stable code.
    #[schema(value_type = String, pattern = "^[a-z_]+$", examples("invalid_request"))]
    error: &'static str,
    /// What to do, in English.
    message: String,
}

/// An error as Acceptto says it.
#[derive(Debug)]
pub(in crate::api) enum AccepttoError {
    /// 401.
    Nobody,
    /// 403.
    NoApplication,
    /// Anything else.
    Other {
        /// The status.
        status: StatusCode,
        /// The stable code.
        code: &'static str,
        /// What to do.
        message: String,
        /// Whole seconds to wait.
        retry_after: Option<u64>,
    },
}

impl AccepttoError {
    fn other(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self::Other { status, code, message: message.into(), retry_after: None }
    }

    /// 400.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::other(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    fn wait(status: StatusCode, code: &'static str, message: String, seconds: u64) -> Self {
        Self::Other { status, code, message, retry_after: Some(seconds) }
    }
}

impl From<Unreadable> for AccepttoError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::TooLarge => {
                Self::other(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body must be at most 64 KiB")
            }
            Unreadable::Malformed(message) => Self::invalid(message),
        }
    }
}

impl From<Error> for AccepttoError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Unauthorized => Self::NoApplication,
            Error::UserNotFound => Self::Nobody,
            Error::Invalid(_) | Error::Store(StoreError::Nul) => Self::invalid(text),
            Error::TooManyAttempts { retry_after } | Error::TooManyPushes { retry_after } => {
                Self::wait(StatusCode::TOO_MANY_REQUESTS, "rate_limited", text, retry_after)
            }
            Error::Busy { retry_after } => {
                Self::wait(StatusCode::SERVICE_UNAVAILABLE, "unavailable", text, retry_after)
            }
            Error::Closing
            | Error::Store(StoreError::Unavailable(_) | StoreError::Full | StoreError::InDoubt) => {
                tracing::error!(%error, "unavailable");
                let message = "the server cannot do this at the moment; try again".to_owned();
                Self::wait(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, 1)
            }
            error => {
                tracing::error!(%error, "internal error");
                let message = "the server failed; its operator finds the reason in the log";
                Self::other(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
            }
        }
    }
}

impl IntoResponse for AccepttoError {
    fn into_response(self) -> Response {
        match self {
            Self::Nobody => {
                let body = AccepttoNobody { channel: "", message: NOT_REGISTERED };
                let how = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
                (StatusCode::UNAUTHORIZED, how, axum::Json(body)).into_response()
            }
            Self::NoApplication => {
                let body = AccepttoNoApplication { channel: "", success: false, message: NO_APPLICATION };
                (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
            }
            Self::Other { status, code, message, retry_after } => {
                let body = AccepttoRefusal { success: false, error: code, message };
                let mut response = (status, axum::Json(body)).into_response();
                if let Some(seconds) = retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                response
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_rule_that_says_no_has_its_status_and_code() {
        for (error, status, code) in [
            (Error::Unauthorized, 403, ""),
            (Error::UserNotFound, 401, ""),
            (Error::Invalid("timeout".to_owned()), 400, "invalid_request"),
            (Error::Store(StoreError::Nul), 400, "invalid_request"),
            (Error::TooManyAttempts { retry_after: 3 }, 429, "rate_limited"),
            (Error::TooManyPushes { retry_after: 3 }, 429, "rate_limited"),
            (Error::Busy { retry_after: 3 }, 503, "unavailable"),
            (Error::Closing, 503, "unavailable"),
            (Error::Store(StoreError::Full), 503, "unavailable"),
            (Error::Damaged("thing"), 500, "internal_error"),
        ] {
            let response = AccepttoError::from(error.clone()).into_response();
            assert_eq!(response.status().as_u16(), status, "{error:?}");
            let waits = response.headers().contains_key(header::RETRY_AFTER);
            assert_eq!(waits, [429, 503].contains(&status), "{error:?}");
            let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["error"].as_str().unwrap_or_default(), code, "{body}");
            assert!(!body["message"].as_str().unwrap().is_empty());
        }
    }
}
