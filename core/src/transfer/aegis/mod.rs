//! Aegis Authenticator: its JSON exports of versions 1 to 3, plain (`plain`) and encrypted (`encrypted`).

mod encrypted;
mod plain;

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
    let document = Document::parse(source.bytes(), Format::Aegis)?;
    version(&document, 1)?;
    let header = document.get("header").unwrap_or(&Value::Null);
    let sealed = json::member(header, "slots").is_some() || json::member(header, "params").is_some();
    let items = match document.get("db") {
        Some(Value::String(db)) if sealed => {
            let opened = encrypted::open(source, header, db)?;
            plain::items(&opened)?
        }
        Some(db @ Value::Object(_)) if !sealed => plain::items(db)?,
        _ => return Err(damaged("its header and its content do not fit together")),
    };
    Ok(Found::new(Format::Aegis, items))
}

/// Refuses versions above `newest`.
fn version(value: &Value, newest: u64) -> Result<(), TransferError> {
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version > newest => {
            Err(TransferError::UnsupportedVersion { format: Format::Aegis, version: version.to_string() })
        }
        Some(1..) => Ok(()),
        _ => Err(damaged("it does not say its version")),
    }
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Aegis, what: what.to_owned() }
}
