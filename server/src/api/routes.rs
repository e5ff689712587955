//! The route table, and what holds for every route: size and time limits, headers, one line of log.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use axum::{Router, response::Html};

use super::{device, health, native};
use crate::engine::Engine;
use crate::portal;

/// Bytes of a body at most.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a request that does not wait on purpose may take.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// The whole server as one service: what `main` runs and the tests call.
pub fn app(engine: Arc<Engine>) -> Router {
    let quick = native_routes().merge(device_routes()).merge(pages());
    let waiting = Router::new()
        .route("/api/v1/mfa/status/{session_id}", get(native::mfa::status))
        .route("/api/v1/device/challenges", get(device::inbox::challenges))
        .route("/api/v1/device/events", get(device::inbox::events));
    quick
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), time_limit))
        .merge(waiting)
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), device::nonce_header))
        .layer(middleware::from_fn(log_and_headers))
        .with_state(engine)
}

fn native_routes() -> Router<Arc<Engine>> {
    Router::new()
        .route("/api/v1/mfa/send", post(native::mfa::send))
        .route("/api/v1/mfa/receipt/{session_id}", get(native::receipt::receipt))
        .route("/api/v1/mfa/cancel/{session_id}", delete(native::mfa::cancel))
        .route("/api/v1/users/enroll", post(native::users::enroll))
        .route("/api/v1/users", get(native::users::list))
        .route("/api/v1/devices/user/{user_ref}", get(native::devices::list))
        .route("/api/v1/devices/{device_token}", delete(native::devices::remove))
        .route("/api/v1/devices/enrollment/{token}", get(native::enrollment::look))
        .route("/api/v1/devices/complete-enrollment", post(native::enrollment::complete))
}

fn device_routes() -> Router<Arc<Engine>> {
    Router::new()
        .route("/api/v1/device/challenges/{id}/answer", post(device::answer::answer))
        .route("/api/v1/device/push-token", put(device::account::push_token))
        .route("/api/v1/device", patch(device::account::rename).delete(device::account::unenroll))
        .route("/api/v1/device/transfer", post(device::account::transfer))
        .route("/api/v1/device/history", get(device::account::history))
        .route("/api/v1/device/server-keys", get(device::account::server_keys))
}

fn pages() -> Router<Arc<Engine>> {
    Router::new()
        .route("/enroll/{token}", get(portal::enroll::page))
        .route("/assets/countersign.css", get(portal::stylesheet))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
}

/// Which error form a path speaks.
fn refuse(uri: &Uri, status: StatusCode, code: &'static str, message: &str, engine: &Engine) -> Response {
    let path = uri.path();
    if path == "/api/v1/device" || path.starts_with("/api/v1/device/") {
        device::problem::without_rule(engine, status, message)
    } else if path.starts_with("/api/") {
        native::ApiError::new(status, code, message).into_response()
    } else {
        (status, Html(portal::plain_message(message))).into_response()
    }
}

/// A request that takes too long is given up, and its caller told in the caller's own form.
async fn time_limit(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    match tokio::time::timeout(TIME_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let message = "the server took too long; look whether it was done before you try again";
            refuse(&uri, StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, &engine)
        }
    }
}

async fn no_such_route(State(engine): State<Arc<Engine>>, uri: Uri) -> Response {
    refuse(&uri, StatusCode::NOT_FOUND, "not_found", "there is nothing at this address", &engine)
}

async fn no_such_method(State(engine): State<Arc<Engine>>, uri: Uri) -> Response {
    let message = "this address does not take that method";
    refuse(&uri, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message, &engine)
}

/// Every reply: never cached, never sniffed, never framed. And one line of log, with the route and not the path: paths
/// hold tokens.
async fn log_and_headers(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_server_error() {
        tracing::error!(%method, route, status = status.as_u16(), "failed");
    } else {
        tracing::debug!(%method, route, status = status.as_u16(), "answered");
    }
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
    response
}
