//! The keys that sign a tenant's challenges. The newest one signs; the older ones stay for old receipts.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// Ordered by age.
    pub id: Uuid,
    /// P-256 point, 65 bytes.
    pub public_key: Vec<u8>,
    /// PKCS#8, sealed.
    pub private_key: Vec<u8>,
    /// `cs-server-key+jwt` by the key before it; none for the first.
    pub succession: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

impl Store {
    /// All keys of a tenant, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signing_keys(&self, tenant: TenantId) -> Result<Vec<SigningKeyRow>, StoreError> {
        let sql = "SELECT id, public_key, private_key, succession, created_at
                   FROM signing_keys WHERE tenant_id = ?1 ORDER BY id";
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                Ok(SigningKeyRow {
                    id: c.get()?,
                    public_key: c.get()?,
                    private_key: c.get()?,
                    succession: c.get()?,
                    created_at: c.get()?,
                })
            })
            .collect()
    }
}

impl SigningKeyRow {
    /// Adds the key, provided that the tenant still has `older` keys: two rotations cannot both follow the same one.
    #[must_use]
    pub fn insert(&self, tenant: TenantId, older: i64) -> Statement {
        Statement::one(
            "INSERT INTO signing_keys (tenant_id, id, public_key, private_key, succession, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6
             WHERE (SELECT COUNT(*) FROM signing_keys WHERE tenant_id = ?1) = ?7",
            params![
                tenant,
                self.id,
                self.public_key.clone(),
                self.private_key.clone(),
                self.succession.clone(),
                self.created_at,
                older
            ],
        )
    }
}
