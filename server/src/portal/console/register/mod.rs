//! Organisations that register themselves: a name and an address, and then the link that goes there. There are such pages
//! only where the operator of the server wants them.

mod words;

use askama::Template;
use axum::extract::RawPathParams;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use url::Url;

use super::door::{Door, Knock, Look};
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::console::NewRegistration;
use crate::engine::providers::{Channel, PLATFORM};
use crate::engine::{Error, Language as Tongue};
use crate::portal::language::Language;
use crate::portal::layout::Layout;
use words::Words;

pub(super) fn routes() -> Routes {
    Routes::default().open("/register", get(page).post(send)).open("/register/{token}", get(open).post(make))
}

#[derive(Template)]
#[template(path = "console/register/page.html")]
struct Page<'a> {
    layout: Layout,
    look: Look,
    words: &'static Words,
    problem: Option<String>,
    name: &'a str,
    email: &'a str,
}

/// A sentence, and where to go on.
#[derive(Template)]
#[template(path = "console/register/told.html")]
struct Told {
    layout: Layout,
    look: Look,
    text: String,
    /// An address of the console, and its words.
    next: Option<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "console/register/make.html")]
struct Make {
    layout: Layout,
    look: Look,
    words: &'static Words,
    name: String,
    email: String,
}

/// `GET /console/register`.
async fn page(door: Door) -> Result<Response, Wrong> {
    open_here(&door)?;
    if !door.engine.reaches(PLATFORM, Channel::Email).await? {
        return Ok(no_mail(&door));
    }
    Ok(show(&door, StatusCode::OK, None, ("", "")))
}

/// `POST /console/register`.
async fn send(Knock { door, form }: Knock) -> Result<Response, Wrong> {
    open_here(&door)?;
    let words = Words::of(door.language);
    let (name, email) = (form.text("name"), form.text("email"));
    let language = if door.language == Language::Arabic { Tongue::Ar } else { Tongue::En };
    let new = NewRegistration { name, email, language, address: door.address };
    let again = |problem| Ok(show(&door, StatusCode::BAD_REQUEST, Some(problem), (name, email)));
    match door.engine.register(new).await {
        Ok(()) => Ok(told(&door, StatusCode::OK, words.sent_title, words.sent.to_owned(), None)),
        Err(Error::Invalid(_)) => again(words.bad.to_owned()),
        Err(Error::SentJustNow { retry_after } | Error::SentTooMany { retry_after }) => {
            again(format!("{}{retry_after}", words.too_many))
        }
        Err(Error::NoProvider(_)) => Ok(no_mail(&door)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /console/register/{token}`. Programs that look at links in mails make nothing.
async fn open(params: RawPathParams, door: Door) -> Result<Response, Wrong> {
    let words = Words::of(door.language);
    match door.engine.registration_by(token(&params)?).await {
        Ok(row) => {
            let layout = door.layout("register", words.make_title);
            let page = Make { layout, look: Look, words, name: row.name, email: row.email };
            Ok(door.page(StatusCode::OK, &page))
        }
        Err(error) => refused(&door, error),
    }
}

/// `POST /console/register/{token}`.
async fn make(params: RawPathParams, Knock { door, .. }: Knock) -> Result<Response, Wrong> {
    match door.engine.use_registration(token(&params)?, door.address).await {
        Ok(link) => {
            // The address as people have it; here we stay where the browser is.
            let path = Url::parse(&link).ok().and_then(|url| {
                url.path().split_once("/console/").map(|(_, rest)| format!("/console/{rest}"))
            });
            Ok(door.go(&path.ok_or(Problem::Later)?))
        }
        Err(error) => refused(&door, error),
    }
}

fn token(params: &RawPathParams) -> Result<&str, Wrong> {
    let named = params.iter().find(|(name, _)| *name == "token");
    named.map(|(_, token)| token).ok_or_else(|| Problem::NotFound.into())
}

/// Where nobody may register there is nothing.
fn open_here(door: &Door) -> Result<(), Wrong> {
    if door.engine.registers() { Ok(()) } else { Err(Problem::NotFound.into()) }
}

fn refused(door: &Door, error: Error) -> Result<Response, Wrong> {
    open_here(door)?;
    let words = Words::of(door.language);
    let again = Some(("register", words.again));
    let (text, next) = match error {
        Error::TokenInvalid | Error::TokenExpired => (words.over, again),
        Error::TokenUsed => (words.used, Some(("sign-in", words.sign_in))),
        Error::AlreadyEnrolled => (words.known, Some(("sign-in", words.sign_in))),
        error => return Err(error.into()),
    };
    Ok(told(door, StatusCode::BAD_REQUEST, words.title, text.to_owned(), next))
}

fn no_mail(door: &Door) -> Response {
    let words = Words::of(door.language);
    told(door, StatusCode::SERVICE_UNAVAILABLE, words.title, words.no_mail.to_owned(), None)
}

fn told(
    door: &Door,
    status: StatusCode,
    title: &'static str,
    text: String,
    next: Option<(&'static str, &'static str)>,
) -> Response {
    door.page(status, &Told { layout: door.layout("register", title), look: Look, text, next })
}

fn show(door: &Door, status: StatusCode, problem: Option<String>, (name, email): (&str, &str)) -> Response {
    let words = Words::of(door.language);
    let layout = door.layout("register", words.title);
    door.page(status, &Page { layout, look: Look, words, problem, name, email })
}
