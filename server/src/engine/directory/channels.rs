//! Channels: programs that have numbers verified, and nothing else. Each has a key, which is good from the addresses that
//! were named for it and from nowhere else (S33).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::audit::By;
use crate::engine::directory::tenants::display_name;
use crate::engine::{ApplicationId, Engine, Error, is_fresh};
use crate::host::random;
use crate::network::Networks;
use crate::store::{ChannelRow, StoreError};

/// What every key begins with, so that a leaked one is recognised (S33).
const KEY_PREFIX: &str = "cs_channel_";
/// Characters of an id in base 32.
const ID: usize = 26;
/// Characters of the random part that tell an operator which key it is.
const SHOWN: usize = 4;
/// Milliseconds between two notes that a key was used.
const USED_EVERY: i64 = 10 * 60 * 1000;

/// `chan_`, the tenant's 26 characters, its own 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChannelId {
    /// Its tenant.
    pub tenant: TenantId,
    /// The channel within the tenant.
    pub local: Uuid,
}

impl ChannelId {
    /// The two ids as they stand in its text and in its keys.
    fn read(text: &str) -> Option<Self> {
        let (tenant, local) = text.split_at_checked(ID)?;
        Some(Self { tenant: TenantId(from_base32(tenant)?), local: from_base32(local)? })
    }

    fn of(row: &ChannelRow) -> Self {
        Self { tenant: row.tenant, local: row.id }
    }

    /// What its wrong keys are counted under. Ids are unique, whatever they are of.
    fn counted(self) -> ApplicationId {
        ApplicationId { tenant: self.tenant, local: self.local }
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chan_{}{}", to_base32(self.tenant.0), to_base32(self.local))
    }
}

impl FromStr for ChannelId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let read = text.strip_prefix("chan_").and_then(Self::read);
        read.ok_or_else(|| Error::ChannelNotFound(text.to_owned()))
    }
}

/// A channel to be made.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Display name, 1…100 characters.
    pub name: String,
    /// Where its key may be used from; at least one.
    pub networks: Networks,
    /// Whose numbers may be written without their country's code: two letters (ISO 3166-1).
    pub country: Option<String>,
}

/// A key that was made. Its text is here and never again.
#[derive(Clone)]
pub struct NewKey {
    /// Whose.
    pub channel: ChannelId,
    /// The key itself: `cs_channel_`, the ids, `_` and 43 characters that hold 256 random bits.
    pub text: String,
    /// Milliseconds since 1970 until when the key before works; none when no other works.
    pub old_until: Option<i64>,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewKey({}, …)", self.channel)
    }
}

/// A channel that has shown its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelCaller {
    /// Which.
    pub id: ChannelId,
    /// Whose numbers it may write without their country's code.
    pub country: Option<String>,
    /// The machine that it calls from, where that is known.
    pub address: Option<IpAddr>,
}

impl ChannelCaller {
    /// The channel with the machine that it calls from, for the log.
    #[must_use]
    pub fn actor(&self) -> By<ChannelId> {
        By(self.id, self.address)
    }
}

impl crate::engine::audit::Actor for ChannelId {}

/// A channel as an operator may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Its id.
    pub id: ChannelId,
    /// The row.
    pub row: ChannelRow,
    /// Milliseconds since 1970 until when the key before works, if it works now.
    pub old_until: Option<i64>,
}

impl Engine {
    /// The channel with this key, calling from `address`.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], the same for an unknown key, one that may not be used from there, and a channel that is
    /// disabled; [`Error::TooManyAttempts`] after many of those.
    pub async fn channel_with_key(&self, key: &str, address: Option<IpAddr>) -> Result<ChannelCaller, Error> {
        let id = key.strip_prefix(KEY_PREFIX).and_then(|rest| ChannelId::read(rest.get(..2 * ID)?));
        let id = id.ok_or(Error::Unauthorized)?;
        let now = self.now();
        self.attempts.check(id.counted(), address, now)?;
        // The key has 256 random bits, so a plain hash cannot be reversed.
        let hash = digest(&SHA256, key.as_bytes());
        let Some(row) = self.store.channel(id.tenant, id.local).await? else {
            self.attempts.failed(id.counted(), false, address, now);
            return Err(Error::Unauthorized);
        };
        if let Some(why) = refused(&row, hash.as_ref(), address, now)? {
            self.attempts.failed(id.counted(), true, address, now);
            if self.attempts.is_worth_noting(id.counted(), now) {
                let event =
                    self.event_with(id.tenant, "channel.refused", &By("unknown", address), &id, why)?;
                self.store.write(vec![event]).await?;
            }
            return Err(Error::Unauthorized);
        }
        self.attempts.good(id.counted(), address, now);
        self.note_channel_use(&row, now).await;
        Ok(ChannelCaller { id, country: row.country, address })
    }

