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
use utoipa::{IntoParams, ToSchema};

use super::auth::Authenticated;
use super::fields::{IpAddress, Time, UserRef};
use super::{ApiError, Json, Query, Refusal, Segment, codes};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::policy::{Factor, NumberKind};
use crate::engine::{Ask, Asked, CodeAsked, Engine, Error, LoginPage, Origin};

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
    /// `true`: your login page will show the number in the reply and the person types it on the phone, or it will take the
    /// code that the phone shows; as the tenant's policy says.
    #[schema(default = false)]
    number_match: Option<bool>,
    /// 1: as policy says. 2: no rule approves for the person. 3: the person must be verified by biometrics or passcode.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 3, default = 1)]
    risk_profile: Option<Risk>,
    /// Seconds to answer; as policy says when not given.
    #[schema(minimum = 30, maximum = 600)]
    timeout: Option<i64>,
    /// Where the sign-in comes from.
    context: Option<SignInContext>,
    /// What the person is asked for: a tap on their phone, a code that is sent to them, or one that they have. Of several
    /// of a kind, the oldest one.
    #[schema(pattern = "^(push|sms|voice|email|totp|recovery)$", default = "push")]
    factor: Option<String>,
    /// The language of the message that brings a code; the person's own when not given.
    #[schema(pattern = "^(en|ar)$")]
    language: Option<String>,
}

/// What is known of the sign-in. It is shown on the phone, and the address is judged by the tenant's access rules.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SignInContext {
    /// The address of the browser or machine, IPv4 or IPv6.
    #[schema(value_type = Option<IpAddress>)]
    ip: Option<IpAddr>,
    /// What its browser calls itself.
    #[schema(max_length = 1024)]
    user_agent: Option<String>,
    /// What else the person should see.
    #[schema(max_items = 8)]
    details: Option<Vec<Detail>>,
}

/// A session that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Sent {
    /// Read the result by this.
    session_id: ChallengeId,
    /// `pending`; or `approved` when a rule that the person signed has answered.
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
    /// What binds the two screens: show `number` on the login page, or with `show` ask there for the code that the phone
    /// shows after approving, and post it to `/api/v1/mfa/verify`. Only where there is such a number or code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, pattern = "^(type2|type6|show|pick)$")]
    number_kind: Option<&'static str>,
    /// Show this on the login page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[0-9]+$")]
    number: Option<String>,
    /// What kind of code is asked for. Only where one is: ask the person for it, and post it to `/api/v1/mfa/verify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, pattern = "^(sms|voice|email|totp|recovery)$")]
    factor: Option<&'static str>,
    /// Where the code was sent, masked. Only where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("+9665••••••67"))]
    sent_to: Option<String>,
    /// Seconds until it can be sent again with `/api/v1/mfa/resend`. Only where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    resend_after: Option<u64>,
}

/// Ask a person.
///
/// All of the person's devices are asked at once; the first answer counts. Nobody is let in by this reply: read the
/// result with `GET /api/v1/mfa/status/{session_id}`.
#[utoipa::path(
    post, path = "/api/v1/mfa/send", operation_id = "send", tag = "Asking people",
    request_body = Send,
    responses(
        (status = 200, description = "The question is on its way; or a rule of the person's has approved it, as `status` says.",
            body = Sent),
        (status = 403, description = "`factor_not_allowed`: the application's policy does not allow this factor. \
            `factor_too_weak`: the sign-in demands a verified person, and a code is none. `refused_by_policy`: an access \
            rule refuses sign-ins from there. `user_locked`: too many wrong numbers or codes. `country_not_allowed`: nothing \
            is sent to the country of the number.", body = Refusal),
        (status = 404, description = "`user_not_found`: nobody by that `user_ref`.", body = Refusal),
        (status = 409, description = "`no_devices`: the person has no device that can approve. `no_factor`: they have no \
            factor of that kind. `no_provider`: nobody carries such messages here.", body = Refusal),
    ),
)]
pub(in crate::api) async fn send(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<Send>,
) -> Result<axum::Json<Sent>, ApiError> {
    let kind = body.factor.as_deref().map_or(Ok(Factor::Push), |word| codes::factor("factor", word))?;
    if kind == Factor::Push {
        return Ok(axum::Json(Sent::push(engine.ask(&caller, body.ask()?).await?)));
    }
    let language = body.language.clone();
    let ask = codes::code_instead(body.ask()?, kind, language.as_deref())?;
    Ok(axum::Json(Sent::code(engine.ask_code(&caller, ask).await?)))
}

