//! What each request passes on its way in: here it learns where it comes from.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower_service::Service;

use super::patience::Begun;
use crate::api::client::Proxies;

/// The whole server as one connection sees it.
#[derive(Debug, Clone)]
pub(super) struct Door {
    pub(super) app: Router,
    pub(super) peer: IpAddr,
    pub(super) proxies: Arc<Proxies>,
    pub(super) begun: Begun,
}

impl<B> Service<Request<B>> for Door
where
    Router: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Router as Service<Request<B>>>::poll_ready(&mut self.app, cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        self.begun.store(true, Ordering::Relaxed);
        let client = self.proxies.client(self.peer, request.headers());
        request.extensions_mut().insert(client);
        self.app.call(request)
    }
}
