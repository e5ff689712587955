//! What the OpenAPI document does while the server runs: it is served, and nothing of an API is reached that it does
//! not describe. So a route that was mounted without a description does not work, and `HEAD` does nothing.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::Value;

use super::openapi::Methods;
use super::unreached::{is_api, refuse};
use crate::engine::Engine;
use crate::portal;

/// Where the description is shown to people: the one address under `/api` that is no operation.
pub(super) const PAGE: &str = "/api/";

/// What the document allows; and itself, from when it is first asked for.
#[derive(Debug)]
pub(super) struct Described {
    methods: HashMap<String, HeaderValue>,
    write: fn(&str) -> Value,
    server: String,
    written: OnceLock<Written>,
}

/// The document as bytes and as a page.
#[derive(Debug)]
struct Written {
    json: Bytes,
    page: String,
}

impl Described {
    /// For routes that take these methods. `write` makes the document for the public base URL, `server`.
    pub(super) fn new(methods: Methods, write: fn(&str) -> Value, server: &str) -> Arc<Self> {
        let methods = methods.into_iter();
        let methods =
            methods.filter_map(|(path, all)| Some((path, HeaderValue::from_str(&all).ok()?))).collect();
        Arc::new(Self { methods, write, server: server.to_owned(), written: OnceLock::new() })
    }

    /// Written out once.
    fn written(&self) -> &Written {
        self.written.get_or_init(|| {
            let document = (self.write)(&self.server);
            Written { json: document.to_string().into(), page: portal::api::page(&document) }
        })
    }
}

/// Get this description.
///
/// OpenAPI 3.1. The same for everyone while a server runs.
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "describe", tag = "Description",
    responses((status = 200, description = "The OpenAPI document.", body = utoipa::openapi::Object)),
)]
pub(super) async fn openapi_json(Extension(described): Extension<Arc<Described>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], described.written().json.clone()).into_response()
}

/// `GET /api/`: the same for people.
pub(super) async fn page(Extension(described): Extension<Arc<Described>>) -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, portal::CONTENT_SECURITY_POLICY)];
    (policy, Html(described.written().page.clone())).into_response()
}

/// `GET /api`: the page's links are relative to `/api/`.
pub(super) async fn to_page() -> Redirect {
    Redirect::permanent("api/")
}

/// Lets through what is described, with the description at hand for those who show it.
pub(super) async fn only_what_is_described(
    State((engine, described)): State<(Arc<Engine>, Arc<Described>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(route) = route.filter(|route| is_api(route)).map(str::to_owned) else {
        return next.run(request).await;
    };
    if route == PAGE {
        request.extensions_mut().insert(described);
        return next.run(request).await;
    }
    let Some(allowed) = described.methods.get(&route) else {
        let message = "there is nothing at this address";
        return refuse(request.uri(), StatusCode::NOT_FOUND, "not_found", message, &engine);
    };
    let method = request.method().as_str();
    if !allowed.to_str().is_ok_and(|all| all.split(", ").any(|one| one == method)) {
        let message = "this address does not take that method; the header Allow names those it takes";
        let (status, code) = (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
        let mut refusal = refuse(request.uri(), status, code, message, &engine);
        refusal.headers_mut().insert(header::ALLOW, allowed.clone());
        return refusal;
    }
    if route == "/api/openapi.json" {
        request.extensions_mut().insert(described);
    }
    next.run(request).await
}
