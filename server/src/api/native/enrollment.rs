//! The phone's side of enrolment: no key, only the link's token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::enroll::EnrollProof;
use countersign_protocol::wire::{Device, EnrollmentInfo, EnrollmentTenant, EnrollmentUser, ServerIdentity};
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{DeviceToken, DisplayName, Token};
use super::{ApiError, Json, Refusal, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Engine, NewDevice, Taken};

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
    ),
)]
pub(in crate::api) async fn look(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
) -> Result<axum::Json<EnrollmentInfo>, ApiError> {
    let (_, row, key) = engine.enrollment(&token).await?;
    Ok(axum::Json(EnrollmentInfo {
        challenge_type: "none".to_owned(),
        user: EnrollmentUser {
            user_ref: row.user.user_ref,
            email_masked: row.user.email.as_deref().map(mask),
            display_name: row.user.display_name,
        },
        tenant: EnrollmentTenant { name: row.tenant_name },
        expires_at: rfc3339(row.expires_at),
        server: ServerIdentity { id: engine.server_id().to_owned(), key, time: engine.server_time() },
    }))
}

/// `s…e@example.org`: enough for its owner, little for anyone else.
fn mask(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let mut ends = local.chars();
    match (ends.next(), ends.next_back()) {
        (Some(first), Some(last)) if local.chars().count() > 2 => format!("{first}…{last}@{domain}"),
        _ => format!("…@{domain}"),
    }
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
}

/// Enrol the phone.
///
/// The link is used up by this, once: of two phones at the same moment one is taken.
#[utoipa::path(
    post, path = "/api/v1/devices/complete-enrollment", operation_id = "completeEnrollment", tag = "Enrolment",
    request_body = Complete,
    responses(
        (status = 201, description = "The device, as the server knows it from now on.", body = Device),
        (status = 400, description = "`invalid_platform`, `invalid_device_token`: see the text.", body = Refusal),
        (status = 404, description = "`invalid_token`: no such link.", body = Refusal),
        (status = 410, description = "`token_used` or `token_expired`: ask for a new link.", body = Refusal),
    ),
)]
pub(in crate::api) async fn complete(
    State(engine): State<Arc<Engine>>,
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
    };
    let Taken { user, device, enrolled } = engine.complete_enrollment(new).await?;
    let reply = Device {
        device_id: device.id,
        user_ref: user.user_ref,
        platform: crate::engine::platform(&device.platform)?,
        device_token: device.device_token,
        device_name: device.device_name,
        created_at: rfc3339(device.created_at),
        confirmation_code: device.confirmation_code,
        enrolled,
        server_time: engine.server_time(),
    };
    Ok((StatusCode::CREATED, axum::Json(reply)))
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn addresses_are_masked() {
        assert_eq!(mask("someone@example.org"), "s…e@example.org");
        assert_eq!(mask("ab@example.org"), "…@example.org");
        assert_eq!(mask("زيد@example.org"), "ز…د@example.org");
    }
}
