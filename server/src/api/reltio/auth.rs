//! Who calls: a person with their access token, or an application with its id and secret.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::ReltioError;
use crate::api::client::Client;
use crate::api::oauth::identify;
use crate::api::oauth::parameters::Parameters;
use crate::engine::oauth::{Audience, Bearer, Flavour};
use crate::engine::{Caller, Engine};
use crate::telemetry::note_caller;

/// The person whose access token came with the request.
#[derive(Debug)]
pub(in crate::api) struct Person(pub(super) Bearer);

impl FromRequestParts<Arc<Engine>> for Person {
    type Rejection = ReltioError;

    async fn from_request_parts(parts: &mut Parts, engine: &Arc<Engine>) -> Result<Self, ReltioError> {
        let Ok(client) = Client::from_request_parts(parts, engine).await;
        let token = bearer_token(&parts.headers).ok_or_else(ReltioError::token)?;
        let bearer = engine.bearer(token, Audience::Own, client.address).await?;
        note_caller("client", &bearer.caller.id(), &bearer.caller.application.tenant);
        // A token that was given for other words is for other things.
        if speaks_reltio(&bearer.caller) { Ok(Self(bearer)) } else { Err(ReltioError::token()) }
    }
}

/// Whether the application is a client of this dialect.
pub(super) fn speaks_reltio(caller: &Caller) -> bool {
    caller.oauth.as_ref().is_some_and(|client| client.flavour == Flavour::Reltio)
}

/// The application whose id and secret came with the request. One that can keep no secret is none here.
pub(super) async fn application(
    engine: &Engine,
    headers: &HeaderMap,
    parameters: &Parameters,
    client: Client,
) -> Result<Arc<Caller>, ReltioError> {
    let caller = identify::<ReltioError>(engine, headers, parameters, client).await?;
    let confidential = caller.oauth.as_ref().is_some_and(|client| !client.public);
    if confidential && speaks_reltio(&caller) { Ok(caller) } else { Err(ReltioError::client()) }
}

/// Whether the request shows a person's token, whatever it is worth.
pub(super) fn shows_token(headers: &HeaderMap) -> bool {
    scheme(headers).is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = scheme(headers)?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn scheme(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_is_read_whatever_case_its_scheme_is_in_and_nothing_else_is_one() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(text));
            (shows_token(&headers), bearer_token(&headers).map(str::to_owned))
        };
        assert_eq!(read("Bearer a.b.c"), (true, Some("a.b.c".to_owned())));
        assert_eq!(read("bearer a.b.c "), (true, Some("a.b.c".to_owned())));
        for none in ["Basic YTpi", "Bearer", "a.b.c", ""] {
            assert_eq!(read(none), (false, None), "{none}");
        }
    }
}
