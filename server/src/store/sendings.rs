//! What was sent where, when, and how much of it in a day: the counts behind `engine::limits`.

use countersign_protocol::id::TenantId;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

impl Store {
    /// When something was last sent to each of two subjects; none when never.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sendings(
        &self,
        tenant: TenantId,
        subjects: [&str; 2],
    ) -> Result<[Option<Vec<u8>>; 2], StoreError> {
        let sql = "SELECT times FROM sendings WHERE tenant_id = ?1 AND subject = ?2";
        let queries = subjects.map(|subject| Query::new(sql, params![tenant, subject])).to_vec();
        let mut answers = self.driver.read(queries).await?.into_iter();
        let mut next = || {
            let row = answers.next().unwrap_or_default().pop();
            row.map(|row| row.columns().get()).transpose()
        };
        Ok([next()?, next()?])
    }

    /// How many messages of a kind a tenant has sent in a day (days since 1970, UTC).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn spent(&self, tenant: TenantId, channel: &str, day: i64) -> Result<i64, StoreError> {
        let sql = "SELECT messages FROM spendings WHERE tenant_id = ?1 AND channel = ?2 AND day = ?3";
        Ok(self.row(Query::new(sql, params![tenant, channel, day]), Columns::get).await?.unwrap_or(0))
    }
}

/// Replaces a subject's times as `seen` by `times`. Finds nothing to change when they are not as seen any more.
#[must_use]
pub fn replace_times(tenant: TenantId, subject: &str, seen: Option<&[u8]>, times: Vec<u8>) -> Statement {
    match seen {
        None => Statement::one(
            "INSERT INTO sendings (tenant_id, subject, times) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant_id, subject) DO NOTHING",
            params![tenant, subject, times],
        ),
        Some(seen) => Statement::one(
            "UPDATE sendings SET times = ?3 WHERE tenant_id = ?1 AND subject = ?2 AND times = ?4",
            params![tenant, subject, times, seen.to_vec()],
        ),
    }
}

/// Counts one message more for a day that may have `limit` of them (1 or more). Finds nothing to change when it has.
#[must_use]
pub fn spend(tenant: TenantId, channel: &str, day: i64, limit: i64) -> Statement {
    Statement::one(
        "INSERT INTO spendings (tenant_id, channel, day, messages) VALUES (?1, ?2, ?3, 1)
         ON CONFLICT (tenant_id, channel, day) DO UPDATE SET messages = spendings.messages + 1
         WHERE spendings.messages < ?4",
        params![tenant, channel, day, limit],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::open;
    use uuid::Uuid;

    #[tokio::test]
    async fn s32_of_any_number_of_messages_at_once_a_day_has_no_more_than_its_limit() {
        let (_place, driver) = open().await;
        let store = Store::new(driver);
        let (one, other) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        let tries = (0..40).map(|_| store.write(vec![spend(one, "sms", 20_000, 7)]));
        let results = futures_util::future::join_all(tries).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 7);
        for (tenant, channel, day) in [(other, "sms", 20_000), (one, "voice", 20_000), (one, "sms", 20_001)] {
            store.write(vec![spend(tenant, channel, day, 7)]).await.unwrap();
            assert_eq!(store.spent(tenant, channel, day).await.unwrap(), 1);
        }
        assert_eq!(store.spent(one, "sms", 20_000).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn s32_whoever_saw_another_list_changes_nothing() {
        let (_place, driver) = open().await;
        let store = Store::new(driver);
        let tenant = TenantId(Uuid::from_u128(1));
        store.write(vec![replace_times(tenant, "to:a", None, vec![1])]).await.unwrap();
        let stale = [(None, 2), (Some([9].as_slice()), 2)];
        for (seen, times) in stale {
            let refused = store.write(vec![replace_times(tenant, "to:a", seen, vec![times])]).await;
            assert_eq!(refused, Err(StoreError::Unmet(0)));
        }
        store.write(vec![replace_times(tenant, "to:a", Some(&[1]), vec![1, 2])]).await.unwrap();
        assert_eq!(store.sendings(tenant, ["to:a", "to:b"]).await.unwrap(), [Some(vec![1, 2]), None]);
    }
}