    /// When a key was last used, to ten minutes. Nobody is refused because that could not be written down.
    async fn note_channel_use(&self, row: &ChannelRow, now: i64) {
        if row.last_used_at.is_some_and(|at| is_fresh(at, now, USED_EVERY)) {
            return;
        }
        if let Err(error) = self.store.write(vec![row.used(now)]).await {
            tracing::debug!(%error, "the use of a channel's key was not noted");
        }
    }

    /// Makes a channel with its first key.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn create_channel(
        &self,
        tenant: TenantId,
        new: NewChannel,
        by: &dyn Actor,
    ) -> Result<NewKey, Error> {
        let country = new.country.as_deref().map(country).transpose()?;
        let id = ChannelId { tenant, local: self.new_id()? };
        let (text, key_hash, key_prefix) = self.new_key(id)?;
        let row = ChannelRow {
            tenant,
            id: id.local,
            name: display_name("name", &new.name)?,
            networks: needed(&new.networks)?,
            country,
            key_hash,
            key_prefix,
            old_key_hash: None,
            old_key_until: None,
            created_at: self.now(),
            disabled_at: None,
            last_used_at: None,
        };
        let event = self.event_with(tenant, "channel.created", by, &id, &row.networks)?;
        match self.store.write(vec![row.insert(), event]).await {
            Ok(()) => Ok(NewKey { channel: id, text, old_until: None }),
            Err(StoreError::Unmet(0)) => Err(Error::TenantNotFound(tenant.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// A tenant's channels, oldest first.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`].
    pub async fn channels(&self, tenant: TenantId) -> Result<Vec<ChannelInfo>, Error> {
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        Ok(self.store.channels(tenant).await?.into_iter().map(|row| self.channel_info(row)).collect())
    }

    /// Some of them, from behind `after` on.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn channels_after(
        &self,
        tenant: TenantId,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ChannelInfo>, Error> {
        let rows = self.store.channels_after(tenant, after.unwrap_or(Uuid::nil()), limit).await?;
        Ok(rows.into_iter().map(|row| self.channel_info(row)).collect())
    }

    /// One channel.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`].
    pub async fn channel_shown(&self, id: ChannelId) -> Result<ChannelInfo, Error> {
        Ok(self.channel_info(self.channel(id).await?))
    }

    fn channel_info(&self, row: ChannelRow) -> ChannelInfo {
        let now = self.now();
        let old_until = row.old_key_until.filter(|until| *until > now);
        ChannelInfo { id: ChannelId::of(&row), row, old_until }
    }

    /// Gives a channel another key. The one that it has works for `old_ends_in` milliseconds more; with 0 no other works.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`]; [`Error::Invalid`] when three keys would work at the same time.
    pub async fn rotate_channel(
        &self,
        id: ChannelId,
        old_ends_in: i64,
        by: &dyn Actor,
    ) -> Result<NewKey, Error> {
        let row = self.channel(id).await?;
        let now = self.now();
        let old_until = now.saturating_add(old_ends_in.max(0));
        let (text, hash, prefix) = self.new_key(id)?;
        let event = self.event_with(id.tenant, "channel.key_made", by, &id, &prefix)?;
        match self.store.write(vec![row.rotate(hash, &prefix, old_until, now), event]).await {
            Ok(()) => Ok(NewKey { channel: id, text, old_until: Some(old_until).filter(|at| *at > now) }),
            Err(StoreError::Unmet(_)) => Err(Error::Invalid(
                "two keys of this channel work already; wait until the older one ends (`channel list` shows when), or \
                 let both end with --now"
                    .to_owned(),
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes where a channel's key may be used from, and its country; what is not given stays.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`], [`Error::Invalid`].
    pub async fn change_channel(
        &self,
        id: ChannelId,
        networks: Option<Networks>,
        new_country: Option<&str>,
        by: &dyn Actor,
    ) -> Result<ChannelRow, Error> {
        let mut row = self.channel(id).await?;
        if let Some(networks) = networks {
            row.networks = needed(&networks)?;
        }
        if let Some(new) = new_country {
            row.country = if new == "none" { None } else { Some(country(new)?) };
        }
        let change = row.change(&row.networks, row.country.as_deref());
        let detail = format!("{} {}", row.networks, row.country.as_deref().unwrap_or_default());
        let event = self.event_with(id.tenant, "channel.changed", by, &id, detail.trim_end())?;
        self.store.write(vec![change, event]).await?;
        Ok(row)
    }

    /// Lets nobody use a channel any more, or lets it be used again.
    ///
    /// # Errors
    /// [`Error::ChannelNotFound`].
    pub async fn disable_channel(&self, id: ChannelId, disabled: bool, by: &dyn Actor) -> Result<(), Error> {
        let row = self.channel(id).await?;
        let (at, name) =
            if disabled { (Some(self.now()), "channel.disabled") } else { (None, "channel.enabled") };
        let event = self.event(id.tenant, name, by, &id)?;
        Ok(self.store.write(vec![row.disable(at), event]).await?)
    }

    async fn channel(&self, id: ChannelId) -> Result<ChannelRow, Error> {
        let row = self.store.channel(id.tenant, id.local).await?;
        row.ok_or_else(|| Error::ChannelNotFound(id.to_string()))
    }

    /// A key's text, its hash, and how it begins.
    fn new_key(&self, id: ChannelId) -> Result<(String, Vec<u8>, String), Error> {
        let random = countersign_protocol::base64url(&random::<32>(&*self.rng)?);
        let head = format!("{KEY_PREFIX}{}{}_", to_base32(id.tenant.0), to_base32(id.local));
        let text = format!("{head}{random}");
        let prefix = text.chars().take(head.len() + SHOWN).collect();
        let hash = digest(&SHA256, text.as_bytes()).as_ref().to_vec();
        Ok((text, hash, prefix))
    }
}

/// Why a key is refused, for the log; callers are not told. None when it is good.
fn refused(
    row: &ChannelRow,
    hash: &[u8],
    address: Option<IpAddr>,
    now: i64,
) -> Result<Option<&'static str>, Error> {
    // Both are compared, each in constant time (S34).
    let newest: bool = row.key_hash.ct_eq(hash).into();
    let before: bool = row.old_key_hash.as_deref().unwrap_or_default().ct_eq(hash).into();
    let before = before && row.old_key_until.is_some_and(|until| until > now);
    if !newest && !before {
        return Ok(Some("wrong key; more of the next ten minutes are not noted"));
    }
    if row.disabled_at.is_some() {
        return Ok(Some("the channel is disabled; more of the next ten minutes are not noted"));
    }
    // A list that cannot be read lets nobody in.
    let networks = Networks::parse(&row.networks).map_err(|_| Error::Damaged("list of networks"))?;
    if !address.is_some_and(|address| networks.contains(address)) {
        return Ok(Some("the key may not be used from there; more of the next ten minutes are not noted"));
    }
    Ok(None)
}

/// Networks as they are kept. A key that is good from anywhere is not made.
fn needed(networks: &Networks) -> Result<String, Error> {
    if networks.is_empty() || networks.has_everybody() {
        return Err(Error::Invalid(
            "a channel needs the addresses that its key is used from: give --cidr with each, such as 192.0.2.7 or \
             192.0.2.0/28; the whole Internet is not taken"
                .to_owned(),
        ));
    }
    Ok(networks.to_string())
}

/// A country's two letters.
fn country(text: &str) -> Result<String, Error> {
    let upper = text.to_ascii_uppercase();
    let known = upper.parse::<phonenumber::country::Id>().is_ok_and(|id| id.as_ref() == upper);
    if known {
        return Ok(upper);
    }
    Err(Error::Invalid("the country must be two letters such as SA (ISO 3166-1)".to_owned()))
}
