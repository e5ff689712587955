//! Passwords, and how often wrong ones were tried: by the name that was typed, and by address (S26). A count is part of
//! the batch that it belongs to, so of any number of tries at the same moment no more than the limit are ever judged.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Columns, Query, Row, Statement, Store, StoreError, UserRow};

/// What a try was counted under: a keyed hash, so that the table names nobody.
pub type Subject = Vec<u8>;

/// How a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// Milliseconds since 1970. Of a name: nothing is judged before. Of an address: when all is paid off.
    pub rest_until: i64,
}

/// Somebody who wants to sign in.
#[derive(Clone)]
pub struct SigningIn {
    /// Who has the name.
    pub user: Option<UserRow>,
    /// Their password's Argon2id, if they have a password.
    pub hash: Option<String>,
    /// What was counted for the name.
    pub by_name: Tries,
    /// What was counted for the address.
    pub by_address: Tries,
}

impl std::fmt::Debug for SigningIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningIn").field("user", &self.user).finish_non_exhaustive()
    }
}

const TRIES: &str =
    "SELECT failures, rest_until FROM password_attempts WHERE tenant_id = ?1 AND subject = ?2";

fn read_tries(rows: Vec<Row>) -> Result<Tries, StoreError> {
    let Some(row) = rows.into_iter().next() else { return Ok(Tries::default()) };
    let mut c: Columns = row.columns();
    Ok(Tries { failures: c.get()?, rest_until: c.get()? })
}

impl Store {
    /// Whoever is called by the first of these names, or else by the second, and what was counted, all of one moment. The
    /// same questions are asked whether anybody is there or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signing_in(
        &self,
        tenant: TenantId,
        names: [&str; 2],
        by_name: &[u8],
        by_address: &[u8],
    ) -> Result<SigningIn, StoreError> {
        let person = concat!(
            "SELECT ",
            user_columns!(),
            ", p.hash FROM users u
             LEFT JOIN passwords p ON p.tenant_id = u.tenant_id AND p.user_id = u.id
             WHERE u.tenant_id = ?1 AND u.user_ref IN (?2, ?3)"
        );
        let queries = vec![
            Query::new(person, params![tenant, names[0], names[1]]),
            Query::new(TRIES, params![tenant, by_name.to_vec()]),
            Query::new(TRIES, params![tenant, by_address.to_vec()]),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let mut found: Option<(UserRow, Option<String>)> = None;
        for row in next() {
            let mut c = row.columns();
            let (user, hash) = (read_user(tenant, &mut c)?, c.get()?);
            if found.is_none() || user.user_ref == names[0] {
                found = Some((user, hash));
            }
        }
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        Ok(SigningIn { user, hash, by_name: read_tries(next())?, by_address: read_tries(next())? })
    }

    /// What was counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn password_tries(&self, tenant: TenantId, subject: &[u8]) -> Result<Tries, StoreError> {
        read_tries(self.rows(Query::new(TRIES, params![tenant, subject.to_vec()])).await?)
    }

    /// Removes up to `most` counts that say nothing any more, of whatever tenant (what is due for removal is looked up across
    /// tenants; each removal names its own). Returns how many were found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_password_tries(&self, now: i64, most: i64) -> Result<usize, StoreError> {
        let sql = "SELECT tenant_id, subject FROM password_attempts WHERE forget_at <= ?1 ORDER BY forget_at LIMIT ?2";
        let mut batch = Vec::new();
        for row in self.rows(Query::new(sql, params![now, most])).await? {
            let mut c = row.columns();
            let (tenant, subject): (Uuid, Vec<u8>) = (c.get()?, c.get()?);
            batch.push(Statement::any(
                "DELETE FROM password_attempts WHERE tenant_id = ?1 AND subject = ?2 AND forget_at <= ?3",
                params![tenant, subject, now],
            ));
        }
        let found = batch.len();
        if found > 0 {
            self.write(batch).await?;
        }
        Ok(found)
    }
}

/// Gives a person a password, in place of the one that they have. The person must exist.
#[must_use]
pub fn put(tenant: TenantId, user: Uuid, hash: &str, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO passwords (tenant_id, user_id, hash, changed_at)
         SELECT tenant_id, id, ?3, ?4 FROM users WHERE tenant_id = ?1 AND id = ?2
         ON CONFLICT (tenant_id, user_id) DO UPDATE SET hash = ?3, changed_at = ?4",
        params![tenant, user, hash, now],
    )
}

/// Finds nothing to change when the person's password is another one by now.
#[must_use]
pub fn still(tenant: TenantId, user: Uuid, hash: &str) -> Statement {
    Statement::one(
        "UPDATE passwords SET hash = ?3 WHERE tenant_id = ?1 AND user_id = ?2 AND hash = ?3",
        params![tenant, user, hash],
    )
}

