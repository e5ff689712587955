//! Providers: under which account messages of a channel go out, sealed, and whether that account works.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// What a tenant, or the platform, has chosen for a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRow {
    /// Whose choice; all zero: the platform's.
    pub tenant: TenantId,
    /// `apns`, `fcm`, `webpush`, `sms`, `voice` or `email`.
    pub channel: String,
    /// New with each change.
    pub id: Uuid,
    /// The kind of account; or `platform`, or `off`.
    pub kind: String,
    /// The account, sealed at `providers.settings` of this id; empty where there is none.
    pub settings: Vec<u8>,
    /// ISO 3166 codes with spaces between, or `all`.
    pub countries: Option<String>,
    /// Messages in a day at most.
    pub per_day: Option<i64>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// A word for why the account is refused.
    pub trouble: Option<String>,
    /// Since when, in milliseconds since 1970.
    pub trouble_at: Option<i64>,
}

/// How many messages of a lane stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Still tried.
    pub waiting: i64,
    /// Taken by the provider.
    pub done: i64,
    /// Given up.
    pub dead: i64,
}

impl Store {
    /// What a tenant and the platform have chosen, for all channels.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn providers(
        &self,
        tenant: TenantId,
        platform: TenantId,
    ) -> Result<Vec<ProviderRow>, StoreError> {
        let sql = "SELECT tenant_id, channel, id, kind, settings, countries, per_day, created_at, trouble, trouble_at
                   FROM providers WHERE tenant_id IN (?1, ?2) ORDER BY channel";
        let rows = self.rows(Query::new(sql, params![tenant, platform])).await?;
        rows.into_iter().map(|row| read_provider(&mut row.columns())).collect()
    }

    /// How a tenant's messages of one lane stand that were made from `since` on: an id that begins with a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn figures(&self, tenant: TenantId, lane: Uuid, since: Uuid) -> Result<Figures, StoreError> {
        let sql = "SELECT state, COUNT(*) FROM outbox WHERE tenant_id = ?1 AND id >= ?2 AND lane = ?3 GROUP BY state";
        let mut figures = Figures::default();
        for row in self.rows(Query::new(sql, params![tenant, since, lane])).await? {
            let mut c = row.columns();
            match c.get::<String>()?.as_str() {
                "waiting" => figures.waiting = c.get()?,
                "done" => figures.done = c.get()?,
                _ => figures.dead = c.get()?,
            }
        }
        Ok(figures)
    }
}

fn read_provider(c: &mut Columns) -> Result<ProviderRow, StoreError> {
    Ok(ProviderRow {
        tenant: TenantId(c.get()?),
        channel: c.get()?,
        id: c.get()?,
        kind: c.get()?,
        settings: c.get()?,
        countries: c.get()?,
        per_day: c.get()?,
        created_at: c.get()?,
        trouble: c.get()?,
        trouble_at: c.get()?,
    })
}

impl ProviderRow {
    /// Takes the place of what was chosen before.
    #[must_use]
    pub fn put(&self) -> Statement {
        Statement::one(
            "INSERT INTO providers (tenant_id, channel, id, kind, settings, countries, per_day, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (tenant_id, channel) DO UPDATE SET id = ?3, kind = ?4, settings = ?5, countries = ?6,
               per_day = ?7, created_at = ?8, trouble = NULL, trouble_at = NULL",
            params![
                self.tenant,
                self.channel.as_str(),
                self.id,
                self.kind.as_str(),
                self.settings.clone(),
                self.countries.clone(),
                self.per_day,
                self.created_at
            ],
        )
    }
}

/// Forgets what was chosen.
#[must_use]
pub fn remove(tenant: TenantId, channel: &str) -> Statement {
    Statement::one("DELETE FROM providers WHERE tenant_id = ?1 AND channel = ?2", params![tenant, channel])
}

/// Notes that a provider's account is refused since `now`; one that is refused for longer keeps its beginning. It is the
/// tenant's own or the platform's.
#[must_use]
pub fn in_trouble(
    (tenant, platform): (TenantId, TenantId),
    channel: &str,
    id: Uuid,
    word: &str,
    now: i64,
) -> Statement {
    Statement::any(
        "UPDATE providers SET trouble = ?5, trouble_at = COALESCE(trouble_at, ?6)
         WHERE tenant_id IN (?1, ?2) AND channel = ?3 AND id = ?4",
        params![tenant, platform, channel, id, word, now],
    )
}

/// Notes that the account works again.
#[must_use]
pub fn well_again((tenant, platform): (TenantId, TenantId), channel: &str, id: Uuid) -> Statement {
    Statement::any(
        "UPDATE providers SET trouble = NULL, trouble_at = NULL
         WHERE tenant_id IN (?1, ?2) AND channel = ?3 AND id = ?4 AND trouble IS NOT NULL",
        params![tenant, platform, channel, id],
    )
}
