//! One SQLite connection: its settings, and carrying out statements on it.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

use crate::store::{Expect, Query, Row, Statement, StoreError, Value};

/// Milliseconds to wait for another process (an operator's command) that is writing.
const BUSY_TIMEOUT_MS: i64 = 5_000;
/// Prepared statements kept; more than there are different ones.
const STATEMENT_CACHE: usize = 128;

/// Opens the file with the settings that durability rests on.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let set_up = || {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "busy_timeout", BUSY_TIMEOUT_MS)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL: a commit is on the disk before anyone hears of it. The group commit pays for it once for many.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Plans by the statement alone: those that looked at a value (a LIMIT is enough) were made anew for each value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        Ok(connection)
    };
    set_up().map_err(|e: rusqlite::Error| {
        StoreError::Unavailable(format!("{} cannot be opened as the server's database: {e}", path.display()))
    })
}

/// Runs all queries in one read transaction, so that they see one state.
pub(super) fn read(connection: &mut Connection, queries: &[Query]) -> Result<Vec<Vec<Row>>, StoreError> {
    if let [query] = queries {
        return Ok(vec![select(connection, query)?]);
    }
    let transaction = connection.transaction().map_err(|e| translate(&e))?;
    let answers = queries.iter().map(|q| select(&transaction, q)).collect();
    transaction.finish().map_err(|e| translate(&e))?;
    answers
}

fn select(connection: &Connection, query: &Query) -> Result<Vec<Row>, StoreError> {
    #[cfg(debug_assertions)]
    debug_assert!(super::plans::is_indexed(connection, query.sql));
    let run = || {
        let mut statement = connection.prepare_cached(query.sql)?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(&query.params))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(Row((0..width).map(|i| row.get_ref(i).map(own)).collect::<Result<_, _>>()?));
        }
        Ok(all)
    };
    run().map_err(|e| translate(&e))
}

fn own(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        // The tables are STRICT and have no REAL column; a float can only come from an expression of our own.
        ValueRef::Real(v) => Value::Text(v.to_string()),
        ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
        ValueRef::Blob(v) => Value::Blob(v.to_vec()),
    }
}

/// Carries out one batch inside the transaction that is open; on failure the caller rolls back to its savepoint.
pub(super) fn apply(connection: &Connection, batch: &[Statement]) -> Result<(), StoreError> {
    for (index, statement) in batch.iter().enumerate() {
        #[cfg(debug_assertions)]
        debug_assert!(super::plans::is_indexed(connection, statement.sql));
        let changed = connection
            .prepare_cached(statement.sql)
            .and_then(|mut s| s.execute(rusqlite::params_from_iter(&statement.params)))
            .map_err(|e| translate(&e))?;
        if statement.expect == Expect::One && changed != 1 {
            return Err(StoreError::Unmet(index));
        }
    }
    Ok(())
}

/// SQLite's error in the store's terms.
pub(super) fn translate(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreError::Duplicate,
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::Unavailable(error.to_string()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(v) => ValueRef::Integer(*v),
            Self::Text(v) => ValueRef::Text(v.as_bytes()),
            Self::Blob(v) => ValueRef::Blob(v),
            Self::Id(v) => ValueRef::Blob(v.as_bytes()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_prepared_once_whatever_it_is_asked() {
        let dir = tempfile::tempdir().unwrap();
        let connection = open(&dir.path().join("t.db")).unwrap();
        connection
            .execute_batch("CREATE TABLE t (at INTEGER); CREATE INDEX i ON t (at) WHERE at > 5")
            .unwrap();
        let mut statement =
            connection.prepare("SELECT at FROM t WHERE at > ?1 AND at > ?2 ORDER BY at LIMIT ?3").unwrap();
        for value in 1..9 {
            assert!(!statement.exists([value, value, value]).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
