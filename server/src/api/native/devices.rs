//! `/devices/register`, `/devices/user/:userRef`, `/devices/:deviceToken`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::id::DeviceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::auth::Authenticated;
use super::{ApiError, Json, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Engine, Register, Registered};
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

#[derive(Debug, Deserialize)]
pub(in crate::api) struct RegisterDevice {
    user_ref: String,
    device_token: String,
    platform: String,
    device_name: Option<String>,
}

#[derive(Debug, Serialize)]
pub(in crate::api) struct RegisteredDevice {
    device_id: DeviceId,
    user_ref: String,
    device_token: String,
    platform: String,
    device_name: Option<String>,
    created_at: String,
}

/// `POST /api/v1/devices/register`: a push token that the relying party's own app has got.
pub(in crate::api) async fn register(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Json(body, _): Json<RegisterDevice>,
) -> Result<(StatusCode, axum::Json<RegisteredDevice>), ApiError> {
    let RegisterDevice { user_ref, device_token, platform, device_name } = body;
    let new = Register { user_ref, device_token, platform, device_name };
    let Registered { user_ref, device, is_new } = engine.register_device(&caller, new).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let registered = RegisteredDevice {
        device_id: device.id,
        user_ref,
        device_token: device.device_token,
        platform: device.platform,
        device_name: device.device_name,
        created_at: rfc3339(device.created_at),
    };
    Ok((status, axum::Json(registered)))
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
