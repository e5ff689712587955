//! Everything that a database says, as text, for whoever looks for what should not be there: bytes in hexadecimal, and what is
//! inside a signed text beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::Value;

use crate::server_here::ServerHere;

/// The tables, each with its rows.
pub async fn of(server: &ServerHere) -> BTreeMap<String, Vec<String>> {
    let tables = match &server.database {
        None => of_file(&server.data_dir().join("countersign.db")),
        Some(database) => {
            let names =
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
            let mut tables = BTreeMap::new();
            for name in database.texts(names).await {
                let rows = database.texts(&format!("SELECT t::text FROM \"{name}\" t")).await;
                tables.insert(name, rows);
            }
            tables
        }
    };
    tables
        .into_iter()
        .map(|(name, rows)| (name, rows.into_iter().map(|row| opened(&row)).collect()))
        .collect()
}

/// The tables that have a column of this name, in the order of their names.
pub async fn tables_with(server: &ServerHere, column: &str) -> Vec<String> {
    let mut names = match &server.database {
        None => {
            let file = rusqlite::Connection::open(server.data_dir().join("countersign.db")).unwrap();
            let sql = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c
                       WHERE m.type = 'table' AND c.name = ?1";
            let mut found = file.prepare(sql).unwrap();
            found
                .query_map([column], |row| row.get(0))
                .unwrap()
                .collect::<rusqlite::Result<Vec<_>>>()
                .unwrap()
        }
        Some(database) => {
            let of = "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public'";
            database.texts(&format!("{of} AND column_name = '{column}'")).await
        }
    };
    names.sort_unstable();
    names
}

/// The tables in which one of these stands, letters of whatever size.
#[must_use]
pub fn with(tables: &BTreeMap<String, Vec<String>>, wanted: &[String]) -> Vec<String> {
    let says = |row: &String| wanted.iter().any(|text| row.contains(&text.to_lowercase()));
    tables.iter().filter(|(_, rows)| rows.iter().any(says)).map(|(name, _)| name.clone()).collect()
}

/// Bytes as they stand in a dump.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn of_file(path: &std::path::Path) -> BTreeMap<String, Vec<String>> {
    let file = rusqlite::Connection::open(path).unwrap();
    let mut names = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut rows = file.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns = rows.column_count();
        let text = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|at| row.get(at).map(written));
            Ok(values.collect::<rusqlite::Result<Vec<_>>>()?.join(","))
        };
        rows.query_map([], text).unwrap().map(Result::unwrap).collect()
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}

fn written(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => hex(&bytes),
    }
}

/// A row with what its signed texts say.
fn opened(row: &str) -> String {
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let inside = row.split(part).filter_map(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let inside = inside.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    format!("{row} {}", inside.collect::<Vec<_>>().join(" ")).to_lowercase()
}
