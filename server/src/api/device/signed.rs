//! A request that a device has signed.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use countersign_protocol::jws::JwsError;
use countersign_protocol::request::{RequestError, SCHEME};

use super::problem::{DeviceError, Told as _};
use crate::api::extract::Unreadable;
use crate::engine::{DeviceRequest, Engine};
use crate::store::DeviceRow;
use crate::telemetry::note_caller;

/// How long the body may take to come (S41).
const BODY_TIME: Duration = Duration::from_secs(10);

/// The device, and the body that its signature covers.
#[derive(Debug)]
pub(in crate::api) struct Signed {
    pub(super) device: DeviceRow,
    pub(super) body: Bytes,
}

impl FromRequest<Arc<Engine>> for Signed {
    type Rejection = DeviceError;

    async fn from_request(request: Request, engine: &Arc<Engine>) -> Result<Self, DeviceError> {
        let (parts, body) = request.into_parts();
        let proof = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
            .map(|(_, proof)| proof.trim())
            .ok_or(RequestError::Jws(JwsError::Malformed))
            .told(engine)?;
        let bytes = Request::from_parts(parts.clone(), body);
        // Some of these routes wait on purpose, so no limit of time lies over the whole of them.
        let body = tokio::time::timeout(BODY_TIME, Bytes::from_request(bytes, engine)).await;
        let late = |_| Unreadable::Malformed("the body did not come in time".to_owned());
        let body = body.map_err(late)?.map_err(Unreadable::from)?;
        let request =
            DeviceRequest { proof, method: parts.method.as_str(), path: parts.uri.path(), body: &body };
        let device = engine.authenticate_device(request).await.told(engine)?;
        note_caller("device", &device.id, &device.id.tenant);
        Ok(Self { device, body })
    }
}
