//! Auth0's words: what its MFA API calls things, and what it answers. The rules are the engine's.

mod error;
mod granted;
pub(in crate::api) mod grants;
pub(in crate::api) mod password;

use super::openapi::Routes;

pub(in crate::api) use error::{Auth0Error, Row};
pub(in crate::api) use granted::{Granted, granted};

/// What Auth0's clients call besides the token endpoint.
pub(in crate::api) fn auth0_routes() -> Routes {
    Routes::default()
}
