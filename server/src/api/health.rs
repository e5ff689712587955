//! For whoever keeps the server up: is it alive, can it work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::engine::Engine;

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and the server is not on its way out.
pub(super) async fn readyz(State(engine): State<Arc<Engine>>) -> (StatusCode, &'static str) {
    match engine.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
