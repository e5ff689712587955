//! Factors that a person has besides their devices: so far a TOTP seed, one for each person.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A TOTP factor.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpRow {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: Uuid,
    /// New with each seed.
    pub id: Uuid,
    /// The seed, sealed at `factors.seed` of this id.
    pub seed: Vec<u8>,
    /// `SHA1`.
    pub algorithm: String,
    /// Digits of a code.
    pub digits: i64,
    /// Seconds that a code lives.
    pub period: i64,
    /// The latest time step whose code was accepted; 0 before the first.
    pub last_step: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Since when it counts; none before its first code came back. At an operator's word it counts at once.
    pub active_at: Option<i64>,
    /// When a code of it was last accepted.
    pub used_at: Option<i64>,
}

impl std::fmt::Debug for TotpRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpRow").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Store {
    /// A person's TOTP factor, if they have one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn totp(&self, tenant: TenantId, user: Uuid) -> Result<Option<TotpRow>, StoreError> {
        let sql =
            "SELECT id, seed, algorithm, digits, period, last_step, created_at, active_at, used_at FROM factors
                   WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp'";
        self.row(Query::new(sql, params![tenant, user]), |c| {
            Ok(TotpRow {
                tenant,
                user,
                id: c.get()?,
                seed: c.get()?,
                algorithm: c.get()?,
                digits: c.get()?,
                period: c.get()?,
                last_step: c.get()?,
                created_at: c.get()?,
                active_at: c.get()?,
                used_at: c.get()?,
            })
        })
        .await
    }
}

impl TotpRow {
    /// Adds the factor in place of one whose codes were never used. Finds nothing to change when the person has one
    /// that was.
    #[must_use]
    pub fn put(&self) -> Statement {
        Statement::one(
            "INSERT INTO factors (tenant_id, user_id, kind, id, seed, algorithm, digits, period, last_step, created_at,
               active_at, used_at)
             VALUES (?1, ?2, 'totp', ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, NULL)
             ON CONFLICT (tenant_id, user_id, kind) WHERE contact_id IS NULL DO UPDATE SET
               id = ?3, seed = ?4, algorithm = ?5, digits = ?6, period = ?7, last_step = 0, created_at = ?8,
               active_at = ?9
             WHERE factors.used_at IS NULL",
            params![
                self.tenant,
                self.user,
                self.id,
                self.seed.clone(),
                self.algorithm.as_str(),
                self.digits,
                self.period,
                self.created_at,
                self.active_at
            ],
        )
    }

    /// Accepts the code of a time step (S17): of two requests with the same code, or with an older one, one finds
    /// nothing to change.
    #[must_use]
    pub fn accept(&self, step: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE factors SET last_step = ?4, active_at = COALESCE(active_at, ?5), used_at = ?5
             WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp' AND id = ?3 AND last_step < ?4",
            params![self.tenant, self.user, self.id, step, now],
        )
    }
}

/// Takes a person's TOTP factor away. Finds nothing to change when there is none.
#[must_use]
pub fn remove_totp(tenant: TenantId, user: Uuid) -> Statement {
    Statement::one(
        "DELETE FROM factors WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp'",
        params![tenant, user],
    )
}
