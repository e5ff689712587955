//! Our own sealed backup: every entry with all that the person made of it, and the settings (docs/backup-format.md).
//!
//! `file` is the sealed file, `contents` what is in it, `folder` where copies of it are kept. When backups are written is
//! [`crate::authenticator`]'s subject.

mod contents;
mod file;
pub(crate) mod folder;

#[cfg(test)]
mod tests;

pub(crate) use contents::Contents;
pub(crate) use file::{BackupKey, open_with, seal};

use super::{Found, Source, TransferError};

/// What a backup begins with.
pub(super) const MAGIC: &[u8; 18] = b"COUNTERSIGN BACKUP";

/// Reads a backup: its entries, and the settings beside them.
///
/// # Errors
/// [`TransferError`]: the version, damage, the password and the cost of checking it are told apart.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    contents::found(&file::open(source)?)
}
