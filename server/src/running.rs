//! A server from start to end: what `serve` runs, and what the demo and the tests start in-process.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::checkpoint_files::CheckpointFiles;
use crate::config::{Config, ConfigError, Environment};
use crate::data_dir::{DataDir, DataDirError};
use crate::delivery::{Couriers, SetupError, Worker};
use crate::engine::attestation::{Trust, TrustError};
use crate::engine::providers::Channel;
use crate::engine::{Engine, Places, PlacesError};
use crate::host::{NoRandomness, System, random};
use crate::listener::{self, Served};
use crate::nodes::Nodes;
use crate::store::StoreError;
use crate::telemetry::{Metrics, metrics_app};
use crate::tls::{self, Certificate, TlsError};
use crate::{api, api::client::Proxies, housekeeping};

/// How long sealing the last audit events may take when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(
        "{address} cannot be listened on: {source}. Is another program using the port? Set {key} to another one"
    )]
    Listen {
        /// The setting that names it.
        key: &'static str,
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
    /// See [`TlsError`].
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// TLS cannot be spoken at all.
    #[error("tls: {0}; please report this")]
    NoTls(#[from] rustls::Error),
    /// See [`PlacesError`].
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// See [`TrustError`].
    #[error("attestation: {0}")]
    Trust(#[from] TrustError),
    /// See [`SetupError`].
    #[error(transparent)]
    Delivery(#[from] SetupError),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness for a name among other servers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// A server that is up.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its numbers can be read, if anywhere.
    pub metrics_address: Option<SocketAddr>,
    /// Its rules, for those who run it in their own process.
    pub engine: Arc<Engine>,
    certificate: Option<Arc<Certificate>>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    sending: Worker,
    keeping_audit: JoinHandle<()>,
    /// The other servers on the same PostgreSQL database.
    nodes: Option<Nodes>,
    _lock: File,
}

impl Running {
    /// Opens the data directory and begins to listen.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        Self::start_counting(config, Arc::default()).await
    }

    /// The same, counting in `metrics`.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start_counting(config: &Config, metrics: Arc<Metrics>) -> Result<Self, StartError> {
        let lock = DataDir::lock(&config.data_dir)?;
        let (tcp, address) = bind("listen", config.listen).await?;
        let numbers = match config.metrics_listen {
            Some(wanted) => Some(bind("metrics_listen", wanted).await?),
            None => None,
        };
        let server_id = config.server_id(address)?;
        let certificate = config.tls.clone().map(|files| Certificate::load(files, &server_id)).transpose()?;
        let certificate = certificate.map(Arc::new);
        let tls = certificate.clone().map(tls::server_config).transpose()?.map(TlsAcceptor::from);
        let database = config.database()?;
        let data = DataDir::open_checked(&config.data_dir, database.as_ref(), &System).await?;
        tell_new_address(&data, &server_id).await?;
        let couriers = Arc::new(Couriers::new(config)?);
        let places = config.places_file.as_deref().map(Places::open).transpose()?;
        let trust = Trust::open(&config.attestation, config.environment())?;
        let engine = engine(config, data, server_id).with_metrics(metrics).with_places(places);
        let engine = engine.with_trust(trust);
        let engine = Arc::new(engine);
        engine.carry_by(Arc::<Couriers>::clone(&couriers));
        let sending = Worker::start(Arc::clone(&engine), couriers);
        let nodes = match database {
            Some(database) => {
                Some(Nodes::join(Arc::clone(&engine), database, Uuid::from_bytes(random(&System)?)))
            }
            None => None,
        };
        let keeping_audit = tokio::spawn(Arc::clone(&engine).keep_audit());
        let (stop, stopping) = watch::channel(false);
        let app = api::app(Arc::clone(&engine));
        let proxies = Arc::new(Proxies::from(config));
        let grace = Duration::from_secs(config.shutdown_grace);
        let housekeeping = housekeeping::begin(Arc::clone(&engine), stopping.clone());
        let served = Served { app, proxies: Arc::clone(&proxies), tls };
        let mut running = Self {
            address,
            metrics_address: numbers.as_ref().map(|(_, address)| *address),
            engine,
            certificate,
            stop,
            tasks: vec![tokio::spawn(listener::serve(tcp, served, stopping.clone(), grace)), housekeeping],
            sending,
            keeping_audit,
            nodes,
            _lock: lock,
        };
        if let Some((tcp, _)) = numbers {
            let served =
                Served { app: metrics_app(Arc::clone(running.engine.metrics())), proxies, tls: None };
            running.tasks.push(tokio::spawn(listener::serve(tcp, served, stopping.clone(), Duration::ZERO)));
        }
        if let Some(certificate) = running.certificate.clone() {
            let metrics = Arc::clone(running.engine.metrics());
            let upkeep = tls::keep_fresh(certificate, Arc::new(System), metrics, stopping);
            running.tasks.push(tokio::spawn(upkeep));
        }
        Ok(running)
    }

    /// Reads again what can change while the server runs: the certificate and its key. What cannot be used is not: then
    /// everything stays as it was.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn reload(&self) -> Result<(), TlsError> {
        match &self.certificate {
            Some(certificate) => tls::read_again(certificate, &System, self.engine.metrics()),
            None => Ok(()),
        }
    }

    /// Tells those who wait, lets requests end, writes everything out.
    pub async fn stop(self) {
        self.engine.begin_shutdown();
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server ended badly");
            }
        }
        self.sending.stop().await;
        if let Some(nodes) = self.nodes {
            nodes.leave().await;
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

async fn bind(key: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let not_listening = |source| StartError::Listen { key, address, source };
    let tcp = TcpListener::bind(address).await.map_err(not_listening)?;
    let bound = tcp.local_addr().map_err(not_listening)?;
    Ok((tcp, bound))
}

/// Keeps the address for commands beside the server, and says what a new one means.
async fn tell_new_address(data: &DataDir, server_id: &str) -> Result<(), StoreError> {
    if let Some(before) = data.store.server_id().await?.filter(|before| before != server_id) {
        tracing::warn!(before, now = server_id, "the public address has changed: phones must enrol again");
    }
    data.store.keep_server_id(server_id).await
}

/// The engine over the data directory, for a command. It speaks as the server that last ran on the same data; before
/// the first run, as the configuration says.
///
/// # Errors
/// [`StartError`].
pub async fn open_engine(config: &Config) -> Result<Engine, StartError> {
    let data = DataDir::open_checked(&config.data_dir, config.database()?.as_ref(), &System).await?;
    let server_id = match data.store.server_id().await? {
        Some(server_id) => server_id,
        None => config.server_id(config.listen)?,
    };
    Ok(engine(config, data, server_id))
}

fn engine(config: &Config, data: DataDir, server_id: String) -> Engine {
    let files = CheckpointFiles::new(data.path().join("checkpoints"));
    let engine = Engine::new(data.store, Arc::new(System), Arc::new(System), data.master, server_id);
    let sink: &[Channel] = match config.environment() {
        Environment::Development => &Channel::ALL,
        Environment::Production => &[],
    };
    engine.with_sink(sink).with_checkpoint_files(files).with_registration(config.registration)
}
