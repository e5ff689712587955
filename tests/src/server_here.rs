//! The server in this process, with a clock that stands where a test puts it. What it runs is the product's own route
//! table over its own store; only the clock is ours.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::Extension;
use countersign_protocol::id::TenantId;
use countersign_server::api;
use countersign_server::checkpoint_files::CheckpointFiles;
use countersign_server::data_dir::DataDir;
use countersign_server::engine::providers::Channel;
use countersign_server::engine::{Engine, NewApplication, NewTenant};
use countersign_server::host::System;
use countersign_server::store::Store;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::TestClock;
use crate::database::Database;
use crate::prepared;
use crate::relying_party::RelyingParty;

/// What passwords and recovery codes cost.
#[derive(Debug, Clone, Copy)]
enum Hashing {
    Full,
    Cheap,
}

/// What another node of a server has in common with it.
#[derive(Debug, Clone, Copy)]
struct Like {
    hashing: Hashing,
    /// From where its requests come; nobody knows when there is none.
    seen_from: Option<IpAddr>,
}

impl Like {
    const CHEAP: Self = Self { hashing: Hashing::Cheap, seen_from: None };
}

/// A server in this process.
#[derive(Debug)]
pub struct ServerHere {
    /// Its rules.
    pub engine: Arc<Engine>,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Where it listens.
    pub address: SocketAddr,
    data: Arc<TempDir>,
    /// The address in its links and signatures.
    public: String,
    serving: JoinHandle<()>,
    like: Like,
    /// Its PostgreSQL database; none when it runs on SQLite.
    pub database: Option<Arc<Database>>,
}

impl ServerHere {
    /// Starts it. Passwords and recovery codes cost it next to nothing.
    pub async fn start() -> Self {
        Self::start_as(Like::CHEAP, by_address).await
    }

    /// The same under a domain name, for browsers have passkeys for those only, where each request comes from this address.
    pub async fn start_seen_from(address: IpAddr) -> Self {
        Self::start_as(Like { seen_from: Some(address), ..Like::CHEAP }, by_name).await
    }

    /// The same under a domain name.
    pub async fn start_on_localhost() -> Self {
        Self::start_as(Like::CHEAP, by_name).await
    }

    /// The same with what they cost as shipped.
    pub async fn start_with_full_hashing() -> Self {
        Self::start_as(Like { hashing: Hashing::Full, ..Like::CHEAP }, by_address).await
    }

    async fn start_as(like: Like, public: fn(SocketAddr) -> String) -> Self {
        let (data, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
        let database = Database::new().await.map(Arc::new);
        match &database {
            None => prepared::lay_into(data.path()).await,
            Some(database) => {
                let settings = database.settings();
                let made = DataDir::open_checked(data.path(), Some(&settings), &System).await.unwrap();
                made.store.close().await;
            }
        }
        Self::serve(Arc::new(data), clock, database, (like, public), |engine| engine).await
    }

    /// One more server on the same database, key and clock, with the same public address: another node.
    pub async fn another(&self, change: impl FnOnce(Engine) -> Engine) -> Self {
        let (data, clock) = (Arc::clone(&self.data), Arc::clone(&self.clock));
        let like = (self.like, |_| self.public.clone());
        Self::serve(data, clock, self.database.clone(), like, change).await
    }

    async fn serve(
        data: Arc<TempDir>,
        clock: Arc<TestClock>,
        database: Option<Arc<Database>>,
        (like, public): (Like, impl FnOnce(SocketAddr) -> String),
        change: impl FnOnce(Engine) -> Engine,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let public = public(address);
        let engine =
            Arc::new(change(engine(data.path(), database.as_deref(), &clock, (&public, like.hashing))));
        let app = api::app(Arc::clone(&engine)).layer(Extension(api::Client { address: like.seen_from }));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { engine, clock, address, data, public, serving, like, database }
    }

    /// Where its data is.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// Its rows and its master key, opened once more; close the store afterwards.
    #[must_use]
    pub fn data(&self) -> DataDir {
        open(self.data.path(), self.database.as_deref())
    }

    /// A second engine over the same data and clock: another node, or an operator's command.
    #[must_use]
    pub fn beside(&self) -> Engine {
        engine(self.data.path(), self.database.as_deref(), &self.clock, (&self.public, self.like.hashing))
    }

    /// The rows themselves, past all rules: for whoever tampers with them.
    #[must_use]
    pub fn rows(&self) -> Store {
        self.data().store
    }

    /// A new tenant with `answer_window` seconds to answer, and its first application.
    pub async fn relying_party(&self, name: &str, answer_window: Option<i64>) -> RelyingParty {
        let tenant = NewTenant { name: name.to_owned(), answer_window, color: None };
        let tenant = self.engine.create_tenant(tenant, &"operator").await.unwrap().id;
        self.application(tenant, name).await
    }

    /// One more application of a tenant.
    pub async fn application(&self, tenant: TenantId, name: &str) -> RelyingParty {
        let new = NewApplication { name: name.to_owned(), color: None };
        let (client_id, client_secret) =
            self.engine.create_application(tenant, new, &"operator").await.unwrap();
        RelyingParty {
            address: self.address,
            tenant: tenant.to_string(),
            client_id: client_id.to_string(),
            client_secret,
        }
    }
}

impl Drop for ServerHere {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn by_address(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn by_name(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}

fn open(data_dir: &Path, database: Option<&Database>) -> DataDir {
    match database {
        Some(database) => DataDir::open_beside(data_dir, &database.settings()),
        None => DataDir::open(data_dir, &System),
    }
    .unwrap()
}

fn engine(
    data_dir: &Path,
    database: Option<&Database>,
    clock: &Arc<TestClock>,
    (public, hashing): (&str, Hashing),
) -> Engine {
    let (data, clock): (_, Arc<TestClock>) = (open(data_dir, database), Arc::clone(clock));
    // Messages to people go into the outbox and stay there: nobody sends here. Devices look by themselves.
    let engine = Engine::new(data.store, clock, Arc::new(System), data.master, public.to_owned());
    let engine = engine.with_sink(&[Channel::Sms, Channel::Voice, Channel::Email]);
    let engine = engine.with_checkpoint_files(CheckpointFiles::new(data_dir.join("checkpoints")));
    match hashing {
        Hashing::Full => engine,
        Hashing::Cheap => engine.hashing_for_tests(),
    }
}
