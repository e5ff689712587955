//! Reltio's words: signing in with a state token, and setting up a second factor. The rules are the engine's.

mod error;
pub(in crate::api) mod grants;

use super::openapi::Routes;

pub(in crate::api) use error::ReltioError;

/// What Reltio's clients call besides the token endpoint.
pub(in crate::api) fn reltio_routes() -> Routes {
    Routes::default()
}
