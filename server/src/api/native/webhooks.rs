//! `/webhooks/deliveries`: what webhooks were told, and telling it again. Ours; the seed has nothing of the kind.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::{ChallengeId, TenantId};
use serde::{Deserialize, Serialize};

use super::auth::Authenticated;
use super::{ApiError, Query, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{self, DeliveryFilter, Engine, Error, WebhookId};
use crate::store::AttemptRow;

/// Deliveries in a page when the caller does not say.
const DEFAULT_LIMIT: i64 = 50;

#[derive(Debug, Deserialize)]
pub(in crate::api) struct Page {
    state: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// A page of deliveries.
#[derive(Debug, Serialize)]
pub(in crate::api) struct Deliveries {
    /// Newest first.
    deliveries: Vec<Delivery>,
    /// Pass it as `cursor` for the next page; null on the last one.
    next_cursor: Option<String>,
}

/// What one webhook was told of one session.
#[derive(Debug, Serialize)]
pub(in crate::api) struct Delivery {
    /// `X-MYPASS-Delivery` and `webhook-id`.
    delivery_id: String,
    /// The webhook.
    webhook_id: String,
    /// The session that it tells of.
    session_id: ChallengeId,
    /// `waiting`: it is tried until it is taken. `done`: it was taken. `dead`: it never was.
    state: String,
    /// When the person answered.
    created_at: String,
    /// While it waits: when it is tried next, or is given up as lost on its way.
    next_attempt_at: Option<String>,
    /// What came of each attempt, oldest first; the last twenty.
    attempts: Vec<Attempt>,
}

/// What came of one attempt.
#[derive(Debug, Serialize)]
struct Attempt {
    /// 1, 2, ….
    attempt: i64,
    /// When it began.
    at: String,
    /// How long it took.
    duration_ms: i64,
    /// The HTTP status, if there was a reply.
    status: Option<i64>,
    /// A word for what went wrong; null when the webhook took it.
    error: Option<String>,
}

impl Attempt {
    fn of(row: AttemptRow) -> Self {
        let AttemptRow { attempt, at, duration, status, error } = row;
        Self { attempt, at: rfc3339(at), duration_ms: duration, status, error }
    }
}

impl Delivery {
    fn of(tenant: TenantId, delivery: engine::Delivery) -> Self {
        let row = delivery.row;
        Self {
            delivery_id: row.id.to_string(),
            webhook_id: WebhookId { tenant, local: row.webhook }.to_string(),
            session_id: row.challenge,
            created_at: rfc3339(row.created_at),
            next_attempt_at: (row.state == "waiting").then(|| rfc3339(row.due_at)),
            state: row.state,
            attempts: delivery.attempts.into_iter().map(Attempt::of).collect(),
        }
    }
}

/// `GET /api/v1/webhooks/deliveries`.
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Query(page, _): Query<Page>,
) -> Result<axum::Json<Deliveries>, ApiError> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let filter = DeliveryFilter { state: page.state, webhook: None, limit, cursor: page.cursor };
    let tenant = caller.application.tenant;
    let (all, next_cursor) = engine.deliveries(tenant, &filter).await?;
    let deliveries = all.into_iter().map(|delivery| Delivery::of(tenant, delivery)).collect();
    Ok(axum::Json(Deliveries { deliveries, next_cursor }))
}

/// `POST /api/v1/webhooks/deliveries/:id/replay`.
pub(in crate::api) async fn replay(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(id, _): Segment,
) -> Result<axum::Json<Delivery>, ApiError> {
    let id = id.parse().map_err(|_| Error::DeliveryNotFound)?;
    let delivery = engine.replay_for(&caller, id).await?;
    Ok(axum::Json(Delivery::of(caller.application.tenant, delivery)))
}
