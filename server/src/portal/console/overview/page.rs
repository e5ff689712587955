//! What the overview shows, in words and figures.

use askama::Template;

use super::chart::{Chart, ends, pieces, waits};
use super::words::Words;
use crate::engine::ApplicationId;
use crate::engine::console::{May, Scope};
use crate::engine::tallies::{Attention, Figures, Many, Sent, Slot, Span};
use crate::portal::console::choosing::Applications;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::language::Language;
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/overview/overview.html")]
pub(super) struct Page {
    frame: Frame,
    words: &'static Words,
    /// The first steps; empty once somebody was asked.
    steps: Vec<Step>,
    spans: Vec<Choice>,
    applications: Applications,
    /// The chosen span and application, to be kept by the other choice.
    span: &'static str,
    /// This page, as its script looks at it anew.
    live: String,
    since: Option<String>,
    looks: Vec<Look>,
    facts: Vec<(&'static str, String)>,
    legend: Vec<(&'static str, &'static str)>,
    ends: Chart,
    waits: Chart,
    rows: Vec<Row>,
    carriers: Vec<Carrier>,
    whole: bool,
}

struct Step {
    text: &'static str,
    to: &'static str,
    is_done: bool,
    is_open: bool,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

/// Something that needs a look, with where to look; to nowhere for those who may not.
struct Look {
    text: String,
    to: Option<&'static str>,
}

struct Row {
    time: String,
    asked: i64,
    pieces: Vec<i64>,
    median: String,
    most: String,
}

struct Carrier {
    name: &'static str,
    done: i64,
    dead: i64,
}

impl Page {
    pub(super) fn new(
        desk: &Desk,
        (span, only): (Span, Option<ApplicationId>),
        applications: Applications,
        figures: &Figures,
        attention: &Attention,
    ) -> Self {
        let words = Words::of(desk.language);
        let is_mirrored = desk.language == Language::Arabic;
        let time = |at| time(span, at);
        let spans = Span::ALL.into_iter().map(|one| Choice {
            value: one.as_str().to_owned(),
            text: words.span(one).to_owned(),
            is_chosen: one == span,
        });
        let frame = desk.frame("overview", words.title, &[("tenant_created", words.tenant_created)]);
        let of = only.map(|id| format!("&application={id}")).unwrap_or_default();
        Self {
            live: format!("{}/?span={}{of}", frame.here, span.as_str()),
            frame,
            words,
            steps: steps(desk, words, attention),
            spans: spans.collect(),
            applications,
            span: span.as_str(),
            since: figures.since.map(rfc3339),
            looks: looks(desk, words, attention),
            facts: facts(words, figures, only.is_none()),
            legend: pieces(&figures.total).map(|(class, _)| class).into_iter().zip(words.ends).collect(),
            ends: ends(&figures.slots, is_mirrored, time),
            waits: waits(&figures.slots, is_mirrored, time),
            rows: figures.slots.iter().rev().map(|slot| row(slot, time(slot.from))).collect(),
            carriers: figures.sent.iter().map(|sent| carrier(words, sent)).collect(),
            whole: only.is_none(),
        }
    }
}

/// A slot's beginning: the hour, or the day.
fn time(span: Span, at: i64) -> String {
    let text = rfc3339(at);
    let part = if span == Span::Day { text.get(11..16) } else { text.get(5..10) };
    part.unwrap_or_default().to_owned()
}

fn row(slot: &Slot, time: String) -> Row {
    Row {
        time,
        asked: slot.ends.asked,
        pieces: pieces(slot).into_iter().map(|(_, count)| count).collect(),
        median: seconds(slot, 500),
        most: seconds(slot, 950),
    }
}

/// Seconds with a decimal; a dash when nobody answered.
fn seconds(slot: &Slot, permille: i64) -> String {
    slot.waited(permille).map_or_else(|| "–".to_owned(), |ms| format!("{}.{}", ms / 1000, ms % 1000 / 100))
}

fn carrier(words: &Words, sent: &Sent) -> Carrier {
    Carrier { name: words.carrier(sent.carrier), done: sent.done, dead: sent.dead }
}

fn steps(desk: &Desk, words: &Words, attention: &Attention) -> Vec<Step> {
    let begun = attention.begun;
    if begun.asked {
        return Vec::new();
    }
    let role = desk.session.operator.role;
    let step = |(text, to, may, is_done)| Step { text, to, is_done, is_open: role.may(may) };
    let [application, person, request] = words.steps;
    let steps = [
        (application, "/applications", May::SeeSettings, begun.application),
        (person, "/users", May::SeePeople, begun.enrolled),
        (request, "/api", May::SeeSettings, begun.asked),
    ];
    steps.into_iter().map(step).collect()
}

fn looks(desk: &Desk, words: &Words, attention: &Attention) -> Vec<Look> {
    let role = desk.session.operator.role;
    let look = |text: String, to, may| Look { text, to: role.may(may).then_some(to) };
    let mut looks = Vec::new();
    if attention.locked.count > 0 {
        looks.push(look(words.about(words.locked, &many(words, attention.locked)), "/users", May::SeePeople));
    }
    if attention.dead.count > 0 {
        let text = words.about(words.dead, &many(words, attention.dead));
        looks.push(look(text, "/messages", May::SeeMessages));
    }
    for trouble in &attention.troubles {
        let text = words.trouble.replace("{channel}", words.carrier(trouble.channel.as_str()));
        let text = text.replace("{why}", &trouble.word).replace("{since}", &rfc3339(trouble.since));
        looks.push(look(text, "/providers", May::SeeSettings));
    }
    for secret in &attention.ending {
        let text = words.ending.replace("{name}", &secret.application).replace("{prefix}", &secret.prefix);
        let text = text.replace("{at}", &rfc3339(secret.ends_at));
        looks.push(look(text, "/applications", May::SeeSettings));
    }
    // Who looks after one tenant can do nothing about it.
    if let Some(at) = attention.certificate.filter(|_| desk.session.operator.scope == Scope::Server) {
        looks.push(Look { text: words.certificate.replace("{at}", &rfc3339(at)), to: None });
    }
    looks
}

fn many(words: &Words, many: Many) -> String {
    if many.more { words.more_than.replace("{n}", &many.count.to_string()) } else { many.count.to_string() }
}

fn facts(words: &Words, figures: &Figures, whole: bool) -> Vec<(&'static str, String)> {
    let (total, ends) = (&figures.total, &figures.total.ends);
    let share =
        |part: i64| if ends.asked > 0 { format!(" ({} %)", part * 100 / ends.asked) } else { String::new() };
    let names = &words.facts;
    let mut facts = vec![
        (names.asked, ends.asked.to_string()),
        (names.approved, format!("{}{}", ends.approved, share(ends.approved))),
        (names.refused, format!("{}{}", ends.denied + ends.reported, share(ends.denied + ends.reported))),
        (names.reported, ends.reported.to_string()),
        (names.median, seconds(total, 500)),
        (names.most, seconds(total, 950)),
        (names.codes, format!("{} / {}", figures.codes_right, figures.codes_wrong)),
        (names.by_rule, format!("{} / {}", figures.by_rule, figures.refused)),
    ];
    if whole {
        facts.push((names.people, figures.people.to_string()));
        facts.push((names.devices, format!("{} / {}", figures.enrolled, figures.removed)));
    }
    facts
}
