//! The pages on which a person finishes a sign-in: choosing how to answer, waiting for the phone, typing a code, and how it
//! ended. Without a script they work by themselves; with one they change the moment that something happens.

mod arabic;
mod choose;
pub(crate) mod enable;
mod ended;
mod english;
mod events;
mod params;
mod passcode;
mod problem;
mod refusal;
mod visit;
mod waiting;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};

pub(super) use params::as_meant;
pub(super) use visit::is_form;

use super::assets;
use crate::engine::Engine;

/// What their script listens to.
pub(crate) fn events() -> Router<Arc<Engine>> {
    Router::new().route("/mfa/events", get(events::events).head(only_get))
}

/// The pages of a sign-in.
pub(crate) fn pages() -> Router<Arc<Engine>> {
    Router::new()
        .route("/mfa/index", get(choose::page).head(get_or_post).post(choose::choose))
        .route("/mfa/waiting", get(waiting::page).head(only_get))
        .route("/mfa/passcode", get(passcode::page).head(get_or_post).post(passcode::typed))
        .route("/mfa/result", get(ended::page).head(only_get))
        .route("/mfa/cancel", post(ended::cancel))
}

/// `HEAD` where looking at a page does something: its first browser keeps it.
async fn only_get() -> impl IntoResponse {
    not_allowed("GET")
}

async fn get_or_post() -> impl IntoResponse {
    not_allowed("GET, POST")
}

fn not_allowed(methods: &'static str) -> (StatusCode, [(HeaderName, &'static str); 1]) {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, methods)])
}

/// Changes whenever the script does.
pub(crate) fn script_version() -> &'static str {
    &assets::SCRIPT.version
}
