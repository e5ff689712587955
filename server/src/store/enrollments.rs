//! Enrolment tokens: one use, a short life, stored as a hash (S48).

use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::Thumbprint;
use uuid::Uuid;

use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Query, Statement, Store, StoreError, UserRow};

/// An enrolment token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentRow {
    /// base64url SHA-256 of the token.
    pub token_hash: String,
    /// Thumbprint of the signing key that the link names: the phone trusts no other, whatever is newest meanwhile.
    pub server_key: String,
    /// The device that ends when this enrolment completes.
    pub replaces: Option<Uuid>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
    /// Whose device it will be.
    pub user: UserRow,
    /// Display name of the tenant.
    pub tenant_name: String,
}

/// A token that a device asked for to be replaced ends with that device, whoever ended it. `e` is the enrolment.
macro_rules! still_wanted {
    () => {
        "(e.replaces IS NULL OR EXISTS (SELECT 1 FROM devices d
           WHERE d.tenant_id = e.tenant_id AND d.id = e.replaces AND d.removed_at IS NULL))"
    };
}

impl Store {
    /// The enrolment behind a token's hash; none when the device that asked to be replaced has ended otherwise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enrollment(
        &self,
        tenant: TenantId,
        token_hash: &str,
    ) -> Result<Option<EnrollmentRow>, StoreError> {
        let sql = concat!(
            "SELECT e.token_hash, e.server_key, e.replaces, e.expires_at, e.used_at, t.name, ",
            user_columns!(),
            " FROM enrollments e
              JOIN users u ON u.tenant_id = e.tenant_id AND u.id = e.user_id
              JOIN tenants t ON t.tenant_id = e.tenant_id
              WHERE e.tenant_id = ?1 AND e.token_hash = ?2 AND (e.used_at IS NOT NULL OR ",
            still_wanted!(),
            ")"
        );
        self.row(Query::new(sql, params![tenant, token_hash]), |c| {
            Ok(EnrollmentRow {
                token_hash: c.get()?,
                server_key: c.get()?,
                replaces: c.get()?,
                expires_at: c.get()?,
                used_at: c.get()?,
                tenant_name: c.get()?,
                user: read_user(tenant, c)?,
            })
        })
        .await
    }
}

/// Adds a token for a user.
#[must_use]
pub fn insert(
    user: &UserRow,
    token_hash: &str,
    server_key: &Thumbprint,
    replaces: Option<Uuid>,
    created_at: i64,
    expires_at: i64,
) -> Statement {
    Statement::one(
        "INSERT INTO enrollments (tenant_id, token_hash, server_key, user_id, replaces, created_at, expires_at,
           used_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
        params![user.tenant, token_hash, server_key.as_str(), user.id, replaces, created_at, expires_at],
    )
}

impl EnrollmentRow {
    /// Uses the token up: of two racers exactly one finds it unused.
    #[must_use]
    pub fn consume(&self, now: i64) -> Statement {
        Statement::one(
            concat!(
                "UPDATE enrollments AS e SET used_at = ?3
                 WHERE e.tenant_id = ?1 AND e.token_hash = ?2 AND e.used_at IS NULL AND e.expires_at > ?3 AND ",
                still_wanted!()
            ),
            params![self.user.tenant, self.token_hash.as_str(), now],
        )
    }

    /// Notes on the user that they have a device now.
    #[must_use]
    pub fn mark_user_enrolled(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE users SET enrolled_at = COALESCE(enrolled_at, ?3) WHERE tenant_id = ?1 AND id = ?2",
            params![self.user.tenant, self.user.id, now],
        )
    }
}
