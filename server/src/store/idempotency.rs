//! Replies that are kept, so that a request that comes again is not done again.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// One request, as its sender names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Whose.
    pub tenant: TenantId,
    /// Which application's: each has keys of its own.
    pub application: Uuid,
    /// SHA-256 of the key.
    pub key_hash: Vec<u8>,
    /// SHA-256 of what was asked.
    pub request_hash: Vec<u8>,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReply {
    /// The attempt that is or was at it.
    pub id: Uuid,
    /// What that attempt was asked.
    pub request_hash: Vec<u8>,
    /// Status and sealed reply; none while it is being done.
    pub reply: Option<(i64, Vec<u8>)>,
}

impl KeyedRequest {
    /// Takes the key for the attempt `id` until `expires_at`. Finds no row while another attempt has it.
    #[must_use]
    pub fn reserve(&self, id: Uuid, now: i64, expires_at: i64) -> Statement {
        Statement::one(
            "INSERT INTO idempotency (tenant_id, application_id, key_hash, id, request_hash, status, reply, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, ?6)
             ON CONFLICT (tenant_id, application_id, key_hash) DO UPDATE SET id = excluded.id,
               request_hash = excluded.request_hash, status = NULL, reply = NULL, expires_at = excluded.expires_at
             WHERE idempotency.expires_at <= ?7",
            params![
                self.tenant,
                self.application,
                self.key_hash.clone(),
                id,
                self.request_hash.clone(),
                expires_at,
                now
            ],
        )
    }

    /// Keeps the reply of the attempt `id`, if the key is still its own.
    #[must_use]
    pub fn keep(&self, id: Uuid, status: u16, reply: Vec<u8>, expires_at: i64) -> Statement {
        Statement::any(
            "UPDATE idempotency SET status = ?5, reply = ?6, expires_at = ?7
             WHERE tenant_id = ?1 AND application_id = ?2 AND key_hash = ?3 AND id = ?4",
            params![
                self.tenant,
                self.application,
                self.key_hash.clone(),
                id,
                i64::from(status),
                reply,
                expires_at
            ],
        )
    }

    /// Gives the key back, if it is still the attempt's own.
    #[must_use]
    pub fn release(&self, id: Uuid) -> Statement {
        remove(self.tenant, self.application, &self.key_hash, id)
    }
}

fn remove(tenant: TenantId, application: Uuid, key_hash: &[u8], id: Uuid) -> Statement {
    Statement::any(
        "DELETE FROM idempotency WHERE tenant_id = ?1 AND application_id = ?2 AND key_hash = ?3 AND id = ?4",
        params![tenant, application, key_hash.to_vec(), id],
    )
}

impl Store {
    /// What is known of a request by this key that has not expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kept_reply(
        &self,
        request: &KeyedRequest,
        now: i64,
    ) -> Result<Option<KeptReply>, StoreError> {
        let sql = "SELECT id, request_hash, status, reply FROM idempotency
                   WHERE tenant_id = ?1 AND application_id = ?2 AND key_hash = ?3 AND expires_at > ?4";
        let key = params![request.tenant, request.application, request.key_hash.clone(), now];
        self.row(Query::new(sql, key), |c| {
            let (id, request_hash) = (c.get()?, c.get()?);
            let (status, reply): (Option<i64>, Option<Vec<u8>>) = (c.get()?, c.get()?);
            Ok(KeptReply { id, request_hash, reply: status.zip(reply) })
        })
        .await
    }

    /// Removes up to `most` rows that have expired, of whatever tenant (what is due for removal is looked up across
    /// tenants; each removal names its own). Returns how many were found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_replies(&self, now: i64, most: i64) -> Result<usize, StoreError> {
        let sql = "SELECT tenant_id, application_id, key_hash, id FROM idempotency
                   WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
        let mut batch = Vec::new();
        for row in self.rows(Query::new(sql, params![now, most])).await? {
            let mut c = row.columns();
            let tenant = TenantId(c.get()?);
            let (application, key_hash): (Uuid, Vec<u8>) = (c.get()?, c.get()?);
            batch.push(remove(tenant, application, &key_hash, c.get()?));
        }
        let found = batch.len();
        if found > 0 {
            self.write(batch).await?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::sqlite::Sqlite;

    fn request(nth: u8) -> KeyedRequest {
        let tenant = TenantId(Uuid::from_u128(u128::from(nth % 2)));
        let application = Uuid::from_u128(7);
        KeyedRequest { tenant, application, key_hash: vec![nth; 32], request_hash: vec![0; 32] }
    }

    #[tokio::test]
    async fn a_key_has_one_owner_until_it_expires_and_old_rows_go_bit_by_bit() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let attempt = Uuid::from_u128;
        for nth in 0..5u8 {
            store.write(vec![request(nth).reserve(attempt(1), 0, 100)]).await.unwrap();
        }
        let again = request(0).reserve(attempt(2), 99, 199);
        assert_eq!(store.write(vec![again]).await, Err(StoreError::Unmet(0)));
        store.write(vec![request(0).keep(attempt(2), 200, vec![1], 500)]).await.unwrap();
        let kept = store.kept_reply(&request(0), 99).await.unwrap().unwrap();
        assert_eq!((kept.id, kept.reply), (attempt(1), None), "who lost the key keeps nothing under it");
        store.write(vec![request(0).reserve(attempt(2), 100, 200)]).await.unwrap();
        store.write(vec![request(0).release(attempt(1))]).await.unwrap();
        store.write(vec![request(0).keep(attempt(2), 200, vec![1], 500)]).await.unwrap();
        let kept = store.kept_reply(&request(0), 499).await.unwrap().unwrap();
        assert_eq!(kept.reply, Some((200, vec![1])));
        assert_eq!(store.kept_reply(&request(0), 500).await.unwrap(), None);

        assert_eq!(store.forget_replies(99, 3).await.unwrap(), 0);
        assert_eq!(store.forget_replies(100, 3).await.unwrap(), 3);
        assert_eq!(store.forget_replies(100, 3).await.unwrap(), 1);
        assert!(store.kept_reply(&request(0), 100).await.unwrap().is_some());
        assert_eq!(store.forget_replies(500, 3).await.unwrap(), 1);
    }
}
