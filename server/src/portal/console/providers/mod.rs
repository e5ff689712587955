//! Who carries messages, for a tenant and for the platform: what is in force, setting it, and trying it.

mod form;
mod labels;
pub(super) mod trial;
mod view;
mod words;

use axum::extract::RawPathParams;
use axum::response::Response;

use super::act::{Act, Form};
use super::desk::Desk;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use super::said::Said;
use crate::engine::Error;
use crate::engine::console::May;
use crate::engine::providers::{Channel, Choice, PLATFORM};
use countersign_protocol::id::TenantId;
use view::{Again, List, One};
use words::Words;

pub(super) fn routes() -> Routes {
    let (see, change) = (May::SeeSettings, May::ChangeSettings);
    Routes::default()
        .see("/providers", Gate::Server(see), list)
        .see("/providers/{channel}", Gate::Server(see), one)
        .act("/providers/{channel}/set", Gate::Server(change), set)
        .act("/providers/{channel}/off", Gate::Server(change), off)
        .act("/providers/{channel}/remove", Gate::Server(change), remove)
        .act("/providers/{channel}/test", Gate::Server(change), trial::send)
        .see("/{tenant}/providers", Gate::Tenant(see), list)
        .see("/{tenant}/providers/{channel}", Gate::Tenant(see), one)
        .act("/{tenant}/providers/{channel}/set", Gate::Tenant(change), set)
        .act("/{tenant}/providers/{channel}/platform", Gate::Tenant(change), platform)
        .act("/{tenant}/providers/{channel}/off", Gate::Tenant(change), off)
        .act("/{tenant}/providers/{channel}/remove", Gate::Tenant(change), remove)
        .act("/{tenant}/providers/{channel}/test", Gate::Tenant(change), trial::send)
}

/// Whose providers a page is about.
fn whose(desk: &Desk) -> TenantId {
    desk.any_tenant().map_or(PLATFORM, |tenant| tenant.id)
}

/// The channel that the address names.
fn channel(params: &RawPathParams) -> Result<Channel, Wrong> {
    let named = params.iter().find(|(name, _)| *name == "channel");
    named.and_then(|(_, word)| Channel::from_word(word)).ok_or_else(|| Problem::NotFound.into())
}

/// The page about a channel, for whoever goes there.
fn address(desk: &Desk, channel: Channel) -> String {
    let tenant = desk.any_tenant().map(|tenant| format!("/{}", tenant.id)).unwrap_or_default();
    format!("{tenant}/providers/{}", channel.as_str())
}

/// `GET /console/providers` and `GET /console/{tenant}/providers`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let all = desk.engine.providers(whose(&desk)).await?;
    Ok(desk.page(&List::of(&desk, all).await))
}

/// `GET …/providers/{channel}`.
async fn one(params: RawPathParams, desk: Desk) -> Result<Response, Wrong> {
    let page = One::of(&desk, channel(&params)?, Again::default()).await?;
    Ok(desk.page(&page))
}

/// `POST …/providers/{channel}/set`.
async fn set(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let channel = channel(&params)?;
    let made = form::account(form.text("kind"), &form);
    let made = made.and_then(|account| Ok((account, form::limits(channel, &form)?)));
    let done = match made {
        Ok((account, limits)) => {
            let choice = Choice::Account(Box::new(account));
            desk.engine.set_provider(whose(&desk), channel, choice, limits, &desk.by()).await
        }
        Err(error) => Err(error),
    };
    finish(&desk, channel, &form, done, "set").await
}

/// `POST /console/{tenant}/providers/{channel}/platform`.
async fn platform(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let channel = channel(&params)?;
    let done = match form::limits(channel, &form) {
        Ok(limits) => {
            desk.engine.set_provider(whose(&desk), channel, Choice::Platform, limits, &desk.by()).await
        }
        Err(error) => Err(error),
    };
    finish(&desk, channel, &form, done, "platform").await
}

/// `POST …/providers/{channel}/off`.
async fn off(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let channel = channel(&params)?;
    let done = desk.engine.set_provider(whose(&desk), channel, Choice::Off, None, &desk.by()).await;
    finish(&desk, channel, &form, done, "off").await
}

/// `POST …/providers/{channel}/remove`.
async fn remove(params: RawPathParams, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let channel = channel(&params)?;
    let done = desk.engine.remove_provider(whose(&desk), channel, &desk.by()).await;
    finish(&desk, channel, &form, done, "removed").await
}

/// Back to the channel's page when it was done; the page again with the problem and what was typed when not.
async fn finish(
    desk: &Desk,
    channel: Channel,
    form: &Form,
    done: Result<(), Error>,
    word: &str,
) -> Result<Response, Wrong> {
    let problem = match done {
        Ok(()) => return Ok(desk.go(&address(desk, channel), word)),
        Err(Error::ProviderNotFound(_)) => Said::own(Words::of(desk.language).nothing_to_remove),
        Err(error @ Error::Invalid(_)) => Said::engine(&error, desk.language),
        Err(error) => return Err(error.into()),
    };
    let again = Again { problem: Some(problem), typed: Some(form), came: None };
    let page = One::of(desk, channel, again).await?;
    Ok(desk.page_again(&page))
}
