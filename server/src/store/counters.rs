//! How often a person failed with a factor, in a row. One row for each person and factor, whatever session, link or
//! address the tries came by, so that more tries cannot be had by beginning anew.
//!
//! A count is part of the batch that it belongs to: a wrong try is refused and counted in one, a right one passes and
//! clears the count in one. Both find nothing to change once the factor is locked, so of any number of tries at the
//! same moment no more than the limit are ever judged.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// Which count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: Uuid,
    /// `totp`, `push`, ….
    pub factor: &'static str,
}

/// How a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counter {
    /// Failures since the last success.
    pub failures: i64,
    /// Milliseconds since 1970; nothing is asked before.
    pub cool_until: Option<i64>,
    /// Milliseconds since 1970; nothing is accepted until somebody unlocks it.
    pub locked_at: Option<i64>,
}

impl Store {
    /// How the count stands; all zero when nothing was counted yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counter(&self, of: Counted) -> Result<Counter, StoreError> {
        let sql = "SELECT failures, cool_until, locked_at FROM counters
                   WHERE tenant_id = ?1 AND user_id = ?2 AND factor = ?3";
        let found = self
            .row(Query::new(sql, params![of.tenant, of.user, of.factor]), |c| {
                Ok(Counter { failures: c.get()?, cool_until: c.get()?, locked_at: c.get()? })
            })
            .await?;
        Ok(found.unwrap_or_default())
    }

    /// All counts of a person, by factor.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counters(&self, tenant: TenantId, user: Uuid) -> Result<Vec<(String, Counter)>, StoreError> {
        let sql = "SELECT factor, failures, cool_until, locked_at FROM counters
                   WHERE tenant_id = ?1 AND user_id = ?2 ORDER BY factor";
        let rows = self.rows(Query::new(sql, params![tenant, user])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                let counter = |c: &mut super::Columns| {
                    Ok::<_, StoreError>(Counter {
                        failures: c.get()?,
                        cool_until: c.get()?,
                        locked_at: c.get()?,
                    })
                };
                Ok((c.get()?, counter(&mut c)?))
            })
            .collect()
    }
}

impl Counted {
    /// Counts a failure, and locks the factor with the one that reaches `limit` (1 or more). Finds nothing to change
    /// when it is locked already.
    #[must_use]
    pub fn fail(&self, limit: i64, now: i64) -> Statement {
        Statement::one(
            "INSERT INTO counters (tenant_id, user_id, factor, failures, cool_until, locked_at)
             VALUES (?1, ?2, ?3, 1, NULL,
               CASE WHEN CAST(?4 AS BIGINT) <= 1 THEN CAST(?5 AS BIGINT) ELSE NULL END)
             ON CONFLICT (tenant_id, user_id, factor) DO UPDATE SET
               failures = counters.failures + 1,
               locked_at = CASE WHEN counters.failures + 1 >= CAST(?4 AS BIGINT)
                 THEN CAST(?5 AS BIGINT) ELSE NULL END
             WHERE counters.locked_at IS NULL",
            params![self.tenant, self.user, self.factor, limit, now],
        )
    }

    /// Clears the failures after a success. Finds nothing to change when the factor is locked: then the try must not
    /// pass.
    #[must_use]
    pub fn succeed(&self) -> Statement {
        Statement::one(
            "INSERT INTO counters (tenant_id, user_id, factor, failures, cool_until, locked_at)
             VALUES (?1, ?2, ?3, 0, NULL, NULL)
             ON CONFLICT (tenant_id, user_id, factor) DO UPDATE SET failures = 0, cool_until = NULL
             WHERE counters.locked_at IS NULL",
            params![self.tenant, self.user, self.factor],
        )
    }

    /// Lets the factor rest until `until` (milliseconds since 1970). Counts nothing.
    #[must_use]
    pub fn cool(&self, until: i64) -> Statement {
        Statement::one(
            "INSERT INTO counters (tenant_id, user_id, factor, failures, cool_until, locked_at)
             VALUES (?1, ?2, ?3, 0, ?4, NULL)
             ON CONFLICT (tenant_id, user_id, factor) DO UPDATE SET cool_until = ?4",
            params![self.tenant, self.user, self.factor, until],
        )
    }

    /// Counts a refusal. As many as `limit` in a row let the factor rest until `until` (milliseconds since 1970), and the
    /// count begins anew. Nothing is ever locked by it.
    #[must_use]
    pub fn rest_after(&self, limit: i64, until: i64) -> Statement {
        Statement::one(
            "INSERT INTO counters (tenant_id, user_id, factor, failures, cool_until, locked_at)
             VALUES (?1, ?2, ?3, CASE WHEN CAST(?4 AS BIGINT) <= 1 THEN 0 ELSE 1 END,
               CASE WHEN CAST(?4 AS BIGINT) <= 1 THEN CAST(?5 AS BIGINT) ELSE NULL END, NULL)
             ON CONFLICT (tenant_id, user_id, factor) DO UPDATE SET
               cool_until = CASE WHEN counters.failures + 1 >= CAST(?4 AS BIGINT)
                 THEN CAST(?5 AS BIGINT) ELSE counters.cool_until END,
               failures = CASE WHEN counters.failures + 1 >= CAST(?4 AS BIGINT)
                 THEN 0 ELSE counters.failures + 1 END",
            params![self.tenant, self.user, self.factor, limit, until],
        )
    }

