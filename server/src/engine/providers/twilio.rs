//! An account at Twilio, or at whoever speaks as Twilio does: for short messages, and for calls.

use serde::{Deserialize, Serialize};

use super::Secret;

/// Lets us send messages and make calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwilioAccount {
    /// The account: `AC…`.
    pub account_sid: String,
    /// Its token: the password of our requests, and the key of the signatures of theirs.
    pub auth_token: Secret,
    /// The number that sends and calls (E.164), or `MG…` for a messaging service.
    pub from: String,
    /// Another address than Twilio's: `https://host:port`.
    pub endpoint: Option<String>,
    /// A certificate authority (PEM) that is believed for that address, beside the public ones.
    pub ca: Option<String>,
}
