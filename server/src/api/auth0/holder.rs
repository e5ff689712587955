//! Whose token comes with a request to `/mfa`: the one of a login that has begun, or an access token for factors.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::{Auth0Error, Row};
use crate::api::client::Client;
use crate::engine::oauth::{Audience, Bearer, Login, Showing, SignInError};
use crate::engine::{Caller, Engine};
use crate::telemetry::note_caller;

/// What every token of a login begins with.
const LOGIN: &str = "mfa_";

/// Who has shown a token.
#[derive(Debug)]
pub(super) enum Holder {
    /// Somebody whose password was right, and who signs in.
    Login(Box<Login>),
    /// Somebody who has signed in.
    Bearer(Box<Bearer>),
}

impl Holder {
    /// Whoever has the token in `Authorization`, and the application that it was given to. An access token must be good
    /// for `scope`.
    pub(super) async fn of(
        engine: &Engine,
        headers: &HeaderMap,
        scope: &'static str,
        client: Client,
    ) -> Result<(Arc<Caller>, Self), Auth0Error> {
        let token = token(headers)?;
        if token.starts_with(LOGIN) {
            let (caller, login) = engine.login_alone(token, client.address).await?;
            note_caller("client", &caller.id(), &caller.application.tenant);
            return Ok((caller, Self::Login(Box::new(login))));
        }
        let bearer = bearer(engine, headers, scope, client).await?;
        Ok((Arc::clone(&bearer.caller), Self::Bearer(Box::new(bearer))))
    }

    /// The same for the token in a parameter, which must have been given to this application. An access token is taken
    /// there only from those who get another factor with it. What is neither is no token of a login.
    pub(super) async fn in_parameter(
        engine: &Engine,
        caller: &Caller,
        token: &str,
    ) -> Result<Self, SignInError> {
        if token.starts_with(LOGIN) {
            return Ok(Self::Login(Box::new(engine.login(caller, token).await?)));
        }
        let bearer = match engine.bearer(token, Audience::Mfa, caller.address).await {
            Err(SignInError::BearerInvalid) => return Err(SignInError::LoginMalformed),
            Err(SignInError::BearerExpired) => return Err(SignInError::LoginExpired),
            bearer => bearer?,
        };
        if bearer.user.tenant != caller.application.tenant {
            // Another tenant's does not exist here (S40).
            return Err(SignInError::LoginMalformed);
        }
        if bearer.caller.id() != caller.id() {
            return Err(SignInError::LoginOfAnother);
        }
        bearer.allows("enroll")?;
        Ok(Self::Bearer(Box::new(bearer)))
    }

    /// What they show.
    pub(super) fn showing(&self) -> Showing<'_> {
        match self {
            Self::Login(login) => Showing::Login(login),
            Self::Bearer(bearer) => Showing::Holder(bearer),
        }
    }
}

/// The access token for factors in `Authorization`, if it allows `scope`.
pub(super) async fn bearer(
    engine: &Engine,
    headers: &HeaderMap,
    scope: &'static str,
    client: Client,
) -> Result<Bearer, Auth0Error> {
    let bearer = engine.bearer(token(headers)?, Audience::Mfa, client.address).await?;
    note_caller("client", &bearer.caller.id(), &bearer.user.tenant);
    bearer.allows(scope)?;
    Ok(bearer)
}

fn token(headers: &HeaderMap) -> Result<&str, Auth0Error> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Row::InvalidToken)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Row::InvalidToken.into()) }
}
