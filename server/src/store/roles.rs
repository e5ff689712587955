//! What people may do beyond their own affairs.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Store, StoreError};

impl Store {
    /// A person's roles, such as `ROLE_ADMIN_CUSTOMER`, in the order of their letters.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn roles(&self, tenant: TenantId, user: Uuid) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT role FROM roles WHERE tenant_id = ?1 AND user_id = ?2 ORDER BY role";
        let rows = self.rows(Query::new(sql, params![tenant, user])).await?;
        rows.into_iter().map(|row| row.columns().get()).collect()
    }
}
