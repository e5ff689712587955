//! The people of a tenant: the list, and making somebody known. One person, their phone, and resets that wait for a second
//! operator stand in the files beside this one.

mod arabic;
mod change;
mod english;
pub(super) mod enrol;
mod forget;
mod person;
mod resets;
mod secrets;
pub(super) mod words;

use askama::Template;
use axum::response::Response;
use countersign_protocol::id::{from_base32, to_base32};
use uuid::Uuid;

use super::act::{Act, Form};
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::console::May;
use crate::engine::{Error, Language, Mask, NewUser};
use crate::store::{PersonLine, UserRow};
use crate::timestamp::rfc3339;
use words::Words;

pub(super) fn routes() -> Routes {
    let (see, help) = (Gate::Tenant(May::SeePeople), Gate::Tenant(May::HelpPeople));
    let change = Gate::Tenant(May::ChangeSettings);
    Routes::default()
        .see("/{tenant}/users", see, list)
        .act("/{tenant}/users", help, create)
        .see("/{tenant}/users/requests", see, resets::list)
        .act("/{tenant}/users/requests/{reset}/approve", help, resets::approve)
        .act("/{tenant}/users/requests/{reset}/refuse", help, resets::refuse)
        .see("/{tenant}/users/{person}", see, person::page)
        .act("/{tenant}/users/{person}", help, change::change)
        .act("/{tenant}/users/{person}/unlock", help, change::unlock)
        .act("/{tenant}/users/{person}/reset", help, change::reset)
        .act("/{tenant}/users/{person}/enrol", help, enrol::issue)
        .see("/{tenant}/users/{person}/enrol/{link}", help, enrol::look)
        .act("/{tenant}/users/{person}/enrol/{link}", help, enrol::cancel)
        .act("/{tenant}/users/{person}/totp", change, secrets::totp)
        .act("/{tenant}/users/{person}/recovery", change, secrets::recovery)
        .act("/{tenant}/users/{person}/password", change, secrets::password)
        .act("/{tenant}/users/{person}/remove", change, forget::remove)
}

#[derive(Template)]
#[template(path = "console/people/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    people: Vec<Line>,
    asked: String,
    next: Option<String>,
    /// Whether this is not the first page.
    is_later: bool,
    may_help: bool,
    /// How many resets wait for a second operator; none where none has to.
    waiting: Option<usize>,
    problem: Option<String>,
    typed: Typed,
}

/// What was typed into the form that makes somebody known.
#[derive(Default)]
struct Typed {
    user_ref: String,
    email: String,
    name: String,
    language: String,
}

struct Line {
    id: String,
    user_ref: String,
    name: Option<String>,
    email: String,
    devices: i64,
    factors: i64,
    created: String,
    locked: bool,
    waits: bool,
}

/// `GET /console/{tenant}/users`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = listed(&desk, None, Typed::default()).await?;
    Ok(desk.page(&page))
}

async fn listed(desk: &Desk, problem: Option<String>, typed: Typed) -> Result<List, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let (asked, after) = (desk.asked("q").unwrap_or_default().trim(), desk.asked("after"));
    let found = desk.engine.find_people(tenant, asked, after).await?;
    let whole = sees_whole(desk)?;
    let (two_persons, waiting) = desk.engine.resets_that_wait(tenant).await?;
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", asked).finish();
    Ok(List {
        frame: desk.frame("people", words.title, &words.done()),
        words,
        people: found.people.into_iter().map(|line| Line::of(line, whole)).collect(),
        asked: asked.to_owned(),
        next: found.next.map(|next| format!("?{query}&after={next}")),
        is_later: after.is_some(),
        may_help: desk.session.operator.may(May::HelpPeople, tenant),
        waiting: (two_persons || waiting > 0).then_some(waiting),
        problem,
        typed,
    })
}

impl Line {
    fn of(line: PersonLine, whole: bool) -> Self {
        let PersonLine { user, devices, factors, locked, waits } = line;
        Self {
            id: to_base32(user.id),
            email: address(&user, whole),
            user_ref: user.user_ref,
            name: user.display_name,
            devices,
            factors,
            created: rfc3339(user.created_at),
            locked,
            waits,
        }
    }
}

/// `POST /console/{tenant}/users`.
async fn create(act: Act) -> Result<Response, Wrong> {
    let Act { desk, form } = act;
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let typed = Typed::of(&form);
    let name = if typed.user_ref.is_empty() { typed.email.to_lowercase() } else { typed.user_ref.clone() };
    let problem = if name.is_empty() {
        words.problems.nobody.to_owned()
    } else if desk.engine.person_called(tenant, &name).await?.is_some() {
        words.problems.known.to_owned()
    } else {
        let new = NewUser {
            user_ref: name,
            email: form.get("email").map(str::to_owned),
            display_name: form.get("name").map(str::to_owned),
            language: language(&form),
        };
        match desk.engine.ensure_user(tenant, new, &desk.by()).await {
            Ok(user) => return Ok(desk.go(&place(&desk, user.id)?, "made")),
            Err(Error::Invalid(_)) => words.problems.fields.to_owned(),
            Err(error) => return Err(Problem::from(error).into()),
        }
    };
    let page = listed(&desk, Some(problem), typed).await?;
    Ok(desk.page_again(&page))
}

impl Typed {
    fn of(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        Self {
            user_ref: text("user_ref"),
            email: text("email"),
            name: text("name"),
            language: text("language"),
        }
    }
}

/// The language that was chosen.
fn language(form: &Form) -> Option<Language> {
    form.get("language").and_then(Language::from_word)
}

/// The person that an address names.
fn person_id(text: &str) -> Result<Uuid, Wrong> {
    from_base32(text).ok_or_else(|| Problem::NotFound.into())
}

/// The page of a person, behind `/console`.
fn place(desk: &Desk, person: Uuid) -> Result<String, Wrong> {
    Ok(format!("/{}/users/{}", desk.tenant()?.id, to_base32(person)))
}

/// Whether e-mail addresses are shown whole: to those who could change every setting anyway.
fn sees_whole(desk: &Desk) -> Result<bool, Wrong> {
    Ok(desk.session.operator.may(May::ChangeSettings, desk.tenant()?.id))
}

/// A person's e-mail address as this operator sees it; empty when there is none.
fn address(user: &UserRow, whole: bool) -> String {
    let email = user.email.as_deref().unwrap_or_default();
    if whole || email.is_empty() { email.to_owned() } else { Mask::Plain.email(email) }
}
