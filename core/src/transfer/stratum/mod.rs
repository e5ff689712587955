//! Stratum, once Authenticator Pro: its JSON (`plain`), both encrypted forms of it (`encrypted`), and its database
//! (`stored`). What an entry is, whichever form it comes in, is in `entry`.

mod encrypted;
mod entry;
mod plain;
mod stored;

#[cfg(test)]
mod tests;

use super::json::Document;
use super::{Format, Found, Source, TransferError};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let bytes = source.bytes();
    if bytes.starts_with(b"SQLite format 3\0") {
        return Ok(Found::new(Format::Stratum, stored::items(bytes)?));
    }
    let document = if let Some(sealed) = bytes.strip_prefix(b"AUTHENTICATORPRO") {
        encrypted::open(source, sealed)?
    } else if let Some(sealed) = bytes.strip_prefix(b"AuthenticatorPro") {
        encrypted::open_legacy(source, sealed)?
    } else {
        Document::parse(bytes, Format::Stratum)?
    };
    Ok(Found::new(Format::Stratum, plain::items(&document)?))
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Stratum, what: what.to_owned() }
}
