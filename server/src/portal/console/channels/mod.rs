//! A tenant's channels: programs that have numbers verified, each with a key that is good from its own addresses alone.

mod one;
mod words;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::act::{Act, Form};
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use super::said::{Said, lines};
use crate::engine::console::May;
use crate::engine::{ChannelId, ChannelInfo, NewChannel};
use crate::network::Networks;
use crate::timestamp::rfc3339;
use words::Words;

/// Channels on a page.
const PAGE: i64 = 50;

pub(super) fn routes() -> Routes {
    let (see, change) = (Gate::Tenant(May::SeeSettings), Gate::Tenant(May::ChangeSettings));
    Routes::default()
        .see("/{tenant}/channels", see, list)
        .act("/{tenant}/channels", change, create)
        .see("/{tenant}/channels/{channel}", see, one::page)
        .act("/{tenant}/channels/{channel}/place", change, one::change)
        .act("/{tenant}/channels/{channel}/rotate", change, one::rotate)
        .act("/{tenant}/channels/{channel}/disable", change, one::disable)
        .act("/{tenant}/channels/{channel}/enable", change, one::enable)
}

/// The channel that an address names, in the tenant that it names.
type Named = Path<(String, String)>;

fn named(desk: &Desk, Path((_, text)): &Named) -> Result<ChannelId, Wrong> {
    let tenant = desk.tenant()?.id;
    let id = text.parse::<ChannelId>().ok().filter(|id| id.tenant == tenant);
    id.ok_or_else(|| Problem::NotFound.into())
}

#[derive(Template)]
#[template(path = "console/channels/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    channels: Vec<Line>,
    first: bool,
    next: Option<String>,
    may_change: bool,
    said: Option<Said>,
    typed: Typed,
}

/// What was typed into a form.
#[derive(Default)]
struct Typed {
    name: String,
    networks: String,
    country: String,
}

/// A channel in the list.
struct Line {
    id: ChannelId,
    name: String,
    networks: String,
    country: Option<String>,
    used: Option<String>,
    made: String,
    disabled: Option<String>,
    prefix: String,
    old_until: Option<String>,
}

/// A key that was just made.
#[derive(Template)]
#[template(path = "console/channels/made.html")]
struct Made {
    frame: Frame,
    words: &'static Words,
    id: ChannelId,
    key: String,
    old: Option<&'static str>,
    curl: String,
}

impl List {
    fn here_list(&self) -> String {
        format!("{}/channels", self.frame.here)
    }
}

impl Line {
    fn of(ChannelInfo { id, row, old_until }: ChannelInfo) -> Self {
        Self {
            id,
            name: row.name,
            networks: row.networks.replace(',', "\n"),
            country: row.country,
            used: row.last_used_at.map(rfc3339),
            made: rfc3339(row.created_at),
            disabled: row.disabled_at.map(rfc3339),
            prefix: row.key_prefix,
            old_until: old_until.map(rfc3339),
        }
    }
}

impl Typed {
    fn of(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        Self { name: text("name"), networks: text("networks"), country: text("country") }
    }

    /// The networks, which a key must have and which may not be everybody's.
    fn networks(&self, words: &'static Words) -> Result<Networks, Said> {
        let networks = Networks::try_from(lines(&self.networks))
            .map_err(|error| Said::with(words.bad_networks, error))?;
        if networks.is_empty() || networks.has_everybody() {
            return Err(Said::own(words.no_networks));
        }
        Ok(networks)
    }
}

/// `GET /console/{tenant}/channels`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = listed(&desk, Typed::default(), None).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/channels`.
async fn create(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let (words, typed, tenant) = (Words::of(desk.language), Typed::of(&form), desk.tenant()?.id);
    let said = match typed.networks(words) {
        Ok(networks) => {
            let country = Some(typed.country.clone()).filter(|country| !country.is_empty());
            let new = NewChannel { name: typed.name.clone(), networks, country };
            match desk.engine.create_channel(tenant, new, &desk.by()).await {
                Ok(key) => {
                    let page = made(&desk, key.channel, key.text, None);
                    return Ok(desk.page(&page));
                }
                Err(error) => Said::of(error, words.bad_channel)?,
            }
        }
        Err(said) => said,
    };
    let page = listed(&desk, typed, Some(said)).await?;
    Ok(desk.page_again(&page))
}

async fn listed(desk: &Desk, typed: Typed, said: Option<Said>) -> Result<List, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let after = desk.asked("after").and_then(|text| text.parse::<ChannelId>().ok());
    let after = after.filter(|id| id.tenant == tenant).map(|id| id.local);
    let mut all = desk.engine.channels_after(tenant, after, PAGE + 1).await?;
    let more = all.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        all.pop();
    }
    let frame = desk.frame("channels", words.title, words.done);
    let next = all.last().filter(|_| more).map(|last| format!("{}/channels?after={}", frame.here, last.id));
    Ok(List {
        frame,
        words,
        channels: all.into_iter().map(Line::of).collect(),
        first: after.is_some(),
        next,
        may_change: desk.session.operator.may(May::ChangeSettings, tenant),
        said,
        typed,
    })
}

fn made(desk: &Desk, id: ChannelId, key: String, old: Option<&'static str>) -> Made {
    let words = Words::of(desk.language);
    let server = desk.engine.server_id();
    let curl = format!(
        "export CS_KEY=cs_channel_…\ncurl \"{server}/mpass-web/rest/mv/msg?apikey=$CS_KEY&dest=%2B966501234567\"\n\
         curl \"{server}/mpass-web/rest/mv/verify?apikey=$CS_KEY&dest=%2B966501234567&otp=123456\""
    );
    Made { frame: desk.frame("channel-key", words.made, &[]), words, id, key, old, curl }
}
