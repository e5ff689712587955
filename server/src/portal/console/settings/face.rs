//! A tenant's name and colour, as its people see them.

use askama::Template;
use axum::response::Response;

use super::super::act::Act;
use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::Wrong;
use super::super::said::Said;
use super::words::Words;
use super::{Tab, tabs};
use crate::engine::Error;
use crate::engine::console::May;
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/settings/face.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    tabs: Vec<Tab>,
    may_change: bool,
    id: String,
    created: String,
    name: String,
    /// In force, or looked at before it is chosen.
    color: Option<String>,
    is_trial: bool,
    name_problem: Option<Said>,
    color_problem: Option<Said>,
}

/// What a form leaves behind that was not done.
#[derive(Default)]
struct Again {
    name: Option<(Said, String)>,
    color: Option<Said>,
}

/// `GET /console/{tenant}/settings?color=`: with a colour the page shows itself in it.
pub(super) async fn show(desk: Desk) -> Result<Response, Wrong> {
    let page = page(&desk, Again::default())?;
    Ok(desk.page(&page))
}

fn page(desk: &Desk, again: Again) -> Result<Page, Wrong> {
    let words = Words::of(desk.language);
    let tenant = desk.tenant()?;
    let done = [("named", words.named), ("colored", words.colored)];
    let mut frame = desk.frame("settings", words.title, &done);
    // As a form of ours sends it; anything else is not looked at.
    let trial = desk.asked("color").map(|color| color.trim_start_matches('#').to_ascii_lowercase());
    let trial = trial.filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    let is_trial = trial.is_some();
    if is_trial {
        frame.layout.color.clone_from(&trial);
    }
    let (problem, typed) = again.name.unzip();
    Ok(Page {
        tabs: tabs(&frame.here, words, ""),
        words,
        may_change: desk.session.operator.may(May::ChangeSettings, tenant.id),
        id: tenant.id.to_string(),
        created: rfc3339(tenant.created_at),
        name: typed.unwrap_or_else(|| tenant.name.clone()),
        color: trial.map(|hex| format!("#{hex}")).or_else(|| tenant.color.clone()),
        is_trial,
        name_problem: problem,
        color_problem: again.color,
        frame,
    })
}

/// `POST /console/{tenant}/settings/name`.
pub(super) async fn rename(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let (tenant, name) = (desk.tenant()?.id, form.text("name"));
    match desk.engine.rename_tenant(tenant, name, &desk.by()).await {
        Ok(()) => Ok(desk.go(&format!("/{tenant}/settings"), "named")),
        Err(Error::Invalid(_)) => {
            let problem = Said::own(Words::of(desk.language).bad_name);
            let page = page(&desk, Again { name: Some((problem, name.to_owned())), color: None })?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /console/{tenant}/settings/color`: with `do=look` it is only looked at, with `do=none` taken away.
pub(super) async fn color(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let tenant = desk.tenant()?.id;
    let digits = form.text("color").trim_start_matches('#');
    if form.text("do") == "look" && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(desk.go(&format!("/{tenant}/settings?color={digits}"), ""));
    }
    let wish = Some(form.text("color")).filter(|_| form.text("do") != "none");
    match desk.engine.set_tenant_color(tenant, wish, &desk.by()).await {
        Ok(_) => Ok(desk.go(&format!("/{tenant}/settings"), "colored")),
        Err(Error::Invalid(_)) => {
            let problem = Some(Said::own(Words::of(desk.language).bad_color));
            let page = page(&desk, Again { color: problem, ..Again::default() })?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(error.into()),
    }
}
