//! `/devices/user/:userRef`, `/devices/:deviceToken`.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::DeviceId;
use serde::Serialize;
use serde_json::{Value, json};

use super::auth::Authenticated;
use super::{ApiError, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::Engine;
use crate::store::DeviceRow;

#[derive(Debug, Serialize)]
pub(in crate::api) struct Devices {
    user_ref: String,
    devices: Vec<Listed>,
}

#[derive(Debug, Serialize)]
struct Listed {
    device_id: DeviceId,
    device_token: String,
    platform: String,
    device_name: Option<String>,
    created_at: String,
    last_seen_at: String,
    /// Ours: compare it with the phone's screen.
    confirmation_code: Option<String>,
}

impl From<DeviceRow> for Listed {
    fn from(row: DeviceRow) -> Self {
        Self {
            device_id: row.id,
            device_token: row.device_token,
            platform: row.platform,
            device_name: row.device_name,
            created_at: rfc3339(row.created_at),
            last_seen_at: rfc3339(row.last_seen_at),
            confirmation_code: row.confirmation_code,
        }
    }
}

/// `GET /api/v1/devices/user/:userRef`.
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(user_ref, _): Segment,
) -> Result<axum::Json<Devices>, ApiError> {
    let devices = engine.devices_of(&caller, &user_ref).await?.into_iter().map(Listed::from).collect();
    Ok(axum::Json(Devices { user_ref, devices }))
}

/// `DELETE /api/v1/devices/:deviceToken`.
pub(in crate::api) async fn remove(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(device_token, _): Segment,
) -> Result<axum::Json<Value>, ApiError> {
    engine.remove_device(&caller, &device_token).await?;
    Ok(axum::Json(json!({"success": true})))
}
