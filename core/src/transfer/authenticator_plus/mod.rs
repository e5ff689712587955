//! Authenticator Plus: a ZIP archive with links, or its database under SQLCipher 3 (`sqlcipher`).

mod sqlcipher;

#[cfg(test)]
mod tests;

use rusqlite::Row;

use super::database::{self, Database};
use super::fields::{self, Unusable};
use super::kinds::{self, Arithmetic};
use super::{Format, Found, Imported, Item, Source, TransferError, archive, details, links, names};
use crate::otp::OtpEntry;

/// The member of its archive that is read.
const MEMBER: &str = "Accounts.txt";
const COLUMNS: [&str; 7] = ["email", "secret", "counter", "type", "issuer", "original_name", "category"];
/// The category of everything that is in none.
const NO_CATEGORY: &str = "All Accounts";

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    if source.bytes().starts_with(b"PK") {
        return of_archive(source);
    }
    let plain = sqlcipher::open(source)?;
    let database = Database::open(&plain, Format::AuthenticatorPlus)?;
    let mut items = Vec::new();
    database.each("accounts", &COLUMNS, |row, index| items.push(item(row, index)))?;
    Ok(Found::new(Format::AuthenticatorPlus, items))
}

fn of_archive(source: &Source<'_>) -> Result<Found, TransferError> {
    let damaged =
        |what: &str| TransferError::Damaged { format: Format::AuthenticatorPlus, what: what.to_owned() };
    let members = archive::members(source.bytes())?;
    let member = members.iter().find(|member| member.name == MEMBER);
    let plain = archive::read(member.ok_or_else(|| damaged("its archive holds no accounts"))?, source)?;
    let text = std::str::from_utf8(&plain).map_err(|_| damaged("its list of accounts is no text"))?;
    links::found(Format::AuthenticatorPlus, text)
}

fn item(row: &Row<'_>, index: usize) -> Item {
    let text = |column| database::text(row, column);
    let issuer = text(4).filter(|issuer| !issuer.trim().is_empty());
    let (issuer, account) = names::names(issuer, text(0).or(text(5)), None);
    match imported(row, issuer.as_deref(), &account) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

fn imported(row: &Row<'_>, issuer: Option<&str>, account: &str) -> Result<Imported, Unusable> {
    let text = database::text(row, 1).unwrap_or_default();
    let counter = database::number(row, 2);
    let arithmetic = Arithmetic { counter, ..Arithmetic::default() };
    let (secret, kind) = match database::number(row, 3) {
        Some(0) => (fields::base32(text)?, arithmetic.totp(issuer)?),
        Some(1) => (fields::base32(text)?, arithmetic.hotp()?),
        // Battle.net.
        Some(2) => (fields::hex(text)?, Arithmetic { digits: Some(8), ..arithmetic }.totp(issuer)?),
        other => return Err(kinds::unknown_type(other.map(|kind| kind.to_string()).as_deref())),
    };
    let warnings = arithmetic.warnings(&kind);
    let mut imported = Imported { warnings, ..OtpEntry::new(issuer, account, secret, kind)?.into() };
    if let Some(category) = database::text(row, 6).filter(|category| *category != NO_CATEGORY) {
        details::tag(&mut imported.details, category);
    }
    Ok(imported)
}
