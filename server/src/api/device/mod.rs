//! The phone's own endpoints under `/api/v1/device`: every request is signed by the device, every reply carries the
//! nonce for the next one, every error is problem details.

pub(super) mod account;
pub(super) mod answer;
pub(super) mod inbox;
pub(super) mod problem;
pub(super) mod rules;
mod signed;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use countersign_protocol::request::NONCE_HEADER;

use super::extract;
use crate::engine::Engine;
use problem::DeviceError;

type Json<T> = extract::Json<T, DeviceError>;
type Query<T> = extract::Query<T, DeviceError>;
type Segment = extract::Segment<DeviceError>;

/// Adds the next request's nonce to every reply under `/api/v1/device`.
pub(super) async fn nonce_header(
    State(engine): State<Arc<Engine>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let to_device = path == "/api/v1/device" || path.starts_with("/api/v1/device/");
    let mut response = next.run(request).await;
    if to_device && let Ok(nonce) = HeaderValue::from_str(&engine.fresh_nonce()) {
        response.headers_mut().insert(HeaderName::from_static(NONCE_HEADER), nonce);
    }
    response
}
