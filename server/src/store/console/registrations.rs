//! Organisations that want to become tenants: each waits until its link, which went out by mail, is used.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::store::statement::params;
use crate::store::{Columns, Query, Statement, Store, StoreError};

/// An organisation that wants to become a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRow {
    /// SHA-256 of its link's token.
    pub token_hash: Vec<u8>,
    /// How it calls itself.
    pub name: String,
    /// Who registers it.
    pub email: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// What became of it, once the link was used.
    pub tenant: Option<TenantId>,
}

impl Store {
    /// The registration with this link.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn registration(&self, token_hash: &[u8]) -> Result<Option<RegistrationRow>, StoreError> {
        let sql = "SELECT token_hash, name, email, created_at, expires_at, tenant_id FROM registrations
                   WHERE token_hash = ?1";
        let read = |c: &mut Columns| {
            Ok(RegistrationRow {
                token_hash: c.get()?,
                name: c.get()?,
                email: c.get()?,
                created_at: c.get()?,
                expires_at: c.get()?,
                tenant: c.get::<Option<Uuid>>()?.map(TenantId),
            })
        };
        self.row(Query::new(sql, params![token_hash.to_vec()]), read).await
    }
}

impl RegistrationRow {
    /// Keeps it.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO registrations (token_hash, name, email, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                self.token_hash.clone(),
                self.name.as_str(),
                self.email.as_str(),
                self.created_at,
                self.expires_at
            ],
        )
    }

    /// Notes which tenant it became. It finds nothing when it became one before.
    #[must_use]
    pub fn become_tenant(&self, tenant: TenantId) -> Statement {
        Statement::one(
            "UPDATE registrations SET tenant_id = ?2 WHERE token_hash = ?1 AND tenant_id IS NULL",
            params![self.token_hash.clone(), tenant],
        )
    }
}

/// Forgets those whose time is over.
#[must_use]
pub fn forget_expired(now: i64) -> Statement {
    Statement::any("DELETE FROM registrations WHERE expires_at <= ?1", params![now])
}
