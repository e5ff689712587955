//! `/oauth/token`: the one address that the OAuth dialects share. The grant and the application say whose it is.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::identify;
use super::refusal::OauthRefusal;
use crate::api::auth0::{self, Auth0Error, Granted, password};
use crate::api::client::Client;
use crate::api::parameters::{Body, Parameters};
use crate::api::reltio::grants::ReltioWaits;
use crate::api::reltio::{self, ReltioError};
use crate::engine::oauth::{Flavour, SignInError};
use crate::engine::{Caller, Engine};

const PASSWORD: &str = "password";
const PASSWORD_REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";
const MFA_OTP: &str = "http://auth0.com/oauth/grant-type/mfa-otp";
const MFA_OOB: &str = "http://auth0.com/oauth/grant-type/mfa-oob";
const MFA_RECOVERY_CODE: &str = "http://auth0.com/oauth/grant-type/mfa-recovery-code";
const REFRESH_TOKEN: &str = "refresh_token";
const CLIENT_CREDENTIALS: &str = "client_credentials";
const STATE_TOKEN: &str = "state_token";

/// What a token is asked for with. Which members there must be depends on `grant_type`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form; what is read are parameters")]
pub(in crate::api) struct TokenRequest {
    /// How the right to a token is shown.
    #[schema(examples("password"))]
    grant_type: String,
    /// The application's client id, where it is not in `Authorization`.
    client_id: Option<String>,
    /// The application's secret, where it has one and it is not in `Authorization`.
    client_secret: Option<String>,
    /// `password` and `…/password-realm`: who signs in.
    username: Option<String>,
    /// The same: their password.
    password: Option<String>,
    /// `…/password-realm`: where the person is known. There is one place, so it is not looked at.
    realm: Option<String>,
    /// The scopes that are wanted, with spaces between.
    scope: Option<String>,
    /// The API that the token is for; the tenant's own when not given.
    audience: Option<String>,
    /// `refresh_token`: the refresh token.
    refresh_token: Option<String>,
    /// The grants `…/mfa-otp`, `…/mfa-oob` and `…/mfa-recovery-code`: the login that goes on.
    mfa_token: Option<String>,
    /// `…/mfa-otp`: the one-time password.
    otp: Option<String>,
    /// `…/mfa-oob`: the question that was asked.
    oob_code: Option<String>,
    /// `…/mfa-oob`: the code that the person was sent, or that their phone shows.
    binding_code: Option<String>,
    /// `…/mfa-recovery-code`: the recovery code.
    recovery_code: Option<String>,
    /// `state_token`: the login that goes on.
    state_token: Option<String>,
    /// `state_token`: the one-time password, or the code that was mailed.
    totp: Option<String>,
}

/// What a request is answered with when it was in order.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what the dialects write")]
pub(in crate::api) enum TokenReply {
    /// Tokens.
    Given(Granted<'static>),
    /// A second factor is wanted: Reltio's clients are told so here, others by `mfa_required`.
    Waits(ReltioWaits),
}

/// Get tokens.
///
/// OAuth 2.0 (RFC 6749). The grants that an application may use, and whose words it is answered in, are what its operator
/// has set. The application shows its client id and secret as Basic or in the body; one that cannot keep a secret shows
/// its id alone. Nothing is read from the query.
#[utoipa::path(
    post, path = "/oauth/token", operation_id = "token", tag = "Signing in",
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"), (TokenRequest = "application/json")),
        description = "A form, or a JSON object, which is known by its first character."),
    responses(
        (status = 200, description = "Tokens; for Reltio's clients also that a second factor is wanted.", body = TokenReply),
        (status = 400, description = "`unsupported_grant_type`: there is no such grant. `authorization_pending`: the \
            person has not answered yet.", body = OauthRefusal),
        (status = 401, description = "`access_denied`: unknown client id, wrong or expired secret, or none at all. \
            `expired_token`: the login took too long.", body = OauthRefusal),
        (status = 403, description = "`mfa_required`: the password was right; go on with `mfa_token`. `invalid_grant`: \
            what was shown is wrong. `unauthorized_client`: the application may not use this grant. `access_denied`: \
            it may not ask for this audience.", body = OauthRefusal),
        (status = 429, description = "`too_many_attempts`, `slow_down`: asked too often; wait `Retry-After` seconds.",
            body = OauthRefusal),
    ),
)]
pub(in crate::api) async fn post(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    Body(parameters, _): Body<Auth0Error>,
) -> Response {
    answer(&engine, client, &headers, &parameters).await
}

