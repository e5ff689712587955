//! The page of one webhook: its secret, trying it out, and what it was told.

use askama::Template;
use axum::response::Response;

use super::deliveries::Told;
use super::words::Words;
use super::{Line, Named, line, made, named};
use crate::engine::console::May;
use crate::engine::{ApplicationId, Error, Pinged, Then, WebhookId};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::store::WebhookRow;
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/webhooks/one.html")]
struct One {
    frame: Frame,
    words: &'static Words,
    webhook: Line,
    format: String,
    made: String,
    /// Since when it is not called, and why.
    disabled: Option<(String, &'static str)>,
    may_change: bool,
    /// What came of a ping.
    tried: Option<Tried>,
    told: Told,
}

/// What came of a ping.
struct Tried {
    taken: bool,
    status: Option<u16>,
    why: Option<&'static str>,
    took: i64,
}

impl Tried {
    fn of(Pinged { came, took }: Pinged, words: &'static Words) -> Self {
        let taken = came.then == Then::Done;
        let why = came.error.filter(|_| !taken).map(|word| words.error(word));
        Self { taken, status: came.status, why, took }
    }
}

impl One {
    async fn of(desk: &Desk, id: WebhookId) -> Result<Self, Wrong> {
        let words = Words::of(desk.language);
        let row = desk.engine.webhook(id).await?;
        let of = match row.application {
            Some(local) => {
                Some(desk.engine.application(ApplicationId { tenant: id.tenant, local }).await?.name)
            }
            None => None,
        };
        let WebhookRow { format, created_at, .. } = &row;
        let disabled = row.disabled.as_ref().map(|(at, why)| (rfc3339(*at), words.error(why)));
        Ok(Self {
            frame: desk.frame("webhook", words.one, words.done),
            words,
            format: format.clone(),
            made: rfc3339(*created_at),
            disabled,
            may_change: desk.session.operator.may(May::ChangeSettings, id.tenant),
            tried: None,
            told: Told::of(desk, id, words).await?,
            webhook: line(row, of),
        })
    }
}

fn back(id: WebhookId) -> String {
    format!("/{}/webhooks/{id}", id.tenant)
}

/// `GET /console/{tenant}/webhooks/{webhook}`.
pub(super) async fn page(path: Named, desk: Desk) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let page = One::of(&desk, id).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/webhooks/{webhook}/test`: sends a ping, and shows what came back.
pub(super) async fn test(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let pinged = desk.engine.try_webhook(id, &desk.by()).await?;
    let page = One::of(&desk, id).await?;
    let tried = Some(Tried::of(pinged, page.words));
    Ok(desk.page(&One { tried, ..page }))
}

/// `POST /console/{tenant}/webhooks/{webhook}/rotate`.
pub(super) async fn rotate(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let secret = desk.engine.rotate_webhook_secret(id, &desk.by()).await?;
    let page = made(&desk, id, secret, Words::of(desk.language).rotated_then);
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/webhooks/{webhook}/end-old`.
pub(super) async fn end_old(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.end_old_secret(id, &desk.by()).await?;
    Ok(desk.go(&back(id), "old_ended"))
}

/// `POST /console/{tenant}/webhooks/{webhook}/enable`.
pub(super) async fn enable(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.enable_webhook(id, &desk.by()).await?;
    Ok(desk.go(&back(id), "enabled"))
}

/// `POST /console/{tenant}/webhooks/{webhook}/remove`.
pub(super) async fn remove(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    match desk.engine.remove_webhook(id, &desk.by()).await {
        // The same form once more: it is gone.
        Ok(()) | Err(Error::WebhookNotFound) => Ok(desk.go(&format!("/{}/webhooks", id.tenant), "removed")),
        Err(error) => Err(error.into()),
    }
}
