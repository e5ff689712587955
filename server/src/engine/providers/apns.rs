//! An account at Apple's push service: a signing key of the team that made the app.

use serde::{Deserialize, Serialize};

use super::Secret;

/// Lets us push to one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApnsAccount {
    /// The team, 10 characters: `iss` of the provider token.
    pub team_id: String,
    /// The key, 10 characters: `kid` of the provider token.
    pub key_id: String,
    /// The key itself: P-256, PKCS#8 in PEM, as in the `.p8` file.
    pub private_key: Secret,
    /// The app's bundle id: `apns-topic`.
    pub topic: String,
    /// Whether the app was signed for development.
    pub sandbox: bool,
    /// Another address than Apple's: `https://host:port`.
    pub endpoint: Option<String>,
    /// A certificate authority (PEM) that is believed for that address, beside the public ones.
    pub ca: Option<String>,
}
