//! Recovery codes (S23): each is one row with a hash, and goes away with its use.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// What is kept of a recovery code.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryRow {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: Uuid,
    /// The code's first characters, to find it by.
    pub selector: String,
    /// Argon2id over the rest, with salt and parameters (PHC string).
    pub hash: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

impl std::fmt::Debug for RecoveryRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecoveryRow").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Store {
    /// The code that begins so, if the person has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recovery_code(
        &self,
        tenant: TenantId,
        user: Uuid,
        selector: &str,
    ) -> Result<Option<RecoveryRow>, StoreError> {
        let sql = "SELECT hash, created_at FROM recovery_codes
                   WHERE tenant_id = ?1 AND user_id = ?2 AND selector = ?3";
        self.row(Query::new(sql, params![tenant, user, selector]), |c| {
            let (hash, created_at) = (c.get()?, c.get()?);
            Ok(RecoveryRow { tenant, user, selector: selector.to_owned(), hash, created_at })
        })
        .await
    }
}

impl RecoveryRow {
    /// Adds the code.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO recovery_codes (tenant_id, user_id, selector, hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.tenant, self.user, self.selector.as_str(), self.hash.as_str(), self.created_at],
        )
    }

    /// Uses the code: of any number of requests with it, all but one find nothing to change.
    #[must_use]
    pub fn consume(&self) -> Statement {
        Statement::one(
            "DELETE FROM recovery_codes WHERE tenant_id = ?1 AND user_id = ?2 AND selector = ?3 AND hash = ?4",
            params![self.tenant, self.user, self.selector.as_str(), self.hash.as_str()],
        )
    }
}

/// The factor that a person's recovery codes belong to, as of now. It comes first in a batch that makes codes: whoever
/// makes codes at the same moment waits for it, so that the codes of one of them stay.
#[must_use]
pub fn put_factor(tenant: TenantId, user: Uuid, id: Uuid, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO factors (tenant_id, user_id, id, kind, last_step, created_at, active_at)
         VALUES (?1, ?2, ?3, 'recovery', 0, ?4, ?4)
         ON CONFLICT (tenant_id, user_id, kind) WHERE contact_id IS NULL DO UPDATE SET
           id = ?3, created_at = ?4, active_at = ?4, used_at = NULL, offered_with = NULL",
        params![tenant, user, id, now],
    )
}

/// The same for codes that count only once what they were offered with does: a factor's public id, or the hash of an
/// enrolment link's token. Finds nothing to change when the person has codes that count.
#[must_use]
pub fn offer_factor(tenant: TenantId, user: Uuid, id: Uuid, with: &str, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO factors (tenant_id, user_id, id, kind, last_step, created_at, active_at, offered_with)
         VALUES (?1, ?2, ?3, 'recovery', 0, ?4, NULL, ?5)
         ON CONFLICT (tenant_id, user_id, kind) WHERE contact_id IS NULL DO UPDATE SET
           id = ?3, created_at = ?4, active_at = NULL, used_at = NULL, offered_with = ?5
         WHERE factors.active_at IS NULL OR NOT EXISTS (SELECT 1 FROM recovery_codes r
           WHERE r.tenant_id = ?1 AND r.user_id = ?2)",
        params![tenant, user, id, now, with],
    )
}

/// What they were offered with counts now: so do the codes. There may be none.
#[must_use]
pub fn take_offer(tenant: TenantId, user: Uuid, with: &str, now: i64) -> Statement {
    Statement::any(
        "UPDATE factors SET active_at = ?4, offered_with = NULL
         WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'recovery' AND active_at IS NULL AND offered_with = ?3",
        params![tenant, user, with, now],
    )
}

/// Notes that one of the codes was used. Finds nothing to change when the person has no recovery codes that count.
#[must_use]
pub fn note_use(tenant: TenantId, user: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE factors SET used_at = ?3
         WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'recovery' AND active_at IS NOT NULL",
        params![tenant, user, now],
    )
}

/// Forgets all codes of a person.
#[must_use]
pub fn forget_all(tenant: TenantId, user: Uuid) -> Statement {
    Statement::any("DELETE FROM recovery_codes WHERE tenant_id = ?1 AND user_id = ?2", params![tenant, user])
}
