//! Google Authenticator: `otpauth-migration` links in one or several parts, and its database.
//!
//! `database` is the latter, `part` is one link, `protobuf` the bytes inside it; what is scanned one code after the other is put together by who
//! scans, what is in one file here.

mod database;
mod part;
mod protobuf;

#[cfg(test)]
mod tests;

pub use part::MigrationPart;
pub(super) use part::{holds, write};

use super::source::MAX_ENTRIES;
use super::{Found, Source, TransferError};

/// Most links of one file; Google's app makes one for each ten accounts.
const MAX_PARTS: usize = 1000;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    if source.bytes().starts_with(b"SQLite format 3\0") {
        return database::read(source.bytes());
    }
    let text = std::str::from_utf8(source.bytes()).map_err(|_| TransferError::NotRecognised)?;
    let (mut parts, mut accounts) = (Vec::new(), 0_usize);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if parts.len() == MAX_PARTS {
            return Err(TransferError::TooLarge { what: "more than 1000 parts" });
        }
        let part = MigrationPart::parse(line)?;
        accounts += part.items.len();
        if accounts > MAX_ENTRIES {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        parts.push(part);
    }
    Ok(MigrationPart::join(parts))
}
