//! A database of its own for each unit test, when `COUNTERSIGN_TEST_DATABASE_URL` names a PostgreSQL to make it on
//! (`tests/with_postgres`). Its user must be allowed to make databases.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::SimpleQueryMessage;

use super::{DatabaseUrl, Settings};
use crate::store::{Statement, Value};

static MADE: AtomicU32 = AtomicU32::new(0);

/// A database that goes away when this does.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) settings: Settings,
    server: Settings,
    name: String,
}

impl Scratch {
    /// None when the tests run on SQLite.
    pub(crate) async fn new() -> Option<Self> {
        let url = std::env::var("COUNTERSIGN_TEST_DATABASE_URL").ok()?;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("countersign_unit_{}_{number}", std::process::id());
        let (place, _database) = url.rsplit_once('/').unwrap();
        let settings = |url: String| Settings::new(&DatabaseUrl::from(url), None).unwrap();
        let (server, settings) = (settings(url.clone()), settings(format!("{place}/{name}")));
        run(&server, format!("CREATE DATABASE {name}")).await;
        Some(Self { settings, server, name })
    }

    /// Runs SQL in it, past the program.
    pub(crate) async fn run(&self, sql: &str) {
        run(&self.settings, sql.to_owned()).await;
    }

    /// How it would find a statement's rows.
    pub(crate) async fn plan(&self, statement: &Statement) -> String {
        let mut sql = format!("EXPLAIN {}", statement.sql);
        for (nth, value) in statement.params.iter().enumerate().rev() {
            sql = sql.replace(&format!("?{}", nth + 1), &literal(value));
        }
        let (client, connection) =
            self.settings.for_long_work().connect(self.settings.tls.clone()).await.unwrap();
        let connection = tokio::spawn(connection);
        let lines = client.simple_query(&sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        let text = |line: &SimpleQueryMessage| match line {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        lines.iter().filter_map(text).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (server, sql) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(&server, sql));
        });
        dropping.join().unwrap();
    }
}

fn literal(value: &Value) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bytes = |bytes: &[u8]| format!("'\\x{}'::bytea", hex(bytes));
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(blob) => bytes(blob),
        Value::Id(id) => bytes(id.as_bytes()),
    }
}

async fn run(server: &Settings, sql: String) {
    let (client, connection) = server.for_long_work().connect(server.tls.clone()).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(&sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}
