//! Reltio's refusals.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::api::extract::Unreadable;
use crate::api::oauth::refusal::Refused;
use crate::engine::Error;
use crate::engine::oauth::SignInError;

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
}

impl From<Unreadable> for ReltioError {
    fn from(unreadable: Unreadable) -> Self {
        Self(Refused::unreadable(unreadable))
    }
}

impl From<SignInError> for ReltioError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Rule(error) => error.into(),
            other => Self::new(StatusCode::BAD_REQUEST, "invalid_grant", other.to_string()),
        }
    }
}

impl From<Error> for ReltioError {
    fn from(error: Error) -> Self {
        Self(Refused::unavailable(&error))
    }
}

impl IntoResponse for ReltioError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
