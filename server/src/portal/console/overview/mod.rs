//! A tenant at a glance: what was asked lately and how it ended, how long people took, whether messages arrive, and what
//! needs somebody's look. A tenant that is new is told how to begin.

mod chart;
mod page;
mod words;

use axum::response::Response;

use super::choosing::{Applications, named};
use super::desk::Desk;
use super::gate::Gate;
use super::problem::Wrong;
use super::routes::Routes;
use crate::engine::console::May;
use crate::engine::tallies::Span;
use page::Page;
use words::Words;

pub(super) fn routes() -> Routes {
    Routes::default().see("/{tenant}/", Gate::Tenant(May::SeeOverview), overview)
}

/// `GET /console/{tenant}/`.
async fn overview(desk: Desk) -> Result<Response, Wrong> {
    let tenant = desk.tenant()?.id;
    let span = Span::ALL.into_iter().find(|span| Some(span.as_str()) == desk.asked("span"));
    let span = span.unwrap_or(Span::Day);
    let only = named(&desk, desk.asked("application"))?;
    let applications = Applications::of(&desk, only, Some(Words::of(desk.language).every)).await?;
    let figures = desk.engine.counted(tenant, only, span).await?;
    let attention = desk.engine.attention(tenant).await?;
    Ok(desk.page(&Page::new(&desk, (span, only), applications, &figures, &attention)))
}
