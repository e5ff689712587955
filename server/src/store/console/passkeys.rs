//! Passkeys of operators, and the ceremonies in which they are made and used.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::store::statement::params;
use crate::store::{Columns, Query, Statement, Store, StoreError};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The console's own tenant.
    pub tenant: TenantId,
    /// Its id here.
    pub id: Uuid,
    /// Whose it is.
    pub user: Uuid,
    /// What the browser names it by.
    pub credential_id: Vec<u8>,
    /// The library's JSON: the public key, the counter.
    pub credential: String,
    /// What the person calls it.
    pub name: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When somebody last signed in with it.
    pub used_at: Option<i64>,
}

/// What a browser was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CeremonyRow {
    /// The console's own tenant.
    pub tenant: TenantId,
    /// SHA-256 of its id.
    pub id_hash: Vec<u8>,
    /// `add` or `sign_in`.
    pub kind: String,
    /// SHA-256 of the cookie of the browser that was asked.
    pub browser: Vec<u8>,
    /// For whom a passkey is made; nobody yet when somebody signs in.
    pub user: Option<Uuid>,
    /// The library's JSON: the challenge, and what the answer is held to.
    pub state: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// The columns of [`read_passkey`].
macro_rules! passkey_columns {
    () => {
        "id, user_id, credential_id, credential, name, created_at, used_at"
    };
}

fn read_passkey(tenant: TenantId, c: &mut Columns) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        tenant,
        id: c.get()?,
        user: c.get()?,
        credential_id: c.get()?,
        credential: c.get()?,
        name: c.get()?,
        created_at: c.get()?,
        used_at: c.get()?,
    })
}

impl Store {
    /// A person's passkeys, in the order that they were made; a few.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn passkeys(&self, tenant: TenantId, user: Uuid) -> Result<Vec<PasskeyRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            passkey_columns!(),
            " FROM passkeys WHERE tenant_id = ?1 AND user_id = ?2 ORDER BY created_at"
        );
        let rows = self.rows(Query::new(sql, params![tenant, user])).await?;
        rows.into_iter().map(|row| read_passkey(tenant, &mut row.columns())).collect()
    }

    /// The passkey that the browser names so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn passkey(
        &self,
        tenant: TenantId,
        credential_id: &[u8],
    ) -> Result<Option<PasskeyRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            passkey_columns!(),
            " FROM passkeys WHERE tenant_id = ?1 AND credential_id = ?2"
        );
        let query = Query::new(sql, params![tenant, credential_id.to_vec()]);
        self.row(query, |c| read_passkey(tenant, c)).await
    }

    /// The ceremony with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn passkey_ceremony(
        &self,
        tenant: TenantId,
        id_hash: &[u8],
    ) -> Result<Option<CeremonyRow>, StoreError> {
        let sql = "SELECT id_hash, kind, browser, user_id, state, expires_at FROM passkey_ceremonies
                   WHERE tenant_id = ?1 AND id_hash = ?2";
        self.row(Query::new(sql, params![tenant, id_hash.to_vec()]), |c| {
            Ok(CeremonyRow {
                tenant,
                id_hash: c.get()?,
                kind: c.get()?,
                browser: c.get()?,
                user: c.get()?,
                state: c.get()?,
                expires_at: c.get()?,
            })
        })
        .await
    }
}

impl PasskeyRow {
    /// Keeps it, unless the person has as many as they may. [`StoreError::Duplicate`] when it is kept already.
    #[must_use]
    pub fn insert(&self, most: i64) -> Statement {
        Statement::one(
            "INSERT INTO passkeys (tenant_id, id, user_id, credential_id, credential, name, created_at)
             SELECT u.tenant_id, ?2, u.id, ?4, ?5, ?6, ?7 FROM users u
             WHERE u.tenant_id = ?1 AND u.id = ?3
               AND (SELECT COUNT(*) FROM passkeys p WHERE p.tenant_id = ?1 AND p.user_id = ?3) < ?8",
            params![
                self.tenant,
                self.id,
                self.user,
                self.credential_id.clone(),
                self.credential.as_str(),
                self.name.as_str(),
                self.created_at,
                most
            ],
        )
    }

    /// Notes that somebody signed in with it, and what the library knows of it since. It finds nothing when the passkey was
    /// taken away or used since it was read: of two answers with one counter, one counts.
    #[must_use]
    pub fn used(&self, credential: &str, now: i64) -> Statement {
        Statement::one(
            "UPDATE passkeys SET credential = ?4, used_at = ?5
             WHERE tenant_id = ?1 AND id = ?2 AND credential = ?3",
            params![self.tenant, self.id, self.credential.as_str(), credential, now],
        )
    }

    /// Takes it away.
    #[must_use]
    pub fn remove(&self) -> Statement {
        Statement::one("DELETE FROM passkeys WHERE tenant_id = ?1 AND id = ?2", params![self.tenant, self.id])
    }
}

/// Takes all passkeys of a person away.
#[must_use]
pub fn forget_all(tenant: TenantId, user: Uuid) -> Statement {
    Statement::any(
        "DELETE FROM passkeys WHERE tenant_id = ?1
           AND id IN (SELECT id FROM passkeys WHERE tenant_id = ?1 AND user_id = ?2)",
        params![tenant, user],
    )
}

impl CeremonyRow {
    /// Begins it.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO passkey_ceremonies (tenant_id, id_hash, kind, browser, user_id, state, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.tenant,
                self.id_hash.clone(),
                self.kind.as_str(),
                self.browser.clone(),
                self.user,
                self.state.as_str(),
                self.expires_at
            ],
        )
    }

    /// Uses it up. It finds nothing when it was used before.
    #[must_use]
    pub fn use_up(&self) -> Statement {
        Statement::one(
            "DELETE FROM passkey_ceremonies WHERE tenant_id = ?1 AND id_hash = ?2",
            params![self.tenant, self.id_hash.clone()],
        )
    }
}

/// Removes ceremonies that nobody can finish any more.
#[must_use]
pub fn forget_ceremonies(now: i64) -> Statement {
    Statement::any("DELETE FROM passkey_ceremonies WHERE expires_at <= ?1", params![now])
}
