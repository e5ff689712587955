//! mPass's words: verifying numbers with codes by short message. The rules are the engine's (`engine::verification`).

use super::openapi::Routes;

/// What mPass's clients call.
pub(in crate::api) fn mpass_routes() -> Routes {
    Routes::default()
}
