//! What happens to every request at the boundary, whichever dialect it speaks: it gets an id, is counted, timed and traced,
//! leaves one line of log with the route and not the path (paths hold tokens), and its reply says that it is not to be
//! kept, sniffed or framed.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::field::display;

use super::client::Client;
use crate::engine::Engine;
use crate::telemetry::{REQUEST_ID, RequestId, request_span};

/// The outermost layer.
pub(super) async fn boundary(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let client = request.extensions().get::<Client>().copied().unwrap_or_default();
    let id = RequestId::of(request.headers(), engine.rng());
    let span = request_span(&id, &method, route.as_ref(), request.headers());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, duration) = (response.status(), begun.elapsed());
    span.record("status", status.as_u16());
    span.in_scope(|| {
        let ms = milliseconds(duration);
        let address = client.address.map(display);
        if status.is_server_error() {
            tracing::error!(ms, address, "failed");
        } else {
            tracing::debug!(ms, address, "answered");
        }
    });
    engine.metrics().request(route.as_ref(), &method, status, duration);
    add_headers(&mut response, &id);
    response
}

/// With three places, as far as anybody can make use of them.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

fn add_headers(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    let all: [(HeaderName, &'static str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in all {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert(REQUEST_ID, id.header());
}
