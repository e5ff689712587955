//! Microsoft Authenticator: the database of a rooted Android phone.

#[cfg(test)]
mod tests;

use rusqlite::Row;

use super::database::{self, Database};
use super::fields::{self, Unusable};
use super::kinds::{self, Arithmetic};
use super::{Aside, Field, Format, Found, Imported, Item, Skip, Source, TransferError, names};
use crate::otp::OtpEntry;

const COLUMNS: [&str; 5] =
    ["name", "username", "oath_secret_key", "account_type", "encrypted_oath_secret_key"];

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let database = Database::open(source.bytes(), Format::Microsoft)?;
    let mut items = Vec::new();
    database.each("accounts", &COLUMNS, |row, index| items.push(item(row, index)))?;
    if items.is_empty() {
        return Err(TransferError::Unsupported {
            reason: "This database holds no accounts yet: they are in the file beside it whose name ends with -wal. Close the other app, so that it puts them in, and copy the file again.",
        });
    }
    Ok(Found::new(Format::Microsoft, items))
}

fn item(row: &Row<'_>, index: usize) -> Item {
    let text = |column| database::text(row, column);
    let (issuer, account) = names::names(text(0), text(1), None);
    let shown = || names::shown(issuer.as_deref(), &account);
    let secret = text(2).unwrap_or_default();
    let sealed = secret.is_empty() && text(4).is_some_and(|sealed| !sealed.is_empty());
    let imported = match database::number(row, 3) {
        Some(0 | 1) if sealed => Err(Unusable::new(Field::Secret, "its secret is encrypted by the device")),
        Some(0) => imported(fields::base32(secret), 6, issuer.as_deref(), &account),
        Some(1) => imported(fields::base64(secret), 8, issuer.as_deref(), &account),
        Some(_) => return Item::Skipped(Skip { index, name: shown(), what: Aside::Push }),
        None => Err(kinds::unknown_type(None)),
    };
    match imported {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, shown()),
    }
}

fn imported(
    secret: Result<crate::otp::Secret, Unusable>,
    digits: i64,
    issuer: Option<&str>,
    account: &str,
) -> Result<Imported, Unusable> {
    let kind = Arithmetic { digits: Some(digits), ..Arithmetic::default() }.totp(issuer)?;
    Ok(OtpEntry::new(issuer, account, secret?, kind)?.into())
}
