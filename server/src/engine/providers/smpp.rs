//! An account at a short message service centre that speaks SMPP 3.4.

use serde::{Deserialize, Serialize};

use super::Secret;

/// Lets us bind as a transceiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmppAccount {
    /// Its name or address.
    pub host: String,
    /// Its port, 2775 by custom.
    pub port: u16,
    /// Whether the connection is by TLS.
    pub tls: bool,
    /// Who we are there, 15 characters at most.
    pub system_id: String,
    /// The password, 8 characters at most.
    pub password: Secret,
    /// Who sends: a number or a name.
    pub from: String,
    /// A certificate authority (PEM) that is believed for it, beside the public ones.
    pub ca: Option<String>,
}
