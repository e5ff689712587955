//! The database under a test. `tests/with_postgres` names a PostgreSQL; without one the servers here use SQLite.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use countersign_server::store::postgres::{DatabaseUrl, Postgres, Settings};
use tokio::sync::Mutex;

/// What `tests/with_postgres` sets: a PostgreSQL whose user may make databases.
const VARIABLE: &str = "COUNTERSIGN_TEST_DATABASE_URL";

static MADE: AtomicU32 = AtomicU32::new(0);

/// A PostgreSQL database of its own. It goes away when this does.
#[derive(Debug)]
pub struct Database {
    server: String,
    place: String,
    name: String,
    /// What it was copied from, which goes away with the last copy.
    _copied_from: Option<Arc<Database>>,
}

impl Database {
    /// A new one, whose tables are there already; none when the tests run on SQLite.
    pub async fn new() -> Option<Self> {
        let server = std::env::var(VARIABLE).ok()?;
        let tables = with_tables(&server).await;
        Some(Self::copy(server, Some(tables)).await)
    }

    /// A new one with nothing in it; none when the tests run on SQLite.
    pub async fn empty() -> Option<Self> {
        Some(Self::copy(std::env::var(VARIABLE).ok()?, None).await)
    }

    async fn copy(server: String, from: Option<Arc<Self>>) -> Self {
        let (place, _) = server.rsplit_once('/').expect("a URL that ends with a database");
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let (place, name) = (place.to_owned(), format!("test_{}_{number}", std::process::id()));
        let template = from.as_deref().map_or("template1", |from| &from.name);
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { server, place, name, _copied_from: from }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.place, self.name)
    }

    /// Where it is for one who has to go through `port` of this machine.
    #[must_use]
    pub fn url_through(&self, port: u16) -> String {
        let (login, _) = self.place.rsplit_once('@').expect("a URL with a user");
        format!("{login}@127.0.0.1:{port}/{}", self.name)
    }

    /// The address of the PostgreSQL.
    #[must_use]
    pub fn address(&self) -> String {
        self.place.rsplit_once('@').expect("a URL with a user").1.to_owned()
    }

    /// As the server takes it.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings::new(&DatabaseUrl::from(self.url()), None).unwrap()
    }

    /// The texts that a query returns.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let (client, connection) = tokio_postgres::connect(&self.url(), tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let texts = client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
        drop(client);
        connection.await.unwrap().unwrap();
        texts
    }

    /// The only number that a query returns.
    pub async fn number(&self, sql: &str) -> i64 {
        let (client, connection) = tokio_postgres::connect(&self.url(), tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let number = client.query_one(sql, &[]).await.unwrap().get(0);
        drop(client);
        connection.await.unwrap().unwrap();
        number
    }
}

/// The one that others are copied from: its tables are made once, as long as somebody has a copy.
async fn with_tables(server: &str) -> Arc<Database> {
    static MADE: Mutex<Weak<Database>> = Mutex::const_new(Weak::new());
    let mut made = MADE.lock().await;
    if let Some(made) = made.upgrade() {
        return made;
    }
    let first = Arc::new(Database::copy(server.to_owned(), None).await);
    Postgres::migrate(&first.settings()).await.unwrap();
    *made = Arc::downgrade(&first);
    first
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, sql) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(&server, &sql));
        });
        let dropped = dropping.join();
        assert!(dropped.is_ok() || std::thread::panicking(), "the database could not be dropped");
    }
}

async fn run(server: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}
