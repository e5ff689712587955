//! A tenant's applications: the list, making one, and the page of each.

mod arabic;
mod english;
mod face;
mod integration;
mod oauth;
mod one;
mod secrets;
mod web;
mod words;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::act::{Act, Form};
use super::choosing;
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use super::said::{Choice, Said};
use crate::engine::console::May;
use crate::engine::{ApplicationId, Dialect, Error, NewApplication};
use crate::portal::assets;
use crate::store::ApplicationRow;
use crate::timestamp::rfc3339;
use integration::Integration;
use words::Words;

/// Applications on a page.
const PAGE: i64 = 50;
/// The colour that the form for a new one begins with.
const COLOR: &str = "#3b5bdb";

pub(super) fn routes() -> Routes {
    let (see, change) = (Gate::Tenant(May::SeeSettings), Gate::Tenant(May::ChangeSettings));
    Routes::default()
        .see("/{tenant}/applications", see, list)
        .act("/{tenant}/applications", change, create)
        .see("/{tenant}/applications/{application}", see, one::page)
        .act("/{tenant}/applications/{application}/face", change, face::change)
        .act("/{tenant}/applications/{application}/secrets", change, secrets::rotate)
        .act("/{tenant}/applications/{application}/secrets/end", change, secrets::end)
        .act("/{tenant}/applications/{application}/web", change, web::change)
        .act("/{tenant}/applications/{application}/web/off", change, web::remove)
        .act("/{tenant}/applications/{application}/oauth", change, oauth::change)
        .act("/{tenant}/applications/{application}/oauth/off", change, oauth::remove)
}

/// The application that an address names, in the tenant that it names. Whether there is one is looked up later.
type Named = Path<(String, String)>;

fn named(desk: &Desk, Path((_, text)): &Named) -> Result<ApplicationId, Wrong> {
    Ok(choosing::named(desk, Some(text))?.ok_or(Problem::NoApplication)?)
}

#[derive(Template)]
#[template(path = "console/applications/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    applications: Vec<Line>,
    /// Whether this is not the first page.
    first: bool,
    next: Option<String>,
    may_change: bool,
    said: Option<Said>,
    typed: String,
    color: String,
    ink: &'static str,
    dialects: Vec<Choice>,
}

impl List {
    fn here_list(&self) -> String {
        format!("{}/applications", self.frame.here)
    }
}

struct Line {
    id: ApplicationId,
    name: String,
    color: String,
    dialect: &'static str,
    created: String,
}

/// What was typed into the form for a new one.
struct Typed {
    name: String,
    color: String,
    dialect: Dialect,
}

/// A secret that was just made, with what to do with it.
#[derive(Template)]
#[template(path = "console/applications/made.html")]
struct Made {
    frame: Frame,
    words: &'static Words,
    id: String,
    secret: String,
    /// What becomes of those before; none when there are none.
    old: Option<String>,
    integration: Integration,
}

/// `GET /console/{tenant}/applications`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let typed = Typed { name: String::new(), color: COLOR.to_owned(), dialect: Dialect::Native };
    let page = listed(&desk, typed, None).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/applications`.
async fn create(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let typed = typed(&form)?;
    let tenant = desk.tenant()?.id;
    let new = NewApplication { name: typed.name.clone(), color: Some(typed.color.clone()) };
    match desk.engine.create_application_speaking(tenant, new, typed.dialect, &desk.by()).await {
        Ok((id, secret)) => {
            let row = desk.engine.application(id).await?;
            let page = made(&desk, &row, secret.text, None).await?;
            Ok(desk.page(&page))
        }
        Err(error) => {
            let said = Said::of(error, Words::of(desk.language).bad_face)?;
            let page = listed(&desk, typed, Some(said)).await?;
            Ok(desk.page_again(&page))
        }
    }
}

fn typed(form: &Form) -> Result<Typed, Wrong> {
    let dialect = Dialect::from_word(form.get("dialect").unwrap_or("native")).ok_or(Problem::Malformed)?;
    let color = form.get("color").unwrap_or(COLOR).to_owned();
    Ok(Typed { name: form.text("name").to_owned(), color, dialect })
}

async fn listed(desk: &Desk, typed: Typed, said: Option<Said>) -> Result<List, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let after = desk.asked("after").and_then(|text| text.parse::<ApplicationId>().ok());
    let after = after.filter(|id| id.tenant == tenant).map(|id| id.local);
    let mut rows = desk.engine.applications_after(tenant, after, PAGE + 1).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let frame = desk.frame("applications", words.title, words.done);
    let last = rows.last().filter(|_| more).map(|(row, _)| id_of(row));
    let next = last.map(|id| format!("{}/applications?after={id}", frame.here));
    let dialects =
        Dialect::ALL.map(|one| Choice::new(one.as_str(), words.dialect(one), one == typed.dialect));
    Ok(List {
        frame,
        words,
        applications: rows.into_iter().map(|(row, dialect)| line(row, words.dialect(dialect))).collect(),
        first: after.is_some(),
        next,
        may_change: desk.session.operator.may(May::ChangeSettings, tenant),
        said,
        typed: typed.name,
        ink: assets::ink_on(&typed.color).unwrap_or("#ffffff"),
        color: typed.color,
        dialects: dialects.into(),
    })
}

fn line(row: ApplicationRow, dialect: &'static str) -> Line {
    let (id, created) = (id_of(&row), rfc3339(row.created_at));
    Line { id, name: row.name, color: row.color, dialect, created }
}

fn id_of(row: &ApplicationRow) -> ApplicationId {
    ApplicationId { tenant: row.tenant, local: row.id }
}

async fn made(desk: &Desk, row: &ApplicationRow, secret: String, old: Option<String>) -> Result<Made, Wrong> {
    let (words, id) = (Words::of(desk.language), id_of(row));
    Ok(Made {
        frame: desk.frame("application-secret", words.made.replace("{name}", &row.name), &[]),
        words,
        id: id.to_string(),
        secret,
        old,
        integration: Integration::of(desk, id).await?,
    })
}

/// What an application speaks.
async fn dialect(desk: &Desk, id: ApplicationId) -> Result<Dialect, Error> {
    let oauth = desk.engine.oauth_client(id).await?;
    let web = desk.engine.web_client(id).await?.is_some();
    Ok(Dialect::of(oauth.map(|info| info.client.flavour), web))
}
