//! The API explorer: choose an operation, fill it in, and send it from this very browser; or take the command along.
//!
//! The server makes no call here: it has nobody's secret. The page's script calls the API as any program would, with what
//! the person typed into fields that no form sends, so a secret never reaches a route of the console. Without a script the
//! page shows the command with everything filled in but the secrets.

mod command;
mod operations;
mod words;

use askama::Template;
use axum::response::Response;

use super::act::{Act, Form};
use super::choosing::{Applications, named};
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::ApplicationId;
use crate::engine::console::May;
use crate::engine::oauth::SignInError;
use operations::{Field, Group, Operation, Who, groups, operation};
use words::Words;

pub(super) fn routes() -> Routes {
    let see = Gate::Tenant(May::SeeSettings);
    Routes::default().see("/{tenant}/api", see, page).act("/{tenant}/api", see, fill)
}

#[derive(Template)]
#[template(path = "console/api/explore.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    groups: &'static [Group],
    chosen: Option<Chosen>,
    /// For the links to operations: the application that was chosen.
    application: String,
}

/// An operation with its form.
struct Chosen {
    operation: &'static Operation,
    applications: Applications,
    fields: Vec<Filled>,
    command: String,
    /// Whose tokens it is about is told by the host name, and this page may be open under another one.
    host: Option<String>,
}

/// A field with what stands in it.
struct Filled {
    field: &'static Field,
    value: String,
}

impl Chosen {
    fn needs_application(&self) -> bool {
        self.operation.who == Who::Application
    }

    fn needs_token(&self) -> bool {
        self.operation.who == Who::Bearer
    }
}

/// `GET /console/{tenant}/api`.
async fn page(desk: Desk) -> Result<Response, Wrong> {
    let found = match desk.asked("operation") {
        Some(id) => Some(operation(id).ok_or(Problem::NotFound)?),
        None => None,
    };
    let application = desk.asked("application").unwrap_or_default().to_owned();
    let page = shown(&desk, found, &application, &Form::default()).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/api`: the same with what was typed, and the command for it. Nothing is changed.
async fn fill(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let found = operation(form.text("operation")).ok_or(Problem::NotFound)?;
    let page = shown(&desk, Some(found), form.text("application"), &form).await?;
    Ok(desk.page(&page))
}

async fn shown(
    desk: &Desk,
    found: Option<&'static Operation>,
    application: &str,
    form: &Form,
) -> Result<Page, Wrong> {
    let words = Words::of(desk.language);
    let application = named(desk, Some(application))?;
    let chosen = match found {
        Some(operation) => Some(choose(desk, operation, application, form).await?),
        None => None,
    };
    let title = chosen.as_ref().map_or(words.title.to_owned(), |chosen| chosen.operation.summary.clone());
    Ok(Page {
        frame: desk.frame("api", title, &[]),
        words,
        groups: groups(),
        chosen,
        application: application.map(|id| id.to_string()).unwrap_or_default(),
    })
}

async fn choose(
    desk: &Desk,
    operation: &'static Operation,
    application: Option<ApplicationId>,
    form: &Form,
) -> Result<Chosen, Wrong> {
    let mut applications = Applications::of(desk, application, None).await?;
    if application.is_none()
        && let Some(first) = applications.all.first_mut()
    {
        first.chosen = true;
    }
    let client = applications.chosen().to_owned();
    let value = |field: &Field| match form.get(&field.form_name()) {
        Some(typed) if !field.secret => typed.to_owned(),
        _ if field.is_client_id() => client.clone(),
        _ if form.has("operation") => String::new(),
        _ => field.sample.clone(),
    };
    let fields = operation.fields.iter().map(|field| Filled { value: value(field), field });
    let fields: Vec<Filled> = fields.collect();
    let issuer = issuer(desk).await?.filter(|_| operation.by_host);
    let server = desk.engine.server_id().trim_end_matches('/');
    let base = issuer.as_deref().map_or(server, |url| url.trim_end_matches('/'));
    let command = command::write(base, operation, &client, &fields);
    let host = if operation.by_host { Some(base.to_owned()) } else { None };
    Ok(Chosen { operation, applications, fields, command, host })
}

/// Where the tenant issues its tokens, if it does.
async fn issuer(desk: &Desk) -> Result<Option<String>, Wrong> {
    match desk.engine.issuer_of(desk.tenant()?.id).await {
        Ok(issuer) => Ok(Some(issuer.url)),
        Err(SignInError::Rule(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}
