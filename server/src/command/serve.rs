//! `serve`: runs until told to stop.

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Output};
use crate::config::{Config, LogFormat};
use crate::running::Running;

pub(super) async fn serve(config: &Config, out: Output) -> Result<(), Failure> {
    start_log(config);
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|e| Failure::other(format!("no signals: {e}")))?;
    let mut interrupt =
        signal(SignalKind::interrupt()).map_err(|e| Failure::other(format!("no signals: {e}")))?;
    let running = Running::start(config).await?;
    let (address, url) = (running.address, running.engine.server_id().to_owned());
    out.tell(
        &json!({"event": "listening", "address": address, "url": url}),
        &format!("Countersign server: listening on {address}, reached at {url}. Stop with Ctrl-C."),
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.stop().await;
    out.tell(&json!({"event": "stopped"}), "Countersign server: stopped, everything is written.");
    Ok(())
}

/// The log goes to standard error, so that standard output stays for results.
fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    if started.is_err() {
        eprintln!("countersign-server: a log is already running in this process; using that one");
    }
}
