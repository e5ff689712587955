//! The log as a list, newest first, and looking for something in it.

use std::collections::HashMap;
use std::net::IpAddr;

use askama::Template;
use axum::response::Response;
use url::form_urlencoded;

use super::sentences::{families, names, of_family, sentence};
use super::words::Words;
use super::{DAY, day, whose};
use crate::engine::audit::search::{Found, Search};
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::portal::language::Language;
use crate::store::EventRow;
use crate::timestamp::rfc3339;

/// What may be looked for, as the fields are called.
const FIELDS: [&str; 5] = ["event", "actor", "subject", "address", "day"];

#[derive(Template)]
#[template(path = "console/audit/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    groups: Vec<Group>,
    /// What was typed into the other fields.
    typed: Typed,
    problem: Option<&'static str>,
    is_filtered: bool,
    lines: Vec<Line>,
    first: Option<String>,
    next: Option<String>,
}

struct Group {
    word: &'static str,
    name: &'static str,
    is_chosen: bool,
    events: Vec<Choice>,
}

struct Choice {
    name: &'static str,
    text: &'static str,
    is_chosen: bool,
}

struct Typed {
    actor: String,
    subject: String,
    address: String,
    day: String,
}

struct Line {
    at: String,
    sentence: Option<&'static str>,
    name: String,
    actor: Party,
    subject: Party,
    address: Option<String>,
    detail: Option<String>,
}

/// Who did it, or to what it was done.
struct Party {
    id: String,
    name: Option<String>,
    /// To everything that they did, or that was done to it.
    to: String,
}

/// `GET /console/{tenant}/audit` and `GET /console/audit`.
pub(super) async fn list(desk: Desk) -> Result<Response, Wrong> {
    let tenant = whose(&desk).await?;
    let words = Words::of(desk.language);
    let (found, names, problem) = match search(&desk, words) {
        Ok(search) => {
            let found = desk.engine.find_events(tenant, &search).await?;
            let names = desk.engine.names_in(tenant, &found.events).await?;
            (found, names, None)
        }
        Err(problem) => (Found { events: Vec::new(), next: None }, HashMap::new(), Some(problem)),
    };
    let page = page(&desk, words, found, &names, problem);
    Ok(if problem.is_some() { desk.page_again(&page) } else { desk.page(&page) })
}

fn search(desk: &Desk, words: &Words) -> Result<Search, &'static str> {
    let text = |name| desk.asked(name).map(str::trim).filter(|text| !text.is_empty());
    let names = match text("event") {
        Some(wanted) => Some(names(wanted)).filter(|names| !names.is_empty()).ok_or(words.bad_event)?,
        None => Vec::new(),
    };
    let address = match text("address").map(str::parse::<IpAddr>) {
        Some(address) => Some(address.map_err(|_| words.bad_address)?.to_canonical().to_string()),
        None => None,
    };
    let from = match text("day") {
        Some(typed) => Some(day(typed).ok_or(words.bad_day)?),
        None => None,
    };
    Ok(Search {
        names,
        actor: text("actor").map(str::to_owned),
        subject: text("subject").map(str::to_owned),
        address,
        from,
        to: from.map(|from| from + DAY),
        before: text("before").and_then(|id| id.parse().ok()),
    })
}

fn page(
    desk: &Desk,
    words: &'static Words,
    found: Found,
    names: &HashMap<String, String>,
    problem: Option<&'static str>,
) -> List {
    let is_own = desk.any_tenant().is_none();
    let frame = desk.frame("audit", if is_own { words.own_title } else { words.title }, &[]);
    let here = format!("{}/audit", frame.here);
    let asked = |name: &str| desk.asked(name).unwrap_or_default().to_owned();
    let kept: Vec<_> = FIELDS.into_iter().filter_map(|name| Some((name, desk.asked(name)?))).collect();
    let with = |more: &[(&str, &str)]| address(&here, kept.iter().chain(more));
    let next = found.next.map(|id| with(&[("before", &id.as_hyphenated().to_string())]));
    let lines = found.events.into_iter().map(|event| line(event, desk.language, &here, names));
    List {
        words,
        groups: groups(desk),
        typed: Typed {
            actor: asked("actor"),
            subject: asked("subject"),
            address: asked("address"),
            day: asked("day"),
        },
        problem,
        is_filtered: !kept.is_empty(),
        lines: lines.collect(),
        first: desk.asked("before").map(|_| with(&[])),
        next,
        frame,
    }
}

fn address<'a>(here: &str, query: impl Iterator<Item = &'a (&'a str, &'a str)>) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query {
        text.append_pair(name, value);
    }
    let query = text.finish();
    if query.is_empty() { here.to_owned() } else { format!("{here}?{query}") }
}

fn groups(desk: &Desk) -> Vec<Group> {
    let chosen = desk.asked("event").unwrap_or_default();
    let group = |(word, name)| Group {
        word,
        name,
        is_chosen: word == chosen,
        events: of_family(word).map(|name| choice(name, chosen, desk.language)).collect(),
    };
    families(desk.language).map(group).collect()
}

fn choice(name: &'static str, chosen: &str, language: Language) -> Choice {
    Choice { name, text: sentence(name, language).unwrap_or(name), is_chosen: name == chosen }
}

fn line(event: EventRow, language: Language, here: &str, names: &HashMap<String, String>) -> Line {
    let party = |field, id: String| Party {
        name: names.get(&id).cloned(),
        to: address(here, [(field, &*id)].iter()),
        id,
    };
    Line {
        at: rfc3339(event.at),
        sentence: sentence(&event.name, language),
        actor: party("actor", event.actor),
        subject: party("subject", event.subject),
        name: event.name,
        address: event.address,
        detail: event.detail,
    }
}