/// Get tokens, by another method.
///
/// The same as `POST`, which is the one to use: a document of Reltio's says `PUT` in one place, and clients were written
/// after it.
#[utoipa::path(
    put, path = "/oauth/token", operation_id = "putToken", tag = "Signing in",
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"), (TokenRequest = "application/json")),
        description = "As with `POST`."),
    responses(
        (status = 200, description = "As with `POST`.", body = TokenReply),
        (status = 400, description = "As with `POST`.", body = OauthRefusal),
        (status = 401, description = "As with `POST`.", body = OauthRefusal),
        (status = 403, description = "As with `POST`.", body = OauthRefusal),
        (status = 429, description = "As with `POST`.", body = OauthRefusal),
    ),
)]
pub(in crate::api) async fn put(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    Body(parameters, _): Body<Auth0Error>,
) -> Response {
    answer(&engine, client, &headers, &parameters).await
}

async fn answer(engine: &Engine, client: Client, headers: &HeaderMap, parameters: &Parameters) -> Response {
    let mut response = match asked(engine, client, headers, parameters).await {
        Ok((grant, caller)) => dispatch(engine, &caller, grant, parameters).await,
        Err(error) => error.into_response(),
    };
    // RFC 6749 §5.2: who has used the header is told the scheme. Others are not: a browser would ask its user.
    if response.status() == StatusCode::UNAUTHORIZED && headers.contains_key(header::AUTHORIZATION) {
        let basic = HeaderValue::from_static("Basic realm=\"Countersign\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}

/// Who asks, and by which grant.
async fn asked<'a>(
    engine: &Engine,
    client: Client,
    headers: &HeaderMap,
    parameters: &'a Parameters,
) -> Result<(&'a str, Arc<Caller>), Auth0Error> {
    let grant = parameters.text("grant_type")?.ok_or_else(|| Auth0Error::missing("grant_type"))?;
    let caller = identify::<Auth0Error>(engine, headers, parameters, client).await?;
    let known = [
        PASSWORD,
        PASSWORD_REALM,
        MFA_OTP,
        MFA_OOB,
        MFA_RECOVERY_CODE,
        REFRESH_TOKEN,
        CLIENT_CREDENTIALS,
        STATE_TOKEN,
    ];
    if !known.contains(&grant) {
        return Err(Auth0Error::unsupported_grant(grant));
    }
    Ok((grant, caller))
}

/// Each flavour has grants of its own, and what both have means another thing in each.
async fn dispatch(engine: &Engine, caller: &Caller, grant: &str, parameters: &Parameters) -> Response {
    match caller.oauth.as_ref().map(|client| client.flavour) {
        Some(Flavour::Auth0) => {
            by_auth0(engine, caller, grant, parameters).await.unwrap_or_else(IntoResponse::into_response)
        }
        Some(Flavour::Reltio) => {
            by_reltio(engine, caller, grant, parameters).await.unwrap_or_else(IntoResponse::into_response)
        }
        None => Auth0Error::from(SignInError::NoClient).into_response(),
    }
}

fn may_use(caller: &Caller, grant: &str) -> Result<(), SignInError> {
    caller.oauth.as_ref().ok_or(SignInError::NoClient)?.may_use(grant)
}

async fn by_auth0(
    engine: &Engine,
    caller: &Caller,
    grant: &str,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    may_use(caller, grant)?;
    match grant {
        PASSWORD | PASSWORD_REALM => password::password(engine, caller, parameters).await,
        MFA_OTP => auth0::grants::otp(engine, caller, parameters).await,
        MFA_OOB => auth0::grants::oob(engine, caller, parameters).await,
        MFA_RECOVERY_CODE => auth0::grants::recovery_code(engine, caller, parameters).await,
        REFRESH_TOKEN => password::refresh(engine, caller, parameters).await,
        CLIENT_CREDENTIALS => own::<Auth0Error>(engine, caller, "Bearer", parameters).await,
        _ => Err(SignInError::GrantNotAllowed(grant.to_owned()).into()),
    }
}

async fn by_reltio(
    engine: &Engine,
    caller: &Caller,
    grant: &str,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    may_use(caller, grant)?;
    match grant {
        PASSWORD => reltio::grants::password(engine, caller, parameters).await,
        STATE_TOKEN => reltio::grants::state_token(engine, caller, parameters).await,
        REFRESH_TOKEN => reltio::grants::refresh(engine, caller, parameters).await,
        CLIENT_CREDENTIALS => own::<ReltioError>(engine, caller, "bearer", parameters).await,
        _ => Err(SignInError::GrantNotAllowed(grant.to_owned()).into()),
    }
}

/// An application's token of its own.
async fn own<E>(
    engine: &Engine,
    caller: &Caller,
    token_type: &'static str,
    parameters: &Parameters,
) -> Result<Response, E>
where
    E: From<crate::api::extract::Unreadable> + From<SignInError>,
{
    let scope = parameters.text("scope")?.unwrap_or_default();
    let tokens = engine.grant_to_application(caller, scope, parameters.text("audience")?).await?;
    Ok(axum::Json(Granted::new(token_type, &tokens, scope)).into_response())
}
