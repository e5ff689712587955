//! Routes of the console, each with who may use it.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};

use super::gate::Gate;
use crate::engine::Engine;

/// Where all of it is.
pub(super) const ROOT: &str = "/console";

/// Some routes.
#[derive(Debug, Default)]
pub(super) struct Routes {
    router: Router<Arc<Engine>>,
    table: Vec<(&'static str, &'static str, Gate)>,
}

impl Routes {
    /// A page. Its handler takes a [`Desk`](super::desk::Desk), and changes nothing.
    pub(super) fn see<H, T>(self, path: &'static str, gate: Gate, handler: H) -> Self
    where
        H: Handler<T, Arc<Engine>>,
        T: 'static,
    {
        self.add(("GET", path, gate), get(handler))
    }

    /// A form. Its handler takes an [`Act`](super::act::Act).
    pub(super) fn act<H, T>(self, path: &'static str, gate: Gate, handler: H) -> Self
    where
        H: Handler<T, Arc<Engine>>,
        T: 'static,
    {
        self.add(("POST", path, gate), post(handler))
    }

    /// What is open to everybody: signing in, and what leads there.
    pub(super) fn open(mut self, path: &str, method: MethodRouter<Arc<Engine>>) -> Self {
        self.router = self.router.route(&format!("{ROOT}{path}"), method);
        self
    }

    fn add(mut self, entry: (&'static str, &'static str, Gate), method: MethodRouter<Arc<Engine>>) -> Self {
        let (_, path, gate) = entry;
        self.router = self.router.route(&format!("{ROOT}{path}"), method.layer(Extension(gate)));
        self.table.push(entry);
        self
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    pub(super) fn into_router(self) -> Router<Arc<Engine>> {
        self.router
    }

    pub(super) fn table(self) -> Vec<(&'static str, &'static str, Gate)> {
        self.table
    }
}
