//! Resets that wait for a second operator, and those that did.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use countersign_protocol::id::to_base32;

use super::change::refusal;
use super::words::Words;
use crate::engine::Error;
use crate::engine::console::{May, OperatorId};
use crate::engine::people::{ResetError, ResetTask};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/people/resets.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    waiting: Vec<Line>,
    ended: Vec<Line>,
    may_help: bool,
    /// Whether the tenant asks for a second operator at all.
    two_persons: bool,
    problem: Option<String>,
}

struct Line {
    id: String,
    person: String,
    name: String,
    what: &'static str,
    label: Option<String>,
    asked_by: String,
    asked: String,
    until: String,
    state: &'static str,
    ended_by: Option<String>,
    is_own: bool,
}

type Named = Path<(String, String)>;

/// `GET /console/{tenant}/users/requests`.
pub(super) async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = page(&desk, None).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/users/requests/{reset}/approve`.
pub(super) async fn approve(Path((_, reset)): Named, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (operator, tenant) = (&desk.session.operator, desk.tenant()?.id);
    let result = match reset.parse() {
        Ok(id) => desk.engine.approve_reset(operator, desk.address, (tenant, id)).await,
        Err(error) => Err(error),
    };
    ended(&desk, result, "approved").await
}

/// `POST /console/{tenant}/users/requests/{reset}/refuse`.
pub(super) async fn refuse(Path((_, reset)): Named, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let (operator, tenant) = (&desk.session.operator, desk.tenant()?.id);
    let result = match reset.parse() {
        Ok(id) => desk.engine.refuse_reset(operator, desk.address, (tenant, id)).await,
        Err(error) => Err(error),
    };
    ended(&desk, result, "refused").await
}

async fn ended(desk: &Desk, result: Result<(), ResetError>, done: &str) -> Result<Response, Wrong> {
    match result {
        Ok(()) => Ok(desk.go(&format!("/{}/users/requests", desk.tenant()?.id), done)),
        Err(error) => {
            let sentence = refusal(desk, error)?;
            let page = page(desk, Some(sentence.to_owned())).await?;
            Ok(desk.page_again(&page))
        }
    }
}

async fn page(desk: &Desk, problem: Option<String>) -> Result<Page, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let tasks = desk.engine.reset_tasks(tenant).await?;
    let mut ids: HashSet<OperatorId> = tasks.iter().map(|task| task.asked_by).collect();
    ids.extend(tasks.iter().filter_map(|task| task.ended_by));
    let mut names = HashMap::new();
    for id in ids {
        names.insert(id, name(desk, id).await?);
    }
    let lines = tasks.into_iter().map(|task| {
        let waits = task.state == "waiting";
        (waits, Line::of(words, task, &names, desk.session.operator.id))
    });
    let (waiting, ended): (Vec<_>, Vec<_>) = lines.partition(|(waits, _)| *waits);
    Ok(Page {
        frame: desk.frame("resets", words.resets.title, &words.done()),
        words,
        waiting: waiting.into_iter().map(|(_, line)| line).collect(),
        ended: ended.into_iter().map(|(_, line)| line).collect(),
        may_help: desk.session.operator.may(May::HelpPeople, tenant),
        two_persons: desk.engine.resets_that_wait(tenant).await?.0,
        problem,
    })
}

/// What others see of an operator; of one who is none any more, the id.
async fn name(desk: &Desk, id: OperatorId) -> Result<String, Wrong> {
    match desk.engine.operator(id).await {
        Ok(operator) => Ok(operator.shown().to_owned()),
        Err(Error::OperatorNotFound) => Ok(id.to_string()),
        Err(error) => Err(error.into()),
    }
}

impl Line {
    fn of(
        words: &'static Words,
        task: ResetTask,
        names: &HashMap<OperatorId, String>,
        own: OperatorId,
    ) -> Self {
        let name = |id: OperatorId| names.get(&id).cloned().unwrap_or_default();
        Self {
            id: task.id.to_string(),
            person: to_base32(task.user),
            name: task.name,
            what: task.kind.map_or(words.resets.everything, |kind| words.kind(kind)),
            label: task.label,
            asked_by: name(task.asked_by),
            asked: rfc3339(task.asked_at),
            until: rfc3339(task.expires_at),
            state: words.reset_state(task.state),
            ended_by: task.ended_by.map(name),
            is_own: task.asked_by == own,
        }
    }
}
