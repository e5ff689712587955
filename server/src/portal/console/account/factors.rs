//! An operator's authenticator app and phones: the section of the account page, and the pages that set them up.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::factor_words::Words;
use crate::engine::{Error, FactorId};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::gate::Gate;
use crate::portal::console::join::pages::SeedShown;
use crate::portal::console::join::words::Words as JoinWords;
use crate::portal::console::people::enrol::{Place, Shown, show};
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::console::routes::Routes;
use crate::portal::layout::respond;
use crate::portal::sign_in::as_meant;
use crate::store::DeviceRow;
use crate::timestamp::rfc3339;

pub(super) fn routes() -> Routes {
    Routes::default()
        .act("/account/app", Gate::Own, offer)
        .act("/account/app/code", Gate::Own, code)
        .act("/account/phones", Gate::Own, enrol)
        .see("/account/phones/{link}", Gate::Own, look)
        .act("/account/phones/{link}", Gate::Own, cancel)
        .act("/account/factors/{factor}/remove", Gate::Own, remove)
}

/// What the section shows.
pub(super) struct Section {
    pub(super) words: &'static Words,
    /// Whether whoever sits there signed in a moment ago; otherwise nothing can be changed.
    pub(super) is_fresh: bool,
    pub(super) app: Option<App>,
    pub(super) phones: Vec<Phone>,
    pub(super) codes_left: i64,
    pub(super) links: Vec<(String, String)>,
    /// Whether something would be left without one that counts.
    pub(super) may_remove: bool,
}

pub(super) struct App {
    pub(super) id: String,
    pub(super) since: String,
    pub(super) used: Option<String>,
}

pub(super) struct Phone {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) seen: String,
    pub(super) since: String,
    /// The code that both screens show once the phone has keys.
    pub(super) code: Option<String>,
    pub(super) answers: bool,
    pub(super) removable: bool,
}

impl Section {
    pub(super) async fn of(desk: &Desk) -> Result<Self, Error> {
        let own = desk.engine.operator_factors(&desk.session.operator).await?;
        let app = own.app.map(|app| App {
            id: app.id.to_string(),
            since: rfc3339(app.created_at),
            used: app.used_at.map(rfc3339),
        });
        let links = own.links.into_iter().map(|row| (row.token_hash, rfc3339(row.expires_at)));
        Ok(Self {
            words: Words::of(desk.language),
            is_fresh: desk.engine.is_fresh_session(&desk.session),
            app,
            phones: own.phones.into_iter().map(|row| Phone::of(row, own.may_remove)).collect(),
            codes_left: own.codes_left,
            links: links.collect(),
            may_remove: own.may_remove,
        })
    }
}

impl Phone {
    fn of(row: DeviceRow, may_remove: bool) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.device_name.unwrap_or(row.platform),
            seen: rfc3339(row.last_seen_at),
            since: rfc3339(row.created_at),
            answers: row.keys.is_some(),
            // What does not count can always go.
            removable: may_remove || row.keys.is_none(),
            code: row.confirmation_code,
        }
    }
}

#[derive(Template)]
#[template(path = "console/account/seed.html")]
struct SeedPage<'a> {
    frame: Frame,
    words: &'static Words,
    join: &'static JoinWords,
    problem: Option<&'static str>,
    seed: SeedShown<'a>,
    /// Whether it takes the place of another one.
    replaces: bool,
}

/// `POST /console/account/app`: a seed, shown this once.
async fn offer(Act { desk, .. }: Act) -> Result<Response, Wrong> {
    match desk.engine.offer_own_totp(&desk.session, desk.address).await {
        Ok(seed) => show_seed(&desk, StatusCode::OK, &seed.link, None).await,
        Err(error) => refused(&desk, error).await,
    }
}

