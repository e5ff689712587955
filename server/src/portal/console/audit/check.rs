//! Whether anybody has changed the log: begun by a form, done in the background, told here.

use askama::Template;
use axum::response::Response;

use super::whose;
use super::words::Words;
use crate::engine::audit::checking::{Checked, Stands};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/audit/check.html")]
struct Page {
    frame: Frame,
    words: &'static Words,
    /// None before the first.
    check: Option<Check>,
}

struct Check {
    began: String,
    ended: Option<String>,
    goes_on: bool,
    is_interrupted: bool,
    events: i64,
    checkpoints: i64,
    problems: i64,
    /// A sentence of ours, and the engine's own in English.
    told: Vec<(&'static str, String)>,
}

/// `GET /console/{tenant}/audit/check`.
pub(super) async fn see(desk: Desk) -> Result<Response, Wrong> {
    let words = Words::of(desk.language);
    let check = desk.engine.audit_checked(whose(&desk).await?).await?;
    let done = [("begun", words.check_begun), ("goes_on", words.check_goes_on)];
    let frame = desk.frame("audit-check", words.check, &done);
    Ok(desk.page(&Page { frame, words, check: check.map(|check| shown(check, words)) }))
}

/// `POST /console/{tenant}/audit/check`.
pub(super) async fn begin(Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let has_begun = desk.engine.begin_audit_check(whose(&desk).await?).await?;
    let path = match desk.any_tenant() {
        Some(tenant) => format!("/{}/audit/check", tenant.id),
        None => "/audit/check".to_owned(),
    };
    Ok(desk.go(&path, if has_begun { "begun" } else { "goes_on" }))
}

fn shown(check: Checked, words: &Words) -> Check {
    let told = check.told.into_iter().map(|(word, sentence)| (words.problem(&word), sentence));
    Check {
        began: rfc3339(check.began_at),
        ended: if let Stands::Done(at) = check.stands { Some(rfc3339(at)) } else { None },
        goes_on: check.stands == Stands::GoesOn,
        is_interrupted: check.stands == Stands::Interrupted,
        events: check.events,
        checkpoints: check.checkpoints,
        problems: check.problems,
        told: told.collect(),
    }
}
