//! `/mfa/send`, `/mfa/status`, `/mfa/cancel`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;
use serde::{Deserialize, Serialize};

use super::auth::Authenticated;
use super::{ApiError, Json, Query, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Ask, Engine, Error};

const DEFAULT_MESSAGE: &str = "Approve sign-in request?";
/// Seconds that a status may be waited for at most.
const LONGEST_WAIT: u64 = 60;

#[derive(Debug, Deserialize)]
pub(in crate::api) struct Send {
    user_ref: String,
    session_ref: Option<String>,
    message: Option<String>,
    /// Ours: the login screen will show a number.
    number_match: Option<bool>,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct Sent {
    session_id: ChallengeId,
    status: Outcome,
    expires_at: String,
    devices_pushed: usize,
    session_ref: Option<String>,
    /// Ours: only when `number_match` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

/// `POST /api/v1/mfa/send`: asks all of a user's devices.
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

#[derive(Debug, Deserialize)]
pub(in crate::api) struct Wait {
    /// Ours: seconds to wait for the end, 0…60.
    wait: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct SessionStatus {
    session_id: ChallengeId,
    session_ref: Option<String>,
    user_ref: String,
    status: Outcome,
    created_at: String,
    expires_at: String,
    responded_at: Option<String>,
    device_name: Option<String>,
}

/// `GET /api/v1/mfa/status/:sessionId`, with `?wait=SECONDS` as a long poll.
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

#[derive(Debug, Serialize)]
pub(in crate::api) struct Cancelled {
    session_id: ChallengeId,
    status: Outcome,
}

/// `DELETE /api/v1/mfa/cancel/:sessionId`.
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
pub(super) fn session(text: &str) -> Result<ChallengeId, Error> {
    text.to_ascii_lowercase().parse().map_err(|_| Error::ChallengeNotFound)
}
