//! Starting the log and, if there is a collector, the traces. Both see the same spans; which of their fields may leave
//! the process is written down in `trace`.

use std::sync::Arc;

use tracing_subscriber::filter::{EnvFilter, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt};

use super::Metrics;
use super::otlp::{Collector, CollectorError};
use super::trace::Traces;
use crate::config::{Config, LogFormat};
use crate::host::System;

/// What devices send wrongly for a passkey is no error of the server's, and anybody can send it; the audit log notes it. A
/// filter that names the library holds all the same.
const QUIET: &str = "webauthn_rs_core=off";

/// Starts both for this process. The log goes to standard error, so that standard output stays for results.
///
/// # Errors
/// [`CollectorError`] when the collector's address cannot be used. One that does not answer is no error.
pub(crate) fn start(config: &Config, metrics: &Arc<Metrics>) -> Result<Option<Collector>, CollectorError> {
    let filter = EnvFilter::new(format!("{QUIET},{}", config.log));
    let log = match config.log_format {
        LogFormat::Text => fmt::layer().with_writer(std::io::stderr).with_filter(filter).boxed(),
        LogFormat::Json => fmt::layer().json().with_writer(std::io::stderr).with_filter(filter).boxed(),
    };
    let (collector, spans) = match &config.otlp_endpoint {
        Some(endpoint) => {
            let (collector, spans) = Collector::start(endpoint, Arc::clone(metrics))?;
            (Some(collector), Some(spans))
        }
        None => (None, None),
    };
    let traces = spans.map(|spans| {
        let ours = filter_fn(|meta| meta.is_span() && meta.target().starts_with("countersign_server"));
        Traces::new(spans, Arc::new(System), Arc::new(System))
            .with_filter(ours.with_max_level_hint(LevelFilter::DEBUG))
    });
    if Registry::default().with(log).with(traces).try_init().is_err() {
        eprintln!("countersign-server: a log is already running in this process; using that one");
    }
    Ok(collector)
}
