//! Proton Authenticator, plain (`entries`) and encrypted (`encrypted`), and the ZIP archive of Proton Pass (`pass`).

mod encrypted;
mod entries;
mod pass;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::json::{self, Document};
use super::{Format, Found, Source, TransferError};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let items = if source.bytes().starts_with(b"PK") {
        pass::items(source)?
    } else {
        let document = Document::parse(source.bytes(), Format::Proton)?;
        check_version(&document)?;
        match (document.get("entries"), document.get("salt")) {
            (Some(_), None) => entries::items(&document)?,
            (None, Some(_)) => {
                let opened = encrypted::open(source, &document)?;
                entries::items(&opened)?
            }
            _ => return Err(damaged("it is neither plain nor encrypted")),
        }
    };
    Ok(Found::new(Format::Proton, items))
}

fn check_version(document: &Value) -> Result<(), TransferError> {
    match json::member(document, "version").and_then(Value::as_u64) {
        Some(1) => Ok(()),
        Some(version @ 2..) => {
            Err(TransferError::UnsupportedVersion { format: Format::Proton, version: version.to_string() })
        }
        _ => Err(damaged("it does not say its version")),
    }
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Proton, what: what.to_owned() }
}
