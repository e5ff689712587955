//! What SQLite's planner is told of the audit log, which is the longest table there is. Left alone it takes a tenant for ten rows, and
//! walks through the whole log where an index would find a page. The figures are those of a busy tenant and never change, so
//! plans are the same on every server, and in the tests that look at them.

use rusqlite::Connection;

/// Index and figures as `ANALYZE` would write them: rows, then how many share the first column, the first two, and so on. The
/// primary key goes by the table's name.
const AUDIT: [(&str, &str); 7] = [
    ("audit", "1000000 100000 1"),
    ("audit_by_actor", "1000000 100000 500 1"),
    ("audit_by_address", "1000000 100000 500 1"),
    ("audit_by_event", "1000000 100000 5000 1"),
    ("audit_by_seq", "1000000 100000 1"),
    ("audit_by_subject", "1000000 100000 5 1"),
    ("audit_unsealed", "100 100 50 1"),
];

/// Tells the planner, unless it was told before.
pub(super) fn tell(connection: &Connection) -> rusqlite::Result<()> {
    // Makes the table of figures if there is none, and counts nothing.
    connection.execute_batch("ANALYZE sqlite_schema")?;
    if told(connection)?.iter().map(|(index, figures)| (&**index, &**figures)).eq(AUDIT) {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    transaction.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'audit'", [])?;
    for (index, figures) in AUDIT {
        transaction.execute(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('audit', ?1, ?2)",
            (index, figures),
        )?;
    }
    transaction.commit()?;
    // This connection has read the figures of before.
    connection.execute_batch("ANALYZE sqlite_schema")
}

fn told(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut all =
        connection.prepare("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'audit' ORDER BY idx")?;
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn the_planner_is_told_once_of_every_index_there_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        drop(Sqlite::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        let sql = "SELECT name FROM sqlite_schema WHERE tbl_name = 'audit' AND name NOT LIKE 'sqlite%' ORDER BY name";
        let mut names = connection.prepare(sql).unwrap();
        let names: Vec<String> =
            names.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(names, AUDIT.map(|(index, _)| index));
        let before = connection.total_changes();
        tell(&connection).unwrap();
        assert_eq!(connection.total_changes(), before);
    }
}
