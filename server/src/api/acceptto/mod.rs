//! Acceptto's words, version 9 and the calls of version 8 that its clients still make. The rules are the engine's
//! (`engine::transaction`); the pages that people see are `portal::sign_in`.

use super::openapi::Routes;

/// What Acceptto's clients call.
pub(in crate::api) fn acceptto_routes() -> Routes {
    Routes::default()
}
