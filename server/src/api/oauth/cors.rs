//! Calls from web pages (CORS): which pages may read what the sign-in endpoints answer. Only pages of an origin that a
//! client of the tenant has registered; what is published under `/.well-known/` may be read from anywhere. No cookie is
//! ever looked at, so none is ever allowed.
//!
//! A page of another origin gets its request answered and may not read the answer: it is the browser that withholds it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::engine::Engine;

/// What a page may send along.
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, auth0-client, dpop");
/// What a page may see besides the body.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset");
/// Seconds for which a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Who may read what is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Everybody: it is published.
    Everybody,
    /// Pages of registered origins, which call with these methods.
    Registered(&'static str),
}

fn readers(path: &str) -> Option<Readers> {
    match path {
        "/oauth/token" => Some(Readers::Registered("POST")),
        "/mfa/associate" | "/mfa/challenge" => Some(Readers::Registered("POST")),
        "/mfa/authenticators" => Some(Readers::Registered("GET")),
        path if path.starts_with("/mfa/authenticators/") => Some(Readers::Registered("DELETE")),
        path if path.starts_with("/.well-known/") => Some(Readers::Everybody),
        _ => None,
    }
}

/// Answers browsers that ask beforehand, and says with every answer which page may read it.
pub(in crate::api) async fn cors(
    State(engine): State<Arc<Engine>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(readers) = readers(request.uri().path()) else { return next.run(request).await };
    let allowed = match (readers, host_and_origin(&request)) {
        (Readers::Everybody, _) => Some(HeaderValue::from_static("*")),
        (Readers::Registered(_), Some((host, origin))) => allowed(&engine, &host, origin).await,
        (Readers::Registered(_), None) => None,
    };
    let headers = request.headers();
    let asks_beforehand =
        request.method() == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_beforehand && headers.contains_key(header::ORIGIN) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    say(response.headers_mut(), readers, allowed, asks_beforehand);
    response
}

/// What stands in `Access-Control-Allow-Origin`, for a page of this origin at this host.
async fn allowed(engine: &Engine, host: &str, origin: HeaderValue) -> Option<HeaderValue> {
    match engine.may_call_from(host, origin.to_str().ok()?).await {
        Ok(true) => Some(origin),
        Ok(false) => None,
        Err(error) => {
            // The request itself runs into the same thing, and says so.
            tracing::debug!(%error, "the origins of a tenant could not be read");
            None
        }
    }
}

/// The host that a request was meant for, and the origin of the page that it comes from.
fn host_and_origin(request: &Request) -> Option<(String, HeaderValue)> {
    let named = request.uri().authority().map(|authority| authority.as_str());
    let host = named.or_else(|| request.headers().get(header::HOST)?.to_str().ok())?;
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return None };
    Some((host.to_owned(), origin.clone()))
}

fn say(headers: &mut HeaderMap, readers: Readers, allowed: Option<HeaderValue>, beforehand: bool) {
    if readers != Readers::Everybody {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    let Some(origin) = allowed else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if beforehand {
        let methods = match readers {
            Readers::Everybody => "GET",
            Readers::Registered(methods) => methods,
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_signing_in_is_called_from_pages() {
        for path in [
            "/",
            "/api/v1/mfa/send",
            "/oauth/users/mfaDetails",
            "/users/mfa/verifyEmail",
            "/enroll/x",
            "/mfa",
        ] {
            assert_eq!(readers(path), None, "{path}");
        }
        assert_eq!(readers("/oauth/token"), Some(Readers::Registered("POST")));
        assert_eq!(readers("/mfa/authenticators/totp%7Cdev_1"), Some(Readers::Registered("DELETE")));
        assert_eq!(readers("/.well-known/jwks.json"), Some(Readers::Everybody));
    }
}
