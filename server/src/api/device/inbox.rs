//! What waits for the device: as a long poll, and as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::Event;
use countersign_protocol::wire::Inbox;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Query;
use super::problem::{DeviceError, Told as _};
use super::signed::Signed;
use crate::api::extract::{self, Unreadable};
use crate::engine::Engine;
use crate::store::DeviceRow;
use crate::telemetry::metrics::{self, Waiting};

/// Seconds that the inbox may be waited for at most.
const LONGEST_WAIT: u64 = 60;
/// How often an idle event stream shows that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long to wait.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Wait {
    /// Seconds to wait for a change before the reply comes with what is known.
    #[param(minimum = 0, maximum = 60, default = 0, nullable = false)]
    wait: Option<u64>,
}

/// Get what waits for this device.
///
/// With `wait` as a long poll: the reply comes as soon as something waits.
#[utoipa::path(
    get, path = "/api/v1/device/challenges", operation_id = "inbox", tag = "Device",
    params(Wait),
    responses((status = 200, description = "What waits, oldest first.", body = Inbox)),
)]
pub(in crate::api) async fn challenges(
    State(engine): State<Arc<Engine>>,
    extract::Query(query, _): Query<Wait>,
    signed: Signed,
) -> Result<axum::Json<Inbox>, DeviceError> {
    let wait = query.wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(Unreadable::Malformed(format!("wait must be 0 to {LONGEST_WAIT} seconds")).into());
    }
    let challenges = engine.inbox(&signed.device, Duration::from_secs(wait)).await.told(&engine)?;
    Ok(axum::Json(Inbox { server_time: engine.server_time(), challenges }))
}

struct Watcher {
    engine: Arc<Engine>,
    device: DeviceRow,
    /// What the device has been told; nothing yet at the beginning.
    known: Option<Vec<String>>,
    ended: bool,
    _counted: Waiting,
}

/// Listen for what waits.
///
/// Server-sent events: `challenges` with the inbox now and each time it changes, `bye` before the server goes.
#[utoipa::path(
    get, path = "/api/v1/device/events", operation_id = "events", tag = "Device",
    responses((status = 200, description = "A stream that does not end by itself.", body = String,
        content_type = "text/event-stream")),
)]
pub(in crate::api) async fn events(
    State(engine): State<Arc<Engine>>,
    signed: Signed,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let counted = engine.metrics().waiting(metrics::Wait::Events);
    let watcher = Watcher { engine, device: signed.device, known: None, ended: false, _counted: counted };
    Sse::new(unfold(watcher, async |mut watcher| {
        if watcher.ended {
            return None;
        }
        let event = next_event(&mut watcher).await;
        Some((Ok(event), watcher))
    }))
}

async fn next_event(watcher: &mut Watcher) -> Event {
    let engine = Arc::clone(&watcher.engine);
    if engine.is_closing() {
        watcher.ended = true;
        return Event::default().event("bye").data("the server is restarting; come back");
    }
    let known = watcher.known.clone();
    let looked = match &known {
        None => engine.inbox(&watcher.device, Duration::ZERO).await,
        Some(known) => engine.inbox_change(&watcher.device, known, KEEP_ALIVE).await,
    };
    match looked {
        Ok(waiting) if known.as_ref() == Some(&waiting) => Event::default().comment("still here"),
        Ok(waiting) => {
            watcher.known = Some(waiting.clone());
            let inbox = Inbox { server_time: engine.server_time(), challenges: waiting };
            Event::default().event("challenges").data(serde_json::to_string(&inbox).unwrap_or_default())
        }
        Err(error) => {
            tracing::error!(%error, "an event stream ended");
            watcher.ended = true;
            Event::default().event("bye").data("the server cannot read at the moment; come back")
        }
    }
}
