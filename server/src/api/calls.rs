//! What Twilio asks while it calls somebody for us: what to say, and it says how the call ended. Both at an address that
//! nobody can guess, and only under its signature.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;
use utoipa::ToSchema;

use super::extract::{self, Unreadable};
use super::native::{ApiError, Refusal};
use crate::delivery::voice::twiml;
use crate::engine::words::CallScript;
use crate::engine::{CallRequest, Engine};

type Segment = extract::Segment<ApiError>;

/// What Twilio says of a call.
#[derive(Debug, ToSchema)]
#[schema(as = TwilioCall)]
#[expect(dead_code, reason = "it describes the form, all fields of which count for the signature")]
pub(super) struct TwilioCall {
    /// How the call stands: `in-progress`, `completed`, `busy`, `no-answer`, `failed`, ….
    #[schema(rename = "CallStatus")]
    call_status: Option<String>,
}

/// Fetch what a call says.
///
/// For Twilio, when somebody answers. It counts only with `X-Twilio-Signature`: HMAC-SHA-1 under the account's token over
/// this address and all fields of the form. The words are there until the code expires.
#[utoipa::path(
    post, path = "/api/v1/delivery/calls/{token}", operation_id = "postCall", tag = "Delivery",
    params(
        ("token" = String, Path, description = "Proves that the address was made here."),
        ("X-Twilio-Signature" = Option<String>, Header, description = "The signature."),
    ),
    request_body(content = TwilioCall, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "TwiML.", body = String, content_type = "text/xml"),
        (status = 404, description = "`delivery_not_found`: no call has this address, the signature does not hold, or \
            the code has expired.", body = Refusal),
    ),
)]
pub(super) async fn post(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let fields = form(body)?;
    let request = CallRequest { token: &token, rest: "", fields: &fields, signature: signature(&headers) };
    Ok(spoken(&engine.call_script(request).await?))
}

/// Fetch what a call says by GET.
///
/// The same for accounts that are set to GET; then the signature covers the address with its query.
#[utoipa::path(
    get, path = "/api/v1/delivery/calls/{token}", operation_id = "getCall", tag = "Delivery",
    params(
        ("token" = String, Path, description = "Proves that the address was made here."),
        ("X-Twilio-Signature" = Option<String>, Header, description = "The signature."),
    ),
    responses(
        (status = 200, description = "TwiML.", body = String, content_type = "text/xml"),
        (status = 404, description = "`delivery_not_found`: no call has this address, the signature does not hold, or \
            the code has expired.", body = Refusal),
    ),
)]
pub(super) async fn get(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let rest = query.map(|query| format!("?{query}")).unwrap_or_default();
    let request = CallRequest { token: &token, rest: &rest, fields: &[], signature: signature(&headers) };
    Ok(spoken(&engine.call_script(request).await?))
}

/// Report how a call ended.
///
/// Twilio's status callback, under the same signature. It is noted beside the message, and changes nothing else.
#[utoipa::path(
    post, path = "/api/v1/delivery/calls/{token}/status", operation_id = "reportCall", tag = "Delivery",
    params(
        ("token" = String, Path, description = "Proves that the address was made here."),
        ("X-Twilio-Signature" = Option<String>, Header, description = "The signature."),
    ),
    request_body(content = TwilioCall, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 204, description = "Noted, or nothing new."),
        (status = 404, description = "`delivery_not_found`: no call has this address, or the signature does not hold.",
            body = Refusal),
    ),
)]
pub(super) async fn status(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let fields = form(body)?;
    let request =
        CallRequest { token: &token, rest: "/status", fields: &fields, signature: signature(&headers) };
    engine.call_ended(request).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn form(body: Result<Bytes, BytesRejection>) -> Result<Vec<(String, String)>, ApiError> {
    let body = body.map_err(Unreadable::from)?;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}

fn signature(headers: &HeaderMap) -> &str {
    headers.get("X-Twilio-Signature").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn spoken(script: &CallScript) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], twiml(script)).into_response()
}
