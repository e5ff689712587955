//! The few things a device changes about itself, and what it may look up.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::jws::{self, Purpose};
use countersign_protocol::problem::{CONTENT_TYPE as PROBLEM, Problem};
use countersign_protocol::rule::Rule;
use countersign_protocol::server_key::KeyChain;
use countersign_protocol::wire::{History, HistoryEntry, PushToken, Rename, Transfer, TransferGranted};

use super::Json;
use super::problem::{DeviceError, Told as _};
use super::signed::Signed;
use crate::api::client::Client;
use crate::api::extract::{self, parse_json};
use crate::api::timestamp::rfc3339;
use crate::engine::Engine;

/// Say where pushes go from now on.
///
/// A token has one device in a tenant; with keys, one for each person.
#[utoipa::path(
    put, path = "/api/v1/device/push-token", operation_id = "setPushToken", tag = "Device",
    request_body = PushToken,
    responses((status = 204, description = "Kept.")),
)]
pub(in crate::api) async fn push_token(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    let body: PushToken = parse_json(&signed.body)?;
    engine.set_push_token(&signed.device, &body.device_token, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rename the device.
///
/// The name is what relying parties see in their lists.
#[utoipa::path(
    patch, path = "/api/v1/device", operation_id = "renameDevice", tag = "Device",
    request_body = Rename,
    responses((status = 204, description = "Kept.")),
)]
pub(in crate::api) async fn rename(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    let body: Rename = parse_json(&signed.body)?;
    engine.rename_device(signed.device.id, &body.device_name, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave.
///
/// The device can answer nothing from then on. Its keys are kept for the receipts of what it answered before.
#[utoipa::path(
    delete, path = "/api/v1/device", operation_id = "leave", tag = "Device",
    responses((status = 204, description = "The device is removed.")),
)]
pub(in crate::api) async fn unenroll(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    engine.unenroll(&signed.device, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get a link for the phone that takes over.
///
/// The wish is signed itself, by the verification key, so the request is not. The old device ends when the new one is
/// enrolled.
#[utoipa::path(
    post, path = "/api/v1/device/transfer", operation_id = "transfer", tag = "Device",
    request_body = Transfer, security(),
    responses(
        (status = 201, description = "The link.", body = TransferGranted),
        (status = 401, description = "`use_nonce`, `invalid_proof` or `device_unknown`.", body = Problem,
            content_type = PROBLEM, headers(("WWW-Authenticate" = String, description = "The scheme to use."))),
    ),
)]
pub(in crate::api) async fn transfer(
    State(engine): State<Arc<Engine>>,
    client: Client,
    extract::Json(body, _): Json<Transfer>,
) -> Result<(StatusCode, axum::Json<TransferGranted>), DeviceError> {
    let issued = engine.transfer(&body.transfer, client.address).await.told(&engine)?;
    let granted = TransferGranted {
        enrollment_url: issued.link.to_string(),
        expires_at: rfc3339(issued.expires_at),
        server_time: engine.server_time(),
    };
    Ok((StatusCode::CREATED, axum::Json(granted)))
}

/// List what this device was asked.
///
/// The newest 50 that have ended.
#[utoipa::path(
    get, path = "/api/v1/device/history", operation_id = "history", tag = "Device",
    responses((status = 200, description = "What has ended.", body = History)),
)]
pub(in crate::api) async fn history(
    State(engine): State<Arc<Engine>>,
    signed: Signed,
) -> Result<axum::Json<History>, DeviceError> {
    let (device, now) = (signed.device.id, engine.server_time());
    let at = i64::try_from(now).unwrap_or(i64::MAX / 1000) * 1000;
    let ended = engine.history(device).await.told(&engine)?;
    let entries = ended.into_iter().map(|row| HistoryEntry {
        id: row.id,
        application: row.application,
        message: row.message,
        outcome: row.state.at(at),
        answered_here: row.device_id == Some(device.local),
        created_at: rfc3339(row.created_at),
        responded_at: row.responded_at.map(rfc3339),
        rule: row.rule.as_deref().filter(|_| row.device_id == Some(device.local)).and_then(rule_id),
        offline: row.offline && row.device_id == Some(device.local),
    });
    Ok(axum::Json(History { entries: entries.collect(), server_time: now }))
}

/// Get the server's chain of keys.
///
/// The phone walks it from the key that it pinned, and refuses a gap.
#[utoipa::path(
    get, path = "/api/v1/device/server-keys", operation_id = "serverKeys", tag = "Device",
    responses((status = 200, description = "All keys, each signed by the one before.", body = KeyChain)),
)]
pub(in crate::api) async fn server_keys(
    State(engine): State<Arc<Engine>>,
    signed: Signed,
) -> Result<axum::Json<KeyChain>, DeviceError> {
    Ok(axum::Json(engine.key_chain(signed.device.id.tenant).await.told(&engine)?))
}

/// The `jti` of a rule as it is kept; it was checked when it was taken.
fn rule_id(compact: &str) -> Option<String> {
    Some(jws::peek::<Rule>(compact, Purpose::Rule).ok()?.peek().jti.clone())
}
