//! Ente Auth: lines of links and its old JSON (`lines`), and the encrypted export of such lines (`encrypted`).

mod encrypted;
mod lines;
mod secretstream;

#[cfg(test)]
mod tests;

use super::json::{self, Document};
use super::{Format, Found, Source, TransferError};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let items = if json::without_mark(source.bytes()).starts_with(b"{") {
        let document = Document::parse(source.bytes(), Format::Ente)?;
        if json::member(&document, "items").is_some() {
            lines::of_json(&document)?
        } else {
            lines::of_text(&encrypted::open(source, &document)?)?
        }
    } else {
        lines::of_text(source.bytes())?
    };
    Ok(Found::new(Format::Ente, items))
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Ente, what: what.to_owned() }
}
