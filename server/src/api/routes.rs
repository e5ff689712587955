//! The route table, and the limits of size and time that hold for every route.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use utoipa_axum::routes;

use super::acceptto::acceptto_routes;
use super::auth0::auth0_routes;
use super::boundary::boundary;
use super::described::Described;
use super::mpass::mpass_routes;
use super::oauth::cors::cors;
use super::oauth::oauth_routes;
use super::openapi::{For, Methods, Routes, document, mounted};
use super::reltio::reltio_routes;
use super::unreached::refuse;
use super::{calls, delivery, described, device, health, idempotency, native};
use crate::engine::Engine;
use crate::portal;

/// Bytes of a body at most.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a request that does not wait on purpose may take.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// The whole server as one service: what `main` runs and the tests call.
pub fn app(engine: Arc<Engine>) -> Router {
    let quick = || middleware::from_fn_with_state(Arc::clone(&engine), time_limit);
    let (mut api, mut taken) = (Router::new(), Methods::new());
    for (_, limits, routes) in groups() {
        let routes = mounted(routes, &mut taken);
        api = api.merge(match limits {
            Limits::Once => {
                let once = middleware::from_fn_with_state(Arc::clone(&engine), idempotency::once);
                routes.layer(once).layer(quick())
            }
            Limits::Quick => routes.layer(quick()),
            Limits::Waits => routes,
        });
    }
    let gate = (Arc::clone(&engine), Described::new(taken, written, engine.server_id()));
    api.merge(pages().layer(quick()))
        // What these send goes on until there is something to tell.
        .merge(portal::sign_in::events())
        .merge(portal::bayeux::faye())
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(gate, described::only_what_is_described))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), device::nonce_header))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), cors))
        .layer(middleware::from_fn_with_state(Arc::clone(&engine), boundary))
        .with_state(engine)
}

/// What holds for a group of routes.
#[derive(Debug, Clone, Copy)]
enum Limits {
    /// A request is done within a time, and one that is named by an `Idempotency-Key` is done once.
    Once,
    /// A request is done within a time.
    Quick,
    /// A request may wait on purpose, or does next to nothing.
    Waits,
}

/// All operations, by who calls them.
fn groups() -> [(For, Limits, Routes); 12] {
    [
        (For::Applications, Limits::Once, customer_routes()),
        (For::Applications, Limits::Waits, Routes::default().routes(routes!(native::mfa::status))),
        (For::Enrolling, Limits::Quick, enrolment_routes()),
        (For::Enrolling, Limits::Quick, reports()),
        (For::Devices, Limits::Quick, device_routes()),
        (For::Devices, Limits::Waits, listening_routes()),
        (For::SigningIn, Limits::Quick, oauth_routes()),
        (For::SigningIn, Limits::Quick, auth0_routes()),
        (For::SigningIn, Limits::Quick, reltio_routes()),
        (For::Acceptto, Limits::Quick, acceptto_routes()),
        (For::Mpass, Limits::Quick, mpass_routes()),
        (For::Everyone, Limits::Waits, Routes::default().routes(routes!(described::openapi_json))),
    ]
}

/// The description of all operations, for whoever knows the address of the server.
pub(crate) fn description() -> Value {
    written("")
}

/// The description of all operations.
fn written(server: &str) -> Value {
    document(server, groups().into_iter().map(|(callers, _, routes)| (callers, routes)))
}

/// What a relying party calls with its client id and secret.
fn customer_routes() -> Routes {
    Routes::default()
        .routes(routes!(native::mfa::send))
        .routes(routes!(native::mfa::verify))
        .routes(routes!(native::codes::resend))
        .routes(routes!(native::receipt::receipt))
        .routes(routes!(native::mfa::cancel))
        .routes(routes!(native::users::enroll))
        .routes(routes!(native::users::list))
        .routes(routes!(native::users::remove))
        .routes(routes!(native::factors::list, native::factors::add))
        .routes(routes!(native::factors::verify))
        .routes(routes!(native::factors::remove))
        .routes(routes!(native::devices::register))
        .routes(routes!(native::devices::list))
        .routes(routes!(native::devices::remove))
        .routes(routes!(native::webhooks::list))
        .routes(routes!(native::webhooks::replay))
}

/// What a phone calls with the token of its link.
fn enrolment_routes() -> Routes {
    Routes::default()
        .routes(routes!(native::enrollment::look))
        .routes(routes!(native::enrollment::verify))
        .routes(routes!(native::enrollment::resend))
        .routes(routes!(native::enrollment::complete))
}

/// Where providers report what became of messages, and fetch what calls say.
fn reports() -> Routes {
    Routes::default()
        .routes(routes!(delivery::report, delivery::post))
        .routes(routes!(delivery::twilio))
        .routes(routes!(calls::post, calls::get))
        .routes(routes!(calls::status))
}

/// What an enrolled device calls.
fn device_routes() -> Routes {
    Routes::default()
        .routes(routes!(device::answer::answer))
        .routes(routes!(device::account::push_token))
        .routes(routes!(device::account::rename, device::account::unenroll))
        .routes(routes!(device::account::transfer))
        .routes(routes!(device::account::history))
        .routes(routes!(device::account::server_keys))
        .routes(routes!(device::rules::add, device::rules::list))
        .routes(routes!(device::rules::end))
}

/// What an enrolled device calls to wait, which no time limit ends.
fn listening_routes() -> Routes {
    Routes::default().routes(routes!(device::inbox::challenges)).routes(routes!(device::inbox::events))
}

fn pages() -> Router<Arc<Engine>> {
    Router::new()
        .route("/api", get(described::to_page))
        .route(described::PAGE, get(described::page))
        .route("/enroll/{token}", get(portal::enroll::page))
        .merge(portal::sign_in::pages())
        .merge(portal::enable::pages())
        .merge(portal::console::pages())
        .route("/assets/countersign.css", get(portal::assets::stylesheet))
        .route("/assets/countersign.js", get(portal::assets::script))
        .route("/assets/console.css", get(portal::assets::console_stylesheet))
        .route("/assets/console.js", get(portal::assets::console_script))
        .route("/assets/color/{file}", get(portal::assets::color))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
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
