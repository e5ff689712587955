//! Figures by hour, and up to where they have been added up.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Row, Statement, Store, StoreError};

/// The application of figures for a whole tenant.
pub const ALL_OF_IT: Uuid = Uuid::nil();

/// A sum over some hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyRow {
    /// Which hours: their number since 1970, divided by how many stand together.
    pub slot: i64,
    /// What was counted.
    pub kind: String,
    /// How much of it.
    pub amount: i64,
}

/// Messages that were settled in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledRow {
    /// Whose.
    pub tenant: TenantId,
    /// `webhook`, `push`, `sms`, `voice` or `email`.
    pub kind: String,
    /// `done` or `dead`.
    pub state: String,
    /// The hour, since 1970.
    pub hour: i64,
    /// How many.
    pub count: i64,
}

/// How far figures go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TallyMark {
    /// Since when there are any, in milliseconds since 1970.
    pub began_at: i64,
    /// Until when settled messages are counted, in milliseconds since 1970.
    pub sent_until: i64,
}

impl Store {
    /// The applications that asked some challenges; one that is not there is left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn askers(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let sql = "SELECT id, application_id FROM challenges WHERE tenant_id = ?1 AND id = ?2";
        let queries: Vec<_> = ids.iter().map(|id| Query::new(sql, params![tenant, *id])).collect();
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let read = |row: Row| {
            let mut c = row.columns();
            Ok((c.get()?, c.get()?))
        };
        self.driver.read(queries).await?.into_iter().flatten().map(read).collect()
    }

    /// What was counted from the hour `from` to before the hour `to`, `width` hours together.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tallies(
        &self,
        tenant: TenantId,
        application: Uuid,
        (from, to): (i64, i64),
        width: i64,
    ) -> Result<Vec<TallyRow>, StoreError> {
        let sql = "SELECT hour / ?5, kind, CAST(SUM(amount) AS BIGINT) FROM tallies
                   WHERE tenant_id = ?1 AND application_id = ?2 AND hour >= ?3 AND hour < ?4 GROUP BY 1, 2";
        let rows = self.rows(Query::new(sql, params![tenant, application, from, to, width])).await?;
        let read = |row: Row| {
            let mut c = row.columns();
            Ok(TallyRow { slot: c.get()?, kind: c.get()?, amount: c.get()? })
        };
        rows.into_iter().map(read).collect()
    }

    /// How much of two kinds each tenant has had from an hour on; tenants that had none are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tallies_of_tenants(
        &self,
        kinds: [&str; 2],
        from: i64,
    ) -> Result<Vec<(TenantId, String, i64)>, StoreError> {
        let [one, other] = kinds;
        // Tenants first, and of each its hours: SQLite keeps the order of a cross join.
        let sql = "SELECT tenants.tenant_id, tallies.kind, CAST(SUM(tallies.amount) AS BIGINT)
                   FROM tenants CROSS JOIN tallies
                   WHERE tallies.tenant_id = tenants.tenant_id AND tallies.application_id = ?1
                     AND tallies.hour >= ?2 AND tallies.kind IN (?3, ?4)
                   GROUP BY tenants.tenant_id, tallies.kind";
        let rows = self.rows(Query::new(sql, params![ALL_OF_IT, from, one, other])).await?;
        let read = |row: Row| {
            let mut c = row.columns();
            Ok((TenantId(c.get()?), c.get()?, c.get()?))
        };
        rows.into_iter().map(read).collect()
    }

    /// How far figures go; none before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tally_mark(&self) -> Result<Option<TallyMark>, StoreError> {
        let sql = "SELECT began_at, sent_until FROM tally_marks WHERE one = 1";
        self.row(Query::new(sql, vec![]), |c| Ok(TallyMark { began_at: c.get()?, sent_until: c.get()? }))
            .await
    }

    /// When the next message of any tenant was settled after this time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_settled(&self, after: i64) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT settled_at FROM outbox WHERE settled_at > ?1 ORDER BY settled_at LIMIT 1";
        self.row(Query::new(sql, params![after]), |c| c.get()).await
    }

    /// The messages of all tenants that were settled after one time, and not after the other.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settled_between(&self, from: i64, to: i64) -> Result<Vec<SettledRow>, StoreError> {
        let sql = "SELECT tenant_id, kind, state, settled_at / 3600000, COUNT(*) FROM outbox
                   WHERE settled_at > ?1 AND settled_at <= ?2 GROUP BY 1, 2, 3, 4";
        let read = |row: Row| {
            let mut c = row.columns();
            let (tenant, kind, state) = (TenantId(c.get()?), c.get()?, c.get()?);
            Ok(SettledRow { tenant, kind, state, hour: c.get()?, count: c.get()? })
        };
        self.rows(Query::new(sql, params![from, to])).await?.into_iter().map(read).collect()
    }

    /// Removes up to `most` figures of hours before this one, the oldest first, of whatever tenant (what is due for removal
    /// is looked up across tenants; each removal names its own). Returns how many were found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_tallies(&self, before: i64, most: i64) -> Result<usize, StoreError> {
        let sql = "SELECT tenant_id, application_id, hour, kind FROM tallies WHERE hour < ?1 ORDER BY hour LIMIT ?2";
        let mut batch = Vec::new();
        for row in self.rows(Query::new(sql, params![before, most])).await? {
            let mut c = row.columns();
            let (tenant, application) = (TenantId(c.get()?), c.get::<Uuid>()?);
            let sql = "DELETE FROM tallies WHERE tenant_id = ?1 AND application_id = ?2 AND hour = ?3 AND kind = ?4";
            let key = params![tenant, application, c.get::<i64>()?, c.get::<String>()?];
            batch.push(Statement::any(sql, key));
        }
        let found = batch.len();
        if found > 0 {
            self.write(batch).await?;
        }
        Ok(found)
    }
}

