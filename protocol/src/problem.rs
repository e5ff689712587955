//! Errors as a device sees them: RFC 9457 problem details with a stable code.

use serde::{Deserialize, Serialize};

/// The content type of [`Problem`].
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Why the server refused a device's request. The text form is part of the protocol and never changes.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request is not what the endpoint takes.
    InvalidRequest,
    /// No signed proof, or one that does not hold.
    InvalidProof,
    /// The nonce is missing, old or not ours: sign again with the one in this reply.
    UseNonce,
    /// The device was removed or never existed.
    DeviceUnknown,
    /// No such challenge for this device.
    ChallengeNotFound,
    /// Somebody or something was faster; `outcome` says how it ended.
    AlreadyAnswered,
    /// Its time was over when the answer came.
    ChallengeExpired,
    /// The answer does not fit the challenge.
    InvalidAnswer,
    /// The typed number was wrong; the challenge has ended as denied.
    WrongNumber,
    /// Approving this needs the verification key.
    VerificationNeeded,
    /// The rule's signature, form or life does not hold, or it was ended before.
    InvalidRule,
    /// The tenant does not let people make rules.
    RulesNotAllowed,
    /// The device has as many rules as it may have.
    TooManyRules,
    /// No such rule of this device.
    RuleNotFound,
    /// No such path.
    NotFound,
    /// The path is there, but not with this method; the header `Allow` names those it takes.
    MethodNotAllowed,
    /// The body is longer than the endpoint takes.
    TooLarge,
    /// Try again later.
    Unavailable,
    /// A code of a later version of the protocol.
    #[serde(other)]
    Other,
}

/// An error body.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// A sentence in English that says what to do.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// With `already_answered`, `challenge_expired` and `wrong_number`: how the challenge ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<crate::wire::Outcome>,
    /// Seconds since 1970 by the server's clock; none when the request could not even be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<u64>,
}
