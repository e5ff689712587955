//! Stratum's JSON: entries, and categories and pictures that belong to them.

use serde_json::Value;

use super::super::fields::Unusable;
use super::super::{Field, Format, Item, TransferError, details, json, names};
use super::entry::{Entry, Surroundings};

/// Every entry of the document, in its order.
///
/// # Errors
/// [`TransferError`] when there is no list, or too long a one.
pub(super) fn items(document: &Value) -> Result<Vec<Item>, TransferError> {
    let entries = json::entries(document, "Authenticators", Format::Stratum)?;
    let surroundings = surroundings(document);
    let read = |(value, index)| match entry(value) {
        Ok(entry) => entry.item(index, &surroundings),
        Err(unusable) => {
            let (issuer, account) =
                names::names(json::text(value, "Issuer"), json::text(value, "Username"), None);
            unusable.refused(index, names::shown(issuer.as_deref(), &account))
        }
    };
    Ok(entries.iter().zip(1..).map(read).collect())
}

fn entry(value: &Value) -> Result<Entry<'_>, Unusable> {
    Ok(Entry {
        kind: json::number(value, "Type", Field::Type)?,
        icon: json::text(value, "Icon"),
        issuer: json::text(value, "Issuer"),
        username: json::text(value, "Username"),
        secret: json::text(value, "Secret").unwrap_or_default(),
        pin: json::text(value, "Pin"),
        algorithm: json::number(value, "Algorithm", Field::Algorithm)?,
        digits: json::number(value, "Digits", Field::Digits)?,
        period: json::number(value, "Period", Field::Period)?,
        counter: json::number(value, "Counter", Field::Counter)?,
        copies: value.get("CopyCount").and_then(Value::as_i64),
        ranking: value.get("Ranking").and_then(Value::as_i64),
    })
}

fn surroundings(document: &Value) -> Surroundings<'_> {
    let mut found = Surroundings::default();
    let categories = json::list(document, "Categories").iter();
    let categories: std::collections::HashMap<&str, &str> =
        categories.filter_map(|it| Some((json::text(it, "Id")?, json::text(it, "Name")?))).collect();
    for link in json::list(document, "AuthenticatorCategories") {
        let name = json::text(link, "CategoryId").and_then(|id| categories.get(id));
        if let (Some(name), Some(secret)) = (name, json::text(link, "AuthenticatorSecret")) {
            found.link(secret, name);
        }
    }
    for icon in json::list(document, "CustomIcons") {
        if let (Some(id), Some(data)) = (json::text(icon, "Id"), json::text(icon, "Data")) {
            found.icons.insert(id, details::icon(data));
        }
    }
    found
}
