//! What people are told: all messages, a tenant's own words for them, and how they come out.

mod view;
mod words;

use axum::extract::RawPathParams;
use axum::response::Response;

use super::act::Act;
use super::desk::Desk;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::providers::trial::{Came, refused};
use super::routes::Routes;
use super::said::Said;
use crate::engine::Error;
use crate::engine::console::May;
use crate::engine::providers::{Channel, Trial};
use crate::engine::words::{Medium, Which};
use view::{Again, List, One};
use words::Words;

pub(super) fn routes() -> Routes {
    let (see, change) = (Gate::Tenant(May::SeeSettings), Gate::Tenant(May::ChangeSettings));
    Routes::default()
        .see("/{tenant}/templates", see, list)
        .see("/{tenant}/templates/{medium}/{message}/{language}", see, one)
        .act("/{tenant}/templates/{medium}/{message}/{language}", change, save)
        .act("/{tenant}/templates/{medium}/{message}/{language}/reset", change, reset)
        .act("/{tenant}/templates/{medium}/{message}/{language}/test", change, test)
}

/// Which words the address names.
fn which(params: &RawPathParams) -> Result<Which, Wrong> {
    let word = |wanted: &str| {
        let named = params.iter().find(|(name, _)| *name == wanted);
        named.map(|(_, word)| word).unwrap_or_default()
    };
    Which::read(word("medium"), word("message"), word("language")).map_err(|_| Problem::NotFound.into())
}

/// The page about them.
fn address(desk: &Desk, which: Which) -> Result<String, Wrong> {
    let (medium, message, language) =
        (which.medium.as_str(), which.template.as_str(), which.language.as_str());
    Ok(format!("/{}/templates/{medium}/{message}/{language}", desk.tenant()?.id))
}

/// `GET /console/{tenant}/templates`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let all = desk.engine.templates(desk.tenant()?.id).await?;
    Ok(desk.page(&List::of(&desk, &all)))
}

/// `GET /console/{tenant}/templates/{medium}/{message}/{language}`.
async fn one(params: RawPathParams, desk: Desk) -> Result<Response, Wrong> {
    let page = One::of(&desk, which(&params)?, Again::default()).await?;
    Ok(desk.page(&page))
}

/// `POST` there: with `do=preview` it only shows how the words would come out.
async fn save(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let which = which(&params)?;
    // Browsers end lines their own way.
    let body = form.exact("body").unwrap_or_default().replace("\r\n", "\n");
    let words = Words::of(desk.language);
    let problem = which.check(&body).err().map(|error| {
        let kept = if form.text("do") == "preview" { "" } else { words.not_used };
        Said::filled(format!("{kept}{}", words.wrong(&error)))
    });
    if problem.is_none() && form.text("do") != "preview" {
        desk.engine.set_template(desk.tenant()?.id, which, &body, &desk.by()).await?;
        return Ok(desk.go(&address(&desk, which)?, "saved"));
    }
    let is_good = problem.is_none();
    let page = One::of(&desk, which, Again { problem, body: Some(body), ..Again::default() }).await?;
    Ok(if is_good { desk.page(&page) } else { desk.page_again(&page) })
}

/// `POST …/reset`.
async fn reset(params: RawPathParams, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let which = which(&params)?;
    match desk.engine.reset_template(desk.tenant()?.id, which, &desk.by()).await {
        Ok(()) => Ok(desk.go(&address(&desk, which)?, "reset")),
        Err(Error::Invalid(_)) => {
            let problem = Some(Said::own(Words::of(desk.language).is_ours));
            let page = One::of(&desk, which, Again { problem, ..Again::default() }).await?;
            Ok(desk.page_again(&page))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/test`.
async fn test(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let which = which(&params)?;
    let trial = Trial {
        channel: channel(which.medium),
        to: form.text("to").to_owned(),
        template: which.template,
        language: which.language,
    };
    let (came, problem) = match desk.engine.try_provider(desk.tenant()?.id, &trial, &desk.by()).await {
        Ok(tried) => (Some(Came::of(tried, desk.language)), None),
        Err(error) => (None, Some(refused(error, desk.language)?)),
    };
    let (was_sent, typed_to) = (came.is_some(), form.text("to").to_owned());
    let page = One::of(&desk, which, Again { problem, body: None, came, typed_to }).await?;
    Ok(if was_sent { desk.page(&page) } else { desk.page_again(&page) })
}

fn channel(medium: Medium) -> Channel {
    match medium {
        Medium::Sms => Channel::Sms,
        Medium::Voice => Channel::Voice,
        Medium::Email => Channel::Email,
    }
}
