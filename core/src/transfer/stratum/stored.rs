//! Stratum's database, as it lies on a rooted phone that does not encrypt it.

use rusqlite::Row;
use rusqlite::types::ValueRef;
use zeroize::Zeroizing;

use super::super::database::Database;
use super::super::source::MAX_ENTRIES;
use super::super::{Format, Item, TransferError, details};
use super::damaged;
use super::entry::{Entry, Surroundings};
use crate::entries::Icon;

/// Every entry, in the person's order.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn items(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let database = Database::open(bytes, Format::Stratum)?;
    if !database.has("authenticator")? {
        return Err(damaged("its table of entries is missing"));
    }
    let (links, pictures) = (links(&database)?, pictures(&database)?);
    let mut surroundings = Surroundings::default();
    for (secret, name) in &links {
        surroundings.categories.entry(secret.as_str()).or_default().push(name);
    }
    surroundings.icons = pictures.iter().map(|(id, icon)| (id.as_str(), icon.clone())).collect();
    let sql = "SELECT type, icon, issuer, username, secret, pin, algorithm, digits, period, counter, ranking
               FROM authenticator ORDER BY ranking, rowid LIMIT 100001";
    let items = rows(&database, sql, |row, index| Ok(item(row, index, &surroundings)))?;
    if items.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    Ok(items)
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

/// Secrets of entries, each with the name of a category.
fn links(database: &Database) -> Result<Vec<(Zeroizing<String>, String)>, TransferError> {
    if !database.has("category")? || !database.has("authenticatorcategory")? {
        return Ok(Vec::new());
    }
    let sql = "SELECT l.authenticatorSecret, c.name FROM authenticatorcategory l
               JOIN category c ON c.id = l.categoryId LIMIT 100000";
    rows(database, sql, |row, _| Ok((Zeroizing::new(row.get(0)?), row.get(1)?)))
}

type Picture = (String, Result<Icon, super::super::Warning>);

fn pictures(database: &Database) -> Result<Vec<Picture>, TransferError> {
    if !database.has("customicon")? {
        return Ok(Vec::new());
    }
    let sql = "SELECT id, data FROM customicon LIMIT 10000";
    rows(database, sql, |row, _| {
        let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
        Ok((row.get(0)?, details::icon_bytes(bytes)))
    })
}

/// What `read` makes of each row, which it is given with its number from 1.
fn rows<T>(
    database: &Database,
    sql: &str,
    mut read: impl FnMut(&Row<'_>, usize) -> rusqlite::Result<T>,
) -> Result<Vec<T>, TransferError> {
    let mut found = Vec::new();
    let mut statement = database.connection().prepare(sql).map_err(|_| damaged("a column of it is missing"))?;
    let mut rows = statement.query([]).map_err(|_| damaged("a table of it cannot be read"))?;
    while let Some(row) = rows.next().map_err(|_| damaged("a table of it cannot be read"))? {
        let index = found.len() + 1;
        found.push(read(row, index).map_err(|_| damaged("a column of it has another type"))?);
    }
    Ok(found)
}
