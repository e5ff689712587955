//! Duo Mobile: the list of accounts of a rooted Android phone.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::fields::{self, Unusable};
use super::json::{self, Document};
use super::kinds::Arithmetic;
use super::source::MAX_ENTRIES;
use super::{Aside, Field, Format, Found, Imported, Item, Skip, Source, TransferError, Warning, names};
use crate::otp::OtpEntry;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let document = Document::parse(source.bytes(), Format::Duo)?;
    let accounts = document.as_array().ok_or_else(|| TransferError::Damaged {
        format: Format::Duo,
        what: "it is no list of accounts".to_owned(),
    })?;
    if accounts.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    let items = accounts.iter().zip(1..).map(|(account, index)| item(account, index));
    Ok(Found::new(Format::Duo, items.collect()))
}

fn item(account: &Value, index: usize) -> Item {
    let name = json::text(account, "name").unwrap_or_default();
    let Some(generator) = json::member(account, "otpGenerator") else {
        return Item::Skipped(Skip { index, name: names::shown(None, name), what: Aside::Push });
    };
    match imported(generator, name) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(None, name)),
    }
}

/// A counter makes it counter-based. Whether that is of the last code or the next is not known.
fn imported(generator: &Value, name: &str) -> Result<Imported, Unusable> {
    let secret = fields::base32(json::text(generator, "otpSecret").unwrap_or_default())?;
    let counter = json::number(generator, "counter", Field::Counter)?;
    let arithmetic = Arithmetic { counter, ..Arithmetic::default() };
    let (kind, warnings) = match counter {
        Some(_) => (arithmetic.hotp()?, vec![Warning::Unproven]),
        None => (arithmetic.totp(None)?, Vec::new()),
    };
    Ok(Imported { warnings, ..OtpEntry::new(None, name, secret, kind)?.into() })
}
