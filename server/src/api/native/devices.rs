//! `/devices/user/:userRef`, `/devices/:deviceToken`.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::DeviceId;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Authenticated;
use super::fields::{Time, UserRef};
use super::{ApiError, Refusal, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::Engine;
use crate::store::DeviceRow;

/// A person's devices.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Devices {
    /// Whose.
    user_ref: String,
    /// Oldest first.
    devices: Vec<Listed>,
}

/// A device in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedDevice)]
struct Listed {
    /// Its id.
    device_id: DeviceId,
    /// Where its pushes go.
    device_token: String,
    /// Which kind of device.
    #[schema(value_type = countersign_protocol::wire::Platform)]
    platform: String,
    /// The name the person gave it.
    #[schema(required)]
    device_name: Option<String>,
    /// When it was enrolled.
    #[schema(value_type = Time)]
    created_at: String,
    /// When it was last heard of, to within ten minutes.
    #[schema(value_type = Time)]
    last_seen_at: String,
    /// Compare it with the phone's screen; null for a device without keys.
    #[schema(required)]
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

/// List a person's devices.
///
/// The list is empty for a person who has none.
#[utoipa::path(
    get, path = "/api/v1/devices/user/{user_ref}", operation_id = "listDevices", tag = "Users and devices",
    params(("user_ref" = UserRef, Path, description = "Percent-encoded.")),
    responses(
        (status = 200, description = "The devices.", body = Devices),
        (status = 404, description = "`user_not_found`: nobody by that `user_ref`.", body = Refusal),
    ),
)]
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(user_ref, _): Segment,
) -> Result<axum::Json<Devices>, ApiError> {
    let devices = engine.devices_of(&caller, &user_ref).await?.into_iter().map(Listed::from).collect();
    Ok(axum::Json(Devices { user_ref, devices }))
}

/// It is done.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Done {
    /// Always `true`.
    success: bool,
}

/// Remove a device.
///
/// Every device with this token can answer nothing from then on: one phone that is enrolled for several people has one
/// token for all of them.
#[utoipa::path(
    delete, path = "/api/v1/devices/{device_token}", operation_id = "removeDevice", tag = "Users and devices",
    params(("device_token" = String, Path, description = "Percent-encoded.")),
    responses(
        (status = 200, description = "The device is removed.", body = Done),
        (status = 404, description = "`device_not_found`: no device by that token.", body = Refusal),
    ),
)]
pub(in crate::api) async fn remove(
    State(engine): State<Arc<Engine>>,
    Authenticated(caller): Authenticated,
    extract::Segment(device_token, _): Segment,
) -> Result<axum::Json<Done>, ApiError> {
    engine.remove_device(&caller, &device_token).await?;
    Ok(axum::Json(Done { success: true }))
}
