//! Channels: who may have numbers verified, each with a key that is bound to addresses.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// A channel.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id within the tenant.
    pub id: Uuid,
    /// Display name, for operators.
    pub name: String,
    /// Where its key may be used from, in CIDR notation, separated by commas.
    pub networks: String,
    /// Two capital letters: whose numbers may be written without their country's code.
    pub country: Option<String>,
    /// SHA-256 of the key.
    pub key_hash: Vec<u8>,
    /// The key's first characters.
    pub key_prefix: String,
    /// SHA-256 of the key before.
    pub old_key_hash: Option<Vec<u8>>,
    /// Milliseconds since 1970 until when the key before works.
    pub old_key_until: Option<i64>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970; none while it may be used.
    pub disabled_at: Option<i64>,
    /// Milliseconds since 1970, to ten minutes or so; none: never.
    pub last_used_at: Option<i64>,
}

impl std::fmt::Debug for ChannelRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChannelRow({}, {:?}, …)", self.id, self.name)
    }
}

/// The columns of [`read`].
macro_rules! columns {
    () => {
        "id, name, networks, country, key_hash, key_prefix, old_key_hash, old_key_until, created_at, disabled_at,
         last_used_at"
    };
}

fn read(tenant: TenantId, c: &mut Columns) -> Result<ChannelRow, StoreError> {
    Ok(ChannelRow {
        tenant,
        id: c.get()?,
        name: c.get()?,
        networks: c.get()?,
        country: c.get()?,
        key_hash: c.get()?,
        key_prefix: c.get()?,
        old_key_hash: c.get()?,
        old_key_until: c.get()?,
        created_at: c.get()?,
        disabled_at: c.get()?,
        last_used_at: c.get()?,
    })
}

impl Store {
    /// A channel by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channel(&self, tenant: TenantId, id: Uuid) -> Result<Option<ChannelRow>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM channels WHERE tenant_id = ?1 AND id = ?2");
        self.row(Query::new(sql, params![tenant, id]), |c| read(tenant, c)).await
    }

    /// A tenant's channels, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channels(&self, tenant: TenantId) -> Result<Vec<ChannelRow>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM channels WHERE tenant_id = ?1 ORDER BY id");
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        rows.into_iter().map(|row| read(tenant, &mut row.columns())).collect()
    }
}

impl Store {
    /// Some of them, from behind `after` on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channels_after(
        &self,
        tenant: TenantId,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<ChannelRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM channels WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
        );
        let rows = self.rows(Query::new(sql, params![tenant, after, limit])).await?;
        rows.into_iter().map(|row| read(tenant, &mut row.columns())).collect()
    }
}

impl ChannelRow {
    /// Adds the channel. Its tenant must exist.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO channels (tenant_id, id, name, networks, country, key_hash, key_prefix, created_at)
             SELECT tenant_id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM tenants WHERE tenant_id = ?1",
            params![
                self.tenant,
                self.id,
                self.name.as_str(),
                self.networks.as_str(),
                self.country.clone(),
                self.key_hash.clone(),
                self.key_prefix.as_str(),
                self.created_at
            ],
        )
    }

    /// Gives the channel a new key; the one that it has works until `old_until`. Finds nothing to change when it has got
    /// another key since it was read, or the key before that one works at `now`.
    #[must_use]
    pub fn rotate(&self, hash: Vec<u8>, prefix: &str, old_until: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE channels SET key_hash = ?4, key_prefix = ?5, old_key_hash = ?3, old_key_until = ?6
             WHERE tenant_id = ?1 AND id = ?2 AND key_hash = ?3
               AND (old_key_until IS NULL OR old_key_until <= ?7 OR ?6 <= ?7)",
            params![self.tenant, self.id, self.key_hash.clone(), hash, prefix, old_until, now],
        )
    }

    /// Changes where the key may be used from, and whose numbers may be written without their country's code.
    #[must_use]
    pub fn change(&self, networks: &str, country: Option<&str>) -> Statement {
        Statement::one(
            "UPDATE channels SET networks = ?3, country = ?4 WHERE tenant_id = ?1 AND id = ?2",
            params![self.tenant, self.id, networks, country.map(str::to_owned)],
        )
    }

    /// Ends its use at a time, or lets it be used again.
    #[must_use]
    pub fn disable(&self, at: Option<i64>) -> Statement {
        Statement::one(
            "UPDATE channels SET disabled_at = ?3 WHERE tenant_id = ?1 AND id = ?2",
            params![self.tenant, self.id, at],
        )
    }

    /// Notes that the key was used.
    #[must_use]
    pub fn used(&self, now: i64) -> Statement {
        Statement::any(
            "UPDATE channels SET last_used_at = ?3 WHERE tenant_id = ?1 AND id = ?2",
            params![self.tenant, self.id, now],
        )
    }
}
