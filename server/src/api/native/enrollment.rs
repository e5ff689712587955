//! The phone's side of enrolment: no key, only the link's token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::enroll::EnrollProof;
use countersign_protocol::wire::{Device, EnrollmentInfo, EnrollmentTenant, EnrollmentUser, ServerIdentity};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, Json, Segment};
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Engine, NewDevice, Taken};
use crate::portal::language::Language;

/// `GET /api/v1/devices/enrollment/:token`: what the link is for. Uses nothing up.
pub(in crate::api) async fn look(
    State(engine): State<Arc<Engine>>,
    extract::Segment(token, _): Segment,
) -> Result<axum::Json<EnrollmentInfo>, ApiError> {
    let (_, row, key) = engine.enrollment(&token).await?;
    Ok(axum::Json(EnrollmentInfo {
        challenge_type: row.still_to_show()?.as_str().to_owned(),
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

#[derive(Deserialize)]
pub(in crate::api) struct Verify {
    token: String,
    code: Option<String>,
    /// Another name for `code`.
    otp: Option<String>,
}

/// `POST /api/v1/devices/verify-enrollment`: the code that the link asks for.
pub(in crate::api) async fn verify(
    State(engine): State<Arc<Engine>>,
    extract::Json(body, _): Json<Verify>,
) -> Result<axum::Json<Value>, ApiError> {
    let code = body.code.or(body.otp).ok_or_else(|| ApiError::invalid("missing field `code`"))?;
    engine.verify_enrollment(&body.token, &code).await?;
    Ok(axum::Json(json!({"verified": true})))
}

#[derive(Deserialize)]
pub(in crate::api) struct Resend {
    token: String,
}

/// `POST /api/v1/devices/resend-otp`: mails a new code in the place of the last one.
pub(in crate::api) async fn resend(
    State(engine): State<Arc<Engine>>,
    headers: HeaderMap,
    extract::Json(body, _): Json<Resend>,
) -> Result<axum::Json<Value>, ApiError> {
    let retry_after = engine.resend_code(&body.token, Language::preferred(&headers).into()).await?;
    Ok(axum::Json(json!({"sent": true, "retry_after": retry_after})))
}

#[derive(Debug, Deserialize)]
pub(in crate::api) struct Complete {
    token: String,
    device_token: String,
    platform: String,
    device_name: Option<String>,
    keys: Option<DeviceKeys>,
    proof: Option<EnrollProof>,
}

/// `POST /api/v1/devices/complete-enrollment`: takes the phone.
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
