//! The JSON bodies between phone and server that are not themselves signed.

mod answered;
mod rules;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::attestation::Attestation;
use crate::challenge::DeviceKeys;
use crate::enroll::EnrollProof;
use crate::id::{ChallengeId, DeviceId};
use crate::jwk::PublicKey;
use crate::offline::OfflineKey;

pub use answered::{Answered, Said};
pub use rules::{RuleEntry, RuleTaken, Rules, SubmitRule};

/// Which kind of device. It decides how the device can be woken.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Woken by APNs; `device_token` is at least 64 hex digits.
    Ios,
    /// Woken by FCM or UnifiedPush.
    Android,
    /// The terminal authenticator: never woken, it polls. `device_token` is a random name.
    Terminal,
}

impl Platform {
    /// The word, as every API here spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Terminal => "terminal",
        }
    }
}

/// How a challenge stands. The five words after `pending` are final.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nobody has answered yet.
    Pending,
    /// Yes.
    Approved,
    /// No.
    Denied,
    /// Nobody answered in time.
    Expired,
    /// It could be delivered to no device.
    Failed,
    /// The relying party took it back.
    Cancelled,
}

impl Outcome {
    /// The word, as every API here spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Reply to `GET /api/v1/devices/enrollment/:token`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollmentInfo {
    /// What else must be shown before the device is taken: `none`, `email_otp` or `totp`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^(none|email_otp|totp)$"))]
    pub challenge_type: String,
    /// Whose device it will be.
    pub user: EnrollmentUser,
    /// Whose server it is.
    pub tenant: EnrollmentTenant,
    /// When the token ends, RFC 3339.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub expires_at: String,
    /// What the device pins.
    pub server: ServerIdentity,
}

/// The person, as far as an unauthenticated reader of the link may know.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollmentUser {
    /// The relying party's name for the person.
    pub user_ref: String,
    /// `s…e@example.org`.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub email_masked: Option<String>,
    /// The person's own name.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub display_name: Option<String>,
}

/// The tenant's public face.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollmentTenant {
    /// Display name.
    pub name: String,
}

/// Who the server is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerIdentity {
    /// Its id: the public base URL. `iss` and `aud` in every signed message.
    pub id: String,
    /// The key that signs the tenant's challenges; its thumbprint must equal the link's.
    pub key: PublicKey,
    /// Seconds since 1970 by its clock.
    pub time: u64,
}

/// Body of `POST /api/v1/devices/complete-enrollment`: MyPass's four fields and ours.
#[derive(Clone, Serialize, Deserialize)]
pub struct CompleteEnrollment {
    /// The link's token.
    pub token: String,
    /// Where pushes go.
    pub device_token: String,
    /// Which kind of device.
    pub platform: Platform,
    /// The name the person gave it; at most 100 characters.
    #[serde(default)]
    pub device_name: Option<String>,
    /// The device's keys. Without them it can be notified but cannot answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<DeviceKeys>,
    /// The proof that it holds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<EnrollProof>,
    /// Where its keys are, if the phone can prove it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

impl fmt::Debug for CompleteEnrollment {
    /// Without the token: until it is used, whoever reads it in a log can enrol a device.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompleteEnrollment")
            .field("platform", &self.platform)
            .field("device_name", &self.device_name)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// A device as the server tells of it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its id.
    pub device_id: DeviceId,
    /// Whose it is.
    pub user_ref: String,
    /// Where pushes go.
    pub device_token: String,
    /// Which kind.
    pub platform: Platform,
    /// The name the person gave it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub device_name: Option<String>,
    /// RFC 3339.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub created_at: String,
    /// The code to compare with the phone's screen; none for a device without keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation_code: Option<String>,
    /// The `cs-enrolled+jwt` by the server's key, which the device checks (see `enroll::Transcript`); none for a device
    /// without keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled: Option<String>,
    /// What it answers with when it has no network; told once, here. None for a device without keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_key: Option<OfflineKey>,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

/// Reply to `GET /api/v1/device/challenges` and each `challenges` event of `GET /api/v1/device/events`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
    /// Everything that waits for this device, oldest first, each a `cs-challenge+jwt`.
    pub challenges: Vec<String>,
}

/// Body of `POST /api/v1/device/challenges/:id/answer`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmitAnswer {
    /// The `cs-answer+jwt`.
    pub answer: String,
}

/// Body of `PUT /api/v1/device/push-token`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushToken {
    /// Where pushes go from now on.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2048, pattern = "^[!-~]+$"))]
    pub device_token: String,
}

/// Body of `PATCH /api/v1/device`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The device's new name, 1…100 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 100,
            pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
        )
    )]
    pub device_name: String,
}

/// Body of `POST /api/v1/device/transfer`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The `cs-transfer+jwt` by the verification key.
    pub transfer: String,
}

/// Reply to a transfer that was granted: an enrolment link for the phone that takes over.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferGranted {
    /// Scan it with the new phone. The old device ends when the new one is enrolled.
    pub enrollment_url: String,
    /// RFC 3339.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub expires_at: String,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

impl fmt::Debug for TransferGranted {
    /// Without the link, for it holds a token that was not used yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferGranted").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Reply to `GET /api/v1/device/history`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Newest first, at most 50.
    pub entries: Vec<HistoryEntry>,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

/// One challenge that this device was asked and that has ended.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The challenge.
    pub id: ChallengeId,
    /// Display name of the application.
    pub application: String,
    /// What the relying party wrote.
    pub message: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether it was this device that answered.
    pub answered_here: bool,
    /// RFC 3339.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub created_at: String,
    /// RFC 3339; none when nobody answered.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, required))]
    pub responded_at: Option<String>,
    /// The `jti` of the rule of this device that approved it; none when people decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether this device approved it without a network, by digits that the person typed into the login page. Left out
    /// when it is false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_in_debug_output() {
        let complete: CompleteEnrollment =
            serde_json::from_str(r#"{"token":"SECRET","device_token":"SECRET","platform":"ios"}"#).unwrap();
        let granted: TransferGranted = serde_json::from_str(
            r#"{"enrollment_url":"https://h/enroll/SECRET","expires_at":"","server_time":1}"#,
        )
        .unwrap();
        assert!(!format!("{complete:?} {granted:?}").contains("SECRET"));
    }

    #[test]
    fn a_device_without_keys_is_told_without_code_and_confirmation() {
        let id = crate::fixture::world().device;
        let plain = serde_json::json!({
            "device_id": id, "user_ref": "sam", "device_token": "t", "platform": "ios", "device_name": null,
            "created_at": "2026-01-01T00:00:00Z", "server_time": 1,
        });
        let mut device: Device = serde_json::from_value(plain.clone()).unwrap();
        assert_eq!((&device.confirmation_code, &device.enrolled), (&None, &None));
        assert_eq!(serde_json::to_value(&device).unwrap(), plain);
        device.enrolled = Some("a.b.c".into());
        assert_eq!(serde_json::to_value(&device).unwrap()["enrolled"], "a.b.c");
    }
}
