//! The console: integrators and operators run everything from a browser.
//!
//! A page is a file (or folder) here with its routes, its handlers and its words in both languages; what it shows is in
//! `templates/console/`. Who may see or do it stands in the route ([`routes`]), so no handler can forget to ask. Pages are
//! plain forms: what one does with a script, it does without too.

mod account;
mod act;
mod api;
mod applications;
mod audit;
mod channels;
mod choosing;
mod desk;
mod door;
mod frame;
mod gate;
mod join;
mod messages;
mod multipart;
mod operators;
mod overview;
mod passkey;
mod people;
mod problem;
mod providers;
mod questions;
mod reasons;
mod register;
mod routes;
mod said;
mod session;
mod settings;
mod sign_in;
mod templates;
mod tenants;
mod webhooks;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::middleware;

use crate::engine::Engine;
pub use gate::Gate;
use routes::Routes;

/// What every page of the console may load, and where its forms may lead: nowhere else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Nothing of the console is kept by browsers or proxies.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Everything there is, page by page.
fn all() -> Routes {
    Routes::default()
        .merge(account::routes())
        .merge(api::routes())
        .merge(applications::routes())
        .merge(audit::routes())
        .merge(channels::routes())
        .merge(join::routes())
        .merge(messages::routes())
        .merge(operators::routes())
        .merge(overview::routes())
        .merge(people::routes())
        .merge(providers::routes())
        .merge(questions::routes())
        .merge(register::routes())
        .merge(session::routes())
        .merge(settings::routes())
        .merge(sign_in::routes())
        .merge(templates::routes())
        .merge(tenants::routes())
        .merge(webhooks::routes())
}

/// The pages of the console.
pub(crate) fn pages() -> Router<Arc<Engine>> {
    all().into_router().layer(middleware::from_fn(problem::told))
}

/// Each page and form of the console: its method, its address with `{…}` where something is named, and who may.
#[must_use]
pub fn table() -> Vec<(&'static str, &'static str, Gate)> {
    all().table()
}
