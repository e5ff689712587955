//! `/mfa/send`, `/mfa/status`, `/mfa/cancel`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use countersign_protocol::challenge::Detail;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::risk::Risk;
use countersign_protocol::wire::Outcome;
use serde::{Deserialize, Serialize};

use super::auth::Authenticated;
use super::{ApiError, Json, Query, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::policy::NumberKind;
use crate::engine::{Ask, Engine, Error, Origin};

const DEFAULT_MESSAGE: &str = "Approve sign-in request?";
/// Seconds that a status may be waited for at most.
const LONGEST_WAIT: u64 = 60;

#[derive(Debug, Deserialize)]
pub(in crate::api) struct Send {
    user_ref: String,
    session_ref: Option<String>,
    message: Option<String>,
    /// Ours: the login screen will show a number, or take the code that the phone shows.
    number_match: Option<bool>,
    /// Ours: 1 as policy says, 2 no rule approves, 3 the person must be verified.
    risk_profile: Option<Risk>,
    /// Ours: seconds to answer, 30…600.
    timeout: Option<i64>,
    /// Ours: where the sign-in comes from.
    #[serde(default)]
    context: SignInContext,
}

/// What the relying party knows of the sign-in. Shown on the phone; the address is judged by the tenant's rules.
#[derive(Debug, Default, Deserialize)]
struct SignInContext {
    ip: Option<IpAddr>,
    user_agent: Option<String>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct Sent {
    session_id: ChallengeId,
    status: Outcome,
    expires_at: String,
    devices_pushed: usize,
    session_ref: Option<String>,
    /// Ours: `type2`, `type6` or `pick`, with the number to show; `show` when the login screen is to ask for the code
    /// that the phone shows, for `POST /mfa/verify`. Neither when there is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_kind: Option<&'static str>,
    /// Ours: the number to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

/// `POST /api/v1/mfa/send`: asks all of a user's devices.
pub(in crate::api) async fn send(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<Send>,
) -> Result<axum::Json<Sent>, ApiError> {
    let asked = engine.ask(&caller, body.ask()?).await?;
    Ok(axum::Json(Sent {
        session_id: asked.id,
        status: asked.outcome,
        expires_at: rfc3339(asked.expires_at),
        devices_pushed: asked.devices,
        session_ref: asked.session_ref,
        number_kind: asked.number_kind.map(NumberKind::as_str),
        number: asked.number,
    }))
}

impl Send {
    fn ask(self) -> Result<Ask, ApiError> {
        crate::engine::check_user_ref(&self.user_ref)?;
        Ok(Ask {
            user_ref: self.user_ref,
            session_ref: self.session_ref.map(|text| at_most("session_ref", text, 255)).transpose()?,
            message: at_most("message", self.message.unwrap_or_else(|| DEFAULT_MESSAGE.to_owned()), 500)?,
            number_match: self.number_match.unwrap_or(false),
            risk: self.risk_profile,
            answer_window: self.timeout,
            origin: Origin {
                address: self.context.ip,
                user_agent: self.context.user_agent,
                details: self.context.details,
            },
        })
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::api) struct TypedCode {
    session_id: String,
    code: String,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct Verified {
    session_id: ChallengeId,
    status: Outcome,
}

/// `POST /api/v1/mfa/verify`, ours: the code that the phone showed after approving, as it was typed into the login page.
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<TypedCode>,
) -> Result<axum::Json<Verified>, ApiError> {
    let session_id = session(&body.session_id)?;
    let status = engine.confirm(&caller, session_id, body.code.trim()).await?;
    Ok(axum::Json(Verified { session_id, status }))
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
        responded_at: status.decided().map(|(at, _)| rfc3339(at)),
        device_name: status.decided().and_then(|(_, name)| name.map(str::to_owned)),
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
fn session(text: &str) -> Result<ChallengeId, Error> {
    text.to_ascii_lowercase().parse().map_err(|_| Error::ChallengeNotFound)
}
