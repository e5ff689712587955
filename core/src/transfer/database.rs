//! SQLite files of other apps, opened in memory and only to be read. Nothing is written to a disk: they hold secrets.
//!
//! A database is a program as much as a file: views, triggers, virtual tables and computed columns run when a table is
//! read. A table that is read here is a plain one, or it is refused.

use std::io::Read as _;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::source::{MAX_ENTRIES, MAX_INFLATED_BYTES};
use super::{Format, TransferError};

/// An opened file of an app.
pub(super) struct Database {
    connection: Connection,
    format: Format,
}

impl Database {
    /// Opens a file that begins with SQLite's mark.
    ///
    /// # Errors
    /// [`TransferError::Damaged`].
    pub(super) fn open(bytes: &[u8], format: Format) -> Result<Self, TransferError> {
        let damaged = || damaged(format, "it is no whole SQLite database");
        // Bytes 18 and 19 say that changes are kept beside the file; there is nothing beside this one, and SQLite
        // would refuse it in memory.
        let (head, rest) = bytes.split_at_checked(18).ok_or_else(damaged)?;
        let rest = rest.get(2..).ok_or_else(damaged)?;
        let file = head.chain(b"\x01\x01".as_slice()).chain(rest);
        let mut connection = Connection::open_in_memory().map_err(|_| damaged())?;
        connection
            .deserialize_read_exact("main", file, bytes.len(), true)
            .and_then(|()| connection.pragma_update(None, "trusted_schema", false))
            .and_then(|()| connection.pragma_update(None, "cell_size_check", true))
            .and_then(|()| connection.pragma_update(None, "temp_store", "memory"))
            .map_err(|_| damaged())?;
        Ok(Self { connection, format })
    }

    /// Whether there is such a table.
    ///
    /// # Errors
    /// [`TransferError::Damaged`] when it is there and is no plain table of stored columns.
    pub(super) fn has(&self, table: &str) -> Result<bool, TransferError> {
        let sql = "SELECT type, coalesce(sql, '') FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        let found = self.connection.query_row(sql, [table], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?.to_ascii_uppercase()))
        });
        let Some((kind, sql)) = found.optional().map_err(|_| self.damaged("its list of tables"))? else {
            return Ok(false);
        };
        let computed = "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE hidden <> 0";
        let computed = self.connection.query_row(computed, [table], |row| row.get::<_, i64>(0));
        let plain = kind == "table" && sql.trim_start().starts_with("CREATE TABLE");
        if plain && computed.is_ok_and(|columns| columns == 0) {
            Ok(true)
        } else {
            Err(self.damaged("a table that is read is not a plain one"))
        }
    }

    /// Calls `read` with each row of a plain table and its number from 1. Columns come in the order of their names here;
    /// one that the table does not have is NULL.
    ///
    /// # Errors
    /// [`TransferError::Damaged`], also when there is no such table; [`TransferError::TooLarge`].
    pub(super) fn each(
        &self,
        table: &str,
        columns: &[&str],
        mut read: impl FnMut(&Row<'_>, usize),
    ) -> Result<(), TransferError> {
        if !self.has(table)? {
            return Err(self.damaged("its table of accounts is missing"));
        }
        let broken = |_| self.damaged("its table of accounts cannot be read");
        let known = "SELECT lower(name) FROM pragma_table_info(?1)";
        let mut known = self.connection.prepare(known).map_err(broken)?;
        let known = known.query_map([table], |row| row.get::<_, String>(0)).map_err(broken)?;
        let known: Vec<_> = known.collect::<rusqlite::Result<_>>().map_err(broken)?;
        let has = |column: &str| known.iter().any(|known| known == column);
        let chosen: Vec<_> = columns
            .iter()
            .map(|column| if has(column) { format!("\"{column}\"") } else { "NULL".to_owned() })
            .collect();
        let sql = format!("SELECT {} FROM \"{table}\" LIMIT {}", chosen.join(","), MAX_ENTRIES + 1);
        let mut statement = self.connection.prepare(&sql).map_err(broken)?;
        let mut rows = statement.query([]).map_err(broken)?;
        let (mut index, mut bytes) = (0, 0_usize);
        while let Some(row) = rows.next().map_err(broken)? {
            index += 1;
            // Rows of a broken file may share their pages, and so be much more than the file.
            bytes += (0..columns.len()).map(|column| length(row, column)).sum::<usize>();
            if index > MAX_ENTRIES || bytes > MAX_INFLATED_BYTES {
                return Err(TransferError::TooLarge { what: "more than 100 000 rows, or 64 MiB of them" });
            }
            read(row, index);
        }
        Ok(())
    }

    /// A file that is damaged in this part.
    pub(super) fn damaged(&self, what: &str) -> TransferError {
        damaged(self.format, what)
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("format", &self.format).finish_non_exhaustive()
    }
}

/// A column of text; `None` for anything else.
pub(super) fn text<'a>(row: &'a Row<'_>, column: usize) -> Option<&'a str> {
    row.get_ref(column).ok()?.as_str().ok()
}

/// A column of a whole number; `None` for anything else.
pub(super) fn number(row: &Row<'_>, column: usize) -> Option<i64> {
    row.get_ref(column).ok()?.as_i64().ok()
}

fn length(row: &Row<'_>, column: usize) -> usize {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes.len(),
        _ => 0,
    }
}

fn damaged(format: Format, what: &str) -> TransferError {
    TransferError::Damaged { format, what: what.to_owned() }
}
