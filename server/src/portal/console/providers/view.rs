//! What the pages about providers show.

use askama::Template;

use super::form::{Control, Field, costs, fields, kinds, limits_fields};
use super::trial::Came;
use super::whose;
use super::words::{Words, field};
use crate::engine::console::May;
use crate::engine::providers::{Channel, Chosen, Countries, PLATFORM};
use crate::portal::console::act::Form;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::portal::console::said::Said;
use crate::store::Figures;
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/providers/list.html")]
pub(super) struct List {
    frame: Frame,
    words: &'static Words,
    what: &'static str,
    lines: Vec<State>,
    /// What the platform itself sends is in files, for whoever may see them.
    has_files: bool,
}

/// A channel as it stands.
struct State {
    word: &'static str,
    name: &'static str,
    in_force: String,
    by: Option<&'static str>,
    /// Why there is nothing to carry messages, or that there is no provider.
    remark: Option<&'static str>,
    trouble: Option<(String, String)>,
    since: Option<String>,
    facts: Vec<(String, String)>,
    limits: Option<(String, String)>,
    hour: Figures,
}

impl List {
    pub(super) async fn of(desk: &Desk, all: Vec<Chosen>) -> Self {
        let words = Words::of(desk.language);
        // A tenant has a page of messages, which leads there.
        let may = whose(desk) == PLATFORM && desk.session.operator.may_everywhere(May::SeeMessages);
        let has_files = may && desk.has_files().await;
        let what = if whose(desk) == PLATFORM { words.what_platform } else { words.what };
        let lines = all.into_iter().map(|chosen| State::of(desk, chosen)).collect();
        Self { frame: desk.frame("providers", words.title, &[]), words, what, lines, has_files }
    }
}

impl State {
    fn of(desk: &Desk, chosen: Chosen) -> Self {
        let words = Words::of(desk.language);
        let (in_force, remark) = match chosen.kind.as_str() {
            "none" | "platform" => (words.nobody, Some(words.nobody_what)),
            "file" => (words.file, Some(words.file_what)),
            "off" => (words.off, Some(words.off_what)),
            kind => (kind, None),
        };
        let by = match (chosen.by, whose(desk)) {
            (_, PLATFORM) | ("nobody", _) => None,
            ("platform", _) => Some(words.platforms),
            _ => Some(words.own),
        };
        let fact = |(name, value): (&'static str, String)| {
            let (label, _) = field(if name == "key" { "fingerprint" } else { name }, desk.language);
            (if label.is_empty() { name.to_owned() } else { label.to_owned() }, value)
        };
        let has_limits = costs(chosen.channel) && remark.is_none();
        let limits = has_limits.then(|| {
            let countries = match &chosen.limits.countries {
                Countries::All => words.all_countries.to_owned(),
                only @ Countries::Only(_) => only.text(),
            };
            let per_day = chosen.limits.per_day.map_or(words.no_limit.to_owned(), |n| n.to_string());
            (countries, per_day)
        });
        Self {
            word: chosen.channel.as_str(),
            name: words.channel(chosen.channel),
            in_force: in_force.to_owned(),
            by,
            remark,
            trouble: chosen.trouble.map(|(word, at)| (word, rfc3339(at))),
            since: chosen.since.map(rfc3339),
            facts: chosen.facts.into_iter().map(fact).collect(),
            limits,
            hour: chosen.last_hour,
        }
    }
}

/// What a form leaves behind that was not done, or that is answered on the page itself.
#[derive(Default)]
pub(super) struct Again<'a> {
    pub(super) problem: Option<Said>,
    pub(super) typed: Option<&'a Form>,
    pub(super) came: Option<Came>,
}

#[derive(Template)]
#[template(path = "console/providers/one.html")]
pub(super) struct One {
    frame: Frame,
    words: &'static Words,
    state: State,
    /// How the addresses of its forms begin.
    base: String,
    may_change: bool,
    is_platform: bool,
    kinds: Vec<Link>,
    kind: &'static str,
    fields: Vec<Field>,
    limits: Vec<Field>,
    to: &'static str,
    typed_to: String,
    is_arabic: bool,
    problem: Option<Said>,
    came: Option<Came>,
}

struct Link {
    kind: &'static str,
    is_current: bool,
}

impl One {
    pub(super) async fn of(desk: &Desk, channel: Channel, again: Again<'_>) -> Result<Self, Wrong> {
        let words = Words::of(desk.language);
        let all = desk.engine.providers(whose(desk)).await?;
        let chosen = all.into_iter().find(|chosen| chosen.channel == channel);
        let chosen = chosen.ok_or(crate::portal::console::problem::Problem::NotFound)?;
        let asked = again.typed.and_then(|form| form.get("kind")).or(desk.asked("kind"));
        let in_force = kinds(channel).iter().find(|kind| **kind == chosen.kind);
        let named = kinds(channel).iter().find(|kind| Some(**kind) == asked);
        let kind = named.or(in_force).or(kinds(channel).first()).copied().unwrap_or_default();
        let links = kinds(channel).iter().map(|one| Link { kind: one, is_current: *one == kind });
        let done = [
            ("set", words.done_set),
            ("platform", words.done_platform),
            ("off", words.done_off),
            ("removed", words.done_removed),
        ];
        let frame = desk.frame("providers", words.channel(channel), &done);
        let operator = &desk.session.operator;
        Ok(Self {
            base: format!("{}/providers/{}", frame.here, channel.as_str()),
            frame,
            words,
            state: State::of(desk, chosen),
            may_change: match desk.any_tenant() {
                Some(tenant) => operator.may(May::ChangeSettings, tenant.id),
                None => operator.may_everywhere(May::ChangeSettings),
            },
            is_platform: whose(desk) == PLATFORM,
            kinds: links.collect(),
            kind,
            fields: fields(channel, kind, again.typed, desk.language),
            limits: if costs(channel) { limits_fields(again.typed, desk.language) } else { Vec::new() },
            to: words.to(channel),
            typed_to: again.typed.map(|form| form.text("to").to_owned()).unwrap_or_default(),
            is_arabic: match again.typed.and_then(|form| form.get("language")) {
                Some(tag) => tag == "ar",
                None => desk.language == crate::portal::language::Language::Arabic,
            },
            problem: again.problem,
            came: again.came,
        })
    }
}
