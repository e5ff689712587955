//! How the OAuth dialects say no: `{"error":"<code>","error_description":"<text>"}` (RFC 6749 §5.2). Which code and which
//! text for what is each dialect's own business.

use std::fmt;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::api::extract::Unreadable;

/// The body of every refusal. Decide by `error`; Auth0's clients decide by `error_description` too, so it stays as it is.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct OauthRefusal<'a> {
    /// The stable code.
    #[schema(value_type = String, pattern = "^[a-z_]+$", examples("invalid_grant"))]
    error: &'a str,
    /// What is wrong, in English.
    #[schema(value_type = String)]
    error_description: &'a str,
    /// With `mfa_required` only: the token that stands for the login from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    mfa_token: Option<&'a str>,
    /// With `mfa_required` only, where the application wants it: what can come next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OauthRequirements>, nullable = false)]
    mfa_requirements: Option<&'a OauthRequirements>,
}

/// What can come next in a login: one of the two is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::api) struct OauthRequirements {
    /// The kinds of factors that the person has and may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::api) challenge: Option<Vec<OauthFactorKind>>,
    /// The kinds of factors that the person can be given, when they have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::api) enroll: Option<Vec<OauthFactorKind>>,
}

/// A kind of factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::api) struct OauthFactorKind {
    /// Its word, such as `otp`, `phone` or `push-notification`.
    #[schema(value_type = String, examples("otp"))]
    pub(in crate::api) r#type: &'static str,
}

/// A refusal on its way out.
pub(in crate::api) struct Refused {
    status: StatusCode,
    error: &'static str,
    description: String,
    /// In a box: few refusals have one.
    login: Option<Box<(Zeroizing<String>, Option<OauthRequirements>)>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, error, description, .. } = self;
        write!(f, "Refused({status}, {error}, {description:?})")
    }
}

impl Refused {
    /// A refusal with nothing but status, code and text.
    pub(in crate::api) fn new(
        status: StatusCode,
        error: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self { status, error, description: description.into(), login: None, headers: Vec::new() }
    }

    /// The same with one header more.
    pub(in crate::api) fn with_header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with the whole seconds to wait.
    pub(in crate::api) fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, seconds)
    }

    /// The same with what a login goes on with.
    pub(in crate::api) fn with_login(
        mut self,
        token: Zeroizing<String>,
        next: Option<OauthRequirements>,
    ) -> Self {
        self.login = Some(Box::new((token, next)));
        self
    }

    /// What is wrong with a request before any rule has looked at it.
    pub(in crate::api) fn unreadable(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::TooLarge => {
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Self::new(status, "invalid_request", "the body must be at most 64 KiB")
            }
            Unreadable::Malformed(message) => Self::new(StatusCode::BAD_REQUEST, "invalid_request", message),
        }
    }

    /// The database is away for a moment, or the server on its way out. Its own words go to the log (S38).
    pub(in crate::api) fn unavailable(error: &crate::engine::Error) -> Self {
        tracing::error!(%error, "unavailable");
        let message = "the server cannot do this at the moment; nothing was changed, try again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", message).retry_after(1)
    }

    /// What should not happen. Its own words go to the log (S38).
    pub(in crate::api) fn internal(error: &crate::engine::Error) -> Self {
        tracing::error!(%error, "internal error");
        let message = "the server failed; its operator finds the reason in the log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
    }

    /// Status, code and text.
    #[cfg(test)]
    pub(in crate::api) fn parts(&self) -> (u16, &'static str, &str) {
        (self.status.as_u16(), self.error, &self.description)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (token, next) = self.login.map(|login| *login).unzip();
        let body = OauthRefusal {
            error: self.error,
            error_description: &self.description,
            mfa_token: token.as_ref().map(|token| token.as_str()),
            mfa_requirements: next.as_ref().and_then(Option::as_ref),
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}
