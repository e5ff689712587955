//! Raivo: JSON in which every value is a text, and the ZIP archive around it.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::fields::{self, Unusable};
use super::json::{self, Document};
use super::kinds::{self, Arithmetic};
use super::source::MAX_ENTRIES;
use super::{Field, Format, Found, Imported, Item, Source, TransferError, archive, names};
use crate::entries::Details;
use crate::otp::OtpEntry;
use crate::scan::visible;

/// The member of its archive that is read.
const MEMBER: &str = "raivo-otp-export.json";

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    if !source.bytes().starts_with(b"PK") {
        return Ok(Found::new(Format::Raivo, items(source.bytes())?));
    }
    let members = archive::members(source.bytes())?;
    let member = members.iter().find(|member| member.name == MEMBER);
    let plain = archive::read(member.ok_or_else(|| damaged("its archive holds no entries"))?, source)?;
    Ok(Found::new(Format::Raivo, items(&plain)?))
}

fn items(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let document = Document::parse(bytes, Format::Raivo)?;
    if let Some(message) = json::text(&document, "message") {
        return Err(damaged(&format!("Raivo could not write it and says “{}”", visible(message, 100))));
    }
    let entries = document.as_array().ok_or_else(|| damaged("it is no list of entries"))?;
    if entries.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    Ok(entries.iter().zip(1..).map(|(entry, index)| item(entry, index)).collect())
}

fn item(entry: &Value, index: usize) -> Item {
    let (issuer, account) = names::names(json::text(entry, "issuer"), json::text(entry, "account"), None);
    match imported(entry, issuer.as_deref(), &account) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

fn imported(entry: &Value, issuer: Option<&str>, account: &str) -> Result<Imported, Unusable> {
    let mut arithmetic = Arithmetic {
        algorithm: json::text(entry, "algorithm"),
        digits: json::number(entry, "digits", Field::Digits)?,
        period: None,
        counter: json::number(entry, "counter", Field::Counter)?,
    };
    let named = json::text(entry, "kind");
    let kind = match named.map(str::to_ascii_uppercase).as_deref() {
        Some("TOTP") => {
            arithmetic.period = json::number(entry, "timer", Field::Period)?;
            arithmetic.totp(issuer)?
        }
        // The timer of these is 0, or left over.
        Some("HOTP") => arithmetic.hotp()?,
        _ => return Err(kinds::unknown_type(named)),
    };
    let warnings = arithmetic.warnings(&kind);
    let secret = fields::base32(json::text(entry, "secret").unwrap_or_default())?;
    let otp = OtpEntry::new(issuer, account, secret, kind)?;
    let details = Details { pinned: json::flag(entry, "pinned"), ..Details::default() };
    Ok(Imported { otp, details, warnings })
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Raivo, what: what.to_owned() }
}
