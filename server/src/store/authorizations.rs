//! That an application may ask a person without showing its secret: one row for each of the two. The token is not kept;
//! it is made anew from the row and a key that is not in the database.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError, UserRow};

/// One authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorizationRow {
    /// One more each time that it is ended: tokens made before are worth nothing.
    pub generation: i64,
    /// When it was ended, milliseconds since 1970; none: it holds.
    pub ended_at: Option<i64>,
}

impl Store {
    /// The authorization of an application for a person, whether it holds or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn authorization(
        &self,
        tenant: TenantId,
        application: Uuid,
        user: Uuid,
    ) -> Result<Option<AuthorizationRow>, StoreError> {
        let sql = "SELECT generation, ended_at FROM authorizations
                   WHERE tenant_id = ?1 AND application_id = ?2 AND user_id = ?3";
        self.row(Query::new(sql, params![tenant, application, user]), |c| {
            Ok(AuthorizationRow { generation: c.get()?, ended_at: c.get()? })
        })
        .await
    }
}

/// Gives an application its first authorization for a person. Finds nothing to add when there is one, even an ended one.
#[must_use]
pub fn begin(user: &UserRow, application: Uuid, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO authorizations (tenant_id, application_id, user_id, generation, created_at, ended_at)
         SELECT a.tenant_id, a.id, u.id, 1, ?4, NULL FROM applications a, users u
         WHERE a.tenant_id = ?1 AND a.id = ?2 AND u.tenant_id = ?1 AND u.id = ?3
           AND NOT EXISTS (SELECT 1 FROM authorizations o
                           WHERE o.tenant_id = ?1 AND o.application_id = ?2 AND o.user_id = ?3)",
        params![user.tenant, application, user.id, now],
    )
}

/// Lets an authorization that was ended hold again, as it stands in this generation.
#[must_use]
pub fn renew(user: &UserRow, application: Uuid, generation: i64, now: i64) -> Statement {
    Statement::one(
        "UPDATE authorizations SET ended_at = NULL, created_at = ?5
         WHERE tenant_id = ?1 AND application_id = ?2 AND user_id = ?3 AND generation = ?4 AND ended_at IS NOT NULL",
        params![user.tenant, application, user.id, generation, now],
    )
}

/// Ends an authorization, and every token that was made from it. Finds nothing when none holds.
#[must_use]
pub fn end(user: &UserRow, application: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE authorizations SET ended_at = ?4, generation = generation + 1
         WHERE tenant_id = ?1 AND application_id = ?2 AND user_id = ?3 AND ended_at IS NULL",
        params![user.tenant, application, user.id, now],
    )
}
