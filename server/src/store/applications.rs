//! Applications (relying parties) and their secrets.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A relying party, with what of its tenant each request needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRow {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id within the tenant.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// One of an application's secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// The secret's first characters.
    pub prefix: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970; none: for good.
    pub expires_at: Option<i64>,
}

impl Store {
    /// An application with the hashes of its secrets that are valid at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn application_with_secrets(
        &self,
        tenant: TenantId,
        id: Uuid,
        now: i64,
    ) -> Result<Option<(ApplicationRow, Vec<Vec<u8>>)>, StoreError> {
        let sql = "SELECT a.name, a.color, a.created_at, c.secret_hash
                   FROM applications a
                   JOIN credentials c ON c.tenant_id = a.tenant_id AND c.application_id = a.id
                   WHERE a.tenant_id = ?1 AND a.id = ?2 AND (c.expires_at IS NULL OR c.expires_at > ?3)";
        let mut found: Option<(ApplicationRow, Vec<Vec<u8>>)> = None;
        for row in self.rows(Query::new(sql, params![tenant, id, now])).await? {
            let mut c = row.columns();
            let application =
                ApplicationRow { tenant, id, name: c.get()?, color: c.get()?, created_at: c.get()? };
            found.get_or_insert((application, Vec::new())).1.push(c.get()?);
        }
        Ok(found)
    }
}

impl ApplicationRow {
    /// Adds the application with its first secret. Its tenant must exist.
    #[must_use]
    pub fn insert(&self, credential: &CredentialRow) -> [Statement; 2] {
        [
            Statement::one(
                "INSERT INTO applications (tenant_id, id, name, color, created_at)
                 SELECT tenant_id, ?2, ?3, ?4, ?5 FROM tenants WHERE tenant_id = ?1",
                params![self.tenant, self.id, self.name.as_str(), self.color.as_str(), self.created_at],
            ),
            Statement::one(
                "INSERT INTO credentials (tenant_id, id, application_id, secret_hash, prefix, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    self.tenant,
                    credential.id,
                    self.id,
                    credential.secret_hash.clone(),
                    credential.prefix.as_str(),
                    credential.created_at,
                    credential.expires_at
                ],
            ),
        ]
    }
}
