//! 2FAS: its backups of schema 1 to 4, plain (`services`) and encrypted (`encrypted`).

mod encrypted;
mod services;

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
    let document = Document::parse(source.bytes(), Format::TwoFas)?;
    match document.get("schemaVersion").and_then(Value::as_u64) {
        Some(1..=4) => {}
        Some(version @ 5..) => {
            return Err(TransferError::UnsupportedVersion {
                format: Format::TwoFas,
                version: version.to_string(),
            });
        }
        _ => return Err(damaged("it does not say its version")),
    }
    // Groups stay readable in encrypted files.
    let groups = services::groups(&document);
    let items = match json::text(&document, "servicesEncrypted") {
        Some(sealed) => {
            let opened = encrypted::open(source, sealed, json::text(&document, "reference"))?;
            services::items(&opened, &groups)?
        }
        None => services::items(document.get("services").unwrap_or(&Value::Null), &groups)?,
    };
    Ok(Found::new(Format::TwoFas, items))
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::TwoFas, what: what.to_owned() }
}
