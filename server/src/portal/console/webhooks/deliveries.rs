//! What a webhook was told, page by page, and telling it again.

use axum::response::Response;
use uuid::Uuid;

use super::words::Words;
use super::{Named, named};
use crate::engine::{Delivery, DeliveryFilter, Error, WebhookId};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::console::said::Choice;
use crate::timestamp::rfc3339;

/// Deliveries on a page.
const PAGE: i64 = 50;
/// What can be looked for. What was taken is most of it, and is not looked for by itself.
const STATES: [&str; 2] = ["waiting", "dead"];

/// A page of what it was told.
pub(super) struct Told {
    pub(super) states: Vec<Choice>,
    pub(super) all: Vec<Line>,
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
}

/// One delivery.
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) state: &'static str,
    pub(super) bad: bool,
    /// It may be sent again.
    pub(super) settled: bool,
    pub(super) made: String,
    /// When it is tried next, while it waits.
    pub(super) due: Option<String>,
    pub(super) attempts: Vec<Attempt>,
}

/// One attempt.
pub(super) struct Attempt {
    pub(super) number: i64,
    pub(super) at: String,
    pub(super) took: i64,
    pub(super) status: Option<i64>,
    pub(super) why: Option<&'static str>,
}

impl Told {
    pub(super) async fn of(desk: &Desk, id: WebhookId, words: &'static Words) -> Result<Self, Wrong> {
        let state = desk.asked("state").filter(|word| STATES.contains(word));
        let cursor = desk.asked("after").filter(|text| text.parse::<Uuid>().is_ok());
        let filter = DeliveryFilter {
            kind: Some("webhook".to_owned()),
            state: state.map(str::to_owned),
            webhook: Some(id.local),
            limit: PAGE,
            cursor: cursor.map(str::to_owned),
        };
        let (all, next) = desk.engine.deliveries(id.tenant, &filter).await?;
        let which = state.map(|word| format!("state={word}&")).unwrap_or_default();
        let any = Choice::new("", words.any_state, state.is_none());
        let states = STATES.iter().map(|word| Choice::new(*word, words.state(word), state == Some(word)));
        Ok(Self {
            states: std::iter::once(any).chain(states).collect(),
            all: all.into_iter().map(|delivery| line(delivery, words)).collect(),
            first: cursor.map(|_| format!("?{which}")),
            next: next.map(|cursor| format!("?{which}after={cursor}")),
        })
    }
}

fn line(Delivery { row, attempts }: Delivery, words: &'static Words) -> Line {
    let attempts = attempts.into_iter().map(|attempt| Attempt {
        number: attempt.attempt,
        at: rfc3339(attempt.at),
        took: attempt.duration,
        status: attempt.status,
        why: attempt.error.as_deref().map(|word| words.error(word)),
    });
    Line {
        id: row.id,
        bad: row.state == "dead",
        settled: row.state != "waiting",
        made: rfc3339(row.created_at),
        due: (row.state == "waiting").then(|| rfc3339(row.due_at)),
        attempts: attempts.collect(),
        state: words.state(&row.state),
    }
}

/// `POST /console/{tenant}/webhooks/{webhook}/replay`.
pub(super) async fn replay(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let delivery = form.text("delivery").parse().map_err(|_| Problem::NotFound)?;
    let done = match desk.engine.replay(id.tenant, delivery, &desk.by()).await {
        Ok(_) => "replayed",
        // The same form once more, or somebody else was faster.
        Err(Error::DeliveryWaiting) => "is_waiting",
        Err(Error::DeliveryNotFound) => return Err(Problem::NotFound.into()),
        Err(error) => return Err(error.into()),
    };
    Ok(desk.go(&format!("/{}/webhooks/{id}", id.tenant), done))
}

/// `POST /console/{tenant}/webhooks/{webhook}/replay-dead`.
pub(super) async fn replay_dead(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.webhook(id).await?;
    let done = match desk.engine.replay_all_dead(id.tenant, Some(id.local), &desk.by()).await? {
        0 => "none_dead",
        _ => "all_replayed",
    };
    Ok(desk.go(&format!("/{}/webhooks/{id}", id.tenant), done))
}
