//! Sending finished spans to a collector: OTLP over HTTP in its JSON form. In batches, from a queue with an end, in a task
//! of its own: a collector that is slow or gone costs the spans that do not fit, and nothing else.

mod json;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::Metrics;
use super::trace::Finished;

/// Spans that may wait; more are given up.
const QUEUE: usize = 4096;
/// Spans in one message at most.
const BATCH: usize = 512;
/// How long a span waits for others to be sent with.
const GATHER: Duration = Duration::from_secs(2);
/// How long the collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of the server may take for the last spans.
const LAST: Duration = Duration::from_secs(3);

/// The collector cannot be talked to at all.
#[derive(Debug, thiserror::Error)]
#[error("otlp_endpoint: {0}")]
pub(crate) struct CollectorError(String);

/// Where finished spans go.
#[derive(Debug, Clone)]
pub(super) struct Spans {
    queue: mpsc::Sender<Finished>,
    metrics: Arc<Metrics>,
}

impl Spans {
    /// Never waits: a full queue gives the span up.
    pub(super) fn hand_in(&self, span: Finished) {
        if self.queue.try_send(span).is_err() {
            self.metrics.spans_dropped(1);
        }
    }
}

/// The task that sends.
#[derive(Debug)]
pub(crate) struct Collector {
    stop: oneshot::Sender<()>,
    sending: JoinHandle<()>,
}

impl Collector {
    /// Starts it. Must be called within the runtime.
    pub(super) fn start(endpoint: &str, metrics: Arc<Metrics>) -> Result<(Self, Spans), CollectorError> {
        let sender = Sender {
            client: client()?,
            url: format!("{}/v1/traces", endpoint.trim_end_matches('/')),
            metrics: Arc::clone(&metrics),
            failing: false,
        };
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (stop, stopping) = oneshot::channel();
        let sending = tokio::spawn(run(sender, waiting, stopping));
        Ok((Self { stop, sending }, Spans { queue, metrics }))
    }

    /// Sends what waits, and ends. Takes three seconds at most.
    pub(crate) async fn finish(self) {
        let _ended_already = self.stop.send(());
        if timeout(LAST, self.sending).await.is_err() {
            tracing::warn!("the collector did not take the last spans in time");
        }
    }
}

fn client() -> Result<Client, CollectorError> {
    let failed = |error: &dyn std::fmt::Display| CollectorError(error.to_string());
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(|error| failed(&error))
}

async fn run(mut sender: Sender, mut waiting: mpsc::Receiver<Finished>, mut stopping: oneshot::Receiver<()>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let got = tokio::select! {
            got = waiting.recv_many(&mut batch, BATCH) => got,
            _ = &mut stopping => 0,
        };
        if got == 0 {
            break;
        }
        let more = async {
            let mut room = BATCH.saturating_sub(got);
            while room > 0 {
                match waiting.recv_many(&mut batch, room).await {
                    0 => break,
                    more => room = room.saturating_sub(more),
                }
            }
        };
        let stop = tokio::select! {
            () = more => false,
            () = sleep(GATHER) => false,
            _ = &mut stopping => true,
        };
        sender.send(&mut batch).await;
        if stop {
            break;
        }
    }
    waiting.close();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        sender.send(&mut batch).await;
    }
}

#[derive(Debug)]
struct Sender {
    client: Client,
    url: String,
    metrics: Arc<Metrics>,
    /// Whether the last message was not taken: one line of log when that begins and one when it ends.
    failing: bool,
}

impl Sender {
    async fn send(&mut self, batch: &mut Vec<Finished>) {
        let body = json::message(batch).to_string();
        let request = self.client.post(&self.url).header(CONTENT_TYPE, "application/json").body(body);
        let why = match request.send().await {
            Ok(reply) if reply.status().is_success() => None,
            Ok(reply) => Some(reply.status().to_string()),
            Err(error) => Some(error.without_url().to_string()),
        };
        if let Some(why) = &why {
            self.metrics.spans_dropped(batch.len());
            if !self.failing {
                tracing::warn!(why, "the collector takes no traces; they are given up until it does");
            }
        } else if self.failing {
            tracing::info!("the collector takes traces again");
        }
        self.failing = why.is_some();
        batch.clear();
    }
}
