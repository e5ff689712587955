//! Auth0's words: what its MFA API calls things, and what it answers. The rules are the engine's.

mod associate;
mod authenticators;
mod challenge;
mod error;
#[cfg(test)]
mod error_tests;
mod granted;
pub(in crate::api) mod grants;
mod holder;
pub(in crate::api) mod password;
mod words;

use utoipa_axum::routes;

use super::openapi::Routes;

pub(in crate::api) use error::{Auth0Error, Row};
pub(in crate::api) use granted::{Granted, granted};

/// What Auth0's clients call besides the token endpoint.
pub(in crate::api) fn auth0_routes() -> Routes {
    Routes::default()
        .routes(routes!(authenticators::list))
        .routes(routes!(authenticators::remove))
        .routes(routes!(associate::associate))
        .routes(routes!(challenge::challenge))
}
