//! What the script of a sign-in's page listens to: one event once the sign-in no longer stands as the page shows it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Sse};
use futures_util::stream::unfold;

use super::visit::{Listening, Visit};
use crate::engine::{Engine, Standing};
use crate::telemetry::metrics::{Wait, Waiting};

/// How often an idle stream shows that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Proxies that collect a reply before they pass it on leave this one alone.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

struct Watcher {
    engine: Arc<Engine>,
    channel: String,
    /// As the page shows it.
    seen: String,
    standing: Standing,
    ended: bool,
    _counted: Waiting,
}

/// `GET /mfa/events`: `changed` once the page is out of date; `bye` before the server goes.
pub(super) async fn events(Listening(visit): Listening) -> impl IntoResponse {
    let counted = visit.engine.metrics().waiting(Wait::Events);
    let watcher = Watcher {
        standing: visit.transaction.standing,
        seen: visit.params.seen.unwrap_or_default(),
        engine: visit.engine,
        channel: visit.params.channel,
        ended: false,
        _counted: counted,
    };
    let stream = unfold(watcher, async |mut watcher| {
        if watcher.ended {
            return None;
        }
        let event = watcher.next().await;
        Some((Ok::<_, Infallible>(event), watcher))
    });
    ([UNBUFFERED], Sse::new(stream))
}

impl Watcher {
    async fn next(&mut self) -> Event {
        if self.engine.is_closing() {
            return self.last("bye", "the server is restarting; come back");
        }
        if mark(self.standing) != self.seen {
            return self.last("changed", "look again");
        }
        let wait = self.until_it_ends().min(KEEP_ALIVE);
        match self.engine.transaction_changed(&self.channel, self.standing, wait).await {
            Ok(transaction) if transaction.standing == self.standing => {
                Event::default().comment("still here")
            }
            Ok(_) => self.last("changed", "look again"),
            Err(error) => {
                tracing::debug!(%error, "an event stream of a page ended");
                self.last("bye", "there is nothing more to tell")
            }
        }
    }

    /// Nothing wakes anybody when a question's time is over, so the stream looks itself.
    fn until_it_ends(&self) -> Duration {
        let Standing::Waiting { until, .. } = self.standing else { return KEEP_ALIVE };
        let left = u64::try_from(until.saturating_sub(self.engine.unix_ms())).unwrap_or(0);
        Duration::from_millis(left.max(100))
    }

    fn last(&mut self, name: &str, data: &str) -> Event {
        self.ended = true;
        Event::default().event(name).data(data)
    }
}

/// How a sign-in stands, in a word that a page carries.
fn mark(standing: Standing) -> String {
    match standing {
        Standing::Open { after } => format!("open-{}", after.map_or("", |after| after.as_str())),
        Standing::Waiting { kind, until } => format!("{}-{until}", kind.as_str()),
        Standing::Approved | Standing::Rejected | Standing::Expired => "ended".to_owned(),
    }
}

impl Visit {
    /// What a page's script listens to.
    pub(super) fn events(&self) -> String {
        format!("{}&seen={}", self.link("events"), mark(self.transaction.standing))
    }
}
