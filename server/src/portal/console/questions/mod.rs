//! What people are being asked now, and what they were asked today: who, by which application, with what, and how it ended.
//! Never what a question says, nor a number or a code.

pub(super) mod words;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use countersign_protocol::id::{ChallengeId, to_base32};
use countersign_protocol::wire::Outcome;

use super::act::Act;
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::people::words::Words as PeopleWords;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::Error;
use crate::engine::console::May;
use crate::engine::policy::Factor;
use crate::portal::language::Language;
use crate::store::AskedRow;
use crate::timestamp::rfc3339;
use words::Words;

pub(super) fn routes() -> Routes {
    Routes::default().see("/{tenant}/challenges", Gate::Tenant(May::SeePeople), list).act(
        "/{tenant}/challenges/{challenge}/cancel",
        Gate::Tenant(May::HelpPeople),
        cancel,
    )
}

#[derive(Template)]
#[template(path = "console/questions/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    open: Vec<Question>,
    more_open: bool,
    ended: Vec<Question>,
    next: Option<String>,
    /// Whether this is not the first page.
    is_later: bool,
    may_help: bool,
}

/// A question in a list.
pub(super) struct Question {
    pub(super) id: String,
    pub(super) person: String,
    pub(super) name: String,
    pub(super) application: String,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) is_bad: bool,
    pub(super) asked: String,
    /// Seconds that are left.
    pub(super) left: i64,
    pub(super) device: Option<String>,
}

impl Question {
    pub(super) fn of(language: Language, row: AskedRow, now: i64) -> Self {
        let outcome = row.state.at(now);
        let kind = Factor::from_word(&row.kind).map_or("", |kind| PeopleWords::of(language).kind(kind));
        Self {
            id: row.id.to_string(),
            person: to_base32(row.user_id),
            name: row.display_name.unwrap_or(row.user_ref),
            application: row.application,
            kind,
            state: Words::of(language).state(outcome),
            is_bad: matches!(outcome, Outcome::Denied | Outcome::Failed),
            asked: rfc3339(row.created_at),
            left: (row.state.expires_at - now).max(0) / 1000,
            device: row.device_name.filter(|_| row.responded_at.is_some()),
        }
    }
}

/// `GET /console/{tenant}/challenges`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = listed(&desk).await?;
    Ok(desk.page(&page))
}

async fn listed(desk: &Desk) -> Result<List, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let after = desk.asked("after");
    let all = desk.engine.questions(tenant, after).await?;
    let of = |row| Question::of(desk.language, row, all.now);
    Ok(List {
        frame: desk.frame("questions", words.title, &words.done),
        words,
        open: all.open.into_iter().map(of).collect(),
        more_open: all.more_open,
        ended: all.ended.into_iter().map(of).collect(),
        next: all.next.map(|next| format!("?after={next}")),
        is_later: after.is_some(),
        may_help: desk.session.operator.may(May::HelpPeople, tenant),
    })
}

/// `POST /console/{tenant}/challenges/{challenge}/cancel`.
async fn cancel(Path((_, challenge)): Path<(String, String)>, act: Act) -> Result<Response, Wrong> {
    let desk = act.desk;
    let tenant = desk.tenant()?.id;
    let id: ChallengeId = challenge.parse().map_err(|_| Problem::NotFound)?;
    let done = match desk.engine.take_back(tenant, id, &desk.by()).await {
        Ok(()) => "cancelled",
        Err(Error::NotPending(_)) => "ended",
        Err(error) => return Err(Problem::from(error).into()),
    };
    Ok(desk.go(&format!("/{tenant}/challenges"), done))
}
