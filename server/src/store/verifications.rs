//! Codes that went to a number or an address to show that it can be read there. Of each subject there is one at most.

use countersign_protocol::id::TenantId;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A code that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationRow {
    /// Its tenant.
    pub tenant: TenantId,
    /// Keyed hash of who asks, where the code went, and the label.
    pub subject: Vec<u8>,
    /// Keyed HMAC over subject and code.
    pub code_hash: Vec<u8>,
    /// Milliseconds since 1970.
    pub sent_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Wrong codes since the last right one, over all codes that were sent.
    pub failures: i64,
    /// Milliseconds since 1970 when it was used, or used up; none while it can be.
    pub used_at: Option<i64>,
    /// Milliseconds since 1970 from when on the row says nothing.
    pub forget_at: i64,
}

impl Store {
    /// The newest code of a subject, however old.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn verification(
        &self,
        tenant: TenantId,
        subject: &[u8],
    ) -> Result<Option<VerificationRow>, StoreError> {
        let sql = "SELECT code_hash, sent_at, expires_at, failures, used_at, forget_at FROM verifications
                   WHERE tenant_id = ?1 AND subject = ?2";
        self.row(Query::new(sql, params![tenant, subject.to_vec()]), |c| {
            Ok(VerificationRow {
                tenant,
                subject: subject.to_vec(),
                code_hash: c.get()?,
                sent_at: c.get()?,
                expires_at: c.get()?,
                failures: c.get()?,
                used_at: c.get()?,
                forget_at: c.get()?,
            })
        })
        .await
    }

    /// Removes up to `most` rows that say nothing any more at `now`, of all tenants. Returns how many there were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_verifications(&self, now: i64, most: i64) -> Result<usize, StoreError> {
        let sql =
            "SELECT tenant_id, subject FROM verifications WHERE forget_at <= ?1 ORDER BY forget_at LIMIT ?2";
        let rows = self.rows(Query::new(sql, params![now, most])).await?;
        let (found, mut batch) = (rows.len(), Vec::new());
        for row in rows {
            let mut c = row.columns();
            // One that was replaced meanwhile stays.
            let sql = "DELETE FROM verifications WHERE tenant_id = ?1 AND subject = ?2 AND forget_at <= ?3";
            batch.push(Statement::any(sql, params![TenantId(c.get()?), c.get::<Vec<u8>>()?, now]));
        }
        if !batch.is_empty() {
            self.write(batch).await?;
        }
        Ok(found)
    }
}

impl VerificationRow {
    /// Puts the code in the place of the one that was `seen`. Finds nothing to change when there is another one by now, or
    /// a wrong code was counted since.
    #[must_use]
    pub fn put(&self, seen: Option<&Self>) -> Statement {
        let mut params = params![
            self.tenant,
            self.subject.clone(),
            self.code_hash.clone(),
            self.sent_at,
            self.expires_at,
            self.failures,
            self.forget_at
        ];
        let Some(seen) = seen else {
            return Statement::one(
                "INSERT INTO verifications (tenant_id, subject, code_hash, sent_at, expires_at, failures, forget_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (tenant_id, subject) DO NOTHING",
                params,
            );
        };
        params.extend(params![seen.code_hash.clone(), seen.failures]);
        Statement::one(
            "UPDATE verifications SET code_hash = ?3, sent_at = ?4, expires_at = ?5, failures = ?6, used_at = NULL,
               forget_at = ?7
             WHERE tenant_id = ?1 AND subject = ?2 AND code_hash = ?8 AND failures = ?9",
            params,
        )
    }

