//! One person: what is known of them, what they have, what is locked, and what they were asked.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use countersign_protocol::id::to_base32;
use uuid::Uuid;

use super::words::Words;
use super::{address, person_id, place, sees_whole};
use crate::engine::console::May;
use crate::engine::people::PersonFacts;
use crate::engine::{ListedFactor, Mask};
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::portal::console::questions::{Question, words::Words as AskedWords};
use crate::store::{Counter, DeviceRow, IssuedRow};
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/people/person.html")]
pub(super) struct Page {
    frame: Frame,
    words: &'static Words,
    asked: &'static AskedWords,
    /// The address of this page.
    own: String,
    user_ref: String,
    id: String,
    name: String,
    /// As this operator sees it.
    email: String,
    sees_whole: bool,
    language: String,
    created: String,
    enrolled: Option<String>,
    has_password: bool,
    roles: Vec<String>,
    factors: Vec<Factor>,
    devices: Vec<Device>,
    locks: Vec<Lock>,
    is_locked: bool,
    links: Vec<Link>,
    questions: Vec<Question>,
    may_help: bool,
    may_enrol: bool,
    may_change: bool,
    two_persons: bool,
    /// What was wrong with the form of this name.
    problem: Option<(Field, String)>,
}

/// Which form of the page was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Facts,
    Reset,
    Secret,
    Forget,
}

struct Factor {
    id: String,
    kind: &'static str,
    name: Option<String>,
    active: bool,
    codes_left: Option<i64>,
    used: Option<String>,
}

struct Device {
    id: String,
    name: String,
    platform: &'static str,
    answers: bool,
    seen: String,
    created: String,
    unreachable: bool,
    /// What its hardware was found to be, if it was looked at.
    attested: Option<&'static str>,
}

struct Lock {
    why: &'static str,
    failures: i64,
    locked: Option<String>,
    rests: Option<String>,
}

struct Link {
    hash: String,
    until: String,
}

impl Page {
    fn said(&self, field: &str) -> Option<&str> {
        let (at, text) = self.problem.as_ref()?;
        let name = match at {
            Field::Facts => "facts",
            Field::Reset => "reset",
            Field::Secret => "secret",
            Field::Forget => "forget",
        };
        (name == field).then_some(text)
    }
}

/// `GET /console/{tenant}/users/{person}`.
pub(super) async fn page(Path((_, person)): Path<(String, String)>, desk: Desk) -> Result<Response, Wrong> {
    let page = of(&desk, person_id(&person)?, None).await?;
    Ok(desk.page(&page))
}

/// The page of a person, with what was wrong with a form of it.
pub(super) async fn of(desk: &Desk, person: Uuid, problem: Option<(Field, String)>) -> Result<Page, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let operator = &desk.session.operator;
    let facts = desk.engine.person_facts(tenant, person).await?;
    let whole = sees_whole(desk)?;
    let now = desk.engine.unix_ms();
    let PersonFacts { user, .. } = &facts;
    let title = user.display_name.clone().unwrap_or_else(|| user.user_ref.clone());
    let frame = desk.frame("person", title, &words.done());
    let own = format!("{}{}", frame.console, place(desk, person)?);
    let may_help = operator.may(May::HelpPeople, tenant);
    let locks: Vec<_> =
        facts.counters.iter().map(|(what, counter)| Lock::of(words, what, counter, now)).collect();
    Ok(Page {
        frame,
        words,
        asked: AskedWords::of(desk.language),
        own,
        user_ref: user.user_ref.clone(),
        id: to_base32(user.id),
        name: user.display_name.clone().unwrap_or_default(),
        email: address(user, whole),
        sees_whole: whole,
        language: user.language.clone().unwrap_or_default(),
        created: rfc3339(user.created_at),
        enrolled: user.enrolled_at.map(rfc3339),
        has_password: facts.has_password,
        factors: facts.factors.iter().map(|factor| Factor::of(words, factor)).collect(),
        devices: facts.devices.into_iter().map(|device| Device::of(words, device)).collect(),
        is_locked: locks
            .iter()
            .any(|lock| lock.locked.is_some() || lock.rests.is_some() || lock.failures > 0),
        locks,
        links: facts.links.into_iter().map(Link::of).collect(),
        questions: facts.questions.into_iter().map(|row| Question::of(desk.language, row, now)).collect(),
        roles: facts.roles,
        may_help,
        may_enrol: may_help && desk.engine.may_enrol(operator, tenant).await?,
        may_change: operator.may(May::ChangeSettings, tenant),
        two_persons: desk.engine.resets_that_wait(tenant).await?.0,
        problem,
    })
}

impl Factor {
    fn of(words: &Words, factor: &ListedFactor) -> Self {
        Self {
            id: factor.id.to_string(),
            kind: words.kind(factor.kind),
            name: factor.name(Mask::Plain),
            active: factor.active,
            codes_left: factor.codes_left,
            used: factor.used_at.map(rfc3339),
        }
    }
}

impl Device {
    fn of(words: &Words, row: DeviceRow) -> Self {
        let platform = match row.platform.as_str() {
            "ios" => "iOS",
            "android" => "Android",
            _ => words.terminal,
        };
        Self {
            id: row.id.to_string(),
            name: row.device_name.unwrap_or_else(|| platform.to_owned()),
            platform,
            answers: row.keys.is_some(),
            seen: rfc3339(row.last_seen_at),
            created: rfc3339(row.created_at),
            unreachable: row.token_dead,
            attested: row
                .attestation
                .map(|known| if known.level == "hardware" { words.attested } else { words.unverified }),
        }
    }
}

impl Lock {
    fn of(words: &Words, what: &str, counter: &Counter, now: i64) -> Self {
        Self {
            why: words.lock(what),
            failures: counter.failures,
            locked: counter.locked_at.map(rfc3339),
            rests: counter.cool_until.filter(|until| *until > now).map(rfc3339),
        }
    }
}

impl Link {
    fn of(row: IssuedRow) -> Self {
        Self { hash: row.token_hash, until: rfc3339(row.expires_at) }
    }
}
