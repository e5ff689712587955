//! Where those who carry short messages report what became of them, each at an address of its own that nobody can guess.
//! A report is noted beside the message, and changes nothing else.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::extract::Unreadable;
use super::native::{ApiError, Refusal};
use crate::api::extract;
use crate::engine::Engine;

type Query<T> = extract::Query<T, ApiError>;
type Segment = extract::Segment<ApiError>;

/// What a gateway says.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Report {
    /// `accepted`, `sent`, `delivered` or `failed`, a word of SMPP such as `DELIVRD`, or Kannel's number `%d`. Another word
    /// is passed over.
    #[param(max_length = 100)]
    status: String,
}

/// Report a short message.
///
/// For the gateway that took the message, at the address that it was told with it. A later report replaces an earlier one
/// when it says more: `delivered` and `failed` are final.
#[utoipa::path(
    get, path = "/api/v1/delivery/receipts/{token}", operation_id = "reportDelivery", tag = "Delivery",
    params(("token" = String, Path, description = "Proves that the address was made here."), Report),
    responses(
        (status = 204, description = "Noted, or nothing new."),
        (status = 404, description = "`delivery_not_found`: no message has this address.", body = Refusal),
    ),
)]
pub(super) async fn report(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
    extract::Query(report, _): Query<Report>,
) -> Result<StatusCode, ApiError> {
    engine.gateway_reports(&token, &report.status).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Report a short message by POST.
///
/// The same for gateways that report in no other way. A body is not looked at.
#[utoipa::path(
    post, path = "/api/v1/delivery/receipts/{token}", operation_id = "postDelivery", tag = "Delivery",
    params(("token" = String, Path, description = "Proves that the address was made here."), Report),
    responses(
        (status = 204, description = "Noted, or nothing new."),
        (status = 404, description = "`delivery_not_found`: no message has this address.", body = Refusal),
    ),
)]
pub(super) async fn post(
    state: State<Arc<Engine>>,
    token: Segment,
    report: Query<Report>,
) -> Result<StatusCode, ApiError> {
    self::report(state, token, report).await
}

/// What Twilio says of a message.
#[derive(Debug, ToSchema)]
#[schema(as = TwilioReport)]
#[expect(dead_code, reason = "it describes the form, all fields of which count for the signature")]
pub(super) struct TwilioReport {
    /// What became of the message: `queued`, `sent`, `delivered`, `undelivered`, `failed`, ….
    #[schema(rename = "MessageStatus")]
    message_status: Option<String>,
}

/// Report a short message to which Twilio's signature belongs.
///
/// Twilio's status callback. It counts only with `X-Twilio-Signature`: HMAC-SHA-1 under the account's token over this
/// address and all fields of the form.
#[utoipa::path(
    post, path = "/api/v1/delivery/twilio/{token}", operation_id = "reportTwilioDelivery", tag = "Delivery",
    params(
        ("token" = String, Path, description = "Proves that the address was made here."),
        ("X-Twilio-Signature" = Option<String>, Header, description = "The signature."),
    ),
    request_body(content = TwilioReport, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 204, description = "Noted, or nothing new."),
        (status = 404, description = "`delivery_not_found`: no message has this address, or the signature does not \
            hold.", body = Refusal),
    ),
)]
pub(super) async fn twilio(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let body = body.map_err(Unreadable::from)?;
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let signature = headers.get("X-Twilio-Signature").and_then(|value| value.to_str().ok());
    engine.twilio_reports(&token, &fields, signature.unwrap_or_default()).await?;
    Ok(StatusCode::NO_CONTENT)
}
