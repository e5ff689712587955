//! `/mfa/send`, `/mfa/status`, `/mfa/cancel`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Authenticated;
use super::fields::{Time, UserRef};
use super::{ApiError, Json, Query, Refusal, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Ask, Engine, Error};

const DEFAULT_MESSAGE: &str = "Approve sign-in request?";
/// Seconds that a status may be waited for at most.
const LONGEST_WAIT: u64 = 60;

/// The question.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct Send {
    /// Who is asked.
    #[schema(value_type = UserRef)]
    user_ref: String,
    /// Your own reference, returned with each answer. It is no `session_id`.
    #[schema(max_length = 255, pattern = "^[^\\u0000]*$", examples("login-4711"))]
    session_ref: Option<String>,
    /// What the phone shows.
    #[schema(max_length = 500, pattern = "^[^\\u0000]*$", default = "Approve sign-in request?")]
    message: Option<String>,
    /// `true`: your login page will show the number in the reply, and the person types it on the phone.
    #[schema(default = false)]
    number_match: Option<bool>,
}

/// A session that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Sent {
    /// Read the result by this.
    session_id: ChallengeId,
    /// Always `pending`.
    status: Outcome,
    /// Answers count until then.
    #[schema(value_type = Time)]
    expires_at: String,
    /// Devices that were asked.
    #[schema(minimum = 0)]
    devices_pushed: usize,
    /// As it was given.
    #[schema(required)]
    session_ref: Option<String>,
    /// Show this on the login page. Only when `number_match` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9]+$")]
    number: Option<String>,
}

/// Ask a person.
///
/// All of the person's devices are asked at once; the first answer counts. Nobody is let in by this reply: read the
/// result with `GET /api/v1/mfa/status/{session_id}`.
#[utoipa::path(
    post, path = "/api/v1/mfa/send", operation_id = "send", tag = "Asking people",
    request_body = Send,
    responses(
        (status = 200, description = "The question is on its way.", body = Sent),
        (status = 404, description = "`user_not_found`: nobody by that `user_ref`.", body = Refusal),
        (status = 409, description = "`no_devices`: the person has no device that can approve.", body = Refusal),
    ),
)]
pub(in crate::api) async fn send(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<Send>,
) -> Result<axum::Json<Sent>, ApiError> {
    crate::engine::check_user_ref(&body.user_ref)?;
    let ask = Ask {
        user_ref: body.user_ref,
        session_ref: body.session_ref.map(|text| at_most("session_ref", text, 255)).transpose()?,
        message: at_most("message", body.message.unwrap_or_else(|| DEFAULT_MESSAGE.to_owned()), 500)?,
        number_match: body.number_match.unwrap_or(false),
    };
    let asked = engine.ask(&caller, ask).await?;
    Ok(axum::Json(Sent {
        session_id: asked.id,
        status: Outcome::Pending,
        expires_at: rfc3339(asked.expires_at),
        devices_pushed: asked.devices,
        session_ref: asked.session_ref,
        number: asked.number,
    }))
}

fn at_most(field: &str, text: String, longest: usize) -> Result<String, ApiError> {
    if text.chars().count() > longest {
        Err(ApiError::invalid(format!("{field} must be at most {longest} characters")))
    } else if text.contains('\0') {
        Err(ApiError::invalid(format!("{field} must not contain a null character")))
    } else {
        Ok(text)
    }
}

/// How long to wait.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Wait {
    /// Seconds to wait for the session's end before the reply comes with `pending`.
    #[param(minimum = 0, maximum = 60, default = 0, nullable = false)]
    wait: Option<u64>,
}

/// How a session stands.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SessionStatus {
    /// The session.
    session_id: ChallengeId,
    /// As it was given.
    #[schema(required)]
    session_ref: Option<String>,
    /// Who was asked.
    user_ref: String,
    /// Only `approved` lets anyone in. All but `pending` are final.
    status: Outcome,
    /// When it was asked.
    #[schema(value_type = Time)]
    created_at: String,
    /// Answers count until then.
    #[schema(value_type = Time)]
    expires_at: String,
    /// When a device answered; null when none did.
    #[schema(required, format = DateTime)]
    responded_at: Option<String>,
    /// The device that answered; null when none did.
    #[schema(required)]
    device_name: Option<String>,
}

/// Read the result.
///
/// With `wait` the reply comes as soon as the session has ended, which is the best way to wait. Without it, ask at most
/// once a second.
#[utoipa::path(
    get, path = "/api/v1/mfa/status/{session_id}", operation_id = "status", tag = "Asking people",
    params(("session_id" = ChallengeId, Path, description = "The session."), Wait),
    responses(
        (status = 200, description = "How the session stands.", body = SessionStatus),
        (status = 404, description = "`session_not_found`: no such session; a `session_ref` is none.", body = Refusal),
    ),
)]
pub(in crate::api) async fn status(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(id, _): Segment,
    extract::Query(query, _): Query<Wait>,
) -> Result<axum::Json<SessionStatus>, ApiError> {
    let wait = query.wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(ApiError::invalid(format!("wait must be 0 to {LONGEST_WAIT} seconds")));
    }
    let status = engine.status(&caller, session(&id)?, Duration::from_secs(wait)).await?;
    let challenge = &*status.challenge;
    Ok(axum::Json(SessionStatus {
        session_id: challenge.id,
        session_ref: challenge.session_ref.clone(),
        user_ref: challenge.user_ref.clone(),
        status: status.outcome,
        created_at: rfc3339(challenge.created_at),
        expires_at: rfc3339(challenge.state.expires_at),
        responded_at: challenge.responded_at.map(rfc3339),
        device_name: challenge.device_name.clone(),
    }))
}

/// A session that was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Cancelled {
    /// The session.
    session_id: ChallengeId,
    /// Always `cancelled`.
    status: Outcome,
}

/// Take a question back.
///
/// Doing it again is answered the same. Of an answer and a cancellation at the same moment, one wins.
#[utoipa::path(
    delete, path = "/api/v1/mfa/cancel/{session_id}", operation_id = "cancel", tag = "Asking people",
    params(("session_id" = ChallengeId, Path, description = "The session.")),
    responses(
        (status = 200, description = "The session is cancelled.", body = Cancelled),
        (status = 404, description = "`session_not_found`: no such session; a `session_ref` is none.", body = Refusal),
        (status = 409, description = "`session_not_pending`: it ended otherwise; `status` says how.", body = Refusal),
    ),
)]
pub(in crate::api) async fn cancel(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(id, _): Segment,
) -> Result<axum::Json<Cancelled>, ApiError> {
    let session_id = session(&id)?;
    engine.cancel(&caller, session_id).await?;
    Ok(axum::Json(Cancelled { session_id, status: Outcome::Cancelled }))
}

/// Whatever is not a UUID is no session; a `session_ref` in its place is answered the same.
fn session(text: &str) -> Result<ChallengeId, Error> {
    text.to_ascii_lowercase().parse().map_err(|_| Error::ChallengeNotFound)
}
