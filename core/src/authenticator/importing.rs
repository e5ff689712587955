//! Taking in another app's file: looked at first, then stored all at once.

use super::{Authenticator, AuthenticatorError};
use crate::transfer::{Found, Source, TransferError};

/// What a file would bring, before anything is stored. Holds the secrets; the shells see [`ImportPlan::items`].
#[derive(Debug, Clone)]
pub struct ImportPlan {
    found: Found,
    items: Vec<ImportItem>,
}

impl ImportPlan {
    /// Of which app the file is.
    #[must_use]
    pub const fn format(&self) -> crate::transfer::Format {
        self.found.format
    }

    /// What would become of each entry, in the file's order.
    #[must_use]
    pub fn items(&self) -> &[ImportItem] {
        &self.items
    }

    /// Parts of the same export that are missing, counted from 1.
    #[must_use]
    pub fn missing_parts(&self) -> &[u32] {
        &self.found.missing_parts
    }
}

/// One entry of a file, as a shell shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportItem {
    /// Its number in the file, from 1.
    pub index: usize,
    /// Who issued it, if known; safe to show.
    pub issuer: Option<String>,
    /// Its name; safe to show, may be empty.
    pub account: String,
    /// What becomes of it.
    pub fate: ImportFate,
    /// What the person should know about it: sentences.
    pub remarks: Vec<String>,
}

/// What becomes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFate {
    /// It is added.
    Added,
    /// The same account with the same secret is here already, or earlier in this file; nothing is changed.
    Duplicate,
    /// It cannot be used; the remark says why.
    Refused,
    /// It is no account with codes.
    Skipped,
}

impl Authenticator {
    /// Reads a file and says what it would bring. Nothing is stored. May compute for seconds when it is encrypted.
    ///
    /// # Errors
    /// [`AuthenticatorError::Transfer`], [`AuthenticatorError::Vault`].
    pub fn plan_import(&self, _source: &Source<'_>) -> Result<ImportPlan, AuthenticatorError> {
        Err(TransferError::NotRecognised.into())
    }

    /// Stores what [`Authenticator::plan_import`] found, in one write: all of it or nothing (P2, P3). What became a
    /// duplicate meanwhile is left out; the result says what became of each entry.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`].
    pub fn import(&self, _plan: &ImportPlan) -> Result<Vec<ImportItem>, AuthenticatorError> {
        Err(TransferError::NotRecognised.into())
    }
}