/// Takes a person's password away, if they have one.
#[must_use]
pub fn remove(tenant: TenantId, user: Uuid) -> Statement {
    Statement::any("DELETE FROM passwords WHERE tenant_id = ?1 AND user_id = ?2", params![tenant, user])
}

/// Ends a person's logins that wait for their second factor.
#[must_use]
pub fn end_logins(tenant: TenantId, user: Uuid, now: i64) -> Statement {
    Statement::any(
        "UPDATE logins SET used_at = ?3 WHERE tenant_id = ?1 AND used_at IS NULL
           AND id IN (SELECT id FROM logins WHERE tenant_id = ?1 AND user_id = ?2)",
        params![tenant, user, now],
    )
}

/// How wrong passwords of one name are counted. All times are milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Rests {
    /// Wrong ones in a row until the first rest, 2 or more.
    pub after: i64,
    /// How long that is. The next rests are 4, 9, 16, … times as long.
    pub first: i64,
    /// How long a rest is at most.
    pub longest: i64,
    /// For how long a wrong one is remembered.
    pub kept: i64,
}

/// Counts a wrong password for a name. Finds nothing to change while the name rests: then the try was not judged.
#[must_use]
pub fn fail(tenant: TenantId, subject: Subject, rests: Rests, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO password_attempts (tenant_id, subject, failures, rest_until, forget_at)
         VALUES (?1, ?2, 1, 0, CAST(?3 AS BIGINT) + CAST(?7 AS BIGINT))
         ON CONFLICT (tenant_id, subject) DO UPDATE SET
           failures = CASE WHEN password_attempts.forget_at <= CAST(?3 AS BIGINT) THEN 1
             ELSE password_attempts.failures + 1 END,
           rest_until = CASE
             WHEN password_attempts.forget_at <= CAST(?3 AS BIGINT)
               OR password_attempts.failures + 1 < CAST(?4 AS BIGINT) THEN 0
             WHEN (password_attempts.failures + 2 - CAST(?4 AS BIGINT))
               * (password_attempts.failures + 2 - CAST(?4 AS BIGINT)) * CAST(?5 AS BIGINT) >= CAST(?6 AS BIGINT)
               THEN CAST(?3 AS BIGINT) + CAST(?6 AS BIGINT)
             ELSE CAST(?3 AS BIGINT) + (password_attempts.failures + 2 - CAST(?4 AS BIGINT))
               * (password_attempts.failures + 2 - CAST(?4 AS BIGINT)) * CAST(?5 AS BIGINT) END,
           forget_at = CAST(?3 AS BIGINT) + CAST(?7 AS BIGINT)
         WHERE password_attempts.rest_until <= CAST(?3 AS BIGINT)",
        params![tenant, subject, now, rests.after, rests.first, rests.longest, rests.kept],
    )
}

/// Clears the count of a name after a right password. Finds nothing to change while the name rests: then the try must not
/// pass.
#[must_use]
pub fn succeed(tenant: TenantId, subject: Subject, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO password_attempts (tenant_id, subject, failures, rest_until, forget_at) VALUES (?1, ?2, 0, 0, ?3)
         ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = 0, rest_until = 0, forget_at = ?3
         WHERE password_attempts.rest_until <= ?3",
        params![tenant, subject, now],
    )
}

/// Charges an address `each` milliseconds for a wrong password. Finds nothing to change when it owes more than `room`
/// milliseconds already.
#[must_use]
pub fn charge(tenant: TenantId, subject: Subject, each: i64, room: i64, now: i64) -> Statement {
    Statement::one(
        "INSERT INTO password_attempts (tenant_id, subject, failures, rest_until, forget_at)
         VALUES (?1, ?2, 0, CAST(?3 AS BIGINT) + CAST(?4 AS BIGINT), CAST(?3 AS BIGINT) + CAST(?4 AS BIGINT))
         ON CONFLICT (tenant_id, subject) DO UPDATE SET
           rest_until = CAST(?4 AS BIGINT) + CASE WHEN password_attempts.rest_until > CAST(?3 AS BIGINT)
             THEN password_attempts.rest_until ELSE CAST(?3 AS BIGINT) END,
           forget_at = CAST(?4 AS BIGINT) + CASE WHEN password_attempts.rest_until > CAST(?3 AS BIGINT)
             THEN password_attempts.rest_until ELSE CAST(?3 AS BIGINT) END
         WHERE password_attempts.rest_until <= CAST(?3 AS BIGINT) + CAST(?5 AS BIGINT)",
        params![tenant, subject, now, each, room],
    )
}

/// Forgets what was counted.
#[must_use]
pub fn forget(tenant: TenantId, subject: Subject) -> Statement {
    Statement::any(
        "DELETE FROM password_attempts WHERE tenant_id = ?1 AND subject = ?2",
        params![tenant, subject],
    )
}
