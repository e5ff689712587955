//! Where an operator of the whole server begins: its tenants, and making another one. An operator of one tenant is led
//! straight to it.

mod words;

use std::collections::HashMap;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::act::Act;
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::console::{May, Scope};
use crate::engine::tallies::Ends;
use crate::engine::{Error, NewTenant};
use crate::store::TenantRow;
use crate::timestamp::rfc3339;
use words::Words;

pub(super) fn routes() -> Routes {
    Routes::default()
        .open("", get(whole_address))
        .see("/", Gate::Own, home)
        .see("/tenants", Gate::Server(May::SeeOverview), list)
        .act("/tenants", Gate::Server(May::ChangeSettings), create)
}

#[derive(Template)]
#[template(path = "console/tenants/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    tenants: Vec<Line>,
    may_create: bool,
    /// What was wrong with the form that was sent.
    problem: Option<String>,
    typed: String,
}

struct Line {
    id: String,
    name: String,
    created: String,
    /// Questions and approvals of the last 24 hours.
    asked: i64,
    approved: i64,
}

/// `GET /console`: as people type it. The pages lead on from the address with its slash.
async fn whole_address() -> impl IntoResponse {
    (StatusCode::SEE_OTHER, [(header::LOCATION, "console/")])
}

/// `GET /console/`.
async fn home(desk: Desk) -> Result<Response, Wrong> {
    match desk.session.operator.scope {
        Scope::Server => Ok(desk.go("/tenants", "")),
        Scope::Tenant(tenant) => Ok(desk.go(&format!("/{tenant}/"), "")),
    }
}

/// `GET /console/tenants`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = listed(&desk, None, "").await?;
    Ok(desk.page(&page))
}

/// `POST /console/tenants`.
async fn create(act: Act) -> Result<Response, Wrong> {
    let Act { desk, form } = act;
    let name = form.text("name");
    let new = NewTenant { name: name.to_owned(), answer_window: None, color: None };
    match desk.engine.create_tenant(new, &desk.by()).await {
        Ok(tenant) => Ok(desk.go(&format!("/{}/", tenant.id), "tenant_created")),
        Err(Error::Invalid(_)) => {
            let sentence = Words::of(desk.language).bad_name.to_owned();
            let page = listed(&desk, Some(sentence), name).await?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

async fn listed(desk: &Desk, problem: Option<String>, typed: &str) -> Result<List, Wrong> {
    let words = Words::of(desk.language);
    // Its own people and application are the operators and the console: they have pages of their own.
    let own = desk.engine.console_home().await?.tenant;
    let tenants = desk.engine.tenants().await?.into_iter().filter(|tenant| tenant.id != own);
    let counted: HashMap<_, _> = desk.engine.counted_of_tenants().await?.into_iter().collect();
    let tenants = tenants.map(|tenant| line(counted.get(&tenant.id).copied().unwrap_or_default(), tenant));
    Ok(List {
        frame: desk.frame("tenants", words.title, &[]),
        words,
        tenants: tenants.collect(),
        may_create: desk.session.operator.may_everywhere(May::ChangeSettings),
        problem,
        typed: typed.to_owned(),
    })
}

fn line(ends: Ends, tenant: TenantRow) -> Line {
    let (id, created) = (tenant.id.to_string(), rfc3339(tenant.created_at));
    Line { id, name: tenant.name, created, asked: ends.asked, approved: ends.approved }
}
