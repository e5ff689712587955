//! FreeOTP 1 (XML), FreeOTP 2 (Java objects) and FreeOTP+ (JSON).

use super::{Found, Source, TransferError};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(_source: &Source<'_>) -> Result<Found, TransferError> {
    Err(TransferError::NotRecognised)
}
