//! TOTP Authenticator (BinaryBoot): its encrypted export, and its preferences on a rooted phone.

#[cfg(test)]
mod tests;

use ring::digest;
use serde_json::Value;
use zeroize::Zeroizing;

use super::fields::{self, Unusable, base64_bytes};
use super::json::{self, Document};
use super::kinds::Arithmetic;
use super::source::MAX_ENTRIES;
use super::{Field, Format, Found, Item, Source, TransferError, cipher, names, preferences};
use crate::otp::{OtpEntry, Secret};

/// What the app encrypts with when the person chose no password.
const CONSTANT: &str = "TotpAuthenticator";
/// The preference that holds the same list.
const LIST: &str = "STATIC_TOTP_CODES_LIST";

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let bytes = json::without_mark(source.bytes());
    let list = if bytes.starts_with(b"<") {
        let preferences = preferences::read(bytes, Format::TotpAuthenticator)?;
        let list = preferences.iter().find(|preference| preference.name == LIST);
        let list = list.ok_or_else(|| damaged("its list of accounts is missing"))?;
        Document::parse(list.value.as_bytes(), Format::TotpAuthenticator)?
    } else {
        open(source)?
    };
    let entries = list.as_array().ok_or_else(|| damaged("its list of accounts is none"))?;
    if entries.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    let items = entries.iter().zip(1..).map(|(entry, index)| item(entry, index));
    Ok(Found::new(Format::TotpAuthenticator, items.collect()))
}

/// The list behind the password: the person's, or the app's own.
fn open(source: &Source<'_>) -> Result<Document, TransferError> {
    let text = std::str::from_utf8(source.bytes()).map_err(|_| damaged("it is no text"))?;
    let mut compact = Zeroizing::new(String::with_capacity(text.len()));
    compact.extend(text.split_ascii_whitespace());
    let sealed =
        base64_bytes(&compact).filter(|sealed| !sealed.is_empty() && sealed.len().is_multiple_of(16));
    let sealed = sealed.ok_or_else(|| damaged("it is broken off"))?;
    if let Some(list) = unseal(CONSTANT, &sealed) {
        return Ok(list);
    }
    // There is no MAC: what does not look like the list was opened by a wrong password.
    unseal(source.password()?, &sealed).ok_or(TransferError::WrongPassword)
}

fn unseal(password: &str, sealed: &[u8]) -> Option<Document> {
    let key = digest::digest(&digest::SHA256, password.as_bytes());
    let plain = cipher::cbc_open(key.as_ref(), &[0; 16], sealed)?;
    // An object whose only key is the list, as text; the value is a time.
    let outer = Document::parse(&plain, Format::TotpAuthenticator).ok()?;
    let (list, _) = outer.as_object()?.iter().next()?;
    Document::parse(list.as_bytes(), Format::TotpAuthenticator).ok().filter(|list| list.is_array())
}

fn item(entry: &Value, index: usize) -> Item {
    let issuer = json::text(entry, "issuer").filter(|issuer| !issuer.eq_ignore_ascii_case("unknown"));
    let name = json::text(entry, "name").unwrap_or_default();
    let (issuer, account) = match issuer {
        None => (Some(name.to_owned()).filter(|name| !name.is_empty()), String::new()),
        Some(_) => names::names(issuer, Some(name), None),
    };
    match imported(entry, issuer.as_deref(), &account) {
        Ok(otp) => Item::Usable(Box::new(otp.into())),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

fn imported(entry: &Value, issuer: Option<&str>, account: &str) -> Result<OtpEntry, Unusable> {
    let secret = secret(entry)?;
    let kind = Arithmetic {
        digits: json::number(entry, "digits", Field::Digits)?,
        period: json::number(entry, "period", Field::Period)?,
        ..Arithmetic::default()
    };
    Ok(OtpEntry::new(issuer, account, secret, kind.totp(issuer)?)?)
}

fn secret(entry: &Value) -> Result<Secret, Unusable> {
    let key = json::text(entry, "key").unwrap_or_default();
    match json::number(entry, "base", Field::Secret)? {
        Some(16) => fields::hex(key),
        Some(32) => fields::base32(key),
        Some(64) => fields::base64(key),
        _ => Err(Unusable::new(Field::Secret, "its secret is written in an unknown way")),
    }
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::TotpAuthenticator, what: what.to_owned() }
}
