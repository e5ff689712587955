//! An account at Google's push service: a service account of the project that the app belongs to.

use serde::{Deserialize, Serialize};

use super::Secret;

/// Lets us push to the apps of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FcmAccount {
    /// The project.
    pub project_id: String,
    /// Who we are there: `iss` of what we sign.
    pub client_email: String,
    /// The key's id.
    pub private_key_id: String,
    /// The key: RSA, PKCS#8 in PEM.
    pub private_key: Secret,
    /// Where access tokens are had.
    pub token_uri: String,
    /// Another address than Google's to send to: `https://host:port`.
    pub endpoint: Option<String>,
    /// A certificate authority (PEM) that is believed for both addresses, beside the public ones.
    pub ca: Option<String>,
}
