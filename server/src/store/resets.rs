//! Resets that one operator asked for and another one must approve.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Row, Statement, Store, StoreError};

/// A reset that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetRow {
    /// The person's tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: Uuid,
    /// Whose factors.
    pub user: Uuid,
    /// The same, as the tenant's applications call them; empty in a row that is about to be inserted.
    pub user_ref: String,
    /// Their own name, if it is known.
    pub display_name: Option<String>,
    /// `all`, or a factor's id.
    pub what: String,
    /// What kind of factor that is.
    pub kind: Option<String>,
    /// Its name when it was asked, masked.
    pub label: Option<String>,
    /// The operator who asked.
    pub asked_by: Uuid,
    /// Milliseconds since 1970.
    pub asked_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// `waiting`, `approved`, `refused`, `withdrawn` or `expired`.
    pub state: String,
    /// The operator who approved or refused it.
    pub ended_by: Option<Uuid>,
    /// When.
    pub ended_at: Option<i64>,
}

/// An operator as they were looked at: a batch that asks for this takes effect only while they still are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Still<'a> {
    /// The console's own tenant.
    pub home: TenantId,
    /// Who.
    pub operator: Uuid,
    /// As what.
    pub role: &'a str,
    /// Of what.
    pub scope: Uuid,
}

const ROWS: &str =
    "SELECT r.id, r.user_id, u.user_ref, u.display_name, r.what, r.kind, r.label, r.asked_by, r.asked_at,
                      r.expires_at, r.state, r.ended_by, r.ended_at
                    FROM resets r JOIN users u ON u.tenant_id = r.tenant_id AND u.id = r.user_id
                    WHERE r.tenant_id = ?1 AND r.id > ?2 AND r.id < ?3 ORDER BY r.id DESC LIMIT ?4";
const ONE: &str =
    "SELECT r.id, r.user_id, u.user_ref, u.display_name, r.what, r.kind, r.label, r.asked_by, r.asked_at,
                     r.expires_at, r.state, r.ended_by, r.ended_at
                   FROM resets r JOIN users u ON u.tenant_id = r.tenant_id AND u.id = r.user_id
                   WHERE r.tenant_id = ?1 AND r.id = ?2";

fn read(tenant: TenantId, c: &mut Columns) -> Result<ResetRow, StoreError> {
    Ok(ResetRow {
        tenant,
        id: c.get()?,
        user: c.get()?,
        user_ref: c.get()?,
        display_name: c.get()?,
        what: c.get()?,
        kind: c.get()?,
        label: c.get()?,
        asked_by: c.get()?,
        asked_at: c.get()?,
        expires_at: c.get()?,
        state: c.get()?,
        ended_by: c.get()?,
        ended_at: c.get()?,
    })
}

impl Store {
    /// A reset by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reset(&self, tenant: TenantId, id: Uuid) -> Result<Option<ResetRow>, StoreError> {
        self.row(Query::new(ONE, params![tenant, id]), |c| read(tenant, c)).await
    }

    /// How many resets that were asked since `from`, an id, and not by this operator, wait at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resets_of_others(
        &self,
        tenant: TenantId,
        (from, now): (Uuid, i64),
        operator: Uuid,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) FROM resets
                   WHERE tenant_id = ?1 AND id > ?2 AND state = 'waiting' AND expires_at > ?3 AND asked_by <> ?4";
        let count = self.row(Query::new(sql, params![tenant, from, now, operator]), Columns::get).await?;
        Ok(count.unwrap_or(0))
    }

    /// Resets between two ids, which grow with time, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resets(
        &self,
        tenant: TenantId,
        (from, before): (Uuid, Uuid),
        limit: i64,
    ) -> Result<Vec<ResetRow>, StoreError> {
        let rows = self.rows(Query::new(ROWS, params![tenant, from, before, limit])).await?;
        rows.into_iter().map(|row: Row| read(tenant, &mut row.columns())).collect()
    }
}

impl ResetRow {
    /// Asks, after one of the same that nobody approved in time has made room. [`StoreError::Duplicate`] while one waits.
    #[must_use]
    pub fn insert(&self) -> [Statement; 2] {
        [
            Statement::any(
                "UPDATE resets SET state = 'expired' WHERE tenant_id = ?1 AND user_id = ?2 AND what = ?3
                   AND state = 'waiting' AND expires_at <= ?4",
                params![self.tenant, self.user, self.what.as_str(), self.asked_at],
            ),
            Statement::one(
                "INSERT INTO resets (tenant_id, id, user_id, what, kind, label, asked_by, asked_at, expires_at, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting')",
                params![
                    self.tenant,
                    self.id,
                    self.user,
                    self.what.as_str(),
                    self.kind.clone(),
                    self.label.clone(),
                    self.asked_by,
                    self.asked_at,
                    self.expires_at
                ],
            ),
        ]
    }

    /// A second operator approves it. Finds nothing to change when it does not wait any more, when it is their own, or when
    /// they are not an operator as they were looked at.
    #[must_use]
    pub fn approve(&self, by: Still<'_>, now: i64) -> Statement {
        Statement::one(
            "UPDATE resets SET state = 'approved', ended_by = ?4, ended_at = ?5
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'waiting' AND expires_at > ?5 AND asked_by <> ?4
               AND EXISTS (SELECT 1 FROM operators o WHERE o.tenant_id = ?3 AND o.user_id = ?4 AND o.role = ?6
                 AND o.scope = ?7 AND o.disabled_at IS NULL)",
            params![self.tenant, self.id, by.home, by.operator, now, by.role, by.scope],
        )
    }

    /// It is refused, or taken back by whoever asked. Finds nothing to change when it does not wait any more.
    #[must_use]
    pub fn end(&self, state: &'static str, by: Uuid, now: i64) -> Statement {
        Statement::one(
            "UPDATE resets SET state = ?3, ended_by = ?4, ended_at = ?5
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'waiting' AND expires_at > ?5",
            params![self.tenant, self.id, state, by, now],
        )
    }
}
