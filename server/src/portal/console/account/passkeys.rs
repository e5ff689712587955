//! The section of one's account about passkeys: those there are, one more, and one less.

use axum::response::Response;
use countersign_protocol::id::{from_base32, to_base32};

use super::passkey_words::PasskeyWords;
use super::{Page, Trouble, shown};
use crate::engine::Error;
use crate::engine::console::browser_name;
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::gate::Gate;
use crate::portal::console::passkey::{Prompt, answered, ask, do_not_ask};
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::console::routes::Routes;
use crate::timestamp::rfc3339;

/// Which form something was wrong with.
const FORM: &str = "passkeys";

pub(super) fn routes() -> Routes {
    Routes::default()
        .act("/account/passkeys", Gate::Own, add)
        .act("/account/passkeys/options", Gate::Own, options)
        .act("/account/passkeys/remove", Gate::Own, remove)
}

/// What `templates/console/account/passkeys.html` shows.
pub(super) struct Section {
    pub(super) words: &'static PasskeyWords,
    pub(super) prompt: &'static Prompt,
    pub(super) lines: Vec<Line>,
    /// Whether browsers have passkeys for the server's address.
    pub(super) is_possible: bool,
    /// How the next one is to be called.
    pub(super) name: String,
}

/// A passkey.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) made: String,
    pub(super) used: Option<String>,
}

impl Section {
    pub(super) async fn of(desk: &Desk) -> Result<Self, Wrong> {
        let rows = desk.engine.own_passkeys(&desk.session).await?;
        let lines = rows.into_iter().map(|row| Line {
            id: to_base32(row.id),
            name: row.name,
            made: rfc3339(row.created_at),
            used: row.used_at.map(rfc3339),
        });
        Ok(Self {
            words: PasskeyWords::of(desk.language),
            prompt: Prompt::of(desk.language),
            lines: lines.collect(),
            is_possible: desk.engine.has_passkeys(),
            name: desk.user_agent.as_deref().and_then(browser_name).unwrap_or_default(),
        })
    }
}

/// `POST /console/account/passkeys/options`: what the script asks the device.
async fn options(Act { desk, form }: Act) -> Result<Response, Wrong> {
    match desk.engine.ask_for_own_passkey(&desk.session, form.text("name")).await {
        Ok(asked) => Ok(ask(&asked)),
        Err(error) => Ok(do_not_ask(sentence(&desk, error)?)),
    }
}

/// `POST /console/account/passkeys`: what the device answered.
async fn add(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let name = form.text("name");
    match desk.engine.add_own_passkey(&desk.session, answered(&form), name, desk.address).await {
        Ok(()) => Ok(desk.go("/account", "passkey_added")),
        Err(error) => again(&desk, sentence(&desk, error)?, Some(name)).await,
    }
}

/// `POST /console/account/passkeys/remove`.
async fn remove(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let removed = match from_base32(form.text("id")) {
        Some(id) => desk.engine.remove_own_passkey(&desk.session, id, desk.address).await,
        None => Err(Error::NoSuchFactor),
    };
    match removed {
        Ok(()) => Ok(desk.go("/account", "passkey_removed")),
        Err(error) => again(&desk, sentence(&desk, error)?, None).await,
    }
}

fn sentence(desk: &Desk, error: Error) -> Result<&'static str, Wrong> {
    let words = PasskeyWords::of(desk.language);
    match error {
        Error::ProofNeeded => Ok(words.not_fresh),
        Error::TooManyFactors => Ok(words.too_many),
        Error::LastWayIn => Ok(words.last),
        Error::NoSuchFactor => Ok(words.gone),
        Error::Invalid(_) => Ok(words.bad_name),
        error => match Prompt::of(desk.language).sentence(&error) {
            Some(sentence) => Ok(sentence),
            None => Err(Problem::from(error).into()),
        },
    }
}

async fn again(desk: &Desk, text: &'static str, typed: Option<&str>) -> Result<Response, Wrong> {
    let page = shown(desk, Some(Trouble { form: FORM, text })).await?;
    let name = typed.map_or_else(|| page.passkeys.name.clone(), str::to_owned);
    let page = Page { passkeys: Section { name, ..page.passkeys }, ..page };
    Ok(desk.page_again(&page))
}
