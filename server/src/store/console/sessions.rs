//! The browsers that operators are signed in with.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::operators::{OperatorRow, operator_columns, read_operator};
use crate::store::statement::params;
use crate::store::users::user_columns;
use crate::store::{Columns, Query, Statement, Store, StoreError};

/// A browser that an operator is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The console's own tenant.
    pub tenant: TenantId,
    /// SHA-256 of its cookie.
    pub token_hash: Vec<u8>,
    /// Who.
    pub user: Uuid,
    /// What was shown besides the password.
    pub factor: String,
    /// The browser's address when it signed in.
    pub address: Option<String>,
    /// What it calls itself, shortened.
    pub browser: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, to a minute.
    pub seen_at: i64,
}

/// The columns of [`read_session`], under the alias `s`.
macro_rules! session_columns {
    () => {
        "s.token_hash, s.user_id, s.factor, s.address, s.browser, s.created_at, s.seen_at"
    };
}

fn read_session(tenant: TenantId, c: &mut Columns) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        tenant,
        token_hash: c.get()?,
        user: c.get()?,
        factor: c.get()?,
        address: c.get()?,
        browser: c.get()?,
        created_at: c.get()?,
        seen_at: c.get()?,
    })
}

impl Store {
    /// The session with this cookie, and whose it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn console_session(
        &self,
        tenant: TenantId,
        token_hash: &[u8],
    ) -> Result<Option<(SessionRow, OperatorRow)>, StoreError> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            ", ",
            operator_columns!(),
            " FROM console_sessions s JOIN operators o ON o.tenant_id = s.tenant_id AND o.user_id = s.user_id
             JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
             WHERE s.tenant_id = ?1 AND s.token_hash = ?2"
        );
        self.row(Query::new(sql, params![tenant, token_hash.to_vec()]), |c| {
            Ok((read_session(tenant, c)?, read_operator(tenant, c)?))
        })
        .await
    }

    /// An operator's sessions, those that are over included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn console_sessions(
        &self,
        tenant: TenantId,
        user: Uuid,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            session_columns!(),
            " FROM console_sessions s WHERE s.tenant_id = ?1 AND s.user_id = ?2"
        );
        let rows = self.rows(Query::new(sql, params![tenant, user])).await?;
        rows.into_iter().map(|row| read_session(tenant, &mut row.columns())).collect()
    }
}

impl SessionRow {
    /// Begins it.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO console_sessions
             (tenant_id, token_hash, user_id, factor, address, browser, created_at, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                self.tenant,
                self.token_hash.clone(),
                self.user,
                self.factor.as_str(),
                self.address.clone(),
                self.browser.clone(),
                self.created_at,
                self.seen_at
            ],
        )
    }

    /// Notes that it was used at this time.
    #[must_use]
    pub fn seen(&self, now: i64) -> Statement {
        Statement::any(
            "UPDATE console_sessions SET seen_at = ?3 WHERE tenant_id = ?1 AND token_hash = ?2",
            params![self.tenant, self.token_hash.clone(), now],
        )
    }

    /// Ends it.
    #[must_use]
    pub fn end(&self) -> Statement {
        Statement::any(
            "DELETE FROM console_sessions WHERE tenant_id = ?1 AND token_hash = ?2",
            params![self.tenant, self.token_hash.clone()],
        )
    }
}

/// Ends all sessions of an operator.
#[must_use]
pub fn end_all(tenant: TenantId, user: Uuid) -> Statement {
    Statement::any(
        "DELETE FROM console_sessions WHERE tenant_id = ?1 AND user_id = ?2",
        params![tenant, user],
    )
}
