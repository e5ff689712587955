//! The engine's refusals as problem details (RFC 9457) with the protocol's stable codes.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::answer::AnswerError;
use countersign_protocol::problem::{CONTENT_TYPE, Code, Problem};
use countersign_protocol::wire::Outcome;

use crate::api::extract::Unreadable;
use crate::engine::{Engine, Error};
use crate::store::StoreError;

/// What a device is told when something does not work.
#[derive(Debug)]
pub(crate) enum DeviceError {
    /// Before any rule.
    Unreadable(Unreadable),
    /// By a rule, at this second of the server's clock.
    Refused(Error, u64),
}

impl From<Unreadable> for DeviceError {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

/// Gives an engine's refusal the server's time.
pub(super) trait Told<T> {
    fn told(self, engine: &Engine) -> Result<T, DeviceError>;
}

impl<T, E: Into<Error>> Told<T> for Result<T, E> {
    fn told(self, engine: &Engine) -> Result<T, DeviceError> {
        self.map_err(|error| DeviceError::Refused(error.into(), engine.server_time()))
    }
}

fn code_of(error: &Error) -> (StatusCode, Code, Option<Outcome>) {
    match error {
        Error::Invalid(_) | Error::InvalidDeviceToken(_) => {
            (StatusCode::BAD_REQUEST, Code::InvalidRequest, None)
        }
        Error::Answer(AnswerError::VerificationNeeded) => {
            (StatusCode::FORBIDDEN, Code::VerificationNeeded, None)
        }
        Error::Answer(_) => (StatusCode::BAD_REQUEST, Code::InvalidAnswer, None),
        Error::RequestProof(_) => (StatusCode::UNAUTHORIZED, Code::InvalidProof, None),
        Error::UseNonce => (StatusCode::UNAUTHORIZED, Code::UseNonce, None),
        Error::DeviceUnknown => (StatusCode::UNAUTHORIZED, Code::DeviceUnknown, None),
        Error::ChallengeNotFound => (StatusCode::NOT_FOUND, Code::ChallengeNotFound, None),
        Error::NotPending(Outcome::Expired) => {
            (StatusCode::GONE, Code::ChallengeExpired, Some(Outcome::Expired))
        }
        Error::NotPending(outcome) => (StatusCode::CONFLICT, Code::AlreadyAnswered, Some(*outcome)),
        Error::Rule(_) | Error::RuleEnded => (StatusCode::BAD_REQUEST, Code::InvalidRule, None),
        Error::RulesOff => (StatusCode::FORBIDDEN, Code::RulesNotAllowed, None),
        Error::TooManyRules => (StatusCode::CONFLICT, Code::TooManyRules, None),
        Error::RuleNotFound => (StatusCode::NOT_FOUND, Code::RuleNotFound, None),
        Error::WrongNumber => (StatusCode::UNPROCESSABLE_ENTITY, Code::WrongNumber, Some(Outcome::Denied)),
        _ => (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, None),
    }
}

impl IntoResponse for DeviceError {
    fn into_response(self) -> Response {
        let (status, code, title, outcome, server_time) = match self {
            Self::Unreadable(Unreadable::TooLarge) => {
                let title = "the body must be at most 64 KiB".to_owned();
                (StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, title, None, None)
            }
            Self::Unreadable(Unreadable::Malformed(title)) => {
                (StatusCode::BAD_REQUEST, Code::InvalidRequest, title, None, None)
            }
            Self::Refused(error, server_time) => {
                let (status, code, outcome) = code_of(&error);
                (status, code, sentence(&error, code), outcome, Some(server_time))
            }
        };
        respond(&Problem { code, title, status: status.as_u16(), outcome, server_time })
    }
}

/// What cannot be done now is logged with its reason and told without (S38).
fn sentence(error: &Error, code: Code) -> String {
    if matches!(error, Error::Store(StoreError::InDoubt)) {
        tracing::error!(%error, "in doubt to a device");
        return error.to_string();
    }
    if code == Code::Unavailable {
        tracing::error!(%error, "unavailable to a device");
        return "the server cannot do this at the moment; nothing was changed, try again".to_owned();
    }
    error.to_string()
}

/// What is said before any rule was asked: no such path, not with this method, no answer in time. Also outside of the
/// device's own paths, where no dialect has a form for it.
pub(crate) fn without_rule(engine: &Engine, status: StatusCode, title: &str) -> Response {
    let code = match status {
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::BAD_REQUEST => Code::InvalidRequest,
        _ => Code::NotFound,
    };
    let (title, server_time) = (title.to_owned(), Some(engine.server_time()));
    respond(&Problem { code, title, status: status.as_u16(), outcome: None, server_time })
}

fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Device"));
    }
    response
}
