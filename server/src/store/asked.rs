//! Questions as operators see them: who was asked by whom, with what, and how it stands. Never what a question says, nor a
//! number, a code or an address.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::challenges::read_state;
use super::statement::params;
use super::{Columns, Query, Row, State, Store, StoreError};

/// A question in an operator's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRow {
    /// Its id.
    pub id: ChallengeId,
    /// Who was asked.
    pub user_id: Uuid,
    /// The same, as the tenant's applications call them.
    pub user_ref: String,
    /// Their own name, if it is known.
    pub display_name: Option<String>,
    /// The name of who asked.
    pub application: String,
    /// What answers it: `push`, `sms`, `voice`, `email`, `totp` or `recovery`.
    pub kind: String,
    /// How it stands.
    pub state: State,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub responded_at: Option<i64>,
    /// The name of the device that answered.
    pub device_name: Option<String>,
}

/// What [`read`] reads, and from where.
macro_rules! asked {
    () => {
        "SELECT c.id, c.user_id, u.user_ref, u.display_name, a.name, c.kind, c.state, c.expires_at, c.created_at,
           c.responded_at, d.device_name
         FROM challenges c
         JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
         JOIN applications a ON a.tenant_id = c.tenant_id AND a.id = c.application_id
         LEFT JOIN devices d ON d.tenant_id = c.tenant_id AND d.id = c.device_id "
    };
}

fn read(c: &mut Columns) -> Result<AskedRow, StoreError> {
    Ok(AskedRow {
        id: ChallengeId(c.get()?),
        user_id: c.get()?,
        user_ref: c.get()?,
        display_name: c.get()?,
        application: c.get()?,
        kind: c.get()?,
        state: read_state(c)?,
        created_at: c.get()?,
        responded_at: c.get()?,
        device_name: c.get()?,
    })
}

fn all(rows: Vec<Row>) -> Result<Vec<AskedRow>, StoreError> {
    rows.into_iter().map(|row| read(&mut row.columns())).collect()
}

impl Store {
    /// What waits for an answer at `now`, newest first. `since` as in [`Store::pending_prompts`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_questions(
        &self,
        tenant: TenantId,
        since: Uuid,
        now: i64,
        limit: i64,
    ) -> Result<Vec<AskedRow>, StoreError> {
        let sql = concat!(
            asked!(),
            "WHERE c.tenant_id = ?1 AND c.id > ?2 AND c.state = 'pending' AND c.expires_at > ?3
             ORDER BY c.id DESC LIMIT ?4"
        );
        all(self.rows(Query::new(sql, params![tenant, since, now, limit])).await?)
    }

    /// What was asked after `from` and before `before` and has ended at `now`, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ended_questions(
        &self,
        tenant: TenantId,
        (from, before): (Uuid, Uuid),
        now: i64,
        limit: i64,
    ) -> Result<Vec<AskedRow>, StoreError> {
        let sql = concat!(
            asked!(),
            "WHERE c.tenant_id = ?1 AND c.id > ?2 AND c.id < ?3 AND (c.state <> 'pending' OR c.expires_at <= ?4)
             ORDER BY c.id DESC LIMIT ?5"
        );
        all(self.rows(Query::new(sql, params![tenant, from, before, now, limit])).await?)
    }

    /// The latest questions to one person, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn questions_to(
        &self,
        tenant: TenantId,
        user: Uuid,
        limit: i64,
    ) -> Result<Vec<AskedRow>, StoreError> {
        // By time and not by id: what waits in an inbox has an index by id of its own, which this must not take the place of.
        let sql = concat!(
            asked!(),
            "WHERE c.tenant_id = ?1 AND c.user_id = ?2 ORDER BY c.created_at DESC LIMIT ?3"
        );
        all(self.rows(Query::new(sql, params![tenant, user, limit])).await?)
    }
}
