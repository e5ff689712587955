//! Applications (relying parties) and their secrets.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// A relying party.
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
    /// Milliseconds since 1970; none: for good. A revoked one has expired when it was revoked.
    pub expires_at: Option<i64>,
    /// The networks it may be used from, separated by commas; none: from anywhere.
    pub networks: Option<String>,
    /// Milliseconds since 1970, to ten minutes or so; none: never.
    pub last_used_at: Option<i64>,
}

/// The columns of [`read_credential`], under the alias `c`.
macro_rules! credential_columns {
    () => {
        "c.id, c.secret_hash, c.prefix, c.created_at, c.expires_at, c.networks, c.last_used_at"
    };
}

fn read_credential(id: Uuid, c: &mut Columns) -> Result<CredentialRow, StoreError> {
    Ok(CredentialRow {
        id,
        secret_hash: c.get()?,
        prefix: c.get()?,
        created_at: c.get()?,
        expires_at: c.get()?,
        networks: c.get()?,
        last_used_at: c.get()?,
    })
}

fn read_application(tenant: TenantId, c: &mut Columns) -> Result<ApplicationRow, StoreError> {
    Ok(ApplicationRow { tenant, id: c.get()?, name: c.get()?, color: c.get()?, created_at: c.get()? })
}

impl Store {
    /// An application with its secrets that are valid at `now`; it may have none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn application_with_secrets(
        &self,
        tenant: TenantId,
        id: Uuid,
        now: i64,
    ) -> Result<Option<(ApplicationRow, Vec<CredentialRow>)>, StoreError> {
        let sql = concat!(
            "SELECT a.id, a.name, a.color, a.created_at, ",
            credential_columns!(),
            " FROM applications a
              LEFT JOIN credentials c ON c.tenant_id = a.tenant_id AND c.application_id = a.id
                AND (c.expires_at IS NULL OR c.expires_at > ?3)
              WHERE a.tenant_id = ?1 AND a.id = ?2"
        );
        let mut found: Option<(ApplicationRow, Vec<CredentialRow>)> = None;
        for row in self.rows(Query::new(sql, params![tenant, id, now])).await? {
            let mut c = row.columns();
            let application = read_application(tenant, &mut c)?;
            let secrets = &mut found.get_or_insert((application, Vec::new())).1;
            if let Some(id) = c.get::<Option<Uuid>>()? {
                secrets.push(read_credential(id, &mut c)?);
            }
        }
        Ok(found)
    }

    /// An application by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn application(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<ApplicationRow>, StoreError> {
        let sql = "SELECT id, name, color, created_at FROM applications WHERE tenant_id = ?1 AND id = ?2";
        self.row(Query::new(sql, params![tenant, id]), |c| read_application(tenant, c)).await
    }

    /// A tenant's applications, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn applications(&self, tenant: TenantId) -> Result<Vec<ApplicationRow>, StoreError> {
        let sql = "SELECT id, name, color, created_at FROM applications WHERE tenant_id = ?1 ORDER BY id";
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        rows.into_iter().map(|row| read_application(tenant, &mut row.columns())).collect()
    }

    /// All secrets an application ever had, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn credentials(
        &self,
        tenant: TenantId,
        application: Uuid,
    ) -> Result<Vec<CredentialRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            credential_columns!(),
            " FROM credentials c WHERE c.tenant_id = ?1 AND c.application_id = ?2 ORDER BY c.id"
        );
        let rows = self.rows(Query::new(sql, params![tenant, application])).await?;
        let read = |mut c: Columns| read_credential(c.get()?, &mut c);
        rows.into_iter().map(|row| read(row.columns())).collect()
    }
}

impl Store {
    /// Some of a tenant's applications, oldest first, from behind `after` on: each with the flavour of the OAuth client that
    /// it is, if it is one, and whether something is set for its web pages.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn applications_after(
        &self,
        tenant: TenantId,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<(ApplicationRow, Option<String>, bool)>, StoreError> {
        let sql =
            "SELECT a.id, a.name, a.color, a.created_at, o.flavour, w.application_id FROM applications a
                   LEFT JOIN oauth_clients o ON o.tenant_id = a.tenant_id AND o.application_id = a.id
                   LEFT JOIN web_clients w ON w.tenant_id = a.tenant_id AND w.application_id = a.id
                   WHERE a.tenant_id = ?1 AND a.id > ?2 ORDER BY a.id LIMIT ?3";
        let rows = self.rows(Query::new(sql, params![tenant, after, limit])).await?;
        let read = |mut c: Columns| {
            let application = read_application(tenant, &mut c)?;
            Ok((application, c.get()?, c.get::<Option<Uuid>>()?.is_some()))
        };
        rows.into_iter().map(|row| read(row.columns())).collect()
    }
}

impl ApplicationRow {
    /// Gives it this name and colour.
    #[must_use]
    pub fn change(&self) -> Statement {
        Statement::one(
            "UPDATE applications SET name = ?3, color = ?4 WHERE tenant_id = ?1 AND id = ?2",
            params![self.tenant, self.id, self.name.as_str(), self.color.as_str()],
        )
    }

    /// Adds the application. Its tenant must exist.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO applications (tenant_id, id, name, color, created_at)
             SELECT tenant_id, ?2, ?3, ?4, ?5 FROM tenants WHERE tenant_id = ?1",
            params![self.tenant, self.id, self.name.as_str(), self.color.as_str(), self.created_at],
        )
    }
}

impl CredentialRow {
    /// Adds the secret to an application that is there and has fewer than `most` valid ones. Of two batches that begin with
    /// [`hold`](super::tenants::hold), the second counts what the first has added.
    #[must_use]
    pub fn insert(&self, tenant: TenantId, application: Uuid, most: i64) -> Statement {
        Statement::one(
            "INSERT INTO credentials (tenant_id, id, application_id, secret_hash, prefix, created_at, expires_at, networks)
             SELECT tenant_id, ?2, id, ?4, ?5, ?6, ?7, ?8 FROM applications
             WHERE tenant_id = ?1 AND id = ?3
               AND (SELECT COUNT(*) FROM credentials WHERE tenant_id = ?1 AND application_id = ?3
                    AND (expires_at IS NULL OR expires_at > ?6)) < ?9",
            params![
                tenant,
                self.id,
                application,
                self.secret_hash.clone(),
                self.prefix.as_str(),
                self.created_at,
                self.expires_at,
                self.networks.clone(),
                most
            ],
        )
    }

    /// Notes that the secret was used.
    #[must_use]
    pub fn used(&self, tenant: TenantId, application: Uuid, now: i64) -> Statement {
        Statement::any(
            "UPDATE credentials SET last_used_at = ?4 WHERE tenant_id = ?1 AND application_id = ?2 AND id = ?3",
            params![tenant, application, self.id, now],
        )
    }
}

/// Lets all of an application's secrets end at `at` that would have lasted longer.
#[must_use]
pub fn end_secrets(tenant: TenantId, application: Uuid, at: i64) -> Statement {
    Statement::any(
        "UPDATE credentials SET expires_at = ?3
         WHERE tenant_id = ?1 AND application_id = ?2 AND (expires_at IS NULL OR expires_at > ?3)",
        params![tenant, application, at],
    )
}

/// Ends one secret now, if it has not ended yet.
#[must_use]
pub fn end_secret(tenant: TenantId, application: Uuid, id: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE credentials SET expires_at = ?4
         WHERE tenant_id = ?1 AND application_id = ?2 AND id = ?3 AND (expires_at IS NULL OR expires_at > ?4)",
        params![tenant, application, id, now],
    )
}
