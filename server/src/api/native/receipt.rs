//! `/mfa/receipt`.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::receipt::Receipt;

use super::auth::Authenticated;
use super::mfa::session;
use super::{ApiError, Segment};
use crate::api::extract;
use crate::engine::Engine;

/// `GET /api/v1/mfa/receipt/:sessionId`: the evidence of a decision. Ours: the documentation of this dialect has none.
pub(in crate::api) async fn receipt(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(id, _): Segment,
) -> Result<axum::Json<Receipt>, ApiError> {
    Ok(axum::Json(engine.receipt(&caller, session(&id)?).await?))
}
