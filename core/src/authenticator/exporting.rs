//! Giving out what is kept: our own sealed backup, and forms that other apps read.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Authenticator, AuthenticatorError, EntryId};
use crate::transfer::TransferError;

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// Our own sealed backup, with everything (docs/backup-format.md). Needs a password.
    Backup,
    /// `otpauth://` links, one a line.
    Links,
    /// QR codes that Google Authenticator reads, as PNG pictures.
    GoogleQr,
    /// Aegis JSON: encrypted with a password, plain without.
    Aegis,
    /// A sheet to print, with QR codes.
    Html,
}

/// A file of an export.
#[derive(Clone)]
pub struct ExportedFile {
    /// A name to offer, without a folder.
    pub name: String,
    /// Its content; wiped when dropped.
    pub content: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ExportedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportedFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What an export came to.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The files: one, or as many pictures as are needed.
    pub files: Vec<ExportedFile>,
    /// Entries that the form cannot hold, with the reason: sentences. They are not in the files.
    pub left_out: Vec<String>,
}

impl Authenticator {
    /// Writes entries (all of them when `which` is empty) in a form. What is sealed is opened again and compared before
    /// it is given out (P7).
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Transfer`].
    pub fn export(
        &self,
        _form: ExportForm,
        _password: Option<&str>,
        _which: &[EntryId],
    ) -> Result<Exported, AuthenticatorError> {
        Err(TransferError::NotRecognised.into())
    }

    /// Writes a backup into `folder`, opens it again, and removes the oldest ones beyond `keep` (P2, P7).
    ///
    /// # Errors
    /// As [`Authenticator::export`], and when the folder cannot be written to.
    pub fn back_up(
        &self,
        _folder: &Path,
        _password: &str,
        _keep: u16,
    ) -> Result<PathBuf, AuthenticatorError> {
        Err(TransferError::NotRecognised.into())
    }
}
