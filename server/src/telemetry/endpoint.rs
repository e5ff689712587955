//! The numbers over HTTP, on a listener of their own: never where everybody can ask (S55).

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Metrics;

/// `GET /metrics` and nothing else.
pub(crate) fn app(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(numbers)).with_state(metrics)
}

async fn numbers(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics.text())
}
