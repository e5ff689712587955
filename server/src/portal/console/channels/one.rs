//! The page of one channel.

use askama::Template;
use axum::response::Response;

use super::words::Words;
use super::{Line, Named, Typed, made, named};
use crate::engine::console::May;
use crate::engine::{ChannelId, Error};
use crate::portal::console::act::Act;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::console::said::{Choice, Said};

const HOUR: i64 = 3_600_000;
/// How long the key before goes on working: its word, and milliseconds.
const OLD: [(&str, i64); 4] = [("now", 0), ("1h", HOUR), ("24h", 24 * HOUR), ("7d", 7 * 24 * HOUR)];

#[derive(Template)]
#[template(path = "console/channels/one.html")]
struct One {
    frame: Frame,
    words: &'static Words,
    channel: Line,
    may_change: bool,
    networks: String,
    country: String,
    old: Vec<Choice>,
    /// What was wrong with where it may be used from.
    said: Option<Said>,
    /// What was wrong with asking for another key.
    key_said: Option<Said>,
}

impl One {
    async fn of(desk: &Desk, id: ChannelId) -> Result<Self, Wrong> {
        let words = Words::of(desk.language);
        let channel = Line::of(desk.engine.channel_shown(id).await?);
        let old = OLD.iter().zip(words.old_ends);
        Ok(Self {
            frame: desk.frame("channel", channel.name.clone(), words.done),
            words,
            may_change: desk.session.operator.may(May::ChangeSettings, id.tenant),
            networks: channel.networks.clone(),
            country: channel.country.clone().unwrap_or_default(),
            old: old.map(|((word, _), text)| Choice::new(*word, text, *word == "24h")).collect(),
            channel,
            said: None,
            key_said: None,
        })
    }
}

/// `GET /console/{tenant}/channels/{channel}`.
pub(super) async fn page(path: Named, desk: Desk) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let page = One::of(&desk, id).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/channels/{channel}/place`.
pub(super) async fn change(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let (words, typed) = (Words::of(desk.language), Typed::of(&form));
    let said = match typed.networks(words) {
        Ok(networks) => {
            let country = if typed.country.is_empty() { "none" } else { &typed.country };
            match desk.engine.change_channel(id, Some(networks), Some(country), &desk.by()).await {
                Ok(_) => return Ok(desk.go(&format!("/{}/channels/{id}", id.tenant), "saved")),
                Err(error) => Said::of(error, words.bad_channel)?,
            }
        }
        Err(said) => said,
    };
    let page = One::of(&desk, id).await?;
    let Typed { networks, country, .. } = typed;
    Ok(desk.page_again(&One { networks, country, said: Some(said), ..page }))
}

/// `POST /console/{tenant}/channels/{channel}/rotate`.
pub(super) async fn rotate(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.channel_shown(id).await?;
    let words = Words::of(desk.language);
    let old = OLD.iter().find(|(word, _)| *word == form.text("old"));
    let (_, old_ends_in) = *old.ok_or(Problem::Malformed)?;
    match desk.engine.rotate_channel(id, old_ends_in, &desk.by()).await {
        Ok(key) => {
            let old = if key.old_until.is_some() { words.old_works } else { words.old_ended };
            let page = made(&desk, id, key.text, Some(old));
            Ok(desk.page(&page))
        }
        Err(Error::Invalid(_)) => {
            let page = One::of(&desk, id).await?;
            Ok(desk.page_again(&One { key_said: Some(Said::own(words.two_keys)), ..page }))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /console/{tenant}/channels/{channel}/disable`.
pub(super) async fn disable(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.disable_channel(id, true, &desk.by()).await?;
    Ok(desk.go(&format!("/{}/channels/{id}", id.tenant), "disabled"))
}

/// `POST /console/{tenant}/channels/{channel}/enable`.
pub(super) async fn enable(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.disable_channel(id, false, &desk.by()).await?;
    Ok(desk.go(&format!("/{}/channels/{id}", id.tenant), "enabled"))
}
