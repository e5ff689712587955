//! Setting up a first factor in the middle of a sign-in: the state token stands for the password, and for no more. Whoever
//! has a factor shows it first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::speaks_reltio;
use super::authenticator::new_seed;
use super::code::{code, kind_named};
use super::picture::{Form, ReltioSeed};
use super::{Body, DONE, ReltioDone, ReltioError, code as words};
use crate::api::client::Client;
use crate::api::oauth::refusal::OauthRefusal;
use crate::api::parameters::{self, Parameters};
use crate::engine::oauth::{Login, SignInError};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine};

/// A login that waits. As JSON, or as a form.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct ReltioLogin {
    /// The `token` of the `state_token` that the password was answered with.
    #[serde(rename = "stateToken")]
    #[schema(min_length = 1, examples("5b0ee0e1-6f0f-4f7c-8d6a-0e3f3a1b2c3d"))]
    state_token: String,
}

/// A login that waits, and a code for it. As JSON, or as a form.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes what `Parameters` reads")]
pub(in crate::api) struct ReltioLoginCode {
    /// The `token` of the `state_token` that the password was answered with.
    #[serde(rename = "stateToken")]
    #[schema(min_length = 1)]
    state_token: String,
    /// What the code is for; `AUTHENTICATOR` when not said.
    #[schema(pattern = "^(AUTHENTICATOR|EMAIL)$", nullable = false)]
    mfatype: Option<String>,
    /// The six digits: of the app, or out of the mail. `otp` is read too.
    #[schema(pattern = r"^\s*([0-9]\s*){6}$", examples("331425"))]
    totp: String,
}

/// The login that a body names, and the application that began it.
async fn waiting(
    engine: &Engine,
    client: Client,
    body: &Parameters,
) -> Result<(Arc<Caller>, Login), ReltioError> {
    let token = words::state_token(body)?.ok_or_else(|| ReltioError::invalid("stateToken must be there"))?;
    let (caller, login) = engine.login_alone(token, client.address).await?;
    if speaks_reltio(&caller) { Ok((caller, login)) } else { Err(SignInError::LoginMalformed.into()) }
}

/// Get a QR code to scan, during sign-in.
///
/// For a login whose `status` says that nothing is enrolled yet. Its first code goes to the token endpoint, or to
/// `verifyEnrollWithStateToken`.
#[utoipa::path(
    put, path = "/mfa/associateQRCodeStateToken", operation_id = "associateQRCodeStateToken", tag = "Reltio MFA setup",
    request_body = ReltioLogin,
    responses(
        (status = 200, description = "The picture.", content(
            (Vec<u8> = "image/png"), (String = "image/svg+xml"), (ReltioSeed = "application/json"))),
        (status = 401, description = "`invalid_state_token`: begin again with the password. \
            `insufficient_user_authentication`: complete the login first.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 409, description = "`already_enrolled`: one is verified. `name_too_long`: for a QR code.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn associate(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Body(body, _): Body,
) -> Result<Response, ReltioError> {
    let (caller, login) = waiting(&engine, client, &body).await?;
    new_seed(&engine, &caller, (&login.user, None), Form::wanted(&headers)).await
}

/// Have a code sent to your address, during sign-in.
///
/// For a login whose `status` says that nothing is enrolled yet. The code goes to the token endpoint, or to
/// `verifyEnrollWithStateToken`.
#[utoipa::path(
    put, path = "/mfa/enrollEmailWithStateToken", operation_id = "enrollEmailWithStateToken", tag = "Reltio MFA setup",
    request_body = ReltioLogin,
    responses(
        (status = 200, description = "The code is on its way.", body = ReltioDone),
        (status = 401, description = "`invalid_state_token`: begin again with the password. \
            `insufficient_user_authentication`: complete the login first.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 409, description = "`already_enrolled`: the address is verified.", body = OauthRefusal<'static>),
        (status = 502, description = "`mail_failed`: nobody carries mail here.", body = OauthRefusal<'static>),
        (status = 429, description = "`too_many_requests`: a code was sent just now, or too many were; wait `Retry-After` \
            seconds. `too_many_attempts`: codes of this kind are locked.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn enroll_email(
    State(engine): State<Arc<Engine>>,
    client: Client,
    parameters::Body(body, _): Body,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    let (caller, login) = waiting(&engine, client, &body).await?;
    engine.enrol_own_email(&caller, None, &login.user).await?;
    Ok(DONE)
}

/// Hand in a first code, during sign-in.
///
/// What was set up counts from then on. The login goes on with the next code; whoever gives the first one to the token
/// endpoint instead does both at once.
#[utoipa::path(
    put, path = "/mfa/verifyEnrollWithStateToken", operation_id = "verifyEnrollWithStateToken", tag = "Reltio MFA setup",
    request_body = ReltioLoginCode,
    responses(
        (status = 200, description = "It counts.", body = ReltioDone),
        (status = 400, description = "`invalid_totp`: not the right code. `expired_totp`: ask for a new one. \
            `invalid_mfatype`.", body = OauthRefusal<'static>),
        (status = 401, description = "`invalid_state_token`: begin again with the password. \
            `insufficient_user_authentication`: complete the login first.", body = OauthRefusal<'static>),
        (status = 403, description = "`mfa_not_available`: the tenant's policy does not allow it.", body = OauthRefusal<'static>),
        (status = 404, description = "`enrollment_not_found`: nothing waits to be verified.", body = OauthRefusal<'static>),
        (status = 429, description = "`too_many_attempts`: codes of this kind are locked after too many wrong ones; an \
            administrator unlocks them.", body = OauthRefusal<'static>),
    ),
)]
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    client: Client,
    parameters::Body(body, _): Body,
) -> Result<axum::Json<ReltioDone>, ReltioError> {
    let (caller, login) = waiting(&engine, client, &body).await?;
    let kind = kind_named(&body)?.unwrap_or(Factor::Totp);
    let code = code(&body)?.ok_or_else(|| ReltioError::invalid("totp must be there: the six digits"))?;
    engine.confirm_own_factor(&caller, None, &login.user, kind, &code).await?;
    Ok(DONE)
}
