//! Users: the people behind the `user_ref`s of a tenant's applications.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Their tenant.
    pub tenant: TenantId,
    /// Their id within the tenant.
    pub id: Uuid,
    /// What the tenant's applications call them.
    pub user_ref: String,
    /// E-mail address, if known.
    pub email: Option<String>,
    /// Their own name, if known.
    pub display_name: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When their first device was enrolled.
    pub enrolled_at: Option<i64>,
    /// The language that they are written to in, `en` or `ar`, if it is known.
    pub language: Option<String>,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserListing {
    /// The person.
    pub user: UserRow,
    /// How many devices they have.
    pub devices: i64,
}

/// The columns of [`read_user`], under the alias `u`.
macro_rules! user_columns {
    () => {
        "u.id, u.user_ref, u.email, u.display_name, u.created_at, u.enrolled_at, u.language"
    };
}
pub(super) use user_columns;

pub(super) fn read_user(tenant: TenantId, c: &mut Columns) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        tenant,
        id: c.get()?,
        user_ref: c.get()?,
        email: c.get()?,
        display_name: c.get()?,
        created_at: c.get()?,
        enrolled_at: c.get()?,
        language: c.get()?,
    })
}

impl Store {
    /// The person an application calls `user_ref`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user_by_ref(&self, tenant: TenantId, user_ref: &str) -> Result<Option<UserRow>, StoreError> {
        let sql =
            concat!("SELECT ", user_columns!(), " FROM users u WHERE u.tenant_id = ?1 AND u.user_ref = ?2");
        self.row(Query::new(sql, params![tenant, user_ref]), |c| read_user(tenant, c)).await
    }

    /// A person by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user_by_id(&self, tenant: TenantId, id: Uuid) -> Result<Option<UserRow>, StoreError> {
        let sql = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.tenant_id = ?1 AND u.id = ?2");
        self.row(Query::new(sql, params![tenant, id]), |c| read_user(tenant, c)).await
    }

    /// People whose address is one of these, at most two of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn users_by_email(
        &self,
        tenant: TenantId,
        addresses: [&str; 2],
    ) -> Result<Vec<UserRow>, StoreError> {
        let [one, other] = addresses;
        let sql = concat!(
            "SELECT ",
            user_columns!(),
            " FROM users u WHERE u.tenant_id = ?1 AND u.email IN (?2, ?3) LIMIT 2"
        );
        let rows = self.rows(Query::new(sql, params![tenant, one, other])).await?;
        rows.into_iter().map(|row| read_user(tenant, &mut row.columns())).collect()
    }

    /// People of a tenant in the order of their ids, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn users(
        &self,
        tenant: TenantId,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<UserListing>, StoreError> {
        let sql = concat!(
            "SELECT ",
            user_columns!(),
            ", (SELECT COUNT(*) FROM devices d
                WHERE d.tenant_id = u.tenant_id AND d.user_id = u.id AND d.removed_at IS NULL)
              FROM users u WHERE u.tenant_id = ?1 AND u.id > ?2 ORDER BY u.id LIMIT ?3"
        );
        let rows = self.rows(Query::new(sql, params![tenant, after, limit])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                Ok(UserListing { user: read_user(tenant, &mut c)?, devices: c.get()? })
            })
            .collect()
    }
}

impl UserRow {
    /// Adds the person. Their tenant must exist.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO users (tenant_id, id, user_ref, email, display_name, created_at, enrolled_at, language)
             SELECT tenant_id, ?2, ?3, ?4, ?5, ?6, NULL, ?7 FROM tenants WHERE tenant_id = ?1",
            params![
                self.tenant,
                self.id,
                self.user_ref.as_str(),
                self.email.clone(),
                self.display_name.clone(),
                self.created_at,
                self.language.clone()
            ],
        )
    }

    /// Changes nothing. Whoever does this in a batch at the same moment waits until this one's is done.
    #[must_use]
    pub fn hold(&self) -> Statement {
        // A column without an index: every question does this, and should not pay for one.
        Statement::one(
            "UPDATE users SET created_at = created_at WHERE tenant_id = ?1 AND id = ?2",
            params![self.tenant, self.id],
        )
    }

    /// Notes that they have a device now.
    #[must_use]
    pub fn mark_enrolled(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE users SET enrolled_at = COALESCE(enrolled_at, ?3) WHERE tenant_id = ?1 AND id = ?2",
            params![self.tenant, self.id, now],
        )
    }

    /// Brings e-mail, name and language up to date; what is not given stays.
    #[must_use]
    pub fn update_contact(&self) -> Statement {
        Statement::one(
            "UPDATE users SET email = COALESCE(?3, email), display_name = COALESCE(?4, display_name),
               language = COALESCE(?5, language)
             WHERE tenant_id = ?1 AND id = ?2",
            params![
                self.tenant,
                self.id,
                self.email.clone(),
                self.display_name.clone(),
                self.language.clone()
            ],
        )
    }
}
