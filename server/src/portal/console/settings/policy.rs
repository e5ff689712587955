//! A tenant's policy, or one of its applications': every setting with what it means, what is in force, and who says so.

use askama::Template;
use axum::response::Response;

use super::super::act::{Act, Form};
use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::Wrong;
use super::super::said::Said;
use super::policy_words::{SettingWords, factor};
use super::words::Words;
use super::{Applications, Tab, scope, tabs};
use crate::engine::Error;
use crate::engine::console::May;
use crate::engine::policy::{Choices, Factor, Factors, Scope, SettingInForce};
use crate::portal::language::Language;

#[derive(Template)]
#[template(path = "console/settings/policy.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    tabs: Vec<Tab>,
    may_change: bool,
    applications: Applications,
    application: Option<String>,
    rows: Vec<Row>,
    problem: Option<Said>,
}

/// A setting.
struct Row {
    name: &'static str,
    label: String,
    meaning: String,
    in_force: String,
    by: &'static str,
    control: Control,
    /// As it is stored here: what the form was made from.
    was: String,
    problem: Option<String>,
}

enum Control {
    /// Word, what it stands for, and whether it is set here.
    Words(Vec<(&'static str, String, bool)>),
    /// The same for each factor; and whether there is a list here at all.
    Factors(Vec<(&'static str, &'static str, bool)>, bool),
    /// From, to, and what is set here.
    Number(i64, i64, String),
}

/// `GET /console/{tenant}/settings/policy?application=`.
pub(super) async fn show(desk: Desk) -> Result<Response, Wrong> {
    let page = page(&desk, desk.asked("application"), None).await?;
    Ok(desk.page(&page))
}

async fn page(desk: &Desk, named: Option<&str>, typed: Option<&Form>) -> Result<Page, Wrong> {
    let words = Words::of(desk.language);
    let (scope, applications) = scope(desk, named).await?;
    let all = settings(desk, scope).await?;
    let row = |setting| Row::of(setting, words, desk.language, typed);
    let rows: Vec<Row> = all.into_iter().map(row).collect();
    let wrong = rows.iter().any(|row| row.problem.is_some());
    let frame = desk.frame("policy", words.policy, &[("saved", words.policy_saved)]);
    Ok(Page {
        tabs: tabs(&frame.here, words, "/policy"),
        words,
        may_change: desk.session.operator.may(May::ChangeSettings, scope.tenant),
        applications,
        application: scope.application.map(|id| id.to_string()),
        rows,
        problem: wrong.then(|| Said::own(words.policy_wrong)),
        frame,
    })
}

/// All settings; those of a whole tenant only where the page is about it.
async fn settings(desk: &Desk, scope: Scope) -> Result<Vec<SettingInForce>, Wrong> {
    let mut all = desk.engine.policy_in_force(scope).await?;
    let of_tenant = |name: &str| SettingWords::of(name).is_some_and(|words| words.of_tenant);
    all.retain(|setting| scope.application.is_none() || !of_tenant(setting.name));
    Ok(all)
}

/// `POST /console/{tenant}/settings/policy`. Only what differs from what the form was made from is changed, so two who
/// change different settings at once do not undo each other.
pub(super) async fn save(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let (scope, _) = scope(&desk, form.get("application")).await?;
    let all = settings(&desk, scope).await?;
    let wished: Vec<(&SettingInForce, String)> = all
        .iter()
        .map(|setting| (setting, wish(setting, &form)))
        .filter(|(setting, wish)| *wish != form.text(&format!("was.{}", setting.name)))
        .collect();
    if wished.iter().any(|(setting, wish)| !wish.is_empty() && !setting.choices.hold(wish)) {
        let page = page(&desk, form.get("application"), Some(&form)).await?;
        return Ok(desk.page_again(&page));
    }
    let change = |(setting, wish): (&SettingInForce, String)| {
        let value = if wish.is_empty() { "default".to_owned() } else { wish };
        (setting.name.to_owned(), value)
    };
    let changes: Vec<(String, String)> = wished.into_iter().map(change).collect();
    if !changes.is_empty() {
        desk.engine.set_policy(scope, &changes, &desk.by()).await.map_err(|error| match error {
            Error::Invalid(why) => Wrong::from(super::super::problem::Problem::Refused(why)),
            error => error.into(),
        })?;
    }
    let application = scope.application.map(|id| format!("?application={id}")).unwrap_or_default();
    Ok(desk.go(&format!("/{}/settings/policy{application}", scope.tenant), "saved"))
}

/// What the form wants here; empty: nothing of its own.
fn wish(setting: &SettingInForce, form: &Form) -> String {
    match setting.choices {
        // An own list of none is a mistake, and said to be one.
        Choices::Factors if form.has("own.factors") => {
            let words: Vec<&str> = form.all(setting.name).collect();
            let list = words.join(" ");
            Factors::parse(&list).map_or_else(|| "?".to_owned(), |factors| factors.to_string())
        }
        Choices::Factors => String::new(),
        Choices::Words(_) | Choices::Number(_) => form.text(setting.name).to_owned(),
    }
}

impl Row {
    fn of(setting: SettingInForce, words: &Words, language: Language, typed: Option<&Form>) -> Self {
        let own = SettingWords::of(setting.name);
        let was = setting.set_here.clone().unwrap_or_default();
        let value = typed.map_or_else(|| was.clone(), |form| wish(&setting, form));
        let wrong = !value.is_empty() && !setting.choices.hold(&value);
        let said = |word: &str| {
            own.and_then(|own| own.choice(word, language)).map_or_else(|| word.to_owned(), str::to_owned)
        };
        let parsed = Factors::parse(&value);
        let in_force = match &setting.choices {
            Choices::Words(_) => said(&setting.value),
            Choices::Factors => listed(&setting.value, language),
            Choices::Number(_) => setting.value.clone(),
        };
        let (control, problem) = match &setting.choices {
            Choices::Words(all) => {
                let all = all.iter().map(|word| (*word, said(word), *word == value));
                (Control::Words(all.collect()), words.wrong_word.to_owned())
            }
            Choices::Factors => {
                let has = |factor| parsed.is_some_and(|list| list.allow(factor));
                let all = Factor::ALL.map(|one| (one.as_str(), factor(one, language), has(one)));
                (Control::Factors(all.into(), !value.is_empty()), words.wrong_factors.to_owned())
            }
            Choices::Number(range) => {
                let (from, to) = (*range.start(), *range.end());
                let problem = format!("{} {from}–{to}", words.wrong_number);
                (Control::Number(from, to, value), problem)
            }
        };
        Self {
            name: setting.name,
            label: own.map_or(setting.name, |own| own.label(language)).to_owned(),
            meaning: own.map_or(setting.meaning, |own| own.meaning(language)).to_owned(),
            in_force,
            by: match setting.by {
                "application" => words.by_application,
                "tenant" => words.by_tenant,
                _ => words.by_default,
            },
            control,
            was,
            problem: wrong.then_some(problem),
        }
    }
}

fn listed(value: &str, language: Language) -> String {
    let Some(list) = Factors::parse(value) else { return value.to_owned() };
    let allowed = Factor::ALL.into_iter().filter(|one| list.allow(*one));
    let comma = if language == Language::Arabic { "، " } else { ", " };
    allowed.map(|one| factor(one, language)).collect::<Vec<_>>().join(comma)
}