impl TallyMark {
    /// Begins. [`StoreError::Duplicate`] when another node was faster.
    #[must_use]
    pub fn insert(self) -> Statement {
        Statement::one(
            "INSERT INTO tally_marks (one, began_at, sent_until) VALUES (1, ?1, ?2)",
            params![self.began_at, self.sent_until],
        )
    }

    /// Moves on, if it still is where it was read: of two who count at once, one does.
    #[must_use]
    pub fn advance(self, to: i64) -> Statement {
        Statement::one(
            "UPDATE tally_marks SET sent_until = ?2 WHERE one = 1 AND sent_until = ?1",
            params![self.sent_until, to],
        )
    }
}

/// Counts so much more.
#[must_use]
pub fn add(tenant: TenantId, application: Uuid, hour: i64, kind: &str, amount: i64) -> Statement {
    Statement::one(
        "INSERT INTO tallies (tenant_id, application_id, hour, kind, amount) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant_id, application_id, hour, kind) DO UPDATE SET amount = tallies.amount + ?5",
        params![tenant, application, hour, kind, amount],
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::sqlite::Sqlite;

    #[tokio::test]
    async fn old_figures_go_bit_by_bit_whosever_they_are_and_newer_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let tenants = [1, 2].map(|nth| TenantId(Uuid::from_u128(nth)));
        for (tenant, hour) in [(tenants[0], 5), (tenants[1], 6), (tenants[0], 7), (tenants[1], 8)] {
            store.write(vec![add(tenant, ALL_OF_IT, hour, "asked", 3)]).await.unwrap();
        }
        assert_eq!(store.forget_tallies(5, 2).await.unwrap(), 0);
        assert_eq!(store.forget_tallies(8, 2).await.unwrap(), 2);
        assert_eq!(store.forget_tallies(8, 2).await.unwrap(), 1);
        assert_eq!(store.forget_tallies(8, 2).await.unwrap(), 0);
        assert_eq!(store.tallies(tenants[0], ALL_OF_IT, (0, 10), 1).await.unwrap(), []);
        let left = TallyRow { slot: 8, kind: "asked".to_owned(), amount: 3 };
        assert_eq!(store.tallies(tenants[1], ALL_OF_IT, (0, 10), 1).await.unwrap(), [left]);
    }
}
