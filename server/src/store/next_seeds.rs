//! The seed that is to take the place of a person's one-time passwords once a code of it has come back. It stands in the row
//! of the one that counts, and goes with it.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError, TotpRow};

/// A seed that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextSeed {
    /// The factor as it will be; it was created when it was offered.
    pub row: TotpRow,
    /// How many wrong codes came.
    pub failures: i64,
}

impl Store {
    /// The seed that waits to take the place of a person's, if one does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_seed(&self, tenant: TenantId, user: Uuid) -> Result<Option<NextSeed>, StoreError> {
        let sql = "SELECT next_id, next_seed, algorithm, digits, period, next_at, next_failures FROM factors
                   WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp' AND next_id IS NOT NULL";
        self.row(Query::new(sql, params![tenant, user]), |c| {
            let row = TotpRow {
                tenant,
                user,
                id: c.get()?,
                seed: c.get()?,
                algorithm: c.get()?,
                digits: c.get()?,
                period: c.get()?,
                last_step: 0,
                created_at: c.get()?,
                active_at: None,
                used_at: None,
            };
            Ok(NextSeed { row, failures: c.get()? })
        })
        .await
    }
}

impl TotpRow {
    /// Has it wait beside the factor that counts, in place of another one that did. Finds nothing to change when none
    /// counts.
    #[must_use]
    pub fn put_next(&self) -> Statement {
        Statement::one(
            "UPDATE factors SET next_id = ?3, next_seed = ?4, next_at = ?5, next_failures = 0
             WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp' AND active_at IS NOT NULL",
            params![self.tenant, self.user, self.id, self.seed.clone(), self.created_at],
        )
    }
}

impl NextSeed {
    /// Counts a wrong code. Finds nothing to change when as many came as may, or when it does not wait any more.
    #[must_use]
    pub fn fail(&self, limit: i64) -> Statement {
        Statement::one(
            "UPDATE factors SET next_failures = next_failures + 1
             WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp' AND next_id = ?3 AND next_failures < ?4",
            params![self.row.tenant, self.row.user, self.row.id, limit],
        )
    }

    /// Puts it in the place of the factor that counted, with the time step of its first code used. Of two requests with that
    /// code one finds nothing to change.
    #[must_use]
    pub fn take(&self, step: i64, limit: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE factors SET id = next_id, seed = next_seed, last_step = ?4, created_at = next_at, active_at = ?6,
               used_at = ?6, association = NULL, next_id = NULL, next_seed = NULL, next_at = NULL, next_failures = 0
             WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp' AND next_id = ?3 AND next_failures < ?5",
            params![self.row.tenant, self.row.user, self.row.id, step, limit, now],
        )
    }
}
