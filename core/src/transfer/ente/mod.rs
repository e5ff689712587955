//! Ente Auth: lines of links, and the encrypted export.

mod secretstream;

use super::{Found, Source, TransferError};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(_source: &Source<'_>) -> Result<Found, TransferError> {
    Err(TransferError::NotRecognised)
}
