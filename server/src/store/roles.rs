//! What people may do beyond signing in: words such as `ROLE_ADMIN_CUSTOMER`, a row for each.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

impl Store {
    /// A person's roles, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn roles(&self, tenant: TenantId, user: Uuid) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT role FROM roles WHERE tenant_id = ?1 AND user_id = ?2 ORDER BY role";
        let rows = self.rows(Query::new(sql, params![tenant, user])).await?;
        rows.into_iter().map(|row| row.columns().get()).collect()
    }
}

/// Gives a person a role; one that they have, they keep. The person must exist.
#[must_use]
pub fn add(tenant: TenantId, user: Uuid, role: &str) -> Statement {
    Statement::one(
        "INSERT INTO roles (tenant_id, user_id, role) SELECT tenant_id, id, ?3 FROM users WHERE tenant_id = ?1 AND id = ?2
         ON CONFLICT (tenant_id, user_id, role) DO UPDATE SET role = ?3",
        params![tenant, user, role],
    )
}

/// Takes a role from a person who has it.
#[must_use]
pub fn remove(tenant: TenantId, user: Uuid, role: &str) -> Statement {
    Statement::one(
        "DELETE FROM roles WHERE tenant_id = ?1 AND user_id = ?2 AND role = ?3",
        params![tenant, user, role],
    )
}
