//! An account at a mail server.

use serde::{Deserialize, Serialize};

use super::Secret;

/// Lets us send mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpAccount {
    /// `smtps://user:password@host`, or `smtp://…` for STARTTLS.
    pub url: Secret,
    /// Who writes: an address, or `Name <address>`.
    pub from: String,
    /// A certificate authority (PEM) that is believed for it, beside the public ones.
    pub ca: Option<String>,
}
