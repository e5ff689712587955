//! Enrolment tokens: one use, a short life, stored as a hash (S48).

use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::Thumbprint;
use uuid::Uuid;

use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Columns, Query, Statement, Store, StoreError, UserRow};

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
    /// What its holder must show before the device is taken: `none`, `email_otp` or `totp`.
    pub challenge: String,
    /// When they have shown it.
    pub verified_at: Option<i64>,
    /// Keyed HMAC of the code that was sent last (S24).
    pub code_hash: Option<Vec<u8>>,
    /// When it was sent, milliseconds since 1970.
    pub code_sent_at: Option<i64>,
    /// How often codes were sent.
    pub code_sends: i64,
    /// How many wrong codes came; sending again does not reset it (S5).
    pub code_failures: i64,
    /// `first` or `another` when a person asked for it while they signed in: the first is good only while they have
    /// nothing that counts.
    pub association: Option<String>,
    /// When that sign-in turned into tokens, milliseconds since 1970.
    pub redeemed_at: Option<i64>,
    /// Whose device it will be.
    pub user: UserRow,
    /// Display name of the tenant.
    pub tenant_name: String,
}

/// A link as an operator sees it: without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedRow {
    /// base64url SHA-256 of its token.
    pub token_hash: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// When a device was taken.
    pub used_at: Option<i64>,
    /// Which one.
    pub device: Option<Uuid>,
}

/// A token that a device asked for to be replaced ends with that device, whoever ended it; one for a person's first factor
/// ends when they have one. `e` is the enrolment.
macro_rules! still_wanted {
    () => {
        "(e.replaces IS NULL OR EXISTS (SELECT 1 FROM devices d
           WHERE d.tenant_id = e.tenant_id AND d.id = e.replaces AND d.removed_at IS NULL))
         AND (e.association IS NULL OR e.association <> 'first' OR (
           NOT EXISTS (SELECT 1 FROM devices d WHERE d.tenant_id = e.tenant_id AND d.user_id = e.user_id
             AND d.removed_at IS NULL AND d.possession_key IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.tenant_id = e.tenant_id AND f.user_id = e.user_id
             AND f.active_at IS NOT NULL AND (f.kind <> 'recovery' OR EXISTS (SELECT 1 FROM recovery_codes r
               WHERE r.tenant_id = f.tenant_id AND r.user_id = f.user_id)))))"
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
            "SELECT e.token_hash, e.server_key, e.replaces, e.expires_at, e.used_at, e.challenge, e.verified_at,
               e.code_hash, e.code_sent_at, e.code_sends, e.code_failures, e.association, e.redeemed_at, t.name, ",
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
                challenge: c.get()?,
                verified_at: c.get()?,
                code_hash: c.get()?,
                code_sent_at: c.get()?,
                code_sends: c.get()?,
                code_failures: c.get()?,
                association: c.get()?,
                redeemed_at: c.get()?,
                tenant_name: c.get()?,
                user: read_user(tenant, c)?,
            })
        })
        .await
    }
}

impl Store {
    /// A person's link, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issued(
        &self,
        tenant: TenantId,
        user: Uuid,
        token_hash: &str,
    ) -> Result<Option<IssuedRow>, StoreError> {
        let sql = "SELECT token_hash, created_at, expires_at, used_at, device_id FROM enrollments
                   WHERE tenant_id = ?1 AND token_hash = ?2 AND user_id = ?3";
        self.row(Query::new(sql, params![tenant, token_hash, user]), read_issued).await
    }

    /// A person's links that a phone can take at `now`; a few.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_links(
        &self,
        tenant: TenantId,
        user: Uuid,
        now: i64,
    ) -> Result<Vec<IssuedRow>, StoreError> {
        let sql = "SELECT token_hash, created_at, expires_at, used_at, device_id FROM enrollments
                   WHERE tenant_id = ?1 AND user_id = ?2 AND expires_at > ?3 AND used_at IS NULL
                   ORDER BY expires_at LIMIT 20";
        let rows = self.rows(Query::new(sql, params![tenant, user, now])).await?;
        rows.into_iter().map(|row| read_issued(&mut row.columns())).collect()
    }
}

fn read_issued(c: &mut Columns) -> Result<IssuedRow, StoreError> {
    Ok(IssuedRow {
        token_hash: c.get()?,
        created_at: c.get()?,
        expires_at: c.get()?,
        used_at: c.get()?,
        device: c.get()?,
    })
}

/// Ends a person's link that no device has taken. Finds nothing to change when one has, or when its time is over.
#[must_use]
pub fn cancel(tenant: TenantId, user: Uuid, token_hash: &str, now: i64) -> Statement {
    Statement::one(
        "UPDATE enrollments SET expires_at = ?4 WHERE tenant_id = ?1 AND token_hash = ?2 AND user_id = ?3
           AND used_at IS NULL AND expires_at > ?4",
        params![tenant, token_hash, user, now],
    )
}

