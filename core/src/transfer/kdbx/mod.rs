//! KeePass databases (KDBX 3.1 and 4), of which only the fields for one-time passwords are read.
//!
//! `header` says how it is encrypted, `body` opens it, `document` walks through the XML inside, whose protected values are
//! under a `stream` of their own, and `entry` makes an account of an entry's fields.

mod body;
mod document;
mod entry;
mod header;
mod stream;

#[cfg(test)]
mod tests;

use super::{Format, Found, Source, TransferError};
use header::Header;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let (header, rest) = Header::read(source.bytes())?;
    let (xml, stream) = body::open(source, &header, rest)?;
    let items = document::items(&xml, stream)?;
    if items.is_empty() {
        return Err(TransferError::Unsupported {
            reason: "This database holds no one-time passwords. Choose the one in which they are.",
        });
    }
    Ok(Found::new(Format::Kdbx, items))
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Kdbx, what: what.to_owned() }
}
