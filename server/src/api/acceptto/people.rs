//! Whether an application and a person are known, a token in the place of the secret, and who signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{asker, its_own};
use super::error::{AccepttoNoApplication, AccepttoRefusal, NO_APPLICATION, NOT_REGISTERED};
use super::parameters::{AccepttoApplication, AccepttoPerson, AccepttoWebsocket};
use super::{AccepttoError, Everywhere};
use crate::api::client::Client;
use crate::api::parameters;
use crate::engine::policy::Factor;
use crate::engine::{Engine, Standing};
use crate::store::UserRow;

/// Whether somebody is known.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoUserValid {
    /// Whether there is such a person.
    valid: bool,
    /// `finished` once they have a factor that counts, `started` before.
    #[schema(value_type = String, pattern = "^(finished|started)$")]
    registration_state: &'static str,
    /// Whether one of them is a device that can answer.
    device_paired: bool,
}

/// Whether an application is known.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoApplicationValid {
    /// Whether id and secret are right.
    valid: bool,
}

/// A token, or why there is none.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AccepttoToken {
    /// Whether there is one.
    success: bool,
    /// The token, for `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    message: Option<&'static str>,
}

/// Who signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoUser {
    /// Whether the sign-in was approved.
    success: bool,
    /// Your name for the person when that is an address, or their address; empty without success.
    user_email: String,
    /// Why nothing is told; empty with success.
    #[schema(value_type = String)]
    message: &'static str,
}

/// See whether somebody is known.
///
/// And whether they have something to answer with.
#[utoipa::path(
    method(get, post), path = "/is_user_valid", operation_id = "accepttoIsUserValid", tag = "Acceptto",
    params(AccepttoPerson),
    request_body(content((AccepttoPerson = "application/x-www-form-urlencoded"), (AccepttoPerson = "application/json"))),
    responses(
        (status = 200, description = "How it stands.", body = AccepttoUserValid),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 403, description = "No such application, or a wrong secret or token.", body = AccepttoNoApplication),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn is_user_valid(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoUserValid>, AccepttoError> {
    let asker = asker(&engine, client, &headers, &parameters).await?;
    let unknown = AccepttoUserValid { valid: false, registration_state: "started", device_paired: false };
    let user = match asker.person(&engine, &parameters).await {
        Err(AccepttoError::Nobody) => return Ok(Json(unknown)),
        user => user?,
    };
    let all = engine.factors(&asker.caller, &user.user_ref).await?;
    let device_paired = all.iter().any(|factor| factor.kind == Factor::Push && factor.active);
    let finished = all.iter().any(|factor| factor.active);
    let registration_state = if finished { "finished" } else { "started" };
    Ok(Json(AccepttoUserValid { valid: true, registration_state, device_paired }))
}

/// See whether id and secret are right.
#[utoipa::path(
    method(get, post), path = "/is_application_valid", operation_id = "accepttoIsApplicationValid", tag = "Acceptto",
    params(AccepttoApplication),
    request_body(content((AccepttoApplication = "application/x-www-form-urlencoded"), (AccepttoApplication = "application/json"))),
    responses(
        (status = 200, description = "Whether they are.", body = AccepttoApplicationValid),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn is_application_valid(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoApplicationValid>, AccepttoError> {
    match asker(&engine, client, &headers, &parameters).await {
        Ok(_) => Ok(Json(AccepttoApplicationValid { valid: true })),
        Err(AccepttoError::NoApplication) => Ok(Json(AccepttoApplicationValid { valid: false })),
        Err(error) => Err(error),
    }
}

/// Make a token for one person.
///
/// With it as `Authorization: Bearer`, this application can ask this person and read how it went, without its secret. It is
/// the same one each time, until an operator ends it.
#[utoipa::path(
    method(get, post), path = "/create_token", operation_id = "accepttoCreateToken", tag = "Acceptto",
    params(AccepttoPerson),
    request_body(content((AccepttoPerson = "application/x-www-form-urlencoded"), (AccepttoPerson = "application/json"))),
    responses(
        (status = 200, description = "The token, or why there is none.", body = AccepttoToken),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn create_token(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoToken>, AccepttoError> {
    let none = |why| Ok(Json(AccepttoToken { success: false, token: None, message: Some(why) }));
    let asker = match asker(&engine, client, &headers, &parameters).await {
        Err(AccepttoError::NoApplication) => return none(NO_APPLICATION),
        asker => asker?,
    };
    let user = match asker.person(&engine, &parameters).await {
        Err(AccepttoError::Nobody) => return none(NOT_REGISTERED),
        user => user?,
    };
    let token = engine.authorize(&asker.caller, &user).await?;
    Ok(Json(AccepttoToken { success: true, token: Some(token.to_string()), message: None }))
}

/// See who signed in.
///
/// Only of a sign-in that this application began and that was approved.
#[utoipa::path(
    method(get, post), path = "/get_user_by_websocket_channel", operation_id = "accepttoGetUser", tag = "Acceptto",
    params(AccepttoWebsocket),
    request_body(content((AccepttoWebsocket = "application/x-www-form-urlencoded"), (AccepttoWebsocket = "application/json"))),
    responses(
        (status = 200, description = "Who signed in, or why that is not told.", body = AccepttoUser),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn get_user_by_websocket_channel(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoUser>, AccepttoError> {
    let nobody = |message| Ok(Json(AccepttoUser { success: false, user_email: String::new(), message }));
    let asker = match asker(&engine, client, &headers, &parameters).await {
        Err(AccepttoError::NoApplication) => return nobody(NO_APPLICATION),
        asker => asker?,
    };
    let channel = parameters.text("websocket_channel")?;
    let found = its_own(&engine, &asker.caller, channel).await?;
    match found.filter(|found| asker.is_about(&found.user)) {
        None => nobody("Transaction not found!"),
        Some(found) if found.standing == Standing::Approved => {
            Ok(Json(AccepttoUser { success: true, user_email: address(found.user), message: "" }))
        }
        Some(_) => nobody("the sign-in is not approved"),
    }
}

/// The application knows somebody by the name that it asks with; an address of theirs that is not that name could be
/// somebody else's name there.
fn address(user: UserRow) -> String {
    match user.email {
        Some(email) if !user.user_ref.contains('@') => email,
        _ => user.user_ref,
    }
}