/// An enrolment to be added.
#[derive(Debug, Clone)]
pub struct NewEnrollment<'a> {
    /// Whose device it will be.
    pub user: &'a UserRow,
    /// base64url SHA-256 of the token.
    pub token_hash: String,
    /// Thumbprint of the signing key that the link names.
    pub server_key: Thumbprint,
    /// The device that ends when this enrolment completes.
    pub replaces: Option<Uuid>,
    /// `none`, `email_otp` or `totp`.
    pub challenge: &'static str,
    /// Keyed HMAC of the code that is sent in the same batch.
    pub code_hash: Option<Vec<u8>>,
    /// `first` or `another`, as with [`EnrollmentRow::association`].
    pub association: Option<&'static str>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

impl NewEnrollment<'_> {
    /// Adds it.
    #[must_use]
    pub fn insert(&self) -> Statement {
        let sent_at = self.code_hash.as_ref().map(|_| self.created_at);
        Statement::one(
            "INSERT INTO enrollments (tenant_id, token_hash, server_key, user_id, replaces, created_at, expires_at,
               used_at, challenge, code_hash, code_sent_at, code_sends, association)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8, ?9, ?10, ?11, ?12)",
            params![
                self.user.tenant,
                self.token_hash.as_str(),
                self.server_key.as_str(),
                self.user.id,
                self.replaces,
                self.created_at,
                self.expires_at,
                self.challenge,
                self.code_hash.clone(),
                sent_at,
                i64::from(sent_at.is_some()),
                self.association.map(str::to_owned)
            ],
        )
    }
}

/// An enrolment that waits for a code: `?3` is the time, `?4` the number of wrong codes that ends it.
macro_rules! waits_for_code {
    () => {
        "tenant_id = ?1 AND token_hash = ?2 AND used_at IS NULL AND expires_at > ?3 AND verified_at IS NULL
         AND code_failures < ?4"
    };
}

impl EnrollmentRow {
    /// Uses the token up: of two racers exactly one finds it unused.
    #[must_use]
    pub fn consume(&self, device: Uuid, now: i64) -> Statement {
        Statement::one(
            concat!(
                "UPDATE enrollments AS e SET used_at = ?3, device_id = ?4
                 WHERE e.tenant_id = ?1 AND e.token_hash = ?2 AND e.used_at IS NULL AND e.expires_at > ?3
                   AND (e.challenge = 'none' OR e.verified_at IS NOT NULL) AND ",
                still_wanted!()
            ),
            params![self.user.tenant, self.token_hash.as_str(), now, device],
        )
    }

    /// The sign-in during which the person asked for it turns into tokens. Finds nothing to change the second time,
    /// before a device was taken, and after that one was removed.
    #[must_use]
    pub fn redeem(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE enrollments SET redeemed_at = ?3
             WHERE tenant_id = ?1 AND token_hash = ?2 AND used_at IS NOT NULL AND association IS NOT NULL
               AND redeemed_at IS NULL
               AND EXISTS (SELECT 1 FROM devices d WHERE d.tenant_id = ?1 AND d.id = enrollments.device_id
                 AND d.removed_at IS NULL)",
            params![self.user.tenant, self.token_hash.as_str(), now],
        )
    }

    /// Counts a wrong code. Finds nothing to change once `limit` came.
    #[must_use]
    pub fn code_failed(&self, limit: i64, now: i64) -> Statement {
        Statement::one(
            concat!(
                "UPDATE enrollments SET code_failures = enrollments.code_failures + 1 WHERE ",
                waits_for_code!()
            ),
            params![self.user.tenant, self.token_hash.as_str(), now, limit],
        )
    }

    /// Notes that the holder has shown what was asked. Finds nothing to change once `limit` wrong codes came.
    #[must_use]
    pub fn verified(&self, limit: i64, now: i64) -> Statement {
        Statement::one(
            concat!("UPDATE enrollments SET verified_at = ?3, code_hash = NULL WHERE ", waits_for_code!()),
            params![self.user.tenant, self.token_hash.as_str(), now, limit],
        )
    }

    /// The same by the code that was sent; finds nothing to change when another one was sent since.
    #[must_use]
    pub fn verified_by(&self, code_hash: &[u8], limit: i64, now: i64) -> Statement {
        Statement::one(
            concat!(
                "UPDATE enrollments SET verified_at = ?3, code_hash = NULL WHERE ",
                waits_for_code!(),
                " AND code_hash = ?5"
            ),
            params![self.user.tenant, self.token_hash.as_str(), now, limit, code_hash.to_vec()],
        )
    }

    /// Puts a new code in the place of the last one. Finds nothing to change when that was sent after `before`, or when
    /// `sends` were sent.
    #[must_use]
    pub fn resent(&self, code_hash: &[u8], limit: i64, now: i64, before: i64, sends: i64) -> Statement {
        Statement::one(
            concat!(
                "UPDATE enrollments SET code_hash = ?5, code_sent_at = ?3, code_sends = enrollments.code_sends + 1
                 WHERE ",
                waits_for_code!(),
                " AND code_sent_at <= ?6 AND code_sends < ?7"
            ),
            params![
                self.user.tenant,
                self.token_hash.as_str(),
                now,
                limit,
                code_hash.to_vec(),
                before,
                sends
            ],
        )
    }
}
