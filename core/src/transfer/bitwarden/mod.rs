//! Bitwarden and Bitwarden Authenticator: JSON (`items`), CSV (`table`) and password-protected JSON (`encrypted`).
//!
//! Both apps keep a link, or only its secret, in one field; `entry` makes an entry of it. Passwords are never taken.

mod encrypted;
mod entry;
mod items;
mod table;

#[cfg(test)]
mod tests;

use super::json::{self, Document};
use super::{Format, Found, Source, TransferError};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    if !json::without_mark(source.bytes()).starts_with(b"{") {
        return Ok(Found::new(Format::Bitwarden, table::items(source.bytes())?));
    }
    let document = Document::parse(source.bytes(), Format::Bitwarden)?;
    let items = match (json::flag(&document, "encrypted"), json::flag(&document, "passwordProtected")) {
        (false, _) => items::items(&document)?,
        (true, true) => {
            let opened = encrypted::open(source, &document)?;
            items::items(&opened)?
        }
        (true, false) => {
            return Err(TransferError::Unsupported {
                reason: "This is an account-restricted export, which only the Bitwarden account that made it can open. In Bitwarden, choose “password protected” and export again.",
            });
        }
    };
    Ok(Found::new(Format::Bitwarden, items))
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Bitwarden, what: what.to_owned() }
}
