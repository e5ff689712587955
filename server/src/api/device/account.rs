//! The few things a device changes about itself, and what it may look up.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::server_key::KeyChain;
use countersign_protocol::wire::{History, HistoryEntry, PushToken, Rename, Transfer, TransferGranted};

use super::Json;
use super::problem::{DeviceError, Told as _};
use super::signed::Signed;
use crate::api::client::Client;
use crate::api::extract::{self, parse_json};
use crate::api::timestamp::rfc3339;
use crate::engine::Engine;

/// `PUT /api/v1/device/push-token`.
pub(in crate::api) async fn push_token(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    let body: PushToken = parse_json(&signed.body)?;
    engine.set_push_token(&signed.device, &body.device_token, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PATCH /api/v1/device`: another name.
pub(in crate::api) async fn rename(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    let body: Rename = parse_json(&signed.body)?;
    engine.rename_device(signed.device.id, &body.device_name, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/v1/device`: the device leaves.
pub(in crate::api) async fn unenroll(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    engine.unenroll(&signed.device, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/device/transfer`: a link for the phone that takes over. The wish is signed itself, by the
/// verification key, so the request is not.
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

/// `GET /api/v1/device/history`.
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
        rule: None,
    });
    Ok(axum::Json(History { entries: entries.collect(), server_time: now }))
}

/// `GET /api/v1/device/server-keys`.
pub(in crate::api) async fn server_keys(
    State(engine): State<Arc<Engine>>,
    signed: Signed,
) -> Result<axum::Json<KeyChain>, DeviceError> {
    Ok(axum::Json(engine.key_chain(signed.device.id.tenant).await.told(&engine)?))
}
