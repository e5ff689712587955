//! Who calls: a person with their access token, or an application with its id and secret.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::ReltioError;
use crate::api::bearer::bearer_token;
use crate::api::client::Client;
use crate::api::oauth::identify;
use crate::api::parameters::Parameters;
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
