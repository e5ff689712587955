//! Operators: who may use the console for the whole server or for one tenant, inviting others, and changing what they may.
//! Owners alone do that. The same page is there for both; which operators it is about is in its address alone.

mod view;
mod words;

use axum::extract::RawPathParams;
use axum::response::Response;

use super::act::Act;
use super::desk::Desk;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::Error;
use crate::engine::console::{May, NewLink, OperatorChange, Role, Scope};
use view::{Again, List, Typed};
use words::Words;

const SERVER: Gate = Gate::Server(May::ManageOperators);
const TENANT: Gate = Gate::Tenant(May::ManageOperators);

pub(super) fn routes() -> Routes {
    Routes::default()
        .see("/operators", SERVER, list)
        .act("/operators", SERVER, invite)
        .act("/operators/again", SERVER, again)
        .act("/operators/uninvite", SERVER, uninvite)
        .act("/operators/change/{operator}", SERVER, change)
        .see("/{tenant}/operators", TENANT, list)
        .act("/{tenant}/operators", TENANT, invite)
        .act("/{tenant}/operators/again", TENANT, again)
        .act("/{tenant}/operators/uninvite", TENANT, uninvite)
        .act("/{tenant}/operators/change/{operator}", TENANT, change)
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
    let page = List::of(&desk, Again::default()).await?;
    Ok(desk.page(&page))
}

/// `POST /console/operators`: a link for somebody else, by mail or shown this once.
async fn invite(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let Some(role) = Role::from_word(form.text("role")) else { return Err(Problem::Malformed.into()) };
    let new = NewLink { email: Some(form.text("email").to_owned()), role, scope: desk.scope() };
    hand_over(&desk, new, form.text("way")).await
}

/// `POST /console/operators/again`: a new link for somebody who waits, in place of the one that they have.
async fn again(Act { desk, form }: Act) -> Result<Response, Wrong> {
    match desk.engine.invitation_for(desk.scope(), form.text("email")).await {
        Ok(new) => hand_over(&desk, new, form.text("way")).await,
        Err(Error::TokenInvalid) => Ok(desk.go(&desk.operators_path(), "not_waiting")),
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// Gets a link to whom it is for. One that goes out by mail is seen by nobody else.
async fn hand_over(desk: &Desk, new: NewLink, way: &str) -> Result<Response, Wrong> {
    let typed = Typed::of(&new, way);
    let done = match way {
        "mail" => {
            let own = &desk.session.operator;
            desk.engine.mail_operator_link(new, desk.language.into(), own, desk.address).await.map(|()| None)
        }
        "link" => desk.engine.new_operator_link(new, &desk.by()).await.map(Some),
        _ => return Err(Problem::Malformed.into()),
    };
    match done {
        Ok(None) => Ok(desk.go(&desk.operators_path(), "mailed")),
        Ok(Some(link)) => {
            let made = Some((typed.email, link));
            Ok(desk.page(&List::of(desk, Again { made, ..Again::default() }).await?))
        }
        Err(error) => {
            let problem = Some(refusal(desk, error)?);
            Ok(desk.page_again(&List::of(desk, Again { problem, typed, made: None }).await?))
        }
    }
}

/// Why nobody was invited; everything else is a page of its own.
fn refusal(desk: &Desk, error: Error) -> Result<String, Wrong> {
    let words = Words::of(desk.language);
    Ok(match error {
        Error::Invalid(_) => words.no_address.to_owned(),
        Error::AlreadyEnrolled => words.known.to_owned(),
        Error::NoProvider(_) => words.no_mail.to_owned(),
        Error::SentJustNow { retry_after }
        | Error::SentTooMany { retry_after }
        | Error::SpentForToday { retry_after, .. } => format!("{}{retry_after}", words.too_many),
        error => return Err(Problem::from(error).into()),
    })
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
            let again = Again { problem: Some(problem.to_owned()), ..Again::default() };
            let page = List::of(&desk, again).await?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
