//! Enrolling a person's phone: the link as a QR code, and what became of it, with the code to compare once a phone took it.
//! An operator's own phone has the same page.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use uuid::Uuid;

use super::change::refusal;
use super::words::{Enrol, Words};
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
    words: &'static Enrol,
    place: Place,
    /// Only where the link was just made: its address, and the same drawn.
    fresh: Option<(String, String)>,
    state: State,
}

/// Whose link a page is about, and where it stands.
pub(in crate::portal::console) struct Place {
    /// Where it leads back to.
    pub(in crate::portal::console) back: String,
    /// Under which address one sees what became of the link, without its hash.
    pub(in crate::portal::console) links: String,
    /// Whose phone it will be.
    pub(in crate::portal::console) name: String,
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
    page(&desk, id, Shown::Fresh(&issued)).await
}

/// `GET /console/{tenant}/users/{person}/enrol/{link}`.
pub(super) async fn look(
    Path((_, person, link)): Path<(String, String, String)>,
    desk: Desk,
) -> Result<Response, Wrong> {
    page(&desk, person_id(&person)?, Shown::Known(&link)).await
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
pub(in crate::portal::console) enum Shown<'a> {
    /// One that was just made.
    Fresh(&'a Issued),
    /// The one with this hash.
    Known(&'a str),
}

impl Shown<'_> {
    pub(in crate::portal::console) fn hash(&self) -> String {
        match self {
            Self::Fresh(issued) => issued.link.token.hash(),
            Self::Known(hash) => (*hash).to_owned(),
        }
    }
}

async fn page(desk: &Desk, id: Uuid, shown: Shown<'_>) -> Result<Response, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let user = desk.engine.person_by_id(tenant, id).await?;
    let link = desk.engine.desk_link(tenant, id, &shown.hash()).await;
    let frame = desk.frame("enrol", words.enrol.title, &words.done());
    let back = format!("{}{}", frame.console, place(desk, id)?);
    let links = format!("{back}/enrol");
    let name = user.display_name.unwrap_or(user.user_ref);
    show(desk, (frame, &words.enrol), Place { back, links, name }, (shown, link))
}

/// The page of a link.
pub(in crate::portal::console) fn show(
    desk: &Desk,
    (frame, words): (Frame, &'static Enrol),
    place: Place,
    (shown, link): (Shown<'_>, Result<DeskLink, Error>),
) -> Result<Response, Wrong> {
    let link = link.map_err(|error| match error {
        Error::TokenInvalid => Problem::NotFound,
        error => error.into(),
    })?;
    let fresh = match shown {
        Shown::Known(_) => None,
        Shown::Fresh(issued) => {
            let link = issued.link.to_string();
            let drawn = qr::svg(&link).unwrap_or_default();
            Some((link, drawn))
        }
    };
    let place = Place { links: format!("{}/{}", place.links, link.row.token_hash), ..place };
    let state = State::of(link, desk.engine.unix_ms());
    Ok(desk.page(&Page { frame, words, place, fresh, state }))
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
