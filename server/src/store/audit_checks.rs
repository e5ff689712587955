//! Checks of a log that operators began: how far they are, and what they found.

use countersign_protocol::id::TenantId;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// The newest check of a tenant's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// Whose log.
    pub tenant: TenantId,
    /// Milliseconds since 1970.
    pub began_at: i64,
    /// When it last said how far it is.
    pub seen_at: i64,
    /// When it was done.
    pub ended_at: Option<i64>,
    /// Events that were read.
    pub events: i64,
    /// Checkpoints that fit.
    pub checkpoints: i64,
    /// What does not fit, all of it.
    pub problems: i64,
    /// The first of that: on each line a word, a tab, and a sentence.
    pub told: String,
}

impl Store {
    /// The newest check of a tenant's log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_check(&self, tenant: TenantId) -> Result<Option<CheckRow>, StoreError> {
        let sql = "SELECT began_at, seen_at, ended_at, events, checkpoints, problems, told
                   FROM audit_checks WHERE tenant_id = ?1";
        self.row(Query::new(sql, params![tenant]), |c| {
            Ok(CheckRow {
                tenant,
                began_at: c.get()?,
                seen_at: c.get()?,
                ended_at: c.get()?,
                events: c.get()?,
                checkpoints: c.get()?,
                problems: c.get()?,
                told: c.get()?,
            })
        })
        .await
    }
}

impl CheckRow {
    /// Begins a check, unless one goes on that has said something since `silent`.
    #[must_use]
    pub fn begin(&self, silent: i64) -> Statement {
        Statement::one(
            "INSERT INTO audit_checks (tenant_id, began_at, seen_at, events, checkpoints, problems, told)
             VALUES (?1, ?2, ?2, 0, 0, 0, '')
             ON CONFLICT (tenant_id) DO UPDATE SET began_at = ?2, seen_at = ?2, ended_at = NULL, events = 0,
               checkpoints = 0, problems = 0, told = ''
             WHERE audit_checks.ended_at IS NOT NULL OR audit_checks.seen_at < ?3",
            params![self.tenant, self.began_at, silent],
        )
    }

    /// Notes how far it is, or what it found, unless another one has begun since.
    #[must_use]
    pub fn note(&self) -> Statement {
        Statement::any(
            "UPDATE audit_checks SET seen_at = ?3, ended_at = ?4, events = ?5, checkpoints = ?6, problems = ?7, told = ?8
             WHERE tenant_id = ?1 AND began_at = ?2 AND ended_at IS NULL",
            params![
                self.tenant,
                self.began_at,
                self.seen_at,
                self.ended_at,
                self.events,
                self.checkpoints,
                self.problems,
                self.told.as_str()
            ],
        )
    }
}
