//! A server from start to end: what `serve` runs, and what the demo and the tests start in-process.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::checkpoint_files::CheckpointFiles;
use crate::config::{Config, ConfigError};
use crate::data_dir::{DataDir, DataDirError};
use crate::engine::Engine;
use crate::host::System;
use crate::{api, housekeeping, listener};

/// How long sealing the last audit events may take when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(
        "{address} cannot be listened on: {source}. Is another program using the port? Set listen to another one"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// See [`DataDirError`].
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// See [`ConfigError`].
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// A server that is up.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its rules, for those who run it in their own process.
    pub engine: Arc<Engine>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    housekeeping: JoinHandle<()>,
    keeping_audit: JoinHandle<()>,
    _lock: File,
}

impl Running {
    /// Opens the data directory and begins to listen.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let lock = DataDir::lock(&config.data_dir)?;
        let not_listening = |source| StartError::Listen { address: config.listen, source };
        let tcp = TcpListener::bind(config.listen).await.map_err(not_listening)?;
        let address = tcp.local_addr().map_err(not_listening)?;
        let server_id = config.server_id(address)?;
        let data = DataDir::open(&config.data_dir, &System)?;
        if let Some(before) = data.store.server_id().await?.filter(|before| *before != server_id) {
            tracing::warn!(
                before,
                now = server_id,
                "the public address has changed: phones must enrol again"
            );
        }
        data.store.keep_server_id(&server_id).await?;
        let engine = Arc::new(engine(data, server_id));
        let (stop, stopping) = watch::channel(false);
        let app = api::app(Arc::clone(&engine));
        let grace = Duration::from_secs(config.shutdown_grace);
        let housekeeping = housekeeping::begin(Arc::clone(&engine), stopping.clone());
        let serving = tokio::spawn(listener::serve(tcp, app, stopping, grace));
        let keeping_audit = tokio::spawn(Arc::clone(&engine).keep_audit());
        Ok(Self { address, engine, stop, serving, housekeeping, keeping_audit, _lock: lock })
    }

    /// Tells those who wait, lets requests end, writes everything out.
    pub async fn stop(self) {
        self.engine.begin_shutdown();
        self.stop.send_replace(true);
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "the listener ended badly");
        }
        if let Err(error) = self.housekeeping.await {
            tracing::error!(%error, "housekeeping ended badly");
        }
        self.keeping_audit.abort();
        match tokio::time::timeout(LAST_WORDS, self.engine.seal_audit()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "audit events are sealed at the next start"),
            Err(_) => tracing::warn!("sealing the audit log took too long; the next start goes on with it"),
        }
        self.engine.close().await;
    }
}

/// The engine over the data directory, for a command. It speaks as the server that last ran on the same data; before
/// the first run, as the configuration says.
///
/// # Errors
/// [`StartError`].
pub async fn open_engine(config: &Config) -> Result<Engine, StartError> {
    let data = DataDir::open(&config.data_dir, &System)?;
    let server_id = match data.store.server_id().await? {
        Some(server_id) => server_id,
        None => config.server_id(config.listen)?,
    };
    Ok(engine(data, server_id))
}

fn engine(data: DataDir, server_id: String) -> Engine {
    let files = CheckpointFiles::new(data.path().join("checkpoints"));
    Engine::new(data.store, Arc::new(System), Arc::new(System), data.master, server_id)
        .with_checkpoint_files(files)
}
