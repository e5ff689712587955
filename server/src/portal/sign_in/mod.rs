//! The pages on which a person finishes a sign-in: choosing how to answer, waiting for the phone, typing a code, and how it
//! ended. Without a script they work by themselves; with one they change the moment that something happens.

use std::sync::Arc;

use axum::Router;

use crate::engine::Engine;

/// What their script listens to.
pub(crate) fn events() -> Router<Arc<Engine>> {
    Router::new()
}

/// The pages of a sign-in.
pub(crate) fn pages() -> Router<Arc<Engine>> {
    Router::new()
}
