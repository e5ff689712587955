//! The keys that a tenant's access and id tokens are signed with.

use std::fmt;

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A key.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKeyRow {
    /// Ordered by age.
    pub id: Uuid,
    /// `RS256` or `ES256`.
    pub algorithm: String,
    /// JWK.
    pub public_key: String,
    /// PKCS#8, sealed.
    pub private_key: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970. It is published before it signs.
    pub signs_from: i64,
    /// Milliseconds since 1970, from when on it is published no more and nothing that it signed holds.
    pub ends_at: Option<i64>,
}

impl fmt::Debug for TokenKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKeyRow").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Store {
    /// All keys of a tenant, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token_keys(&self, tenant: TenantId) -> Result<Vec<TokenKeyRow>, StoreError> {
        let sql = "SELECT id, algorithm, public_key, private_key, created_at, signs_from, ends_at
                   FROM token_keys WHERE tenant_id = ?1 ORDER BY id";
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                Ok(TokenKeyRow {
                    id: c.get()?,
                    algorithm: c.get()?,
                    public_key: c.get()?,
                    private_key: c.get()?,
                    created_at: c.get()?,
                    signs_from: c.get()?,
                    ends_at: c.get()?,
                })
            })
            .collect()
    }
}

impl TokenKeyRow {
    /// Adds the key to a tenant that exists, provided that it still has `older` keys: of two that are made at once, one is.
    #[must_use]
    pub fn insert(&self, tenant: TenantId, older: i64) -> Statement {
        Statement::one(
            "INSERT INTO token_keys
               (tenant_id, id, algorithm, public_key, private_key, created_at, signs_from, ends_at)
             SELECT tenant_id, ?2, ?3, ?4, ?5, ?6, ?7, NULL FROM tenants
             WHERE tenant_id = ?1 AND (SELECT COUNT(*) FROM token_keys WHERE tenant_id = ?1) = ?8",
            params![
                tenant,
                self.id,
                self.algorithm.as_str(),
                self.public_key.as_str(),
                self.private_key.clone(),
                self.created_at,
                self.signs_from,
                older
            ],
        )
    }
}

/// From `ends_at` on, the tenant's keys but this one count no more; those that end before still do.
#[must_use]
pub fn end_others(tenant: TenantId, keep: Uuid, ends_at: i64) -> Statement {
    Statement::any(
        "UPDATE token_keys SET ends_at = ?3
         WHERE tenant_id = ?1 AND id <> ?2 AND (ends_at IS NULL OR ends_at > ?3)",
        params![tenant, keep, ends_at],
    )
}

/// Forgets the keys that have ended, private halves and all.
#[must_use]
pub fn forget_ended(tenant: TenantId, now: i64) -> Statement {
    Statement::any("DELETE FROM token_keys WHERE tenant_id = ?1 AND ends_at <= ?2", params![tenant, now])
}