    /// Locks the factor, whatever was counted; it keeps the time of an earlier lock.
    #[must_use]
    pub fn lock(&self, now: i64) -> Statement {
        Statement::one(
            "INSERT INTO counters (tenant_id, user_id, factor, failures, cool_until, locked_at)
             VALUES (?1, ?2, ?3, 0, NULL, ?4)
             ON CONFLICT (tenant_id, user_id, factor) DO UPDATE SET
               locked_at = COALESCE(counters.locked_at, ?4)",
            params![self.tenant, self.user, self.factor, now],
        )
    }

    /// Begins the count anew: no failures, no rest, no lock.
    #[must_use]
    pub fn unlock(&self) -> Statement {
        Statement::any(
            "UPDATE counters SET failures = 0, cool_until = NULL, locked_at = NULL
             WHERE tenant_id = ?1 AND user_id = ?2 AND factor = ?3",
            params![self.tenant, self.user, self.factor],
        )
    }
}

/// Begins all counts of a person anew.
#[must_use]
pub fn unlock_all(tenant: TenantId, user: Uuid) -> Statement {
    Statement::any(
        "UPDATE counters SET failures = 0, cool_until = NULL, locked_at = NULL
         WHERE tenant_id = ?1 AND user_id = ?2",
        params![tenant, user],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{Place, open};

    const TOTP: Counted =
        Counted { tenant: TenantId(Uuid::from_u128(1)), user: Uuid::from_u128(2), factor: "totp" };

    async fn open_store() -> (Place, Store) {
        let (place, driver) = open().await;
        (place, Store::new(driver))
    }

    #[tokio::test]
    async fn s6_of_any_number_of_failures_at_once_only_as_many_as_the_limit_are_judged() {
        let (_place, store) = open_store().await;
        let tries = (0..64).map(|n| store.write(vec![TOTP.fail(10, 1_000 + n)]));
        let results = futures_util::future::join_all(tries).await;
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 10);
        assert!(results.iter().all(|r| matches!(r, Ok(()) | Err(StoreError::Unmet(0)))));
        let locked = store.counter(TOTP).await.unwrap();
        assert_eq!((locked.failures, locked.locked_at.is_some()), (10, true));
        assert_eq!(
            store.write(vec![TOTP.succeed()]).await,
            Err(StoreError::Unmet(0)),
            "not even a right one"
        );
        assert_eq!(store.write(vec![TOTP.fail(100, 5)]).await, Err(StoreError::Unmet(0)));
    }

    #[tokio::test]
    async fn a_success_begins_the_count_anew_and_so_does_unlocking() {
        let (_place, store) = open_store().await;
        assert_eq!(store.counter(TOTP).await.unwrap(), Counter::default());
        for _ in 0..9 {
            store.write(vec![TOTP.fail(10, 1)]).await.unwrap();
        }
        store.write(vec![TOTP.succeed()]).await.unwrap();
        for _ in 0..10 {
            store.write(vec![TOTP.fail(10, 7)]).await.unwrap();
        }
        let locked = Counter { failures: 10, cool_until: None, locked_at: Some(7) };
        assert_eq!(store.counter(TOTP).await.unwrap(), locked);
        store.write(vec![TOTP.lock(9)]).await.unwrap();
        assert_eq!(store.counter(TOTP).await.unwrap(), locked, "an earlier lock keeps its time");
        store.write(vec![TOTP.unlock()]).await.unwrap();
        assert_eq!(store.counter(TOTP).await.unwrap(), Counter::default());
    }

    #[tokio::test]
    async fn each_factor_of_each_person_is_counted_for_itself() {
        let (_place, store) = open_store().await;
        let push = Counted { factor: "push", ..TOTP };
        let other = Counted { user: Uuid::from_u128(3), ..TOTP };
        store.write(vec![TOTP.lock(5), push.cool(9), push.fail(10, 1), other.fail(1, 6)]).await.unwrap();
        let push = Counter { failures: 1, cool_until: Some(9), locked_at: None };
        let totp = Counter { failures: 0, cool_until: None, locked_at: Some(5) };
        let all = store.counters(TOTP.tenant, TOTP.user).await.unwrap();
        assert_eq!(all, [("push".to_owned(), push), ("totp".to_owned(), totp)]);
        assert_eq!(store.counter(other).await.unwrap().locked_at, Some(6), "a limit of one locks at once");
        store.write(vec![unlock_all(TOTP.tenant, TOTP.user)]).await.unwrap();
        let open = store.counters(TOTP.tenant, TOTP.user).await.unwrap();
        assert!(open.iter().all(|(_, counter)| *counter == Counter::default()), "{open:?}");
        assert!(store.counter(other).await.unwrap().locked_at.is_some());
    }
}