    /// Uses the code, if it is still this one, nobody has used it, and no wrong one was counted since it was read.
    #[must_use]
    pub fn accept(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE verifications SET used_at = ?3, failures = 0
             WHERE tenant_id = ?1 AND subject = ?2 AND used_at IS NULL AND expires_at > ?3 AND code_hash = ?4
               AND failures = ?5",
            params![self.tenant, self.subject.clone(), now, self.code_hash.clone(), self.failures],
        )
    }

    /// Counts a wrong code, with which this one is used up when it `ends` it. Finds nothing to change when the row is not
    /// as it was read.
    #[must_use]
    pub fn refuse(&self, ends: bool, now: i64) -> Statement {
        Statement::one(
            "UPDATE verifications SET failures = failures + 1, used_at = ?3
             WHERE tenant_id = ?1 AND subject = ?2 AND used_at IS NULL AND expires_at > ?6 AND code_hash = ?4
               AND failures = ?5",
            params![
                self.tenant,
                self.subject.clone(),
                ends.then_some(now),
                self.code_hash.clone(),
                self.failures,
                now
            ],
        )
    }

    /// Ends the code if it is still this one: its message did not go out.
    #[must_use]
    pub fn end(&self, now: i64) -> Statement {
        Statement::any(
            "UPDATE verifications SET used_at = ?3
             WHERE tenant_id = ?1 AND subject = ?2 AND used_at IS NULL AND code_hash = ?4",
            params![self.tenant, self.subject.clone(), now, self.code_hash.clone()],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::open;
    use uuid::Uuid;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    fn row(subject: u8, code: u8) -> VerificationRow {
        VerificationRow {
            tenant: TENANT,
            subject: vec![subject; 32],
            code_hash: vec![code; 32],
            sent_at: 100,
            expires_at: 200,
            failures: 0,
            used_at: None,
            forget_at: 300,
        }
    }

    #[tokio::test]
    async fn s3_of_two_who_use_a_code_at_once_one_does() {
        let (_place, driver) = open().await;
        let (store, row) = (Store::new(driver), row(1, 1));
        store.write(vec![row.put(None)]).await.unwrap();
        let tries = (0..8).map(|_| store.write(vec![row.accept(150)]));
        let results = futures_util::future::join_all(tries).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let kept = store.verification(TENANT, &[1; 32]).await.unwrap().unwrap();
        assert_eq!((kept.used_at, kept.failures), (Some(150), 0));
    }

    #[tokio::test]
    async fn whoever_saw_another_row_changes_nothing() {
        let (_place, driver) = open().await;
        let (store, first, second) = (Store::new(driver), row(1, 1), row(1, 2));
        store.write(vec![first.put(None)]).await.unwrap();
        store.write(vec![first.refuse(false, 150)]).await.unwrap();
        let counted = VerificationRow { failures: 1, ..first.clone() };
        for stale in [first.put(None), second.put(Some(&first)), first.accept(150), first.refuse(true, 150)] {
            assert_eq!(store.write(vec![stale]).await, Err(StoreError::Unmet(0)));
        }
        assert_eq!(store.verification(TENANT, &[1; 32]).await.unwrap().as_ref(), Some(&counted));
        store.write(vec![second.put(Some(&counted))]).await.unwrap();
        store.write(vec![first.end(160)]).await.unwrap();
        assert_eq!(store.verification(TENANT, &[1; 32]).await.unwrap(), Some(second.clone()));
        assert_eq!(store.write(vec![second.accept(200)]).await, Err(StoreError::Unmet(0)), "expired");
    }

    #[tokio::test]
    async fn rows_are_removed_when_they_say_nothing_any_more() {
        let (_place, driver) = open().await;
        let store = Store::new(driver);
        for subject in 1..4 {
            store.write(vec![row(subject, 1).put(None)]).await.unwrap();
        }
        let later = VerificationRow { forget_at: 900, ..row(4, 1) };
        store.write(vec![later.put(None)]).await.unwrap();
        assert_eq!(store.forget_verifications(299, 2).await.unwrap(), 0);
        assert_eq!(store.forget_verifications(300, 2).await.unwrap(), 2);
        assert_eq!(store.forget_verifications(300, 2).await.unwrap(), 1);
        assert!(store.verification(TENANT, &[4; 32]).await.unwrap().is_some());
    }
}
