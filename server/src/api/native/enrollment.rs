//! The phone's side of enrolment: no key, only the link's token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use countersign_protocol::attestation::Attestation;
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::enroll::EnrollProof;
use countersign_protocol::wire::{Device, EnrollmentInfo, EnrollmentTenant, EnrollmentUser, ServerIdentity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{DeviceToken, DisplayName, Token};
use super::{ApiError, Json, Refusal, Segment};
use crate::api::client::Client;
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Engine, NewDevice, Taken, masked};
use crate::portal::language::Language;

/// Look at an enrolment link.
///
/// What the link is for, and the server key that the phone compares with the link. It uses nothing up.
#[utoipa::path(
    get, path = "/api/v1/devices/enrollment/{token}", operation_id = "lookAtEnrollment", tag = "Enrolment",
    params(("token" = Token, Path, description = "The link's token.")),
    responses(
        (status = 200, description = "What the link is for.", body = EnrollmentInfo),
        (status = 404, description = "`invalid_token`: no such link.", body = Refusal),
        (status = 410, description = "`token_used` or `token_expired`: ask for a new link.", body = Refusal),
        (status = 429, description = "`too_many_attempts`: five wrong codes ended the link; ask for a new one.", body = Refusal),
    ),
)]
pub(in crate::api) async fn look(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
) -> Result<axum::Json<EnrollmentInfo>, ApiError> {
    let (_, row, key) = engine.enrollment(&token).await?;
    Ok(axum::Json(EnrollmentInfo {
        challenge_type: row.still_to_show()?.as_str().to_owned(),
        user: EnrollmentUser {
            user_ref: row.user.user_ref,
            email_masked: row.user.email.as_deref().map(masked::email),
            display_name: row.user.display_name,
        },
        tenant: EnrollmentTenant { name: row.tenant_name },
        expires_at: rfc3339(row.expires_at),
        server: ServerIdentity { id: engine.server_id().to_owned(), key, time: engine.server_time() },
    }))
}

/// A code that the link asks for. One of `code` and `otp`, which mean the same.
#[derive(Deserialize, ToSchema)]
#[schema(as = VerifyEnrollment)]
pub(in crate::api) struct Verify {
    /// The link's token.
    #[schema(value_type = Token)]
    token: String,
    /// The code.
    code: Option<String>,
    /// Another name for `code`.
    otp: Option<String>,
}

/// The code was right.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnrollmentVerified)]
pub(in crate::api) struct IsVerified {
    /// Always `true`.
    verified: bool,
}

/// Hand in the code that the link asks for.
///
/// After it the enrolment can be completed. Five wrong codes end the link.
#[utoipa::path(
    post, path = "/api/v1/devices/verify-enrollment", operation_id = "verifyEnrollment", tag = "Enrolment",
    request_body = Verify,
    responses(
        (status = 200, description = "The code was right.", body = IsVerified),
        (status = 400, description = "`invalid_code`, with `attempts_left`; or `invalid_request`.", body = Refusal),
        (status = 404, description = "`invalid_token`: no such link.", body = Refusal),
        (status = 409, description = "`wrong_challenge`: the link asks for no code.", body = Refusal),
        (status = 410, description = "`token_used` or `token_expired`: ask for a new link.", body = Refusal),
        (status = 429, description = "`too_many_attempts`: the link has ended. `factor_locked`: the person's one-time \
            passwords are locked.", body = Refusal),
    ),
)]
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    extract::Json(body, _): Json<Verify>,
) -> Result<axum::Json<IsVerified>, ApiError> {
    let code = body.code.or(body.otp).ok_or_else(|| ApiError::invalid("missing field `code`"))?;
    engine.verify_enrollment(&body.token, &code).await?;
    Ok(axum::Json(IsVerified { verified: true }))
}

/// A link whose code is to be mailed again.
#[derive(Deserialize, ToSchema)]
#[schema(as = ResendCode)]
pub(in crate::api) struct Resend {
    /// The link's token.
    #[schema(value_type = Token)]
    token: String,
}

/// A new code is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CodeSent)]
pub(in crate::api) struct Sent {
    /// Always `true`.
    sent: bool,
    /// Seconds until another one can be asked for.
    #[schema(minimum = 0)]
    retry_after: u64,
}

