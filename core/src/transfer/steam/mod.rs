//! Steam Guard: files of Android phones (one account, or several under their ids) and of Steam Desktop Authenticator.
//!
//! Of all that is in them only the codes' secret is taken; the keys that confirm trades stay where they are.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::fields::{self, Unusable};
use super::json::{self, Document};
use super::source::MAX_ENTRIES;
use super::{Field, Format, Found, Item, Source, TransferError, names};
use crate::otp::{Kind, OtpEntry};

const ISSUER: &str = "Steam";

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let document = Document::parse(source.bytes(), Format::Steam)?;
    let items = match json::member(&document, "accounts").and_then(Value::as_object) {
        Some(accounts) if accounts.len() > MAX_ENTRIES => {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        Some(accounts) => {
            accounts.iter().zip(1..).map(|((id, account), index)| item(account, Some(id), index)).collect()
        }
        None => vec![item(&document, None, 1)],
    };
    Ok(Found::new(Format::Steam, items))
}

fn item(account: &Value, id: Option<&str>, index: usize) -> Item {
    let name = name(account, id);
    match entry(account, &name) {
        Ok(otp) => Item::Usable(Box::new(otp.into())),
        Err(unusable) => unusable.refused(index, names::shown(Some(ISSUER), &name)),
    }
}

fn entry(account: &Value, name: &str) -> Result<OtpEntry, Unusable> {
    let secret = fields::base64(json::text(account, "shared_secret").unwrap_or_default())?;
    // The link holds the same key in base32, called time-based; it only serves to notice damage.
    let linked = linked(account).and_then(|linked| fields::base32(&linked).ok());
    if linked.is_some_and(|linked| linked != secret) {
        return Err(Unusable::new(Field::Secret, "it holds two different secrets"));
    }
    Ok(OtpEntry::new(Some(ISSUER), name, secret, Kind::Steam)?)
}

/// The secret in the account's link.
fn linked(account: &Value) -> Option<zeroize::Zeroizing<String>> {
    let (_, query) = json::text(account, "uri")?.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("secret=")).map(|text| text.to_owned().into())
}

/// The account's name; else that of its link; else its number.
fn name(account: &Value, id: Option<&str>) -> String {
    let of_link = || {
        let label = json::text(account, "uri")?.split_once("://")?.1.split_once('/')?.1.split('?').next()?;
        let label = percent_encoding::percent_decode_str(label).decode_utf8().ok()?;
        Some(names::names(Some(ISSUER), Some(&label), None).1).filter(|name| !name.is_empty())
    };
    let number = |value: &Value, key: &str| match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let given = json::text(account, "account_name").map(str::to_owned).or_else(of_link);
    let given = given.or_else(|| number(account, "steamid"));
    let given = given.or_else(|| number(json::member(account, "Session")?, "SteamID"));
    given.or_else(|| id.map(str::to_owned)).unwrap_or_default()
}
