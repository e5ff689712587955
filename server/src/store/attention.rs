//! What needs somebody's look, and what a tenant has not done yet. Whatever may be many is read up to a bound.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Row, Store, StoreError};

/// Who is locked is found by when that was, past all whose wrong codes are merely counted.
pub(super) const LOCKED: &str =
    "SELECT DISTINCT user_id FROM counters WHERE tenant_id = ?1 AND locked_at > ?2 LIMIT ?3";

/// What there is of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// An application.
    pub application: bool,
    /// Somebody with a device.
    pub enrolled: bool,
    /// A question.
    pub asked: bool,
}

impl Store {
    /// How many people have a factor that is locked, messages that were given up, and messages that wait: each up to `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn needing_a_look(&self, tenant: TenantId, most: i64) -> Result<[usize; 3], StoreError> {
        let state = "SELECT id FROM outbox WHERE tenant_id = ?1 AND state = ?2 ORDER BY kind, id LIMIT ?3";
        let queries = vec![
            Query::new(LOCKED, params![tenant, 0_i64, most]),
            Query::new(state, params![tenant, "dead", most]),
            Query::new(state, params![tenant, "waiting", most]),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter().map(|rows| rows.len());
        let mut next = || answers.next().unwrap_or(0);
        Ok([next(), next(), next()])
    }

    /// Secrets that end between two times: the application's name, the secret's first characters, when it ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ending_secrets(
        &self,
        tenant: TenantId,
        (from, to): (i64, i64),
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        let sql = "SELECT applications.name, credentials.prefix, credentials.expires_at FROM credentials
                   JOIN applications ON applications.tenant_id = credentials.tenant_id
                     AND applications.id = credentials.application_id
                   WHERE credentials.tenant_id = ?1 AND credentials.expires_at > ?2 AND credentials.expires_at <= ?3
                   ORDER BY credentials.expires_at LIMIT 10";
        let read = |row: Row| {
            let mut c = row.columns();
            Ok((c.get()?, c.get()?, c.get()?))
        };
        self.rows(Query::new(sql, params![tenant, from, to])).await?.into_iter().map(read).collect()
    }

    /// What there is of a tenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begun(&self, tenant: TenantId) -> Result<Begun, StoreError> {
        let ask = |sql| Query::new(sql, params![tenant, Uuid::nil()]);
        let queries = vec![
            ask("SELECT id FROM applications WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT 1"),
            ask("SELECT id FROM devices WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT 1"),
            ask("SELECT id FROM challenges WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT 1"),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter().map(|rows| !rows.is_empty());
        let mut next = || answers.next().unwrap_or(false);
        Ok(Begun { application: next(), enrolled: next(), asked: next() })
    }
}
