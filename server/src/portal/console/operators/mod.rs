//! Operators: who may use the console for the whole server or for one tenant, inviting others, and changing what they may.
//! Owners alone do that. The same page is there for both; which operators it is about is in its address alone.

mod words;

use askama::Template;
use axum::extract::RawPathParams;
use axum::response::Response;
use zeroize::Zeroizing;

use super::act::Act;
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use super::words::Words as All;
use crate::engine::Error;
use crate::engine::console::{May, NewLink, Operator, OperatorChange, Role, Scope};
use crate::timestamp::rfc3339;
use words::Words;

const SERVER: Gate = Gate::Server(May::ManageOperators);
const TENANT: Gate = Gate::Tenant(May::ManageOperators);

pub(super) fn routes() -> Routes {
    Routes::default()
        .see("/operators", SERVER, list)
        .act("/operators", SERVER, invite)
        .act("/operators/uninvite", SERVER, uninvite)
        .act("/operators/change/{operator}", SERVER, change)
        .see("/{tenant}/operators", TENANT, list)
        .act("/{tenant}/operators", TENANT, invite)
        .act("/{tenant}/operators/uninvite", TENANT, uninvite)
        .act("/{tenant}/operators/change/{operator}", TENANT, change)
}

#[derive(Template)]
#[template(path = "console/operators/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    operators: Vec<Line>,
    waiting: Vec<Waiting>,
    roles: Vec<(&'static str, &'static str)>,
    /// A link that was just made, and for whom.
    made: Option<(String, Zeroizing<String>)>,
    problem: Option<&'static str>,
    typed: String,
}

struct Line {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    role_name: &'static str,
    created: String,
    is_disabled: bool,
    is_self: bool,
}

struct Waiting {
    email: String,
    role: &'static str,
    until: String,
}

impl Desk {
    /// What the page is about.
    fn scope(&self) -> Scope {
        self.any_tenant().map_or(Scope::Server, |tenant| Scope::Tenant(tenant.id))
    }

    /// The page's own address, behind `/console`.
    fn operators_path(&self) -> String {
        self.any_tenant()
            .map_or_else(|| "/operators".to_owned(), |tenant| format!("/{}/operators", tenant.id))
    }
}

/// `GET /console/operators`, and of a tenant.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = listed(&desk, None, None, "").await?;
    Ok(desk.page(&page))
}

/// `POST /console/operators`: a link for somebody else, shown this once.
async fn invite(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let email = form.text("email");
    let Some(role) = Role::from_word(form.text("role")) else { return Err(Problem::Malformed.into()) };
    let new = NewLink { email: Some(email.to_owned()), role, scope: desk.scope() };
    let problem = match desk.engine.new_operator_link(new, &desk.by()).await {
        Ok(link) => {
            let page = listed(&desk, Some((email.to_owned(), link)), None, "").await?;
            return Ok(desk.page(&page));
        }
        Err(Error::Invalid(_)) => words.no_address,
        Err(Error::AlreadyEnrolled) => words.known,
        Err(error) => return Err(Problem::from(error).into()),
    };
    let page = listed(&desk, None, Some(problem), email).await?;
    Ok(desk.page_again(&page))
}

/// `POST /console/operators/uninvite`: takes a link back.
async fn uninvite(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let done = match desk.engine.take_back_invitation(desk.scope(), form.text("email"), &desk.by()).await {
        Ok(()) => "uninvited",
        // It was used, has expired, or was taken back before: the list shows how it is.
        Err(Error::TokenInvalid) => "not_waiting",
        Err(error) => return Err(Problem::from(error).into()),
    };
    Ok(desk.go(&desk.operators_path(), done))
}

/// `POST /console/operators/change/{operator}`: another role, or what the button says.
async fn change(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = params.iter().find(|(name, _)| *name == "operator").map(|(_, id)| id.parse());
    let id = id.and_then(Result::ok).ok_or(Problem::NotFound)?;
    let (change, done) = match (form.text("do"), Role::from_word(form.text("role"))) {
        ("role", Some(role)) => (OperatorChange::Role(role), "changed"),
        ("disable", _) => (OperatorChange::Disable, "disabled"),
        ("enable", _) => (OperatorChange::Enable, "enabled"),
        ("remove", _) => (OperatorChange::Remove, "removed"),
        _ => return Err(Problem::Malformed.into()),
    };
    let own = &desk.session.operator;
    let changed = desk.engine.change_operator(desk.scope(), id, change, own, desk.address).await;
    match changed {
        Ok(_) => Ok(desk.go(&desk.operators_path(), done)),
        Err(Error::Invalid(_)) => {
            let words = Words::of(desk.language);
            let problem = if own.id == id { words.oneself } else { words.last_owner };
            let page = listed(&desk, None, Some(problem), "").await?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

async fn listed(
    desk: &Desk,
    made: Option<(String, Zeroizing<String>)>,
    problem: Option<&'static str>,
    typed: &str,
) -> Result<List, Wrong> {
    let words = Words::of(desk.language);
    let all = All::of(desk.language);
    let scope = desk.scope();
    let operators = desk.engine.operators(scope).await?;
    let waiting = desk.engine.operator_invitations(scope).await?;
    let waiting = waiting.into_iter().filter_map(|row| {
        let role = Role::from_word(&row.role).map_or("", |role| all.role(role));
        Some(Waiting { email: row.email?, role, until: rfc3339(row.expires_at) })
    });
    Ok(List {
        frame: desk.frame("operators", words.title, &words.done),
        words,
        operators: operators.into_iter().map(|one| line(desk, all, one)).collect(),
        waiting: waiting.collect(),
        roles: Role::ALL.into_iter().map(|role| (role.as_str(), all.role(role))).collect(),
        made,
        problem,
        typed: typed.to_owned(),
    })
}

fn line(desk: &Desk, all: &'static All, one: Operator) -> Line {
    Line {
        id: one.id.to_string(),
        name: one.shown().to_owned(),
        role: one.role.as_str(),
        role_name: all.role(one.role),
        created: rfc3339(one.created_at),
        is_disabled: one.disabled_at.is_some(),
        is_self: one.id == desk.session.operator.id,
        email: one.email,
    }
}
