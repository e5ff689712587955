//! SQLite files of other apps, opened in memory and only to be read. Nothing is written to a disk: they hold secrets.
//!
//! A database is a program as much as a file: views, triggers, virtual tables and computed columns run when a table is
//! read. A table that is read here is a plain one, or it is refused.

use std::io::Read as _;

use rusqlite::{Connection, OptionalExtension as _};

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
            .map_err(|_| damaged())?;
        Ok(Self { connection, format })
    }

    /// The connection, for reading tables that [`Database::has`].
    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
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

fn damaged(format: Format, what: &str) -> TransferError {
    TransferError::Damaged { format, what: what.to_owned() }
}
