//! The outbox as a list: what was sent and how that stands; and telling a webhook again.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// A message, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id, which a webhook's receiver sees.
    pub id: Uuid,
    /// `webhook`, `push`, `sms`, `voice` or `email`.
    pub kind: String,
    /// The webhook, or the device that was to be woken.
    pub target: Option<Uuid>,
    /// The challenge that it is about.
    pub challenge: Option<ChallengeId>,
    /// `waiting`, `done` or `dead`.
    pub state: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it is tried next, in milliseconds since 1970; means nothing unless it waits.
    pub due_at: i64,
    /// What the provider calls it.
    pub reference: Option<String>,
    /// What the provider said of it later.
    pub receipt: Option<String>,
    /// When, in milliseconds since 1970.
    pub receipt_at: Option<i64>,
}

macro_rules! delivery_columns {
    () => {
        "id, kind, target_id, subject_id, state, created_at, due_at, reference, receipt, receipt_at"
    };
}

fn read_delivery(c: &mut Columns) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        id: c.get()?,
        kind: c.get()?,
        target: c.get()?,
        challenge: c.get::<Option<Uuid>>()?.map(ChallengeId),
        state: c.get()?,
        created_at: c.get()?,
        due_at: c.get()?,
        reference: c.get()?,
        receipt: c.get()?,
        receipt_at: c.get()?,
    })
}

/// From which webhook to which: one, or all.
fn span(webhook: Option<Uuid>) -> (Uuid, Uuid) {
    webhook.map_or((Uuid::nil(), Uuid::max()), |id| (id, id))
}

/// Which messages of a tenant.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// Those of these kinds.
    pub kinds: &'a [&'static str],
    /// Those in these states.
    pub states: &'a [&'static str],
    /// Those to one webhook; the kind is that, then.
    pub webhook: Option<Uuid>,
}

impl Which<'_> {
    /// A query for each kind and state: an index has each of them in the order of the list, so that a page costs the same
    /// however many there are of the others.
    fn queries(self, tenant: TenantId, before: Uuid, limit: i64) -> Vec<Query> {
        let of_webhook = concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM outbox WHERE tenant_id = ?1 AND kind = 'webhook' AND target_id = ?2 AND state = ?3 AND id < ?4
              ORDER BY id DESC LIMIT ?5"
        );
        let of_kind = concat!(
            "SELECT ",
            delivery_columns!(),
            " FROM outbox WHERE tenant_id = ?1 AND kind = ?2 AND state = ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5"
        );
        let in_state = |state: &'static str| match self.webhook {
            Some(webhook) => vec![Query::new(of_webhook, params![tenant, webhook, state, before, limit])],
            None => {
                let kinds = self.kinds.iter();
                kinds.map(|kind| Query::new(of_kind, params![tenant, *kind, state, before, limit])).collect()
            }
        };
        self.states.iter().flat_map(|state| in_state(state)).collect()
    }
}

impl Store {
    /// A tenant's messages older than `before`, newest first, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        which: Which<'_>,
        before: Uuid,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let found = self.driver.read(which.queries(tenant, before, limit)).await?;
        let rows = found.into_iter().flatten().map(|row| read_delivery(&mut row.columns()));
        let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        rows.truncate(usize::try_from(limit).unwrap_or_default());
        Ok(rows)
    }

    /// One message.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery(&self, tenant: TenantId, id: Uuid) -> Result<Option<DeliveryRow>, StoreError> {
        let sql = concat!("SELECT ", delivery_columns!(), " FROM outbox WHERE tenant_id = ?1 AND id = ?2");
        self.row(Query::new(sql, params![tenant, id]), read_delivery).await
    }

    /// What some messages say, sealed, in the order of `ids`; none for those that are gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn payloads(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let sql = "SELECT payload FROM outbox WHERE tenant_id = ?1 AND id = ?2";
        let queries = ids.iter().map(|id| Query::new(sql, params![tenant, *id])).collect();
        let first = |mut rows: Vec<super::Row>| rows.pop().map(|row| row.columns().get()).transpose();
        self.driver.read(queries).await?.into_iter().map(first).collect()
    }

    /// How many messages of a webhook, or of all webhooks, are dead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dead_deliveries(&self, tenant: TenantId, webhook: Option<Uuid>) -> Result<i64, StoreError> {
        let (first, last) = span(webhook);
        let sql = "SELECT COUNT(*) FROM outbox
                   WHERE tenant_id = ?1 AND state = 'dead' AND kind = 'webhook'
                     AND target_id >= ?2 AND target_id <= ?3";
        let count = self.row(Query::new(sql, params![tenant, first, last]), Columns::get).await?;
        Ok(count.unwrap_or(0))
    }
}

/// Sends a settled message again, as if it were new, under its old id.
#[must_use]
pub fn replay(tenant: TenantId, id: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE outbox SET state = 'waiting', failures = 0, due_at = ?3, settled_at = NULL
         WHERE tenant_id = ?1 AND id = ?2 AND kind = 'webhook' AND state IN ('done', 'dead')",
        params![tenant, id, now],
    )
}

/// Sends all dead messages of a webhook, or of all webhooks, again.
#[must_use]
pub fn replay_dead(tenant: TenantId, webhook: Option<Uuid>, now: i64) -> Statement {
    let (first, last) = span(webhook);
    Statement::any(
        "UPDATE outbox SET state = 'waiting', failures = 0, due_at = ?4, settled_at = NULL
         WHERE tenant_id = ?1 AND state = 'dead' AND kind = 'webhook' AND target_id >= ?2 AND target_id <= ?3",
        params![tenant, first, last, now],
    )
}
