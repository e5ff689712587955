//! Under which host names tenants issue tokens.

use countersign_protocol::id::TenantId;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

impl Store {
    /// The tenant's host name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issuer_of(&self, tenant: TenantId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT host FROM issuers WHERE tenant_id = ?1";
        self.row(Query::new(sql, params![tenant]), |c| c.get()).await
    }

    /// The tenant whose host name this is. It is the one question that cannot name its tenant: nothing but the host is
    /// known when the published keys are asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issuer_at(&self, host: &str) -> Result<Option<TenantId>, StoreError> {
        let sql = "SELECT tenant_id FROM issuers WHERE host = ?1";
        self.row(Query::new(sql, params![host]), |c| Ok(TenantId(c.get()?))).await
    }
}

/// Gives a tenant that exists its host name, in place of the one that it has. [`StoreError::Duplicate`] when it is
/// another's.
#[must_use]
pub fn put(tenant: TenantId, host: &str, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO issuers (host, tenant_id, created_at)
         SELECT ?2, tenant_id, ?3 FROM tenants WHERE tenant_id = ?1
         ON CONFLICT (tenant_id) DO UPDATE SET host = ?2, created_at = ?3",
        params![tenant, host, now],
    )
}

/// Takes a tenant's host name away.
#[must_use]
pub fn remove(tenant: TenantId) -> Statement {
    Statement::one("DELETE FROM issuers WHERE tenant_id = ?1", params![tenant])
}
