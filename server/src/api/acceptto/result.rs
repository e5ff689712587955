//! How a sign-in went, and codes that are typed where the application shows the form.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{shows_itself, sign_in, sign_in_by_channel};
use super::error::{AccepttoNoApplication, AccepttoNobody, AccepttoRefusal};
use super::parameters::{AccepttoChannel, AccepttoCode};
use super::{AccepttoError, Everywhere, word};
use crate::api::client::Client;
use crate::api::parameters;
use crate::engine::{Engine, Error, Standing, Transaction};
use crate::store::StoreError;

/// What a channel is called that is none of this application's and person's.
const NOT_FOUND: &str = "Transaction not found!";

/// How a sign-in stands.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoStatus {
    /// `approved`, `expired`, `pending` or `rejected`; `Transaction not found!` for a channel that is none, of another
    /// application or of another person.
    #[schema(value_type = String, pattern = "^(approved|expired|pending|rejected|Transaction not found!)$")]
    status: &'static str,
    /// The device that decided it, or that the person used last; empty when they have none.
    device_id: String,
}

/// What became of a code.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccepttoVerified {
    /// `approved`, `expired` or `rejected`; while it is waited for, `nil`, or null where the application is set so;
    /// `Transaction not found!` for a channel that is none, of another application or of another person.
    #[schema(value_type = Option<String>, pattern = "^(approved|expired|nil|rejected|Transaction not found!)$")]
    status: Option<&'static str>,
    /// What was wrong; empty when nothing was.
    message: String,
}

/// Read how a sign-in went.
///
/// With `Authorization: Bearer` and a token of `create_token`, `uid`, `secret` and `email` need not be there. For an
/// application that is set so (`legacy-check`), `channel` and `email` are enough.
#[utoipa::path(
    method(get, post), path = "/check", operation_id = "accepttoCheck", tag = "Acceptto",
    params(AccepttoChannel),
    request_body(content((AccepttoChannel = "application/x-www-form-urlencoded"), (AccepttoChannel = "application/json"))),
    responses(
        (status = 200, description = "How it stands.", body = AccepttoStatus),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 401, description = "Nobody has this address.", body = AccepttoNobody),
        (status = 403, description = "No such application, or a wrong secret or token, or none where one is needed.",
            body = AccepttoNoApplication),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn check(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoStatus>, AccepttoError> {
    let found = if shows_itself(&headers, &parameters)? {
        sign_in(&engine, client, &headers, &parameters).await?
    } else {
        sign_in_by_channel(&engine, client, &parameters).await?
    };
    let Some(found) = found else {
        return Ok(Json(AccepttoStatus { status: NOT_FOUND, device_id: String::new() }));
    };
    let device_id = engine.device_of_transaction(&found).await?.unwrap_or_default();
    Ok(Json(AccepttoStatus { status: word(found.standing), device_id }))
}

/// Give the code that the person typed.
///
/// For a code that was sent by short message or call, and for every other code that our own page takes. A wrong one may be
/// given again; the fifth ends the sign-in as rejected.
#[utoipa::path(
    method(get, post), path = "/otp_verify", operation_id = "accepttoOtpVerify", tag = "Acceptto",
    params(AccepttoCode),
    request_body(content((AccepttoCode = "application/x-www-form-urlencoded"), (AccepttoCode = "application/json"))),
    responses(
        (status = 200, description = "How it stands now.", body = AccepttoVerified),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 401, description = "Nobody has this address.", body = AccepttoNobody),
        (status = 403, description = "No such application, or a wrong secret or token.", body = AccepttoNoApplication),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn otp_verify(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoVerified>, AccepttoError> {
    let found = sign_in(&engine, client, &headers, &parameters).await?;
    let code = parameters.digits("otp")?;
    let (Some(found), Some(channel)) = (found, parameters.text("channel")?) else {
        return Ok(Json(AccepttoVerified { status: Some(NOT_FOUND), message: String::new() }));
    };
    let code = code.ok_or_else(|| AccepttoError::invalid("otp must be there"))?;
    let message = match engine.type_code(&found, &code).await {
        Ok(_) => String::new(),
        Err(error) => complaint(error)?,
    };
    let now = engine.transaction(channel).await?;
    Ok(Json(verified(&now, message)))
}

fn verified(transaction: &Transaction, message: String) -> AccepttoVerified {
    let waits = matches!(transaction.standing, Standing::Open { .. } | Standing::Waiting { .. });
    let null = transaction.caller.web.null_pending;
    let status = match waits {
        true => Some("nil").filter(|_| !null),
        false => Some(word(transaction.standing)),
    };
    AccepttoVerified { status, message }
}

/// What is said of a code that was not taken. What is no rule's word is an error.
fn complaint(error: Error) -> Result<String, AccepttoError> {
    match error {
        Error::WrongTypedCode { .. }
        | Error::WrongCode { .. }
        | Error::WrongFactorCode { .. }
        | Error::WrongShownCode
        | Error::Invalid(_) => Ok("Invalid passcode".to_owned()),
        // The sign-in has ended, and its status says how.
        Error::NotPending(_) => Ok(String::new()),
        Error::TooManyAttempts { .. }
        | Error::Busy { .. }
        | Error::Closing
        | Error::TransactionNotFound
        | Error::Store(StoreError::Unavailable(_) | StoreError::Full | StoreError::InDoubt)
        | Error::Damaged(_)
        | Error::Seal(_)
        | Error::Randomness(_)
        | Error::Store(_) => Err(error.into()),
        other => Ok(other.to_string()),
    }
}
