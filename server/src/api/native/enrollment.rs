//! The phone's side of enrolment: no key, only the link's token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::enroll::EnrollProof;
use countersign_protocol::wire::{Device, EnrollmentInfo, EnrollmentTenant, EnrollmentUser, ServerIdentity};
use serde::Deserialize;

use super::{ApiError, Json, Segment};
use crate::api::client::Client;
use crate::api::extract;
use crate::api::timestamp::rfc3339;
use crate::engine::{Engine, NewDevice, Taken};

/// `GET /api/v1/devices/enrollment/:token`: what the link is for. Uses nothing up.
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
        address: client.address,
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
