//! Web Push has no account; what stands for one is the key that push services know us by (VAPID, RFC 8292).

use serde::{Deserialize, Serialize};

use super::Secret;

/// Signs what is sent to push services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebPushAccount {
    /// P-256, PKCS#8 in PEM.
    pub private_key: Secret,
    /// Whom a push service can turn to: `mailto:…` or `https://…`.
    pub subject: String,
    /// A certificate authority (PEM) that is believed for push services, beside the public ones.
    pub ca: Option<String>,
}
