//! Telling a browser, by the Bayeux protocol, that a sign-in has ended: what Acceptto's own samples listen to.

use std::sync::Arc;

use axum::Router;

use crate::engine::Engine;

/// `/faye`.
pub(crate) fn faye() -> Router<Arc<Engine>> {
    Router::new()
}