/// `POST /console/account/app/code`: its first code.
async fn code(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let words = JoinWords::of(desk.language);
    let code = as_meant(form.text("code"));
    let problem = match desk.engine.confirm_own_totp(&desk.session, desk.address, &code).await {
        Ok(()) => return Ok(desk.go("/account", "app")),
        Err(Error::Invalid(_)) => words.no_code,
        Err(Error::WrongFactorCode { .. }) => words.wrong_code,
        // It counts already, or nothing waits for a code any more: the account says which.
        Err(Error::NoSuchFactor) => return Ok(desk.go("/account", "no_seed")),
        Err(error) => return refused(&desk, error).await,
    };
    show_seed(&desk, StatusCode::BAD_REQUEST, form.text("link"), Some(problem)).await
}

/// `POST /console/account/phones`: a link for one more phone.
async fn enrol(Act { desk, .. }: Act) -> Result<Response, Wrong> {
    match desk.engine.offer_own_device(&desk.session, desk.address).await {
        Ok(issued) => show_link(&desk, Shown::Fresh(&issued)).await,
        Err(error) => refused(&desk, error).await,
    }
}

/// `GET /console/account/phones/{link}`: what became of it.
async fn look(Path(link): Path<String>, desk: Desk) -> Result<Response, Wrong> {
    show_link(&desk, Shown::Known(&link)).await
}

/// `POST /console/account/phones/{link}`: ends it.
async fn cancel(Path(link): Path<String>, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    match desk.engine.cancel_own_link(&desk.session.operator, desk.address, &link).await {
        Ok(()) => Ok(desk.go("/account", "link_ended")),
        // A phone was faster: what became of it says so.
        Err(Error::TokenUsed) => Ok(desk.go(&format!("/account/phones/{link}"), "too_late")),
        Err(Error::TokenInvalid) => Err(Problem::NotFound.into()),
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// `POST /console/account/factors/{factor}/remove`.
async fn remove(Path(factor): Path<String>, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let removed = match factor.parse::<FactorId>() {
        Ok(id) => desk.engine.remove_own_factor(&desk.session, desk.address, id).await,
        Err(_) => Err(Error::NoSuchFactor),
    };
    match removed {
        Ok(()) => Ok(desk.go("/account", "removed")),
        Err(error) => refused(&desk, error).await,
    }
}

/// The account page with why nothing was changed.
async fn refused(desk: &Desk, error: Error) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let (status, text) = match error {
        Error::ProofNeeded => (StatusCode::BAD_REQUEST, words.not_fresh),
        Error::LastWayIn => (StatusCode::BAD_REQUEST, words.last),
        Error::Locked(_) => (StatusCode::BAD_REQUEST, words.locked),
        // Somebody else's is not there either (S40).
        Error::NoSuchFactor => (StatusCode::NOT_FOUND, words.gone),
        error => return Err(Problem::from(error).into()),
    };
    let page = super::shown(desk, Some(super::Trouble { form: "factors", text })).await?;
    Ok(respond(status, crate::portal::console::CONTENT_SECURITY_POLICY, &page))
}

async fn show_seed(
    desk: &Desk,
    status: StatusCode,
    link: &str,
    problem: Option<&'static str>,
) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let page = SeedPage {
        frame: desk.frame("account-app", words.app, &[]),
        words,
        join: JoinWords::of(desk.language),
        problem,
        seed: SeedShown::of(link),
        replaces: desk.engine.operator_factors(&desk.session.operator).await?.app.is_some(),
    };
    Ok(respond(status, crate::portal::console::CONTENT_SECURITY_POLICY, &page))
}

async fn show_link(desk: &Desk, shown: Shown<'_>) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let operator = &desk.session.operator;
    let link = desk.engine.own_device_link(operator, &shown.hash()).await;
    let frame = desk.frame("account-phone", words.enrol.title, &words.done);
    let back = format!("{}/account", frame.console);
    let place = Place { links: format!("{back}/phones"), back, name: operator.shown().to_owned() };
    show(desk, (frame, &words.enrol), place, (shown, link))
}
