//! Client id and secret, in the two headers or as Basic.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::ApiError;
use crate::api::basic::basic;
use crate::api::client::Client;
use crate::engine::{Caller, Engine, Error};
use crate::telemetry::note_caller;

/// The application whose credentials came with the request. They are looked at once: a layer that needs the caller before
/// the handler does leaves it with the request.
#[derive(Debug, Clone)]
pub(in crate::api) struct Authenticated(pub(in crate::api) Arc<Caller>);

impl FromRequestParts<Arc<Engine>> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, ApiError> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let Ok(client) = Client::from_request_parts(parts, engine).await;
        let (id, secret) = credentials(&parts.headers).ok_or(Error::Unauthorized)?;
        let caller = engine.authenticate(&id, &secret, client.address).await?;
        note_caller("client", &caller.id(), &caller.application.tenant);
        Ok(Self(caller))
    }
}

/// The header pair wins when both forms are there; half a pair is none.
fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().map(str::to_owned));
    match (text("x-client-id"), text("x-client-secret")) {
        (Some(id), Some(secret)) => Some((id.ok()?, secret.ok()?)),
        (None, None) => basic(headers),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn from(pairs: &[(&'static str, &'static str)]) -> Option<(String, String)> {
        let headers =
            pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect();
        credentials(&headers)
    }

    #[test]
    fn both_forms_and_nothing_else() {
        let pair = Some(("a".to_owned(), "b".to_owned()));
        assert_eq!(from(&[("x-client-id", "a"), ("x-client-secret", "b")]), pair);
        assert_eq!(from(&[("authorization", "Basic YTpi")]), pair);
        assert_eq!(from(&[("authorization", "basic YTpi")]), pair);
        assert_eq!(
            from(&[("x-client-id", "a"), ("x-client-secret", "b"), ("authorization", "Basic eDp5")]),
            pair
        );
        assert_eq!(from(&[("x-client-id", "a"), ("authorization", "Basic YTpi")]), None);
        assert_eq!(from(&[("authorization", "Bearer YTpi")]), None);
        assert_eq!(from(&[("authorization", "Basic YWI=")]), None);
        assert_eq!(from(&[("authorization", "Basic %%%")]), None);
        assert_eq!(from(&[]), None);
    }
}
