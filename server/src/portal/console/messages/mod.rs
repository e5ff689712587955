//! Messages: what is on its way, what went out and what was given up; and while developing, the messages that were written
//! to files in the place of a provider. What a message says is shown for those only, and in production there are none (S53).

pub(super) mod files;
mod view;
mod words;

use axum::extract::RawPathParams;
use axum::response::Response;
use uuid::Uuid;

use super::act::Act;
use super::desk::Desk;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::console::May;
use crate::engine::{DeliveryFilter, Error, KINDS};
use view::List;

/// Messages on a page.
const PAGE: i64 = 50;

pub(super) fn routes() -> Routes {
    let see = Gate::Tenant(May::SeeMessages);
    Routes::default()
        .see("/{tenant}/messages", see, list)
        .see("/{tenant}/messages/files", see, files::list)
        .see("/messages/files", Gate::Server(May::SeeMessages), files::list)
        .act("/{tenant}/messages/{delivery}/replay", Gate::Tenant(May::ChangeSettings), replay)
}

/// `GET /console/{tenant}/messages?channel=&state=&after=`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let known =
        |name: &str, all: &[&str]| desk.asked(name).filter(|word| all.contains(word)).map(str::to_owned);
    let filter = DeliveryFilter {
        kind: known("channel", &KINDS),
        state: known("state", &["waiting", "done", "dead"]),
        webhook: None,
        limit: PAGE,
        cursor: desk.asked("after").map(str::to_owned),
    };
    let page = List::of(&desk, filter).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/messages/{delivery}/replay`.
async fn replay(params: RawPathParams, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let named = params.iter().find(|(name, _)| *name == "delivery");
    let id = named.and_then(|(_, text)| text.parse::<Uuid>().ok()).ok_or(Problem::NotFound)?;
    let tenant = desk.tenant()?.id;
    let word = match desk.engine.replay(tenant, id, &desk.by()).await {
        Ok(_) => "replayed",
        // Somebody else was faster, or the button was pressed twice.
        Err(Error::DeliveryWaiting) => "waits",
        Err(Error::DeliveryNotFound) => return Err(Problem::NotFound.into()),
        Err(error) => return Err(error.into()),
    };
    Ok(desk.go(&format!("/{tenant}/messages"), word))
}
