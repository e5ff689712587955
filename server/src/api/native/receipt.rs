//! `/mfa/receipt`.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::receipt::Receipt;

use super::auth::Authenticated;
use super::mfa::session;
use super::{ApiError, Refusal, Segment};
use crate::api::extract;
use crate::engine::Engine;

/// Get the receipt.
///
/// The evidence of the decision, for keeping: what was asked, answered and decided, signed by the person's device and by the
/// server. Anyone can check it offline, also after the device has been removed.
#[utoipa::path(
    get, path = "/api/v1/mfa/receipt/{session_id}", operation_id = "receipt", tag = "Asking people",
    params(("session_id" = ChallengeId, Path, description = "The session.")),
    responses(
        (status = 200, description = "The receipt.", body = Receipt),
        (status = 404, description = "`session_not_found`: no such session; a `session_ref` is none.", body = Refusal),
        (status = 409, description = "`no_receipt`: nobody has answered; `status` says how it stands.", body = Refusal),
    ),
)]
pub(in crate::api) async fn receipt(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(id, _): Segment,
) -> Result<axum::Json<Receipt>, ApiError> {
    Ok(axum::Json(engine.receipt(&caller, session(&id)?).await?))
}
