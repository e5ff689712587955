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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::TenantRow;
    use crate::store::sqlite::Sqlite;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    fn login(user: &UserRow, nth: u8, created_at: i64) -> LoginRow {
        LoginRow {
            id: Uuid::from_u128(u128::from(nth)),
            user: user.clone(),
            application: Uuid::from_u128(7),
            scope: "openid".to_owned(),
            audience: None,
            challenge: None,
            created_at,
            expires_at: created_at + 600,
            used_at: None,
        }
    }

    async fn store(dir: &tempfile::TempDir) -> (Store, UserRow) {
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let tenant =
            TenantRow { id: TENANT, name: "T".to_owned(), answer_window: 120, color: None, created_at: 0 };
        let user = UserRow {
            tenant: TENANT,
            id: Uuid::from_u128(9),
            user_ref: "sam".to_owned(),
            email: None,
            display_name: None,
            created_at: 0,
            enrolled_at: None,
            language: None,
        };
        store.write(vec![tenant.insert(), user.insert()]).await.unwrap();
        (store, user)
    }

    #[tokio::test]
    async fn s2_s3_a_login_is_used_once_and_not_when_it_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let (store, user) = store(&dir).await;
        for nth in [1, 2] {
            store.write(vec![login(&user, nth, 0).insert(&[nth; 32], -60, 30)]).await.unwrap();
        }
        let consume = |nth: u8, now| consume(TENANT, Uuid::from_u128(u128::from(nth)), now);
        store.write(vec![consume(1, 599)]).await.unwrap();
        assert_eq!(store.write(vec![consume(1, 599)]).await, Err(StoreError::Unmet(0)));
        assert_eq!(store.write(vec![consume(2, 600)]).await, Err(StoreError::Unmet(0)));
        let found = store.login(TENANT, &[1; 32]).await.unwrap().unwrap();
        assert_eq!((found.used_at, found.user), (Some(599), user));
        assert_eq!(store.login(TenantId(Uuid::from_u128(2)), &[1; 32]).await.unwrap(), None);
        assert_eq!(store.tenant_of_login(&[2; 32]).await.unwrap(), Some(TENANT));
        assert_eq!(store.tenant_of_login(&[3; 32]).await.unwrap(), None);
    }

    #[tokio::test]
    async fn s26_so_many_logins_in_a_minute_and_old_ones_go_bit_by_bit() {
        let dir = tempfile::tempdir().unwrap();
        let (store, user) = store(&dir).await;
        for nth in 0..3 {
            let row = login(&user, nth, i64::from(nth));
            store.write(vec![row.insert(&[nth; 32], -60, 3)]).await.unwrap();
        }
        let more = login(&user, 3, 50).insert(&[3; 32], -10, 3);
        assert_eq!(store.write(vec![more]).await, Err(StoreError::Unmet(0)));
        assert_eq!(store.first_login_since(&user, -10).await.unwrap(), Some(0));
        let later = login(&user, 3, 60).insert(&[3; 32], 0, 3);
        store.write(vec![later]).await.unwrap();
        assert_eq!(store.first_login_since(&user, 0).await.unwrap(), Some(1));

        assert_eq!(store.forget_sign_ins(600, 2).await.unwrap(), 0);
        assert_eq!(store.forget_sign_ins(603, 2).await.unwrap(), 2);
        assert_eq!(store.forget_sign_ins(603, 2).await.unwrap(), 1);
        assert_eq!(store.login(TENANT, &[0; 32]).await.unwrap(), None);
        assert!(store.login(TENANT, &[3; 32]).await.unwrap().is_some());
    }
}
