//! Logins that have begun, and what is left of sign-ins once they are over.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Query, Statement, Store, StoreError, UserRow};

/// A login: its password was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginRow {
    /// Its id.
    pub id: Uuid,
    /// Who signs in. Their tenant is the login's.
    pub user: UserRow,
    /// The application that it was begun by.
    pub application: Uuid,
    /// The scopes that were asked for, with spaces between.
    pub scope: String,
    /// The API that was asked for.
    pub audience: Option<String>,
    /// What was asked of the person when it began.
    pub challenge: Option<ChallengeId>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// When it turned into tokens.
    pub used_at: Option<i64>,
}

impl LoginRow {
    /// Adds it. Finds nothing to add when `most` were begun for the person after `since`. Two that come in the same
    /// moment may both be the last one that passes: the bound keeps the table small, and nothing else rests on it.
    #[must_use]
    pub fn insert(&self, token_hash: &[u8], since: i64, most: i64) -> Statement {
        Statement::one(
            "INSERT INTO logins (tenant_id, id, token_hash, application_id, user_id, scope, audience, challenge_id,
               created_at, expires_at, used_at)
             SELECT u.tenant_id, ?2, ?3, ?4, u.id, ?6, ?7, ?8, ?9, ?10, NULL FROM users u
             WHERE u.tenant_id = ?1 AND u.id = ?5
               AND (SELECT COUNT(*) FROM logins l
                    WHERE l.tenant_id = ?1 AND l.user_id = ?5 AND l.created_at > ?11) < ?12",
            params![
                self.user.tenant,
                self.id,
                token_hash.to_vec(),
                self.application,
                self.user.id,
                self.scope.as_str(),
                self.audience.as_deref(),
                self.challenge.map(|challenge| challenge.0),
                self.created_at,
                self.expires_at,
                since,
                most
            ],
        )
    }
}

/// Uses a login up. Finds nothing to change when that was done before, or it is over at `now`.
#[must_use]
pub fn consume(tenant: TenantId, id: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE logins SET used_at = ?3
         WHERE tenant_id = ?1 AND id = ?2 AND used_at IS NULL AND expires_at > ?3",
        params![tenant, id, now],
    )
}

impl Store {
    /// The login behind a token's hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn login(&self, tenant: TenantId, token_hash: &[u8]) -> Result<Option<LoginRow>, StoreError> {
        let sql = concat!(
            "SELECT l.id, l.application_id, l.scope, l.audience, l.challenge_id, l.created_at, l.expires_at, l.used_at, ",
            user_columns!(),
            " FROM logins l JOIN users u ON u.tenant_id = l.tenant_id AND u.id = l.user_id
              WHERE l.token_hash = ?2 AND l.tenant_id = ?1"
        );
        self.row(Query::new(sql, params![tenant, token_hash.to_vec()]), |c| {
            Ok(LoginRow {
                id: c.get()?,
                application: c.get()?,
                scope: c.get()?,
                audience: c.get()?,
                challenge: c.get::<Option<Uuid>>()?.map(ChallengeId),
                created_at: c.get()?,
                expires_at: c.get()?,
                used_at: c.get()?,
                user: read_user(tenant, c)?,
            })
        })
        .await
    }

    /// The tenant of the login behind a token's hash, for tokens that do not carry it. The token itself, with its 122
    /// random bits, is what says whose login may be looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenant_of_login(&self, token_hash: &[u8]) -> Result<Option<TenantId>, StoreError> {
        let sql = "SELECT tenant_id FROM logins WHERE token_hash = ?1";
        self.row(Query::new(sql, params![token_hash.to_vec()]), |c| Ok(TenantId(c.get()?))).await
    }

    /// When the first login after `since` was begun for a person, milliseconds since 1970.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first_login_since(&self, user: &UserRow, since: i64) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT created_at FROM logins WHERE tenant_id = ?1 AND user_id = ?2 AND created_at > ?3
                   ORDER BY created_at LIMIT 1";
        self.row(Query::new(sql, params![user.tenant, user.id, since]), |c| c.get()).await
    }

    /// Removes up to `most` logins and as many refresh tokens that ended before `ended`, of whatever tenant (what is due
    /// for removal is looked up across tenants; each removal names its own). Returns how many of the more numerous kind
    /// were found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_sign_ins(&self, ended: i64, most: i64) -> Result<usize, StoreError> {
        let mut batch = Vec::new();
        let sql = "SELECT tenant_id, id FROM logins WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2";
        let logins = self.rows(Query::new(sql, params![ended, most])).await?;
        let sql = "SELECT tenant_id, family, id FROM refresh_tokens WHERE expires_at < ?1
                   ORDER BY expires_at LIMIT ?2";
        let tokens = self.rows(Query::new(sql, params![ended, most])).await?;
        let found = logins.len().max(tokens.len());
        for row in logins {
            let mut c = row.columns();
            let sql = "DELETE FROM logins WHERE tenant_id = ?1 AND id = ?2";
            batch.push(Statement::any(sql, params![TenantId(c.get()?), c.get::<Uuid>()?]));
        }
        for row in tokens {
            let mut c = row.columns();
            let sql = "DELETE FROM refresh_tokens WHERE tenant_id = ?1 AND family = ?2 AND id = ?3";
            let key = params![TenantId(c.get()?), c.get::<Uuid>()?, c.get::<Uuid>()?];
            batch.push(Statement::any(sql, key));
        }
        if !batch.is_empty() {
            self.write(batch).await?;
        }
        Ok(found)
    }
}
