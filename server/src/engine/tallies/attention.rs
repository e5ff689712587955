//! What needs somebody's look, told on the overview.

use countersign_protocol::id::TenantId;

use super::HOUR;
use crate::engine::providers::{Channel, PLATFORM};
use crate::engine::{Engine, Error};
use crate::store::attention::Begun;

/// Of what may be many, so many are counted.
const MOST: i64 = 100;
/// Secrets are told of that end within a week.
const SOON: i64 = 7 * 24 * HOUR;
/// The server's certificate is told of in its last 14 days, and when it has ended.
const CERTIFICATE_SOON: i64 = 14 * 24 * HOUR;

/// How many: exactly, or more than so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Many {
    /// The number, or the bound.
    pub count: usize,
    /// Whether there are more.
    pub more: bool,
}

impl Many {
    fn of(found: usize) -> Self {
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        Self { count: found.min(most), more: found > most }
    }
}

/// A provider that refuses the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whose messages do not go out.
    pub channel: Channel,
    /// Why, in a word.
    pub word: String,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
}

/// A secret that will not be taken any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingSecret {
    /// The application's name.
    pub application: String,
    /// The secret's first characters.
    pub prefix: String,
    /// When, in milliseconds since 1970.
    pub ends_at: i64,
}

/// What needs a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// People with a factor that is locked.
    pub locked: Many,
    /// Messages that were given up.
    pub dead: Many,
    /// Messages that wait to be sent.
    pub waiting: Many,
    /// Providers that refuse the account.
    pub troubles: Vec<Trouble>,
    /// Secrets that end within a week.
    pub ending: Vec<EndingSecret>,
    /// When this server's own TLS certificate ends, in milliseconds since 1970, if that is soon or was.
    pub certificate: Option<i64>,
    /// What was done already to begin with.
    pub begun: Begun,
}

impl Engine {
    /// What needs somebody's look at a tenant.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn attention(&self, tenant: TenantId) -> Result<Attention, Error> {
        let now = self.now();
        let [locked, dead, waiting] = self.store.needing_a_look(tenant, MOST + 1).await?.map(Many::of);
        let ending = self.store.ending_secrets(tenant, (now, now + SOON)).await?.into_iter();
        let ending =
            ending.map(|(application, prefix, ends_at)| EndingSecret { application, prefix, ends_at });
        Ok(Attention {
            locked,
            dead,
            waiting,
            troubles: self.troubles(tenant).await?,
            ending: ending.collect(),
            certificate: self.metrics.certificate_ends().filter(|at| *at < now + CERTIFICATE_SOON),
            begun: self.store.begun(tenant).await?,
        })
    }

    /// Of each channel the account that carries the tenant's messages, where it is refused.
    async fn troubles(&self, tenant: TenantId) -> Result<Vec<Trouble>, Error> {
        let rows = self.store.providers(tenant, PLATFORM).await?;
        let troubles = Channel::ALL.into_iter().filter_map(|channel| {
            let of = |whose| rows.iter().find(|row| row.channel == channel.as_str() && row.tenant == whose);
            let own = of(tenant).filter(|row| row.kind != "platform");
            let row = own.or_else(|| of(PLATFORM))?;
            Some(Trouble { channel, word: row.trouble.clone()?, since: row.trouble_at? })
        });
        Ok(troubles.collect())
    }
}
