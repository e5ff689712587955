//! `serve`: runs until told to stop.

use std::sync::Arc;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Output};
use crate::config::Config;
use crate::running::Running;
use crate::telemetry;

pub(super) async fn serve(config: &Config, out: Output) -> Result<(), Failure> {
    let metrics = Arc::default();
    let collector = telemetry::start(config, &metrics)?;
    let mut terminate =
        signal(SignalKind::terminate()).map_err(|e| Failure::other(format!("no signals: {e}")))?;
    let mut interrupt =
        signal(SignalKind::interrupt()).map_err(|e| Failure::other(format!("no signals: {e}")))?;
    let mut hangup = signal(SignalKind::hangup()).map_err(|e| Failure::other(format!("no signals: {e}")))?;
    let running = Running::start_counting(config, metrics).await?;
    let (address, url) = (running.address, running.engine.server_id().to_owned());
    let first = running.engine.first_owner_link().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "there is no link for the first owner; `operator link` makes one");
        None
    });
    let first = first.as_deref().map(String::as_str);
    let owner = first.map_or(String::new(), |link| {
        format!("\nNobody owns the console yet. Whoever opens this link first does; it works once, for a day:\n{link}")
    });
    out.tell(
        &json!({"event": "listening", "address": address, "url": url, "metrics": running.metrics_address,
                "first_owner_link": first}),
        &format!("Countersign server: listening on {address}, reached at {url}. Stop with Ctrl-C.{owner}"),
    );
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => reload(&running, out),
        }
    }
    running.stop().await;
    if let Some(collector) = collector {
        collector.finish().await;
    }
    out.tell(&json!({"event": "stopped"}), "Countersign server: stopped, everything is written.");
    Ok(())
}

/// On SIGHUP. A certificate that cannot be used keeps nobody from connecting: the one from before stays.
fn reload(running: &Running, out: Output) {
    match running.reload() {
        Ok(()) => {
            out.tell(&json!({"event": "reloaded"}), "Countersign server: the certificate was read again.")
        }
        Err(error) => out.tell(
            &json!({"event": "not_reloaded", "error": error.to_string()}),
            &format!("Countersign server: {error}. The certificate from before stays."),
        ),
    }
}
