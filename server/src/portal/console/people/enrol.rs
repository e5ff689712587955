//! Enrolling a person's phone: the link as a QR code, and what became of it, with the code to compare once a phone took it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use uuid::Uuid;

use super::change::refusal;
use super::words::Words;
use super::{person_id, place};
use crate::engine::people::DeskLink;
use crate::engine::{Error, Issued};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::qr;

#[derive(Template)]
#[template(path = "console/people/link.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    /// The address of the person's page, and of what became of the link.
    person: String,
    own: String,
    name: String,
    /// Only where the link was just made: its address, and the same drawn.
    fresh: Option<(String, String)>,
    state: State,
}

enum State {
    /// Minutes that are left.
    Waits(i64),
    /// A device took it: its name and, where it has keys, the code to compare.
    Taken(String, Option<String>),
    /// The device that took it was removed.
    Removed,
    /// Its time is over, or somebody cancelled it.
    Over,
}

/// `POST /console/{tenant}/users/{person}/enrol`.
pub(super) async fn issue(Path((_, person)): Path<(String, String)>, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (id, tenant) = (person_id(&person)?, desk.tenant()?.id);
    let issued = desk.engine.enrol_at_desk(&desk.session.operator, desk.address, (tenant, id)).await;
    let issued = match issued {
        Ok(issued) => issued,
        Err(error) => return Err(refusal(&desk, error).err().unwrap_or(Problem::NotFound.into())),
    };
    let page = page(&desk, id, Shown::Fresh(&issued)).await?;
    Ok(desk.page(&page))
}

/// `GET /console/{tenant}/users/{person}/enrol/{link}`.
pub(super) async fn look(
    Path((_, person, link)): Path<(String, String, String)>,
    desk: Desk,
) -> Result<Response, Wrong> {
    let page = page(&desk, person_id(&person)?, Shown::Known(&link)).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/users/{person}/enrol/{link}`.
pub(super) async fn cancel(
    Path((_, person, link)): Path<(String, String, String)>,
    act: Act,
) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (id, tenant) = (person_id(&person)?, desk.tenant()?.id);
    match desk.engine.cancel_link(tenant, id, &link, &desk.by()).await {
        Ok(()) => Ok(desk.go(&place(&desk, id)?, "link_cancelled")),
        // A phone was faster: what became of it says so.
        Err(Error::TokenUsed) => Ok(desk.go(&format!("{}/enrol/{link}", place(&desk, id)?), "too_late")),
        Err(Error::TokenInvalid) => Err(Problem::NotFound.into()),
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// Which link.
enum Shown<'a> {
    Fresh(&'a Issued),
    Known(&'a str),
}

async fn page(desk: &Desk, id: Uuid, shown: Shown<'_>) -> Result<Page, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let user = desk.engine.person_by_id(tenant, id).await?;
    let (hash, fresh) = match shown {
        Shown::Known(hash) => (hash.to_owned(), None),
        Shown::Fresh(issued) => {
            let link = issued.link.to_string();
            let drawn = qr::svg(&link).unwrap_or_default();
            (issued.link.token.hash(), Some((link, drawn)))
        }
    };
    let link = desk.engine.desk_link(tenant, id, &hash).await.map_err(|error| match error {
        Error::TokenInvalid => Problem::NotFound,
        error => error.into(),
    })?;
    let frame = desk.frame("enrol", words.enrol.title, &words.done());
    let person = format!("{}{}", frame.console, place(desk, id)?);
    Ok(Page {
        frame,
        words,
        own: format!("{person}/enrol/{hash}"),
        person,
        name: user.display_name.unwrap_or(user.user_ref),
        fresh,
        state: State::of(link, desk.engine.unix_ms()),
    })
}

impl State {
    fn of(link: DeskLink, now: i64) -> Self {
        match (link.row.used_at, link.device) {
            (Some(_), Some(device)) => {
                Self::Taken(device.device_name.unwrap_or(device.platform), device.confirmation_code)
            }
            (Some(_), None) => Self::Removed,
            (None, _) if link.row.expires_at > now => {
                Self::Waits((link.row.expires_at - now + 59_999) / 60_000)
            }
            (None, _) => Self::Over,
        }
    }
}
