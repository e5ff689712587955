//! Codes instead of pushes: `factor` of `/mfa/send`, and `/mfa/resend`. The code comes back by `/mfa/verify`.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::ChallengeId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Authenticated;
use super::mfa::session;
use super::{ApiError, Json, Refusal};
use crate::api::extract;
use crate::engine::policy::Factor;
use crate::engine::{Ask, AskCode, CodePurpose, Engine, FactorRef, Whom};

/// A kind of factor, by its word.
pub(super) fn factor(field: &str, word: &str) -> Result<Factor, ApiError> {
    Factor::from_word(word).ok_or_else(|| {
        ApiError::invalid(format!("{field} must be push, sms, voice, email, totp or recovery"))
    })
}

/// The question as one for a code.
pub(super) fn code_instead(ask: Ask, kind: Factor, word: Option<&str>) -> Result<AskCode, ApiError> {
    Ok(AskCode {
        turn: None,
        whom: Whom::Ref(ask.user_ref),
        factor: FactorRef::Kind(kind),
        purpose: CodePurpose::SignIn,
        session_ref: ask.session_ref,
        language: word.map(super::users::language).transpose()?,
        risk: ask.risk,
        answer_window: ask.answer_window,
        origin: ask.origin,
    })
}

/// A session whose code did not arrive.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct Again {
    /// The session.
    #[schema(value_type = ChallengeId)]
    session_id: String,
    /// By another way to the same telephone: `sms` or `voice`. As before when not given.
    #[schema(pattern = "^(sms|voice|email)$")]
    via: Option<String>,
}

/// A code that was sent again.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SentAgain {
    /// The session.
    session_id: ChallengeId,
    /// By which way.
    #[schema(value_type = String, pattern = "^(sms|voice|email)$")]
    factor: &'static str,
    /// Where to, masked.
    sent_to: String,
    /// Seconds until it can be sent once more.
    #[schema(minimum = 0)]
    resend_after: u64,
    /// How often it still can.
    #[schema(minimum = 0)]
    resends_left: i64,
}

/// Send the code again.
///
/// A new code takes the place of the last one, which is good for nothing from then on. Wrong codes stay counted. There are
/// at least 30 seconds between two codes, and five codes for one session.
#[utoipa::path(
    post, path = "/api/v1/mfa/resend", operation_id = "resend", tag = "Asking people",
    request_body = Again,
    responses(
        (status = 200, description = "A new code is on its way.", body = SentAgain),
        (status = 403, description = "`factor_not_allowed`, `country_not_allowed`: the application's policy, or the \
            operator, does not allow this way. `user_locked`: too many wrong codes.", body = Refusal),
        (status = 404, description = "`session_not_found`: no session by that id.", body = Refusal),
        (status = 409, description = "`nothing_to_send`: the session's code is one that nobody sends. \
            `session_not_pending`: it has ended. `no_factor`: the factor was removed. `no_provider`: nobody carries such \
            messages here.", body = Refusal),
    ),
)]
pub(in crate::api) async fn resend(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<Again>,
) -> Result<axum::Json<SentAgain>, ApiError> {
    let session_id = session(&body.session_id)?;
    let via = body.via.as_deref().map(|word| factor("via", word)).transpose()?;
    let sent = engine.resend_session_code(&caller, session_id, via).await?;
    Ok(axum::Json(SentAgain {
        session_id,
        factor: sent.kind.as_str(),
        sent_to: sent.to,
        resend_after: sent.resend_after,
        resends_left: sent.resends_left,
    }))
}