impl Sent {
    fn push(asked: Asked) -> Self {
        Self {
            session_id: asked.id,
            status: asked.outcome,
            expires_at: rfc3339(asked.expires_at),
            devices_pushed: asked.devices,
            session_ref: asked.session_ref,
            number_kind: asked.number_kind.map(NumberKind::as_str),
            number: asked.number,
            factor: None,
            sent_to: None,
            resend_after: None,
        }
    }

    fn code(asked: CodeAsked) -> Self {
        let (sent_to, resend_after) = asked.sent.map(|sent| (sent.to, sent.resend_after)).unzip();
        Self {
            session_id: asked.id,
            status: Outcome::Pending,
            expires_at: rfc3339(asked.expires_at),
            devices_pushed: 0,
            session_ref: asked.session_ref,
            number_kind: None,
            number: None,
            factor: Some(asked.kind.as_str()),
            sent_to,
            resend_after,
        }
    }
}

impl Send {
    fn ask(self) -> Result<Ask, ApiError> {
        crate::engine::check_user_ref(&self.user_ref)?;
        let context = self.context.unwrap_or_default();
        Ok(Ask {
            kind: None,
            turn: None,
            user_ref: self.user_ref,
            session_ref: self.session_ref.map(|text| at_most("session_ref", text, 255)).transpose()?,
            message: at_most("message", self.message.unwrap_or_else(|| DEFAULT_MESSAGE.to_owned()), 500)?,
            page: if self.number_match.unwrap_or(false) { LoginPage::ShowsNumber } else { LoginPage::Plain },
            risk: self.risk_profile,
            answer_window: self.timeout,
            origin: Origin {
                address: context.ip,
                user_agent: context.user_agent,
                details: context.details.unwrap_or_default(),
            },
        })
    }
}

/// A code as it was typed into the login page.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct TypedCode {
    /// The session.
    #[schema(value_type = ChallengeId)]
    session_id: String,
    /// What the person typed.
    code: String,
}

/// A session that the right code has ended.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Verified {
    /// The session.
    session_id: ChallengeId,
    /// Always `approved`.
    status: Outcome,
}

/// Hand in a code.
///
/// Where `factor` is in the reply to `send`, this is the code that was sent to the person, or that they have. There are five
/// tries: the fifth wrong code ends the session as denied. Where `number_kind` is `show`, it is the code that the phone
/// shows once the person has approved. There is one try: a wrong code ends the session as denied.
#[utoipa::path(
    post, path = "/api/v1/mfa/verify", operation_id = "verify", tag = "Asking people",
    request_body = TypedCode,
    responses(
        (status = 200, description = "The code was right: the session is approved.", body = Verified),
        (status = 400, description = "`invalid_code`: wrong; with `attempts_left` where there are more tries than one. \
            `invalid_request`: it cannot be a code, and was not counted.", body = Refusal),
        (status = 403, description = "`user_locked`: too many wrong codes.", body = Refusal),
        (status = 404, description = "`session_not_found`: no session by that id.", body = Refusal),
        (status = 409, description = "`no_code`: the session is not of that kind. `not_answered`: the person has not \
            approved yet. `session_not_pending`: it has ended. `no_factor`: the factor was removed.", body = Refusal),
    ),
)]
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<TypedCode>,
) -> Result<axum::Json<Verified>, ApiError> {
    let session_id = session(&body.session_id)?;
    let status = engine.answer_code(&caller, session_id, &body.code).await?;
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
    /// Who was asked; once they are forgotten, an id that nobody goes by.
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
        responded_at: status.decided().map(|(at, _)| rfc3339(at)),
        device_name: status.decided().and_then(|(_, name)| name.map(str::to_owned)),
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
pub(super) fn session(text: &str) -> Result<ChallengeId, Error> {
    text.to_ascii_lowercase().parse().map_err(|_| Error::ChallengeNotFound)
}
