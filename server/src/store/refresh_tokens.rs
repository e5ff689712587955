//! Refresh tokens. Those that followed from one sign-in are a family; its first one, whose id is the family's, says for
//! all of them whether they have ended. So does a rotation that runs beside the end of its family not slip through.

use std::fmt;

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A refresh token.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshTokenRow {
    /// Its tenant.
    pub tenant: TenantId,
    /// The id of the family's first token.
    pub family: Uuid,
    /// Its own.
    pub id: Uuid,
    /// SHA-256.
    pub token_hash: Vec<u8>,
    /// The application that it was given to.
    pub application: Uuid,
    /// Whose sign-in it stands for.
    pub user: Uuid,
    /// The scopes that were granted, with spaces between.
    pub scope: String,
    /// The API that was asked for; none: the tenant's own.
    pub audience: Option<String>,
    /// The second factor of the sign-in.
    pub factor: Option<String>,
    /// When they signed in, milliseconds since 1970.
    pub authenticated_at: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970; the same for the whole family.
    pub expires_at: i64,
    /// When it gave way to the next, milliseconds since 1970.
    pub used_at: Option<i64>,
    /// When its family ended, milliseconds since 1970.
    pub ended_at: Option<i64>,
}

impl fmt::Debug for RefreshTokenRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokenRow").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Store {
    /// The refresh token with this hash, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh_token(
        &self,
        tenant: TenantId,
        token_hash: &[u8],
    ) -> Result<Option<RefreshTokenRow>, StoreError> {
        let sql = "SELECT r.family, r.id, r.application_id, r.user_id, r.scope, r.audience, r.factor,
                     r.authenticated_at, r.created_at, r.expires_at, r.used_at, f.ended_at
                   FROM refresh_tokens r
                   JOIN refresh_tokens f ON f.tenant_id = r.tenant_id AND f.family = r.family AND f.id = r.family
                   WHERE r.tenant_id = ?1 AND r.token_hash = ?2";
        self.row(Query::new(sql, params![tenant, token_hash.to_vec()]), |c| {
            Ok(RefreshTokenRow {
                tenant,
                family: c.get()?,
                id: c.get()?,
                token_hash: token_hash.to_vec(),
                application: c.get()?,
                user: c.get()?,
                scope: c.get()?,
                audience: c.get()?,
                factor: c.get()?,
                authenticated_at: c.get()?,
                created_at: c.get()?,
                expires_at: c.get()?,
                used_at: c.get()?,
                ended_at: c.get()?,
            })
        })
        .await
    }
}

impl RefreshTokenRow {
    /// Adds the token.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO refresh_tokens
               (tenant_id, family, id, token_hash, application_id, user_id, scope, audience, factor,
                authenticated_at, created_at, expires_at, used_at, ended_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL, NULL)",
            params![
                self.tenant,
                self.family,
                self.id,
                self.token_hash.clone(),
                self.application,
                self.user,
                self.scope.as_str(),
                self.audience.clone(),
                self.factor.clone(),
                self.authenticated_at,
                self.created_at,
                self.expires_at
            ],
        )
    }

    /// Uses the token, provided that its family has not ended: of any number of requests with it, all but one find nothing
    /// to change.
    #[must_use]
    pub fn take(&self, now: i64) -> [Statement; 2] {
        [
            // The family's first row is held, so that whoever ends the family comes before this or after it.
            Statement::one(
                "UPDATE refresh_tokens SET ended_at = NULL
                 WHERE tenant_id = ?1 AND family = ?2 AND id = ?2 AND ended_at IS NULL",
                params![self.tenant, self.family],
            ),
            Statement::one(
                "UPDATE refresh_tokens SET used_at = ?4
                 WHERE tenant_id = ?1 AND family = ?2 AND id = ?3 AND used_at IS NULL AND expires_at > ?4",
                params![self.tenant, self.family, self.id, now],
            ),
        ]
    }

    /// Ends the token's family. Finds nothing to change when it has ended before.
    #[must_use]
    pub fn end_family(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE refresh_tokens SET ended_at = ?3
             WHERE tenant_id = ?1 AND family = ?2 AND id = ?2 AND ended_at IS NULL",
            params![self.tenant, self.family, now],
        )
    }
}

/// Ends all refresh tokens of a person.
#[must_use]
pub fn end_refresh_tokens(tenant: TenantId, user: Uuid, now: i64) -> Statement {
    Statement::any(
        "UPDATE refresh_tokens SET ended_at = ?3
         WHERE tenant_id = ?1 AND id = family AND ended_at IS NULL
           AND family IN (SELECT family FROM refresh_tokens WHERE tenant_id = ?1 AND user_id = ?2)",
        params![tenant, user, now],
    )
}
