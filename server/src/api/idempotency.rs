//! `Idempotency-Key` over a relying party's POSTs: the rule stands in the engine, here it meets HTTP.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use super::extract::Unreadable;
use super::native::{ApiError, Authenticated};
use crate::engine::{Engine, Keyed, Reply, Reservation};

/// Bytes of a reply that can be kept.
const REPLY_LIMIT: usize = 1024 * 1024;
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Gives a POST that comes again the reply that it had. Requests without the header go straight through.
pub(super) async fn once(
    State(engine): State<Arc<Engine>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    let authenticated = Authenticated::from_request_parts(&mut parts, &engine).await?;
    let key = only_key(&parts.headers)?;
    let whole = Request::from_parts(parts.clone(), body);
    let body = Bytes::from_request(whole, &engine).await.map_err(Unreadable::from)?;
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    let same = [parts.method.as_str().as_bytes(), address.as_bytes(), &body];
    let caller = Arc::clone(&authenticated.0);
    parts.extensions.insert(authenticated);
    match engine.take_key(&caller, key.as_bytes(), same).await? {
        Keyed::Again(reply) => Ok(replayed(reply)),
        Keyed::New(taken) => {
            let request = Request::from_parts(parts, Body::from(body));
            // In a task of its own: a caller that hangs up does not leave the request half done and the key taken.
            let done = tokio::spawn(do_once(engine, taken, request, next).in_current_span());
            done.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a request ended badly");
                Err(ApiError::internal())
            })
        }
    }
}

/// The one key of a request.
fn only_key(headers: &HeaderMap) -> Result<HeaderValue, ApiError> {
    let mut keys = headers.get_all(KEY).iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(key.clone()),
        _ => Err(ApiError::invalid("Idempotency-Key must be there once")),
    }
}

async fn do_once(
    engine: Arc<Engine>,
    taken: Reservation,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, REPLY_LIMIT).await.map_err(|error| {
        tracing::error!(%error, "a reply could not be kept");
        ApiError::internal()
    })?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let reply = Reply {
        status: parts.status.as_u16(),
        content_type: content_type.unwrap_or_default().to_owned(),
        body: body.to_vec(),
    };
    // What was done is done: its caller is told so, even if a repetition will not be.
    if let Err(error) = engine.keep_reply(&taken, &reply).await {
        tracing::error!(%error, "a reply was not kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(content_type) = HeaderValue::from_str(&reply.content_type)
        && !reply.content_type.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
