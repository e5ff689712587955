//! Requests that reach no handler, or do not come back from one in time: they are refused in the form that their path
//! speaks.

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::oauth::refusal::Refused;
use super::{device, mpass, native};
use crate::engine::Engine;
use crate::portal;

/// Under which paths the OAuth dialects live.
const OAUTH: [&str; 4] = ["/oauth", "/mfa", "/users", "/.well-known"];

/// Under which path mPass lives.
const MPASS: &str = "/mpass-web";
/// Pages that stand among the addresses of an API.
const PAGES: [&str; 7] = [
    "/mfa/index",
    "/mfa/waiting",
    "/mfa/passcode",
    "/mfa/result",
    "/mfa/email",
    "/mfa/cancel",
    "/mfa/events",
];

/// Whether a path is one of an API: of those, nothing is reached that the document does not describe.
pub(super) fn is_api(path: &str) -> bool {
    path.starts_with("/api/") || is_oauth(path) || below(MPASS, path)
}

fn below(root: &str, path: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_oauth(path: &str) -> bool {
    !PAGES.contains(&path) && OAUTH.into_iter().any(|root| below(root, path))
}

/// Which error form a path speaks. A request that reaches an operation is answered in that operation's form; what
/// reaches none under `/api` has no dialect, and gets problem details.
pub(super) fn refuse(
    uri: &Uri,
    status: StatusCode,
    code: &'static str,
    message: &str,
    engine: &Engine,
) -> Response {
    let path = uri.path();
    let reached = ![StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status);
    if path == "/api/v1/device"
        || path.starts_with("/api/v1/device/")
        || (path.starts_with("/api/") && !reached)
    {
        device::problem::without_rule(engine, status, message)
    } else if path.starts_with("/api/") {
        native::ApiError::new(status, code, message).into_response()
    } else if below(MPASS, path) {
        mpass::refuse(status)
    } else if is_oauth(path) {
        let code = if code == "unavailable" { "temporarily_unavailable" } else { code };
        Refused::new(status, code, message).into_response()
    } else {
        portal::plain_message(status, path, message)
    }
}

#[cfg(test)]
mod tests {
    use super::is_api;

    #[test]
    fn which_paths_are_of_an_api() {
        for path in [
            "/api/v1",
            "/oauth",
            "/oauth/token",
            "/mfa/x",
            "/users/a/mfa/b",
            "/.well-known/jwks.json",
            "/mpass-web/rest",
            "/mfa/indexes",
        ] {
            assert!(is_api(path), "{path}");
        }
        for path in ["/", "/api", "/oauthx", "/mfax/", "/enroll/oauth", "/usersx", "/mfa/index", "/mfa/email"]
        {
            assert!(!is_api(path), "{path}");
        }
    }
}