/// Have a new code mailed.
///
/// It takes the place of the last one. Wrong codes so far stay counted.
#[utoipa::path(
    post, path = "/api/v1/devices/resend-otp", operation_id = "resendCode", tag = "Enrolment",
    request_body = Resend,
    responses(
        (status = 200, description = "A new code is on its way.", body = Sent),
        (status = 404, description = "`invalid_token`: no such link.", body = Refusal),
        (status = 409, description = "`wrong_challenge`: the link asks for no mailed code.", body = Refusal),
        (status = 410, description = "`token_used` or `token_expired`: ask for a new link.", body = Refusal),
        (status = 429, description = "`rate_limited`, `resend_limit`, `too_many_attempts`: see `Retry-After`.", body = Refusal),
    ),
)]
pub(in crate::api) async fn resend(
    State(engine): State<Arc<Engine>>,
    headers: HeaderMap,
    extract::Json(body, _): Json<Resend>,
) -> Result<axum::Json<Sent>, ApiError> {
    let retry_after = engine.resend_code(&body.token, Language::preferred(&headers).into()).await?;
    Ok(axum::Json(Sent { sent: true, retry_after }))
}

/// A phone that is to be enrolled.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CompleteEnrollment)]
pub(in crate::api) struct Complete {
    /// The link's token.
    #[schema(value_type = Token)]
    token: String,
    /// Where pushes go.
    #[schema(value_type = DeviceToken)]
    device_token: String,
    /// Which kind of device.
    #[schema(value_type = countersign_protocol::wire::Platform)]
    platform: String,
    /// The name the person gave it.
    #[schema(value_type = Option<DisplayName>)]
    device_name: Option<String>,
    /// The device's keys. Without them it can be notified but cannot answer. They come with `proof`, or not at all.
    keys: Option<DeviceKeys>,
    /// The proof that it holds them.
    proof: Option<EnrollProof>,
    /// Where they are, if the phone can prove it.
    attestation: Option<Attestation>,
}

/// Enrol the phone.
///
/// The link is used up by this, once: of two phones at the same moment one is taken.
#[utoipa::path(
    post, path = "/api/v1/devices/complete-enrollment", operation_id = "completeEnrollment", tag = "Enrolment",
    request_body = Complete,
    responses(
        (status = 201, description = "The device, as the server knows it from now on.", body = Device),
        (status = 400, description = "`invalid_platform`, `invalid_device_token`, `attestation_invalid`: see the text. The \
            link is still good.", body = Refusal),
        (status = 403, description = "`challenge_required`: the link asks for a code first. `attestation_required`: the \
            tenant takes only phones that prove that their keys are in hardware.", body = Refusal),
        (status = 404, description = "`invalid_token`: no such link.", body = Refusal),
        (status = 410, description = "`token_used` or `token_expired`: ask for a new link.", body = Refusal),
        (status = 429, description = "`too_many_attempts`: five wrong codes ended the link; ask for a new one.", body = Refusal),
    ),
)]
pub(in crate::api) async fn complete(
    State(engine): State<Arc<Engine>>,
    client: Client,
    extract::Json(body, _): Json<Complete>,
) -> Result<(StatusCode, axum::Json<Device>), ApiError> {
    let keys = match (body.keys, body.proof) {
        (Some(keys), Some(proof)) => Some((keys, proof)),
        (None, None) => None,
        _ => return Err(ApiError::invalid("keys and proof must come together")),
    };
    let new = NewDevice {
        token: body.token,
        device_token: body.device_token,
        platform: body.platform,
        device_name: body.device_name,
        keys,
        attestation: body.attestation,
        address: client.address,
    };
    let Taken { user, device, enrolled, offline_key } = engine.complete_enrollment(new).await?;
    let reply = Device {
        device_id: device.id,
        user_ref: user.user_ref,
        platform: crate::engine::platform(&device.platform)?,
        device_token: device.device_token,
        device_name: device.device_name,
        created_at: rfc3339(device.created_at),
        confirmation_code: device.confirmation_code,
        enrolled,
        offline_key,
        server_time: engine.server_time(),
    };
    Ok((StatusCode::CREATED, axum::Json(reply)))
}
