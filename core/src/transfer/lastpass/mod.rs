//! LastPass Authenticator: the JSON of Android and iOS, and its QR code (`lpaauth-migration`).

mod qr;

#[cfg(test)]
mod tests;

pub(super) use qr::{is_link, of_link};

use std::collections::HashMap;

use serde_json::Value;

use super::fields::{self, Unusable};
use super::json::{self, Document};
use super::kinds::Arithmetic;
use super::{Field, Format, Found, Imported, Item, Source, TransferError, details, names};
use crate::entries::Details;
use crate::otp::OtpEntry;

/// The newest version that is known (Android's; iOS writes 1).
const NEWEST: i64 = 3;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let text = std::str::from_utf8(source.bytes()).ok().filter(|text| is_link(text));
    if let Some(text) = text {
        return super::links::found(Format::LastPass, text);
    }
    let document = Document::parse(source.bytes(), Format::LastPass)?;
    known_version(&document)?;
    let folders: HashMap<_, _> = json::list(&document, "folders")
        .iter()
        .filter_map(|folder| Some((id(folder.get("id")?)?, json::text(folder, "name")?)))
        // 0 holds what is in no folder, 1 are the favourites.
        .filter(|(id, _)| !matches!(id.as_str(), "0" | "1"))
        .collect();
    let accounts = json::entries(&document, "accounts", Format::LastPass)?;
    let items = accounts.iter().zip(1..).map(|(account, index)| item(account, index, &folders));
    Ok(Found::new(Format::LastPass, items.collect()))
}

/// # Errors
/// [`TransferError::UnsupportedVersion`].
fn known_version(document: &Value) -> Result<(), TransferError> {
    match document.get("version").and_then(Value::as_i64) {
        Some(version) if version > NEWEST => {
            Err(TransferError::UnsupportedVersion { format: Format::LastPass, version: version.to_string() })
        }
        _ => Ok(()),
    }
}

/// A number of a folder, which is written as number or text.
fn id(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|id| id.to_string()))
}

fn item(account: &Value, index: usize, folders: &HashMap<String, &str>) -> Item {
    let edited = (json::text(account, "issuerName"), json::text(account, "userName"));
    let (issuer, user) = match edited {
        (None, None) => (json::text(account, "originalIssuerName"), json::text(account, "originalUserName")),
        edited => edited,
    };
    let (issuer, user) = names_of(issuer, user);
    match imported(account, issuer.as_deref(), &user, folders) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &user)),
    }
}

/// Without an issuer the user's name is all there is, and stands for it.
fn names_of(issuer: Option<&str>, user: Option<&str>) -> (Option<String>, String) {
    match (issuer, user) {
        (None, Some(user)) if !user.contains(':') => (Some(user.to_owned()), String::new()),
        _ => names::names(issuer, user, None),
    }
}

fn imported(
    account: &Value,
    issuer: Option<&str>,
    user: &str,
    folders: &HashMap<String, &str>,
) -> Result<Imported, Unusable> {
    let secret = fields::base32(json::text(account, "secret").unwrap_or_default())?;
    let kind = Arithmetic {
        algorithm: json::text(account, "algorithm"),
        digits: json::number(account, "digits", Field::Digits)?,
        period: json::number(account, "timeStep", Field::Period)?,
        counter: None,
    };
    let otp = OtpEntry::new(issuer, user, secret, kind.totp(issuer)?)?;
    let mut made = Details { pinned: json::flag(account, "isFavorite"), ..Details::default() };
    let folder = json::member(account, "folderData");
    if let Some(name) = folder.and_then(|folder| folders.get(&id(folder.get("folderId")?)?)) {
        details::tag(&mut made, name);
    }
    Ok(Imported { details: made, ..Imported::from(otp) })
}
