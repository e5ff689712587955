//! Spans of the log as spans of a trace. Only the fields that are named here leave the process; a field that somebody adds
//! to a span stays inside until it is added here too.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use tokio::time::Instant;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::context::TraceParent;
use super::otlp::Spans;
use crate::host::{Clock, Rng, random};

/// A field's name in our spans, and what it is called in traces.
const FIELDS: [(&str, &str); 7] = [
    ("method", "http.request.method"),
    ("route", "http.route"),
    ("status", "http.response.status_code"),
    ("id", "countersign.request_id"),
    ("tenant", "countersign.tenant"),
    ("client", "countersign.client"),
    ("device", "countersign.device"),
];

/// A span that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) name: String,
    pub(super) trace: u128,
    pub(super) span: u64,
    pub(super) parent: Option<u64>,
    /// Whether it stands for a request from outside.
    pub(super) is_request: bool,
    pub(super) failed: bool,
    /// Nanoseconds since 1970.
    pub(super) start: u128,
    pub(super) end: u128,
    pub(super) attributes: Vec<(&'static str, String)>,
}

/// A span that has not.
#[derive(Debug)]
struct Open {
    finished: Finished,
    begun: Instant,
}

/// Hands finished spans on.
#[derive(Debug)]
pub(super) struct Traces {
    spans: Spans,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

impl Traces {
    pub(super) fn new(spans: Spans, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { spans, clock, rng }
    }

    /// None when the trace is not kept, or there is no randomness to name a span with.
    fn open(&self, fields: Fields, name: &str, parent: Option<&Open>) -> Option<Open> {
        let begun = Instant::now();
        let random: [u8; 24] = random(&*self.rng).ok()?;
        let (trace, span) = random.split_at(16);
        let span = u64::from_be_bytes(span.try_into().ok()?).max(1);
        let (trace, parent_span, start) = match (parent, fields.caller) {
            (Some(open), _) => {
                let since = begun.saturating_duration_since(open.begun);
                (open.finished.trace, Some(open.finished.span), open.finished.start + since.as_nanos())
            }
            (None, Some(caller)) if !caller.sampled => return None,
            (None, Some(caller)) => (caller.trace, Some(caller.span), self.now()),
            (None, None) => (u128::from_be_bytes(trace.try_into().ok()?).max(1), None, self.now()),
        };
        let finished = Finished {
            name: name.to_owned(),
            trace,
            span,
            parent: parent_span,
            is_request: name == "request",
            failed: false,
            start,
            end: start,
            attributes: fields.known,
        };
        Some(Open { finished, begun })
    }

    fn now(&self) -> u128 {
        u128::try_from(self.clock.unix_ms()).unwrap_or(0) * 1_000_000
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Traces {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let opened = match span.parent() {
            Some(parent) => {
                // A parent without one is not kept, and neither is what happens below it.
                let extensions = parent.extensions();
                extensions.get::<Open>().and_then(|open| self.open(fields, span.name(), Some(open)))
            }
            None => self.open(fields, span.name(), None),
        };
        if let Some(open) = opened {
            span.extensions_mut().insert(open);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            let mut fields = Fields::default();
            values.record(&mut fields);
            open.finished.attributes.extend(fields.known);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Open { mut finished, begun }) = span.extensions_mut().remove::<Open>() else { return };
        finished.end = finished.start + begun.elapsed().as_nanos();
        let value = |name: &str| {
            let mut found = finished.attributes.iter().filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| value.clone())
        };
        if finished.is_request
            && let (Some(method), Some(route)) = (value("http.request.method"), value("http.route"))
        {
            finished.name = format!("{method} {route}");
        }
        finished.failed = value("http.response.status_code").is_some_and(|status| status.starts_with('5'));
        self.spans.hand_in(finished);
    }
}

/// The fields that may leave, and who called.
#[derive(Debug, Default)]
struct Fields {
    known: Vec<(&'static str, String)>,
    caller: Option<TraceParent>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _written = write!(text, "{value:?}");
        self.record_str(field, &text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "caller" {
            self.caller = TraceParent::parse(value);
        } else if let Some((_, name)) = FIELDS.iter().find(|(ours, _)| *ours == field.name()) {
            self.known.push((name, value.to_owned()));
        }
    }
}
