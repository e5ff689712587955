//! OAuth as far as its dialects share it: one token endpoint, how requests are read, how clients show who they are, and
//! the published keys.

mod application;
pub(in crate::api) mod cors;
mod discovery;
pub(in crate::api) mod refusal;
pub(in crate::api) mod token;

use utoipa_axum::routes;

use super::openapi::Routes;

pub(in crate::api) use application::identify;

/// What every dialect has.
pub(in crate::api) fn oauth_routes() -> Routes {
    Routes::default().routes(routes!(token::post, token::put)).merge(discovery::routes())
}
