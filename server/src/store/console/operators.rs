//! The people who may use the console: which tenant they look after, and as what.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::store::statement::params;
use crate::store::users::{read_user, user_columns};
use crate::store::{Columns, Query, Statement, Store, StoreError, UserRow};

/// Somebody who may use the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorRow {
    /// The person, in the console's own tenant.
    pub user: UserRow,
    /// The tenant that they look after; all zero: the whole server.
    pub scope: Uuid,
    /// `owner`, `admin`, `helpdesk` or `auditor`.
    pub role: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Since when they may not.
    pub disabled_at: Option<i64>,
}

/// The columns of [`read_operator`], under the aliases `o` and `u`.
macro_rules! operator_columns {
    () => {
        concat!("o.scope, o.role, o.created_at, o.disabled_at, ", user_columns!())
    };
}
pub(super) use operator_columns;

pub(super) fn read_operator(tenant: TenantId, c: &mut Columns) -> Result<OperatorRow, StoreError> {
    let (scope, role, created_at, disabled_at) = (c.get()?, c.get()?, c.get()?, c.get()?);
    Ok(OperatorRow { user: read_user(tenant, c)?, scope, role, created_at, disabled_at })
}

impl Store {
    /// The operator who is this person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn operator(&self, tenant: TenantId, user: Uuid) -> Result<Option<OperatorRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            operator_columns!(),
            " FROM operators o JOIN users u ON u.tenant_id = o.tenant_id AND u.id = o.user_id
             WHERE o.tenant_id = ?1 AND o.user_id = ?2"
        );
        self.row(Query::new(sql, params![tenant, user]), |c| read_operator(tenant, c)).await
    }

    /// Those who look after this tenant, or with all zero after the whole server, in the order that they came; a few.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn operators(&self, tenant: TenantId, scope: Uuid) -> Result<Vec<OperatorRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            operator_columns!(),
            " FROM operators o JOIN users u ON u.tenant_id = o.tenant_id AND u.id = o.user_id
             WHERE o.tenant_id = ?1 AND o.scope = ?2 ORDER BY o.created_at"
        );
        let rows = self.rows(Query::new(sql, params![tenant, scope])).await?;
        rows.into_iter().map(|row| read_operator(tenant, &mut row.columns())).collect()
    }
}

/// Makes a person an operator, or changes what they look after and as what. They may use the console from then on.
#[must_use]
pub fn put(tenant: TenantId, user: Uuid, (scope, role): (Uuid, &str), now: i64) -> Statement {
    Statement::one(
        "INSERT INTO operators (tenant_id, user_id, scope, role, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant_id, user_id) DO UPDATE SET scope = ?3, role = ?4, disabled_at = NULL",
        params![tenant, user, scope, role, now],
    )
}

/// Somebody may use the console no more since then; or may again.
#[must_use]
pub fn disable(tenant: TenantId, user: Uuid, since: Option<i64>) -> Statement {
    Statement::one(
        "UPDATE operators SET disabled_at = ?3 WHERE tenant_id = ?1 AND user_id = ?2",
        params![tenant, user, since],
    )
}

/// Gives an operator another role.
#[must_use]
pub fn set_role(tenant: TenantId, user: Uuid, role: &str) -> Statement {
    Statement::one(
        "UPDATE operators SET role = ?3 WHERE tenant_id = ?1 AND user_id = ?2",
        params![tenant, user, role],
    )
}

/// Somebody is no operator any more.
#[must_use]
pub fn remove(tenant: TenantId, user: Uuid) -> Statement {
    Statement::one("DELETE FROM operators WHERE tenant_id = ?1 AND user_id = ?2", params![tenant, user])
}

/// Finds exactly one owner of this scope who may use the console, whichever; nothing when none is left.
#[must_use]
pub fn hold_an_owner(tenant: TenantId, scope: Uuid) -> Statement {
    Statement::one(
        "UPDATE operators SET role = role WHERE tenant_id = ?1 AND user_id = (
             SELECT user_id FROM operators
             WHERE tenant_id = ?1 AND scope = ?2 AND role = 'owner' AND disabled_at IS NULL
             ORDER BY created_at LIMIT 1)",
        params![tenant, scope],
    )
}
