//! What mPass's clients are told: a status and a word for it, with HTTP 200 whatever it is. Only who must wait is told so
//! by HTTP too.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::Error;
use crate::store::StoreError;

/// The body of every reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::api) struct MpassReply {
    /// The word.
    #[schema(value_type = String, examples("Accept"))]
    description: &'static str,
    /// The number, as a text.
    #[schema(value_type = String, pattern = "^(0|1|2|3|4|100)$", examples("0"))]
    status: &'static str,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Accept,
    InvalidData,
    AccessDenied,
    Reject,
    Expired,
    InternalError,
    /// Access denied for so many seconds.
    Throttled(u64),
}

impl Status {
    pub(super) fn body(self) -> Json<MpassReply> {
        let (status, description) = match self {
            Self::Accept => ("0", "Accept"),
            Self::InvalidData => ("1", "Invalid Data"),
            Self::AccessDenied | Self::Throttled(_) => ("2", "Access Denied"),
            Self::Reject => ("3", "Reject"),
            Self::Expired => ("4", "Expired"),
            Self::InternalError => ("100", "Internal Error Occurred"),
        };
        Json(MpassReply { description, status })
    }
}

impl IntoResponse for Status {
    fn into_response(self) -> Response {
        let mut response = self.body().into_response();
        if let Self::Throttled(seconds) = self {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(_) | Error::CountryNotAllowed(_) | Error::Store(StoreError::Nul) => {
                Self::InvalidData
            }
            Error::Unauthorized => Self::AccessDenied,
            Error::TooManyAttempts { retry_after }
            | Error::TooFast { retry_after }
            | Error::SentJustNow { retry_after }
            | Error::SentTooMany { retry_after }
            | Error::BlockBusy { retry_after }
            | Error::SpentForToday { retry_after, .. } => Self::Throttled(retry_after),
            error => {
                tracing::error!(%error, "a number could not be verified");
                Self::InternalError
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_status() {
        for (error, status) in [
            (Error::Invalid("x".to_owned()), Status::InvalidData),
            (Error::CountryNotAllowed("sms"), Status::InvalidData),
            (Error::Unauthorized, Status::AccessDenied),
            (Error::SentJustNow { retry_after: 3 }, Status::Throttled(3)),
            (Error::SpentForToday { by: "sms", retry_after: 9 }, Status::Throttled(9)),
            (Error::TooManyAttempts { retry_after: 1 }, Status::Throttled(1)),
            (Error::NoProvider("sms"), Status::InternalError),
            (Error::Closing, Status::InternalError),
        ] {
            assert_eq!(Status::from(error.clone()), status, "{error:?}");
        }
    }
}
