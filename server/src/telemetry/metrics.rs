//! The numbers. One `Metrics` for one server, handed to whoever counts; there is no global one. Labels come from small
//! fixed sets, never from what a caller sends and never from a tenant, so that their number is bounded.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::MatchedPath;
use countersign_protocol::wire::Outcome;
use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::process::Process;

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabel, Histogram, fn() -> Histogram>,
    asked: Counter,
    ended: Family<OutcomeLabel, Counter>,
    answer_time: Histogram,
    waiting: Family<WaitLabel, Gauge>,
    deliveries: Family<DeliveryLabels, Counter>,
    outbox_waiting: Family<ChannelLabel, Gauge>,
    troubled: Family<ChannelLabel, Gauge>,
    certificate_until: Gauge,
    spans_dropped: Counter,
    /// What the database's driver counts.
    pub store: Arc<StoreMetrics>,
}

/// What a driver counts. Queue and group are those of the group commit; without one, groups have one batch.
#[derive(Debug)]
pub struct StoreMetrics {
    batches: Family<BatchLabel, Counter>,
    group: Histogram,
    commit: Histogram,
    queue: Gauge,
}

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A relying party, for a status.
    Status,
    /// A device, for its inbox.
    Inbox,
    /// A device, on its event stream.
    Events,
}

/// What became of an attempt to deliver something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The receiver took it.
    Done,
    /// It will be tried again.
    Again,
    /// It was given up.
    Dead,
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchResult {
    /// Written.
    Written,
    /// A guard or a unique index refused it, as it should.
    Refused,
    /// The database failed.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: Route,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: Route,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WaitLabel {
    on: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabel {
    channel: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    channel: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BatchLabel {
    result: &'static str,
}

/// A route's template; none for an address that nothing is at.
#[derive(Debug, Clone)]
struct Route(Option<MatchedPath>);

impl Route {
    fn as_str(&self) -> &str {
        self.0.as_ref().map_or("none", MatchedPath::as_str)
    }
}
impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
impl Eq for Route {}
impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}

/// The methods that somebody means; others are one, so that callers cannot make up more of them.
pub(super) fn known(method: &Method) -> &'static str {
    let all = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    all.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// `2xx`, `4xx`, ….
fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// From one millisecond to the minute that a long poll may take.
fn request_times() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0])
}

impl Default for StoreMetrics {
    fn default() -> Self {
        Self {
            batches: Family::default(),
            group: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0]),
            commit: Histogram::new([
                0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0,
            ]),
            queue: Gauge::default(),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(request_times),
            asked: Counter::default(),
            ended: Family::default(),
            answer_time: Histogram::new([1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0]),
            waiting: Family::default(),
            deliveries: Family::default(),
            outbox_waiting: Family::default(),
            troubled: Family::default(),
            certificate_until: Gauge::default(),
            spans_dropped: Counter::default(),
            store: Arc::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        self.registry.register_collector(Box::new(Process));
        let r = self.registry.sub_registry_with_prefix("countersign");
        r.register(
            "http_requests",
            "Requests answered, by route, method and status class",
            self.requests.clone(),
        );
        let help = "Time until a reply began, by route; long polls wait on purpose";
        r.register_with_unit("http_request_duration", help, Unit::Seconds, self.durations.clone());
        r.register("challenges_asked", "Questions put to people", self.asked.clone());
        let help = "Questions that this server saw end, by outcome; nobody tells it of those that expire";
        r.register("challenges_ended", help, self.ended.clone());
        let help = "Time from question to answer";
        r.register_with_unit("challenge_answer", help, Unit::Seconds, self.answer_time.clone());
        r.register("waiting", "Callers that wait for something to happen", self.waiting.clone());
        r.register(
            "deliveries",
            "Attempts to deliver messages, by channel and result",
            self.deliveries.clone(),
        );
        let help = "Messages that wait to be sent, by kind, on all servers of this database";
        r.register("outbox_waiting", help, self.outbox_waiting.clone());
        let help = "Providers that refuse our account there, of those that this server uses";
        r.register("providers_in_trouble", help, self.troubled.clone());
        let help = "When the TLS certificate ends, in seconds since 1970; 0 without TLS";
        r.register("tls_certificate_not_after_timestamp_seconds", help, self.certificate_until.clone());
        r.register("trace_spans_dropped", "Spans that no collector took", self.spans_dropped.clone());
        self.store.register(r);
        r.register("build", "What runs here", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    }

