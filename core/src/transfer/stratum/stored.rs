//! Stratum's database, as it lies on a rooted phone that does not encrypt it.

use std::collections::HashMap;

use rusqlite::Row;
use zeroize::Zeroizing;

use super::super::database::{Database, number, text};
use super::super::{Format, Item, TransferError, Warning, details};
use super::entry::{Entry, Surroundings};
use crate::entries::Icon;

/// Every entry. The person's order is in their positions: sorting is left to whoever shows them.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn items(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let database = Database::open(bytes, Format::Stratum)?;
    let (names, links, pictures) = (names(&database)?, links(&database)?, pictures(&database)?);
    let mut surroundings = Surroundings::default();
    for (secret, id) in &links {
        if let Some(name) = names.get(id) {
            surroundings.link(secret, name);
        }
    }
    surroundings.icons = pictures.iter().map(|(id, icon)| (id.as_str(), icon.clone())).collect();
    let columns = [
        "type",
        "icon",
        "issuer",
        "username",
        "secret",
        "pin",
        "algorithm",
        "digits",
        "period",
        "counter",
        "ranking",
    ];
    let mut items = Vec::new();
    database.each("authenticator", &columns, |row, index| items.push(item(row, index, &surroundings)))?;
    Ok(items)
}

fn item(row: &Row<'_>, index: usize, surroundings: &Surroundings<'_>) -> Item {
    let entry = Entry {
        kind: number(row, 0),
        icon: text(row, 1),
        issuer: text(row, 2),
        username: text(row, 3),
        secret: text(row, 4).unwrap_or_default(),
        pin: text(row, 5),
        algorithm: number(row, 6),
        digits: number(row, 7),
        period: number(row, 8),
        counter: number(row, 9),
        copies: None,
        ranking: number(row, 10),
    };
    entry.item(index, surroundings)
}

/// Names of categories by their ids.
fn names(database: &Database) -> Result<HashMap<String, String>, TransferError> {
    Ok(pairs(database, "category", ["id", "name"])?.into_iter().collect())
}

/// Secrets of entries, each with the id of a category.
fn links(database: &Database) -> Result<Vec<(Zeroizing<String>, String)>, TransferError> {
    let pairs = pairs(database, "authenticatorcategory", ["authenticatorsecret", "categoryid"])?;
    Ok(pairs.into_iter().map(|(secret, id)| (Zeroizing::new(secret), id)).collect())
}

/// Two columns of text of a table that may be missing.
fn pairs(
    database: &Database,
    table: &str,
    columns: [&str; 2],
) -> Result<Vec<(String, String)>, TransferError> {
    let mut found = Vec::new();
    if database.has(table)? {
        database.each(table, &columns, |row, _| {
            found.extend(text(row, 0).map(str::to_owned).zip(text(row, 1).map(str::to_owned)));
        })?;
    }
    Ok(found)
}

type Pictures = HashMap<String, Result<Icon, Warning>>;

fn pictures(database: &Database) -> Result<Pictures, TransferError> {
    let mut found = HashMap::new();
    if database.has("customicon")? {
        database.each("customicon", &["id", "data"], |row, _| {
            let bytes = row.get_ref(1).ok().and_then(|cell| cell.as_blob().ok()).unwrap_or_default();
            found.extend(text(row, 0).map(|id| (id.to_owned(), details::icon_bytes(bytes))));
        })?;
    }
    Ok(found)
}
