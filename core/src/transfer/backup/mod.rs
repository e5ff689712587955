//! Our own sealed backup (docs/backup-format.md).

use super::{Found, Source, TransferError};

/// What a backup begins with.
pub(super) const MAGIC: &[u8] = b"COUNTERSIGN BACKUP";

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(_source: &Source<'_>) -> Result<Found, TransferError> {
    Err(TransferError::NotRecognised)
}
