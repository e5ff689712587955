//! FreeOTP: preferences of version 1 (XML), the backup of version 2 (`backup`: Java objects, encrypted), and FreeOTP+ (JSON).

mod backup;
mod java;
mod token;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::json::{self, Document};
use super::{Format, Found, Item, Source, TransferError, fields, preferences};
use token::Counting;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let bytes = source.bytes();
    let items = if bytes.starts_with(java::MAGIC) {
        backup::items(source)?
    } else if json::without_mark(bytes).starts_with(b"<") {
        of_preferences(bytes)?
    } else {
        of_json(bytes)?
    };
    Ok(Found::new(Format::FreeOtp, items))
}

/// Version 1: one preference a token; whatever else the app keeps there is passed over.
fn of_preferences(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let mut items = Vec::new();
    let mut order = Vec::new();
    for preference in preferences::read(json::without_mark(bytes), Format::FreeOtp)? {
        let Ok(value) = Document::parse(preference.value.as_bytes(), Format::FreeOtp) else { continue };
        if preference.name == "tokenOrder" {
            order = names_in(&value);
        } else if json::member(&value, "secret").is_some() {
            items.push((preference.name, of_token(&value, items.len() + 1)));
        }
    }
    Ok(sorted(items, &order))
}

/// FreeOTP+.
fn of_json(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let document = Document::parse(bytes, Format::FreeOtp)?;
    let tokens = json::entries(&document, "tokens", Format::FreeOtp)?;
    let items = tokens.iter().zip(1..).map(|(token, index)| (token::id(token), of_token(token, index)));
    let order = json::member(&document, "tokenOrder").map(names_in).unwrap_or_default();
    Ok(sorted(items.collect(), &order))
}

fn of_token(token: &Value, index: usize) -> Item {
    let secret = fields::signed_bytes(json::member(token, "secret").unwrap_or(&Value::Null));
    token::item(token, secret, Counting::LastUsed, None, index)
}

fn names_in(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// In the person's order. What that does not name comes last: it exists all the same.
fn sorted(mut items: Vec<(String, Item)>, order: &[String]) -> Vec<Item> {
    let places: std::collections::HashMap<_, _> = order.iter().map(String::as_str).zip(0_usize..).collect();
    items.sort_by_key(|(id, _)| places.get(id.as_str()).copied().unwrap_or(usize::MAX));
    items.into_iter().map(|(_, item)| item).collect()
}
