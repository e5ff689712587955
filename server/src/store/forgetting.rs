//! A person who is forgotten: all that is kept of them goes. What stays of their questions says when something was asked,
//! by whom and how it ended, and nothing of the person.
//!
//! Rows that others hold while they act for the person (questions, links, devices) come first: whoever was faster has
//! written all of theirs by the time the rest is taken away (ADR 0009).

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Batch, Query, Statement, Store, StoreError, UserRow};

/// The challenges of the person.
macro_rules! theirs {
    () => {
        "SELECT id FROM challenges WHERE tenant_id = ?1 AND user_id = ?2"
    };
}

/// The devices of the person.
macro_rules! their_devices {
    () => {
        "SELECT id FROM devices WHERE tenant_id = ?1 AND user_id = ?2"
    };
}

/// What goes by tenant and person, in this order. A time is compared with 0 where SQLite would otherwise walk through the
/// whole tenant instead of using the index that ends with it.
const GOING: [&str; 20] = [
    "UPDATE challenges SET session_ref = NULL, message = '', number = NULL, answer = NULL, verdict = NULL, rule = NULL,
       code_hash = NULL, code_job = NULL, factor_id = NULL
     WHERE tenant_id = ?1 AND user_id = ?2",
    concat!("DELETE FROM prompts WHERE tenant_id = ?1 AND device_id IN (", their_devices!(), ")"),
    concat!("DELETE FROM device_rules WHERE tenant_id = ?1 AND device_id IN (", their_devices!(), ")"),
    "DELETE FROM devices WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM enrollments WHERE tenant_id = ?1 AND user_id = ?2 AND expires_at > 0",
    "DELETE FROM transactions WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM logins WHERE tenant_id = ?1 AND user_id = ?2 AND created_at > 0",
    "DELETE FROM refresh_tokens WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM authorizations WHERE tenant_id = ?1 AND user_id = ?2
       AND application_id IN (SELECT id FROM applications WHERE tenant_id = ?1)",
    "DELETE FROM factors WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM recovery_codes WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM contacts WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM passwords WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM roles WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM resets WHERE tenant_id = ?1 AND user_id = ?2 AND asked_at > 0",
    "DELETE FROM push_times WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM people_words WHERE tenant_id = ?1 AND user_id = ?2",
    "DELETE FROM counters WHERE tenant_id = ?1 AND user_id = ?2",
    concat!(
        "DELETE FROM deliveries WHERE tenant_id = ?1 AND job_id IN (SELECT id FROM outbox WHERE tenant_id = ?1
           AND subject_id IN (",
        theirs!(),
        ") AND (kind <> 'webhook' OR state <> 'waiting'))"
    ),
    // Codes and pushes that are on their way too; what tells the tenant's own webhooks of a decision still goes out.
    concat!(
        "DELETE FROM outbox WHERE tenant_id = ?1 AND subject_id IN (",
        theirs!(),
        ") AND (kind <> 'webhook' OR state <> 'waiting')"
    ),
];

impl Store {
    /// Applies a batch that leaves rows of a person, unless they are forgotten at the same moment or were before: then
    /// nothing takes effect.
    ///
    /// # Errors
    /// [`StoreError::PersonGone`], and whatever the batch finds.
    pub async fn write_for(&self, user: &UserRow, mut batch: Batch) -> Result<(), StoreError> {
        // First, as the forgetting does: of two who take the same rows in another order, each would wait for the other.
        batch.insert(0, user.hold());
        match self.write(batch).await {
            Err(StoreError::Unmet(0)) => Err(StoreError::PersonGone),
            Err(StoreError::Unmet(at)) => Err(StoreError::Unmet(at - 1)),
            result => result,
        }
    }

    /// The person's sign-ins on pages that are open at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_transactions(
        &self,
        tenant: TenantId,
        user: Uuid,
        now: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let sql = "SELECT id FROM transactions
                   WHERE tenant_id = ?1 AND user_id = ?2 AND state = 'open' AND expires_at > ?3";
        let rows = self.rows(Query::new(sql, params![tenant, user, now])).await?;
        rows.into_iter().map(|row| row.columns().get()).collect()
    }
}

/// Ends all devices of a person, before what waits for them ends: whoever answers takes the rows in this order too.
#[must_use]
pub fn end_devices(user: &UserRow, now: i64) -> Statement {
    Statement::any(
        "UPDATE devices SET removed_at = ?3, offline_key = NULL WHERE tenant_id = ?1 AND user_id = ?2",
        params![user.tenant, user.id, now],
    )
}

/// Takes everything of a person away but their own row, once what waits for them has ended: for a batch that holds them
/// ([`UserRow::hold`]) and ends with [`forget`].
#[must_use]
pub fn forget_all_of(user: &UserRow) -> Batch {
    GOING.into_iter().map(|sql| Statement::any(sql, params![user.tenant, user.id])).collect()
}

/// Takes the person's own row away. Finds nothing to change while a question waits for them: one that was asked since
/// those that wait were looked at.
#[must_use]
pub fn forget(user: &UserRow, now: i64) -> Statement {
    Statement::one(
        "DELETE FROM users WHERE tenant_id = ?1 AND id = ?2 AND NOT EXISTS (SELECT 1 FROM challenges c
           WHERE c.tenant_id = ?1 AND c.user_id = ?2 AND c.state = 'pending' AND c.expires_at > ?3)",
        params![user.tenant, user.id, now],
    )
}
