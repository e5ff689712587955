//! `/webhooks/deliveries`: what webhooks were told, and telling it again. Ours; the seed has nothing of the kind.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::{ChallengeId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Authenticated;
use super::fields::{DeliveryId, Time};
use super::{ApiError, Query, Refusal, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{self, DeliveryFilter, Engine, Error, WebhookId};
use crate::store::AttemptRow;

/// Deliveries in a page when the caller does not say.
const DEFAULT_LIMIT: i64 = 50;

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Page {
    /// Only those that stand so.
    #[param(pattern = "^(waiting|done|dead)$", nullable = false)]
    state: Option<String>,
    /// Entries in a page.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(value_type = DeliveryId, required = false, nullable = false)]
    cursor: Option<String>,
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Deliveries {
    /// Newest first.
    deliveries: Vec<Delivery>,
    /// Pass it as `cursor` for the next page; null on the last one.
    #[schema(required, value_type = Option<DeliveryId>)]
    next_cursor: Option<String>,
}

/// What one webhook was told of one session.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Delivery {
    /// `X-MYPASS-Delivery` and `webhook-id`.
    #[schema(value_type = DeliveryId)]
    delivery_id: String,
    /// The webhook, `whk_…`.
    webhook_id: String,
    /// The session that it tells of.
    session_id: ChallengeId,
    /// `waiting`: it is tried until it is taken. `done`: it was taken. `dead`: it never was.
    #[schema(pattern = "^(waiting|done|dead)$")]
    state: String,
    /// When the person answered.
    #[schema(value_type = Time)]
    created_at: String,
    /// While it waits: when it is tried next, or is given up as lost on its way.
    #[schema(required, format = DateTime)]
    next_attempt_at: Option<String>,
    /// What came of each attempt, oldest first; the last twenty.
    attempts: Vec<DeliveryAttempt>,
}

/// What came of one attempt.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryAttempt {
    /// 1, 2, ….
    #[schema(minimum = 1)]
    attempt: i64,
    /// When it began.
    #[schema(value_type = Time)]
    at: String,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    duration_ms: i64,
    /// The HTTP status, if there was a reply.
    #[schema(required, minimum = 100, maximum = 999)]
    status: Option<i64>,
    /// A word for what went wrong; null when the webhook took it.
    #[schema(required)]
    error: Option<String>,
}

impl DeliveryAttempt {
    fn of(row: AttemptRow) -> Self {
        let AttemptRow { attempt, at, duration, status, error } = row;
        Self { attempt, at: rfc3339(at), duration_ms: duration, status, error }
    }
}

impl Delivery {
    /// None for what is no message to a webhook.
    fn of(tenant: TenantId, delivery: engine::Delivery) -> Option<Self> {
        let row = delivery.row;
        Some(Self {
            delivery_id: row.id.to_string(),
            webhook_id: WebhookId { tenant, local: row.target? }.to_string(),
            session_id: row.challenge?,
            created_at: rfc3339(row.created_at),
            next_attempt_at: (row.state == "waiting").then(|| rfc3339(row.due_at)),
            state: row.state,
            attempts: delivery.attempts.into_iter().map(DeliveryAttempt::of).collect(),
        })
    }
}

/// List what your webhooks were told.
///
/// Page by page, newest first, of all webhooks of your tenant. Kept for 7 days when it was taken, for 30 when it never was.
#[utoipa::path(
    get, path = "/api/v1/webhooks/deliveries", operation_id = "listDeliveries", tag = "Webhooks",
    params(Page),
    responses((status = 200, description = "A page of deliveries.", body = Deliveries)),
)]
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Query(page, _): Query<Page>,
) -> Result<axum::Json<Deliveries>, ApiError> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let kind = Some("webhook".to_owned());
    let filter = DeliveryFilter { kind, state: page.state, webhook: None, limit, cursor: page.cursor };
    let tenant = caller.application.tenant;
    let (all, next_cursor) = engine.deliveries(tenant, &filter).await?;
    let deliveries = all.into_iter().filter_map(|delivery| Delivery::of(tenant, delivery)).collect();
    Ok(axum::Json(Deliveries { deliveries, next_cursor }))
}

/// Send a delivery again.
///
/// For one that is done or dead. It keeps its id, so a receiver that remembers ids takes it once; timestamp and signature
/// are fresh, and it is tried as often as a new one.
#[utoipa::path(
    post, path = "/api/v1/webhooks/deliveries/{id}/replay", operation_id = "replayDelivery", tag = "Webhooks",
    params(("id" = DeliveryId, Path, description = "The `delivery_id`.")),
    responses(
        (status = 200, description = "It waits to be sent.", body = Delivery),
        (status = 404, description = "`delivery_not_found`: no delivery by that id.", body = Refusal),
        (status = 409, description = "`delivery_waiting`: it is still being tried.", body = Refusal),
    ),
)]
pub(in crate::api) async fn replay(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(id, _): Segment,
) -> Result<axum::Json<Delivery>, ApiError> {
    let id = id.parse().map_err(|_| Error::DeliveryNotFound)?;
    let delivery = engine.replay_for(&caller, id).await?;
    let delivery = Delivery::of(caller.application.tenant, delivery).ok_or(Error::DeliveryNotFound)?;
    Ok(axum::Json(delivery))
}
