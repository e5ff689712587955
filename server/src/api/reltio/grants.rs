//! Reltio's grants: a name and a password, what a state token turns into, and fresh tokens.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::ReltioError;
use super::code::{code, recovery_code, state_token as token_of, word};
use crate::api::parameters::Parameters;
use crate::engine::oauth::{Began, Second, Step, Tokens, Typed};
use crate::engine::{Caller, Engine};

/// Tokens.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ReltioTokens<'a> {
    /// The access token, a JWT.
    #[schema(value_type = String)]
    access_token: &'a str,
    /// Always `bearer`, in small letters.
    #[schema(value_type = String)]
    token_type: &'static str,
    /// For the next access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    refresh_token: Option<&'a str>,
    /// Seconds that the access token is good for.
    expires_in: i64,
    /// What it allows, with spaces between.
    #[schema(value_type = String)]
    scope: &'a str,
    /// Who the person is, when `openid` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    id_token: Option<&'a str>,
}

/// A second factor is wanted. The reply says so with the status 200.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ReltioWaits {
    /// Seconds that the login waits, less one.
    expires_in: i64,
    /// The login.
    state_token: ReltioState,
}

/// A login that waits for its second factor.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ReltioState {
    /// What is asked for: `AUTHENTICATOR`, or `EMAIL`, whose code is on its way.
    #[serde(rename = "mfaType")]
    mfa_type: &'static str,
    /// Seconds that the login waits, as a text.
    expires_in: String,
    /// `VERIFY`, or `ENROLL` when there is nothing yet; the words are the application's settings.
    status: String,
    /// Hand it in with the code, by the grant `state_token`.
    token: String,
}

/// Tokens as Reltio gives them.
pub(in crate::api) fn tokens(tokens: &Tokens) -> Response {
    let body = ReltioTokens {
        access_token: &tokens.access_token,
        token_type: "bearer",
        refresh_token: tokens.refresh_token.as_ref().map(|token| token.as_str()),
        expires_in: tokens.expires_in,
        scope: &tokens.scope,
        id_token: tokens.id_token.as_ref().map(|token| token.as_str()),
    };
    axum::Json(body).into_response()
}

fn waits(caller: &Caller, login: &Began, second: Second) -> Response {
    let wording = caller.oauth.as_ref().map(|client| &client.wording);
    let (kind, status) = match second {
        Second::Code(kind) => (Some(kind), wording.map(|wording| &wording.verify_word)),
        Second::First(kind) => (Some(kind), wording.map(|wording| &wording.enroll_word)),
        Second::Nothing => (None, None),
    };
    let state_token = ReltioState {
        mfa_type: kind.map_or(super::code::AUTHENTICATOR, word),
        expires_in: login.expires_in.to_string(),
        status: status.cloned().unwrap_or_default(),
        token: login.token.to_string(),
    };
    axum::Json(ReltioWaits { expires_in: login.expires_in - 1, state_token }).into_response()
}

/// A parameter that must be there.
fn needed<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, ReltioError> {
    parameters.text(name)?.ok_or_else(|| ReltioError::invalid(format!("{name} must be there")))
}

/// `password`.
pub(in crate::api) async fn password(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    let who = (needed(parameters, "username")?, needed(parameters, "password")?);
    let what = (parameters.text("scope")?.unwrap_or_default(), parameters.text("audience")?);
    match engine.first_step(caller, who, what).await? {
        Step::In(given) => Ok(tokens(&given)),
        Step::Waits { login, second } => Ok(waits(caller, &login, second)),
    }
}

/// `state_token`.
pub(in crate::api) async fn state_token(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    let missing = |what: &str| ReltioError::invalid(format!("{what} must be there"));
    let token = token_of(parameters)?.ok_or_else(|| missing("state_token"))?;
    let login = engine.login(caller, token).await.map_err(ReltioError::as_grant)?;
    let code = code(parameters)?;
    let typed = match (&code, recovery_code(parameters)?) {
        (Some(code), _) => Typed::Code(code),
        (None, Some(code)) => Typed::Recovery(code),
        (None, None) => return Err(missing("totp")),
    };
    let given = engine.second_step(caller, &login, typed).await.map_err(ReltioError::as_grant)?;
    Ok(tokens(&given))
}

/// `refresh_token`.
pub(in crate::api) async fn refresh(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    let token = needed(parameters, "refresh_token")?;
    let scope = parameters.text("scope")?;
    Ok(tokens(&engine.refresh(caller, token, scope).await?))
}
