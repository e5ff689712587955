//! From where sign-ins may come: the rules in the order in which they are asked.

use askama::Template;
use axum::extract::RawPathParams;
use axum::response::Response;

use super::super::act::{Act, Form};
use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::{Problem, Wrong};
use super::super::said::Said;
use super::words::Words;
use super::{Applications, Tab, scope, tabs};
use crate::engine::Error;
use crate::engine::console::May;

#[derive(Template)]
#[template(path = "console/settings/access.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    tabs: Vec<Tab>,
    may_change: bool,
    rules: Vec<Line>,
    applications: Applications,
    effects: [(&'static str, &'static str); 3],
    typed: String,
    effect: String,
    problem: Option<Said>,
}

struct Line {
    id: String,
    matches: String,
    is_anyone: bool,
    effect: &'static str,
    /// None: for all of the tenant's.
    application: Option<String>,
}

/// `GET /console/{tenant}/settings/access`.
pub(super) async fn show(desk: Desk) -> Result<Response, Wrong> {
    let page = page(&desk, None).await?;
    Ok(desk.page(&page))
}

async fn page(desk: &Desk, again: Option<(Said, &Form)>) -> Result<Page, Wrong> {
    let words = Words::of(desk.language);
    let tenant = desk.tenant()?.id;
    let typed = again.as_ref().map(|(_, form)| *form);
    let (_, applications) = scope(desk, typed.and_then(|form| form.get("application"))).await?;
    let mut rules = Vec::new();
    for rule in desk.engine.access_rules(tenant).await? {
        let application = match rule.application {
            Some(id) => Some(applications.name_of(desk, id).await?),
            None => None,
        };
        rules.push(Line {
            id: rule.id,
            is_anyone: rule.matches == "anyone",
            matches: rule.matches,
            effect: words.effect(&rule.effect),
            application,
        });
    }
    let done = [("added", words.rule_added), ("removed", words.rule_removed), ("gone", words.rule_gone)];
    let frame = desk.frame("access", words.access, &done);
    Ok(Page {
        tabs: tabs(&frame.here, words, "/access"),
        words,
        may_change: desk.session.operator.may(May::ChangeSettings, tenant),
        rules,
        applications,
        effects: ["deny", "verify", "allow"].map(|word| (word, words.effect(word))),
        typed: typed.map(|form| form.text("place").to_owned()).unwrap_or_default(),
        effect: typed.map(|form| form.text("effect").to_owned()).unwrap_or_default(),
        problem: again.map(|(problem, _)| problem),
        frame,
    })
}

/// `POST /console/{tenant}/settings/access`.
pub(super) async fn add(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let (scope, _) = scope(&desk, form.get("application")).await?;
    let (matches, effect) = (form.text("place"), form.text("effect"));
    match desk.engine.add_access_rule(scope, matches, effect, &desk.by()).await {
        Ok(_) => Ok(desk.go(&format!("/{}/settings/access", scope.tenant), "added")),
        Err(error @ Error::Invalid(_)) => {
            let words = Words::of(desk.language);
            // Too many of them is said by the engine; a place that is none, by us.
            let is_place = crate::engine::policy::AccessRule::parse(matches, effect).is_ok();
            let problem =
                if is_place { Said::engine(&error, desk.language) } else { Said::own(words.bad_place) };
            let page = page(&desk, Some((problem, &form))).await?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /console/{tenant}/settings/access/{rule}/remove`.
pub(super) async fn remove(params: RawPathParams, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let tenant = desk.tenant()?.id;
    let named = params.iter().find(|(name, _)| *name == "rule");
    let (_, rule) = named.ok_or(Problem::NotFound)?;
    let word = match desk.engine.remove_access_rule(tenant, rule, &desk.by()).await {
        Ok(()) => "removed",
        // The button was pressed twice, or somebody else was faster.
        Err(Error::Invalid(_)) => "gone",
        Err(error) => return Err(error.into()),
    };
    Ok(desk.go(&format!("/{tenant}/settings/access"), word))
}