    /// All of it as OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _written = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    /// A request was answered.
    pub fn request(
        &self,
        route: Option<&MatchedPath>,
        method: &Method,
        status: StatusCode,
        duration: Duration,
    ) {
        let route = Route(route.cloned());
        self.durations.get_or_create(&RouteLabel { route: route.clone() }).observe(duration.as_secs_f64());
        let labels = RequestLabels { route, method: known(method), status: class(status) };
        self.requests.get_or_create(&labels).inc();
    }

    /// A question was put.
    pub fn challenge_asked(&self) {
        self.asked.inc();
    }

    /// A question has ended, by an answer after `answered_after`.
    pub fn challenge_ended(&self, outcome: Outcome, answered_after: Option<Duration>) {
        self.ended.get_or_create(&OutcomeLabel { outcome: outcome.as_str() }).inc();
        if let Some(after) = answered_after {
            self.answer_time.observe(after.as_secs_f64());
        }
    }

    /// Somebody waits, until the guard is dropped.
    #[must_use]
    pub fn waiting(&self, on: Wait) -> Waiting {
        let on = match on {
            Wait::Status => "status",
            Wait::Inbox => "inbox",
            Wait::Events => "events",
        };
        let gauge = self.waiting.get_or_create(&WaitLabel { on }).clone();
        gauge.inc();
        Waiting(gauge)
    }

    /// A delivery was attempted. `channel` is one of a few words.
    pub fn delivery(&self, channel: &'static str, result: Delivery) {
        let result = match result {
            Delivery::Done => "done",
            Delivery::Again => "again",
            Delivery::Dead => "dead",
        };
        self.deliveries.get_or_create(&DeliveryLabels { channel, result }).inc();
    }

    /// So many messages of a kind wait to be sent.
    pub fn outbox_waiting(&self, kind: &'static str, count: i64) {
        self.outbox_waiting.get_or_create(&ChannelLabel { channel: kind }).set(count);
    }

    /// So many providers of a channel refuse our account.
    pub fn providers_in_trouble(&self, channel: &'static str, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.troubled.get_or_create(&ChannelLabel { channel }).set(count);
    }

    /// The certificate that is shown ends at this time, in milliseconds since 1970.
    pub fn certificate_until(&self, unix_ms: i64) {
        self.certificate_until.set(unix_ms / 1000);
    }

    /// When it does, in milliseconds since 1970; none without TLS.
    pub fn certificate_ends(&self) -> Option<i64> {
        Some(self.certificate_until.get()).filter(|seconds| *seconds > 0).map(|seconds| seconds * 1000)
    }

    /// So many spans were given up.
    pub fn spans_dropped(&self, count: usize) {
        self.spans_dropped.inc_by(u64::try_from(count).unwrap_or(u64::MAX));
    }
}

impl StoreMetrics {
    fn register(&self, r: &mut Registry) {
        r.register("store_batches", "Changes handed to the database, by result", self.batches.clone());
        r.register("store_group_size", "Changes written to the disk at once", self.group.clone());
        let help = "Time until a group was on the disk";
        r.register_with_unit("store_commit", help, Unit::Seconds, self.commit.clone());
        r.register(
            "store_queue",
            "Changes that waited to be written when the last group was done",
            self.queue.clone(),
        );
    }

    /// A group of `size` is on the disk, or failed to get there; `waiting` more came while it was written.
    pub fn committed(&self, size: usize, waiting: usize, time: Duration) {
        self.queue.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        #[expect(clippy::cast_precision_loss, reason = "a group has 512 batches at most")]
        self.group.observe(size as f64);
        self.commit.observe(time.as_secs_f64());
    }

    /// How a batch ended.
    pub fn batch(&self, result: BatchResult) {
        let result = match result {
            BatchResult::Written => "written",
            BatchResult::Refused => "refused",
            BatchResult::Failed => "failed",
        };
        self.batches.get_or_create(&BatchLabel { result }).inc();
    }
}

/// Someone who waits. Dropping it ends the wait.
#[derive(Debug)]
pub struct Waiting(Gauge);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dec();
    }
}
