//! `[mail]`: the mail server, and who writes.

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;
use crate::engine::providers::{Secret, SmtpAccount};

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The mail server, with the login there.
    pub smtp_url: Secret,
    /// Who writes: an address, or `Name <address>`.
    pub from: String,
    /// A certificate (PEM) of the mail server's own authority, believed beside the public ones.
    pub ca: Option<PathBuf>,
}

impl MailSettings {
    /// The account that they describe, without its authority.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let account = SmtpAccount { url: self.smtp_url.clone(), from: self.from.clone(), ca: None };
        account.check().map_err(|error| ConfigError::Value { key: "mail", why: error.to_string() })
    }

    /// The account that they describe. Reads the authority's file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn account(&self) -> Result<SmtpAccount, ConfigError> {
        let bad = |why: String| ConfigError::Value { key: "mail.ca", why };
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|error| bad(format!("{}: {error}", path.display())))
        };
        let ca = self.ca.as_ref().map(read).transpose()?;
        let account = SmtpAccount { url: self.smtp_url.clone(), from: self.from.clone(), ca };
        account.check().map_err(|error| bad(error.to_string()))?;
        Ok(account)
    }
}
