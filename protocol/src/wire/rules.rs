//! The bodies about a device's rules. The rule itself is signed: [`crate::rule::Rule`].

use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/device/rules`. The request is signed by the device, too: a rule that somebody has seen can be
/// sent again, a request cannot.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmitRule {
    /// The `cs-rule+jwt` by the verification key.
    pub rule: String,
}

/// Reply to a rule that was taken.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTaken {
    /// The rule's `jti`.
    pub id: String,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

/// Reply to `GET /api/v1/device/rules`: those that count now or will, newest first.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Each as the device signed it, so that it can check that nobody else made one in its name.
    pub rules: Vec<RuleEntry>,
    /// Seconds since 1970 by the server's clock.
    pub server_time: u64,
}

/// One rule of this device.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleEntry {
    /// The `cs-rule+jwt`.
    pub rule: String,
    /// RFC 3339: when it last approved something; none when it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}
