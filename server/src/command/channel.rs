//! `channel`: programs that verify numbers, and their keys.

use clap::{Args, Subcommand};
use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::when::length;
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::{ChannelId, ChannelInfo, NewChannel};
use crate::network::Networks;
use crate::timestamp::rfc3339;

#[derive(Debug, Subcommand)]
pub(super) enum Channel {
    /// Make a channel; its key is shown once
    Create(Create),
    /// Show a tenant's channels: from where each may be used, and when it last was
    List {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
    },
    /// Make another key; the old one goes on working for a day, so that the program can be given the new one
    Rotate(Rotate),
    /// Change from where the key may be used, or whose numbers need no country code
    Set(Set),
    /// Let nobody use the channel any more, from now on
    Disable(Which),
    /// Let a channel be used again that was disabled, with the keys that it had
    Enable(Which),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// A name to know it by, for operators
    #[arg(long)]
    name: String,
    /// A network or address that the key may be used from; several times for several
    #[arg(long, value_name = "NETWORK", required = true)]
    cidr: Vec<String>,
    /// Whose numbers may be written without their country code, such as SA; otherwise each needs it
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The channel's id (chan_…)
    #[arg(long, value_name = "ID")]
    channel: String,
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    which: Which,
    /// How long the old key goes on working, such as 30m, 24h or 7d
    #[arg(long, value_name = "LENGTH", default_value = "24h")]
    old_ends_in: String,
    /// The old key, and any other, ends at once
    #[arg(long, conflicts_with = "old_ends_in")]
    now: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("change").args(["cidr", "country"]).required(true).multiple(true)))]
pub(super) struct Set {
    #[command(flatten)]
    which: Which,
    /// A network or address that the keys may be used from, in the place of all before; several times for several
    #[arg(long, value_name = "NETWORK")]
    cidr: Vec<String>,
    /// Whose numbers may be written without their country code, such as SA, or none
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

pub(super) async fn run(config: &Config, out: Output, command: Channel) -> Result<(), Failure> {
    match command {
        Channel::Create(new) => create(config, out, new).await,
        Channel::List { tenant } => list(config, out, &tenant).await,
        Channel::Rotate(wanted) => rotate(config, out, wanted).await,
        Channel::Set(wanted) => set(config, out, wanted).await,
        Channel::Disable(which) => disable(config, out, which, true).await,
        Channel::Enable(which) => disable(config, out, which, false).await,
    }
}

impl Which {
    fn id(&self) -> Result<ChannelId, Failure> {
        let text = &self.channel;
        text.parse()
            .map_err(|_| Failure::other(format!("`{text}` is no channel's id; it looks like chan_01hz…")))
    }
}

fn networks(cidr: Vec<String>) -> Result<Networks, Failure> {
    cidr.try_into().map_err(|error| Failure::other(format!("--cidr: {error}")))
}

async fn create(config: &Config, out: Output, new: Create) -> Result<(), Failure> {
    let tenant = tenant_id(&new.tenant)?;
    let new = NewChannel { name: new.name, networks: networks(new.cidr)?, country: new.country };
    let key = with_engine(config, async |engine| Ok(engine.create_channel(tenant, new, &"operator").await?))
        .await?;
    let (id, text) = (key.channel, key.text);
    out.tell(
        &json!({"channel_id": id.to_string(), "api_key": text}),
        &format!("Channel  {id}\nKey      {text}\nThe key is shown this once; only its hash is kept."),
    );
    Ok(())
}

async fn list(config: &Config, out: Output, tenant: &str) -> Result<(), Failure> {
    let tenant = tenant_id(tenant)?;
    for channel in with_engine(config, async |engine| Ok(engine.channels(tenant).await?)).await? {
        tell(out, &channel);
    }
    Ok(())
}

fn tell(out: Output, ChannelInfo { id, row, old_until }: &ChannelInfo) {
    let (created, old) = (rfc3339(row.created_at), old_until.map(rfc3339));
    let (used, disabled) = (row.last_used_at.map(rfc3339), row.disabled_at.map(rfc3339));
    let state = disabled.as_deref().map_or("active".to_owned(), |at| format!("disabled {at}"));
    let last = used.as_deref().map_or("never used".to_owned(), |used| format!("last used about {used}"));
    let also = old.as_deref().map_or(String::new(), |at| format!("; the key before works until {at}"));
    let country = row.country.as_deref().map_or(String::new(), |code| format!(", numbers of {code}"));
    out.tell(
        &json!({"channel_id": id.to_string(), "name": row.name, "active": disabled.is_none(),
                "key_prefix": row.key_prefix, "networks": row.networks.split(',').collect::<Vec<_>>(),
                "country": row.country, "created_at": created, "disabled_at": disabled, "last_used_at": used,
                "old_key_until": old}),
        &format!(
            "{id}  {}\n  {state}, made {created}, from {}{country}, {last}\n  key {}…{also}",
            row.name, row.networks, row.key_prefix
        ),
    );
}

async fn rotate(config: &Config, out: Output, wanted: Rotate) -> Result<(), Failure> {
    let id = wanted.which.id()?;
    let old_ends_in = if wanted.now { 0 } else { length(&wanted.old_ends_in)? };
    let key =
        with_engine(config, async |engine| Ok(engine.rotate_channel(id, old_ends_in, &"operator").await?))
            .await?;
    let ends = key.old_until.map(rfc3339);
    let end = match &ends {
        Some(ends) => format!("The old one works until {ends}; give your program the new one before."),
        None => "No other key works any more.".to_owned(),
    };
    out.tell(
        &json!({"channel_id": id.to_string(), "api_key": key.text, "old_key_until": ends}),
        &format!("Key  {}\nThe key is shown this once; only its hash is kept.\n{end}", key.text),
    );
    Ok(())
}

async fn set(config: &Config, out: Output, wanted: Set) -> Result<(), Failure> {
    let id = wanted.which.id()?;
    let networks = if wanted.cidr.is_empty() { None } else { Some(networks(wanted.cidr)?) };
    let country = wanted.country;
    let row = with_engine(config, async |engine| {
        Ok(engine.change_channel(id, networks, country.as_deref(), &"operator").await?)
    })
    .await?;
    let numbers = row.country.as_deref().map_or("every number needs its country code".to_owned(), |code| {
        format!("numbers of {code} need no country code")
    });
    out.tell(
        &json!({"channel_id": id.to_string(), "networks": row.networks.split(',').collect::<Vec<_>>(),
                "country": row.country}),
        &format!("The key may be used from {}; {numbers}.", row.networks),
    );
    Ok(())
}

async fn disable(config: &Config, out: Output, which: Which, disabled: bool) -> Result<(), Failure> {
    let id = which.id()?;
    with_engine(config, async |engine| Ok(engine.disable_channel(id, disabled, &"operator").await?)).await?;
    let sentence = if disabled {
        "The channel is disabled; a running server refuses its keys from now on."
    } else {
        "The channel may be used again, with the keys that it had."
    };
    out.tell(&json!({"channel_id": id.to_string(), "active": !disabled}), sentence);
    Ok(())
}
