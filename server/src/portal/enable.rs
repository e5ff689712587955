//! The page on which a person lets an application ask them: they type their address, and the code that is mailed there.

use std::sync::Arc;

use axum::Router;

use crate::engine::Engine;

/// The page and its form.
pub(crate) fn pages() -> Router<Arc<Engine>> {
    Router::new()
}
