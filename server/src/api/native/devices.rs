//! `/devices/register`, `/devices/user/:userRef`, `/devices/:deviceToken`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::id::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Authenticated;
use super::fields::{DeviceToken, DisplayName, Time, UserRef};
use super::{ApiError, Json, Refusal, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Engine, Register, Registered};
use crate::store::{AttestationRow, DeviceRow};

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
    /// What it has proved of where its keys are; null for a device that sent no proof.
    #[schema(required)]
    attestation: Option<Attested>,
}

/// What a device has proved of where its keys are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceAttestation)]
struct Attested {
    /// `hardware`: both keys are in its hardware. `unverified`: a proof was sent, and nobody could check it; it proves nothing.
    #[schema(pattern = "^(hardware|unverified)$")]
    level: String,
    /// In which form: Android's key attestation, or Apple's App Attest.
    #[schema(pattern = "^(android-key|apple-app-attest)$")]
    format: String,
    /// When the proof was judged.
    #[schema(value_type = Time)]
    judged_at: String,
}

impl From<AttestationRow> for Attested {
    fn from(row: AttestationRow) -> Self {
        Self { level: row.level, format: row.format, judged_at: rfc3339(row.judged_at) }
    }
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
            attestation: row.attestation.map(Attested::from),
        }
    }
}

/// A push token that your own app has got.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct RegisterDevice {
    /// Whose device it is.
    #[schema(value_type = UserRef)]
    user_ref: String,
    /// Where pushes go.
    #[schema(value_type = DeviceToken)]
    device_token: String,
    /// Which kind of device.
    #[schema(value_type = countersign_protocol::wire::Platform)]
    platform: String,
    /// What the person calls it.
    #[schema(value_type = Option<DisplayName>)]
    device_name: Option<String>,
}

/// A device that is registered.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RegisteredDevice {
    /// The device.
    device_id: DeviceId,
    /// Whose it is.
    user_ref: String,
    /// Where pushes go.
    device_token: String,
    /// Which kind of device.
    #[schema(value_type = countersign_protocol::wire::Platform)]
    platform: String,
    /// What the person calls it.
    #[schema(required)]
    device_name: Option<String>,
    /// When it was registered first.
    #[schema(value_type = Time)]
    created_at: String,
}

/// Register a device by its push token.
///
/// It can be notified; it cannot approve before it has enrolled by a link, which gives it keys. A person not known yet is made
/// known. The same token and person again: brought up to date. A token of another person's moves to this one.
#[utoipa::path(
    post, path = "/api/v1/devices/register", operation_id = "registerDevice", tag = "Users and devices",
    request_body = RegisterDevice,
    responses(
        (status = 201, description = "Registered.", body = RegisteredDevice),
        (status = 200, description = "It was registered already, and is up to date now.", body = RegisteredDevice),
        (status = 400, description = "`invalid_platform`, `invalid_device_token`, `invalid_request`.", body = Refusal),
    ),
)]
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
