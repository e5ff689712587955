//! `application web`: where an application's people are sent back to, and how it is answered.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::application::application_id;
use super::manage::with_engine;
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::{ApplicationId, WebChanges, WebClient};

/// Changes what is given of the settings for browsers and for Acceptto's API, and shows them when nothing is given
#[derive(Debug, Args)]
pub(super) struct Web {
    /// The client id (app_…)
    #[arg(long, value_name = "ID")]
    application: String,
    /// An address that people may be sent back to; several times for several, in place of those that it has
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Whether scheme, host and port of a callback must be registered, or all of it
    #[arg(long = "match", value_name = "HOW")]
    matching: Option<Match>,
    /// What is asked when the application does not say what to ask
    #[arg(long, value_name = "WHAT")]
    asks_at_once: Option<Asks>,
    /// Whether a channel and an address are enough to read how a sign-in went, without the secret
    #[arg(long, value_name = "ON|OFF")]
    legacy_check: Option<Switch>,
    /// How a code that is still waited for is called: the text nil, or a JSON null
    #[arg(long, value_name = "WORD")]
    pending_word: Option<Pending>,
    /// Take all of it away: nobody is sent back to the application any more
    #[arg(long, conflicts_with_all = ["redirect_uri", "matching", "asks_at_once", "legacy_check", "pending_word"])]
    off: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Match {
    Origin,
    Exact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Asks {
    None,
    Push,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Pending {
    Nil,
    Null,
}

/// Ends the token by which an application asks a person without its secret
#[derive(Debug, Args)]
pub(super) struct EndToken {
    /// The client id (app_…)
    #[arg(long, value_name = "ID")]
    application: String,
    /// The person's name (user_ref)
    #[arg(long, value_name = "NAME")]
    user: String,
}

impl Web {
    fn changes(self) -> WebChanges {
        WebChanges {
            redirect_uris: Some(self.redirect_uri).filter(|uris| !uris.is_empty()),
            exact: self.matching.map(|how| how == Match::Exact),
            push_at_once: self.asks_at_once.map(|what| what == Asks::Push),
            legacy_check: self.legacy_check.map(|switch| switch == Switch::On),
            null_pending: self.pending_word.map(|word| word == Pending::Null),
        }
    }
}

pub(super) async fn run(config: &Config, out: Output, wanted: Web) -> Result<(), Failure> {
    let id = application_id(&wanted.application)?;
    let off = wanted.off;
    let changes = wanted.changes();
    let changed = off || changes != WebChanges::default();
    let client = with_engine(config, async |engine| {
        if off {
            engine.remove_web_client(id, &"operator").await?;
        } else if changed {
            drop(engine.change_web_client(id, changes, &"operator").await?);
        }
        Ok(engine.web_client(id).await?)
    })
    .await?;
    tell(out, id, client, changed);
    Ok(())
}

pub(super) async fn end_token(config: &Config, out: Output, wanted: EndToken) -> Result<(), Failure> {
    let id = application_id(&wanted.application)?;
    with_engine(config, async |engine| Ok(engine.end_authorization(id, &wanted.user, &"operator").await?))
        .await?;
    out.tell(&json!({"ended": true}), "The token is worth nothing any more. A new one can be made.");
    Ok(())
}

fn tell(out: Output, id: ApplicationId, found: Option<WebClient>, changed: bool) {
    let set = found.is_some();
    let client = found.unwrap_or_default();
    let uris: Vec<_> = client.redirect_uris.iter().map(url::Url::as_str).collect();
    let facts = json!({
        "client_id": id.to_string(), "set": set, "redirect_uris": uris, "match": client.match_word(),
        "asks_at_once": client.asks_word(), "legacy_check": client.legacy_word(), "pending_word": client.pending_word(),
    });
    let list = match uris.is_empty() {
        true => "none: browsers stay on our result page".to_owned(),
        false => uris.join("\n                "),
    };
    let mut lines = format!(
        "{id}{}\n  redirect-uri  {list}\n  match         {}\n  asks-at-once  {}\n  legacy-check  {}\n  pending-word  {}",
        if set { "" } else { " has no settings of its own; this holds:" },
        client.match_word(),
        client.asks_word(),
        client.legacy_word(),
        client.pending_word()
    );
    for url in client.open() {
        lines += &format!(
            "\nWarning: {url} is not https: whoever is on the way reads the channel and sends people elsewhere."
        );
    }
    if client.legacy_check {
        lines += "\nWarning: whoever sees a channel in a log or a browser's history can read how that sign-in went.";
    }
    if changed {
        lines += "\nA running server follows within three seconds.";
    }
    out.tell(&facts, &lines);
}
