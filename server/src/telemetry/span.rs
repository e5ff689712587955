//! The span of one request: what every line of log within it carries, and what a trace shows of it.

use axum::extract::MatchedPath;
use http::{HeaderMap, Method};
use tracing::Span;
use tracing::field::{Empty, display};

use super::context::TraceParent;
use super::metrics::known;
use super::request_id::RequestId;

/// A span for a request. Who called is written into it when that is known.
pub(crate) fn request_span(
    id: &RequestId,
    method: &Method,
    route: Option<&MatchedPath>,
    headers: &HeaderMap,
) -> Span {
    let span = tracing::info_span!(
        "request",
        %id,
        method = known(method),
        route = route.map_or("none", MatchedPath::as_str),
        caller = TraceParent::of(headers).map(display),
        status = Empty,
        tenant = Empty,
        client = Empty,
        device = Empty,
    );
    span
}

/// Writes into the request's span who it is from, once that is proved.
pub(crate) fn note_caller(kind: &'static str, id: &dyn std::fmt::Display, tenant: &dyn std::fmt::Display) {
    Span::current().record(kind, display(id)).record("tenant", display(tenant));
}
