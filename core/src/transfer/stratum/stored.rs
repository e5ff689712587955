//! Stratum's database, as it lies on a rooted phone that does not encrypt it.

use std::collections::HashMap;

use rusqlite::Row;
use rusqlite::types::ValueRef;
use zeroize::Zeroizing;

use super::super::database::Database;
use super::super::{Format, Item, TransferError, details};
use super::damaged;
use super::entry::{Entry, Surroundings};
use crate::entries::Icon;

/// Every entry. The person's order is in their positions: sorting is left to whoever shows them.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn items(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let database = Database::open(bytes, Format::Stratum)?;
    if !database.has("authenticator")? {
        return Err(damaged("its table of entries is missing"));
    }
    let (names, links, pictures) = (names(&database)?, links(&database)?, pictures(&database)?);
    let mut surroundings = Surroundings::default();
    for (secret, id) in &links {
        if let Some(name) = names.get(id) {
            surroundings.link(secret, name);
        }
    }
    surroundings.icons = pictures.iter().map(|(id, icon)| (id.as_str(), icon.clone())).collect();
    let sql = "SELECT type, icon, issuer, username, secret, pin, algorithm, digits, period, counter, ranking
               FROM authenticator";
    database.rows(sql, |row, index| Ok(item(row, index, &surroundings)))
}

fn item(row: &Row<'_>, index: usize, surroundings: &Surroundings<'_>) -> Item {
    let text = |column: usize| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    let number = |column: usize| match row.get_ref(column) {
        Ok(ValueRef::Integer(number)) => Some(number),
        _ => None,
    };
    let entry = Entry {
        kind: number(0),
        icon: text(1),
        issuer: text(2),
        username: text(3),
        secret: text(4).unwrap_or_default(),
        pin: text(5),
        algorithm: number(6),
        digits: number(7),
        period: number(8),
        counter: number(9),
        copies: None,
        ranking: number(10),
    };
    entry.item(index, surroundings)
}

/// Names of categories by their ids.
fn names(database: &Database) -> Result<HashMap<String, String>, TransferError> {
    if !database.has("category")? {
        return Ok(HashMap::new());
    }
    let names = database.rows("SELECT id, name FROM category", |row, _| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(names.into_iter().collect())
}

/// Secrets of entries, each with the id of a category.
fn links(database: &Database) -> Result<Vec<(Zeroizing<String>, String)>, TransferError> {
    if !database.has("authenticatorcategory")? {
        return Ok(Vec::new());
    }
    let sql = "SELECT authenticatorSecret, categoryId FROM authenticatorcategory";
    database.rows(sql, |row, _| Ok((Zeroizing::new(row.get(0)?), row.get(1)?)))
}

type Picture = (String, Result<Icon, super::super::Warning>);

fn pictures(database: &Database) -> Result<Vec<Picture>, TransferError> {
    if !database.has("customicon")? {
        return Ok(Vec::new());
    }
    let sql = "SELECT id, data FROM customicon";
    database.rows(sql, |row, _| {
        let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
        Ok((row.get(0)?, details::icon_bytes(bytes)))
    })
}
