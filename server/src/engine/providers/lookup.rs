//! Which provider carries a tenant's messages: its own, or the platform's, or the file of a machine that is for
//! development. What was found is believed for a few seconds, as callers are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::{Account, Channel, Limits, Provider};
use crate::engine::{Engine, Error, is_fresh};
use crate::seal::Place;
use crate::store::ProviderRow;

/// The platform: whoever runs the server, beside all tenants. No tenant has this id.
pub const PLATFORM: TenantId = TenantId(Uuid::nil());
/// Milliseconds for which what was read is believed.
const BELIEVED: i64 = 3_000;
/// Tenants that are remembered.
const REMEMBERED: usize = 1_000;

/// Who carries the messages of one channel, and how many.
#[derive(Debug, Clone)]
struct Reached {
    provider: Arc<Provider>,
    limits: Limits,
}

#[derive(Debug)]
struct Known {
    channels: HashMap<Channel, Reached>,
    read_at: i64,
}

/// What tenants have chosen, as it was a moment ago; and whose accounts are refused.
#[derive(Debug, Default)]
pub(in crate::engine) struct Lookup {
    known: Mutex<HashMap<TenantId, Arc<Known>>>,
    /// By the provider's id: a word for why.
    pub(super) troubled: Mutex<HashMap<Uuid, (Channel, String)>>,
}

impl Lookup {
    fn get(&self, tenant: TenantId, now: i64) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&tenant).filter(|known| is_fresh(known.read_at, now, BELIEVED)).map(Arc::clone)
    }

    fn put(&self, tenant: TenantId, entry: Arc<Known>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(tenant, entry);
    }

    /// Something was changed here.
    pub(super) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Where an account stands, for sealing.
pub(super) fn settings_place(tenant: TenantId, id: Uuid) -> Place {
    Place { tenant, column: "providers.settings", row: id }
}

impl Engine {
    /// The same engine, which writes messages of these channels to files where no provider was chosen. Without this it
    /// does not: in production a message that nobody can read is worse than a refusal.
    #[must_use]
    pub fn with_sink(mut self, channels: &'static [Channel]) -> Self {
        self.sink = channels;
        self
    }

    /// Who carries a tenant's messages of a channel; none when nobody does.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Seal`], [`Error::Damaged`].
    pub async fn provider_for(
        &self,
        tenant: TenantId,
        channel: Channel,
    ) -> Result<Option<Arc<Provider>>, Error> {
        Ok(self.reached(tenant, channel).await?.map(|reached| reached.provider))
    }

    /// The same for whoever needs one.
    ///
    /// # Errors
    /// [`Error::NoProvider`] when nobody carries them; as [`Engine::provider_for`].
    pub async fn provider_needed(&self, tenant: TenantId, channel: Channel) -> Result<Arc<Provider>, Error> {
        self.provider_for(tenant, channel).await?.ok_or(Error::NoProvider(channel.as_str()))
    }

    /// Whether somebody carries a tenant's messages of a channel: whoever would need one refuses beforehand when not.
    ///
    /// # Errors
    /// As [`Engine::provider_for`].
    pub async fn reaches(&self, tenant: TenantId, channel: Channel) -> Result<bool, Error> {
        Ok(self.reached(tenant, channel).await?.is_some())
    }

    /// Where a tenant's messages of a channel may go, and how many in a day. Nothing is limited where nothing is said;
    /// what costs money is not set up without limits.
    ///
    /// # Errors
    /// As [`Engine::provider_for`].
    pub async fn limits_of(&self, tenant: TenantId, channel: Channel) -> Result<Limits, Error> {
        Ok(self.reached(tenant, channel).await?.map(|reached| reached.limits).unwrap_or_default())
    }

    async fn reached(&self, tenant: TenantId, channel: Channel) -> Result<Option<Reached>, Error> {
        if let Some(known) = self.lookup.get(tenant, self.now()) {
            return Ok(known.channels.get(&channel).cloned());
        }
        let read_at = self.now();
        let rows = self.store.providers(tenant, PLATFORM).await?;
        let mut channels = HashMap::new();
        for channel in Channel::ALL {
            if let Some(reached) = self.choose(tenant, channel, &rows)? {
                channels.insert(channel, reached);
            }
        }
        let found = channels.get(&channel).cloned();
        self.lookup.put(tenant, Arc::new(Known { channels, read_at }));
        Ok(found)
    }

    fn choose(
        &self,
        tenant: TenantId,
        channel: Channel,
        rows: &[ProviderRow],
    ) -> Result<Option<Reached>, Error> {
        let of =
            |whose: TenantId| rows.iter().find(|row| row.tenant == whose && row.channel == channel.as_str());
        let own = of(tenant).filter(|_| tenant != PLATFORM);
        let chosen = match own {
            Some(row) if row.kind == "off" => return Ok(None),
            Some(row) if row.kind != "platform" => Some(row),
            _ => of(PLATFORM),
        };
        match chosen {
            Some(row) if row.kind == "off" => Ok(None),
            Some(row) => {
                let provider = Arc::new(self.open_provider(row, channel)?);
                self.note_health(row, channel);
                let narrowed = own.filter(|own| own.kind == "platform").map(Limits::of_row).transpose()?;
                let limits = Limits::of_row(row)?.narrowed_by(narrowed.as_ref());
                Ok(Some(Reached { provider, limits }))
            }
            None => Ok(self.sink_for(channel)),
        }
    }

    /// An account as it was sealed.
    pub(super) fn open_provider(&self, row: &ProviderRow, channel: Channel) -> Result<Provider, Error> {
        let plain = self.master.open(settings_place(row.tenant, row.id), &row.settings)?;
        let account: Account =
            serde_json::from_slice(&plain).map_err(|_| Error::Damaged("provider account"))?;
        Ok(Provider { id: row.id, channel, account })
    }

    fn sink_for(&self, channel: Channel) -> Option<Reached> {
        let here = self.sink.contains(&channel);
        let provider = || Provider { id: channel.sink_id(), channel, account: Account::File };
        here.then(|| Reached { provider: Arc::new(provider()), limits: Limits::default() })
    }
}
