//! The audit log. Events are written in the batch of the thing itself, so neither is ever there without the other; a
//! moment later they are sealed into their tenant's chain. Never a code, a seed, a secret or a whole phone number.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Row, Statement, Store, StoreError};

/// One event to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whose log.
    pub tenant: TenantId,
    /// Its id, ordered by time.
    pub id: Uuid,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What: `challenge.approved`, `device.enrolled`, ….
    pub name: &'static str,
    /// Who did it: an application's, device's or operator's id.
    pub actor: String,
    /// To what: a challenge's, device's or user's id.
    pub subject: String,
    /// The client's IP address, where one is known.
    pub address: Option<String>,
    /// A few words more.
    pub detail: Option<String>,
}

/// One event as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its id, ordered by time.
    pub id: Uuid,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What.
    pub name: String,
    /// Who did it.
    pub actor: String,
    /// To what.
    pub subject: String,
    /// The client's IP address.
    pub address: Option<String>,
    /// A few words more.
    pub detail: Option<String>,
}

/// An event with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// 1, 2, 3, … within its tenant.
    pub seq: i64,
    /// SHA-256 over the one before and this; none when somebody has taken it away.
    pub hash: Option<Vec<u8>>,
    /// The event.
    pub event: EventRow,
}

/// The end of a tenant's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// Number of the last sealed event.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// Number of the event that the newest checkpoint names; 0 before the first.
    pub signed_seq: i64,
    /// When that was signed, or the first event sealed: milliseconds since 1970.
    pub signed_at: i64,
}

/// A signed end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// Number of the event that it names.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The `cs-checkpoint+jwt`.
    pub jws: String,
}

/// What follows in a chain after some number, all as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainPage {
    /// The end of the chain.
    pub head: Option<HeadRow>,
    /// The events that follow, in order.
    pub rows: Vec<SealedRow>,
    /// The checkpoints that follow, in order.
    pub checkpoints: Vec<CheckpointRow>,
}

/// The columns of [`read_event`].
macro_rules! event_columns {
    () => {
        "id, at, event, actor, subject, address, detail"
    };
}
pub(super) use event_columns;

const HEAD: &str = "SELECT seq, hash, signed_seq, signed_at FROM audit_heads WHERE tenant_id = ?1";
// What waits to be sealed is little, and stands at the end of a log that is long. These read `audit_unsealed` and nothing else
// to find it: where columns are wanted that it does not have, SQLite would walk through the log, and so would PostgreSQL for
// an order that the primary key has too.
pub(super) const NEXT_UNSEALED: &str =
    "SELECT tenant_id FROM audit WHERE seq IS NULL AND tenant_id > ?1 ORDER BY tenant_id LIMIT 1";
pub(super) const UNSEALED: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM audit WHERE tenant_id = ?1 AND id IN (
       SELECT id FROM audit WHERE seq IS NULL AND tenant_id = ?1 ORDER BY seq, id LIMIT ?2) ORDER BY id"
);
pub(super) const COUNT_UNSEALED: &str = "SELECT COUNT(*) FROM audit WHERE seq IS NULL AND tenant_id = ?1";
const CHECKPOINTS: &str =
    "SELECT seq, at, jws FROM checkpoints WHERE tenant_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";

pub(super) fn read_event(c: &mut Columns) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        id: c.get()?,
        at: c.get()?,
        name: c.get()?,
        actor: c.get()?,
        subject: c.get()?,
        address: c.get()?,
        detail: c.get()?,
    })
}

fn read_head(c: &mut Columns) -> Result<HeadRow, StoreError> {
    Ok(HeadRow { seq: c.get()?, hash: c.get()?, signed_seq: c.get()?, signed_at: c.get()? })
}

fn read_sealed(c: &mut Columns) -> Result<SealedRow, StoreError> {
    Ok(SealedRow { seq: c.get()?, hash: c.get()?, event: read_event(c)? })
}

fn read_checkpoint(c: &mut Columns) -> Result<CheckpointRow, StoreError> {
    Ok(CheckpointRow { seq: c.get()?, at: c.get()?, jws: c.get()? })
}

fn all<T>(
    rows: Vec<Row>,
    read: impl Fn(&mut Columns) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(|row| read(&mut row.columns())).collect()
}

impl Store {
    /// The next tenant after `after` with events that are not sealed. It looks across tenants, and so does the next one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_unsealed(&self, after: Uuid) -> Result<Option<TenantId>, StoreError> {
        self.row(Query::new(NEXT_UNSEALED, params![after]), |c| c.get().map(TenantId)).await
    }

    /// The next tenant after `after` whose chain has grown since its newest checkpoint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_unsigned(&self, after: Uuid) -> Result<Option<(TenantId, HeadRow)>, StoreError> {
        let sql = "SELECT tenant_id, seq, hash, signed_seq, signed_at FROM audit_heads
                   WHERE signed_seq < seq AND tenant_id > ?1 ORDER BY tenant_id LIMIT 1";
        self.row(Query::new(sql, params![after]), |c| Ok((TenantId(c.get()?), read_head(c)?))).await
    }

    /// The next tenant after `after` that has a chain at all, also when nothing else of the tenant is left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_chain(&self, after: Uuid) -> Result<Option<TenantId>, StoreError> {
        let sql = "SELECT tenant_id FROM audit_heads WHERE tenant_id > ?1 ORDER BY tenant_id LIMIT 1";
        self.row(Query::new(sql, params![after]), |c| c.get().map(TenantId)).await
    }

    /// The end of a tenant's chain and the oldest events that are not in it yet, as of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unsealed(
        &self,
        tenant: TenantId,
        limit: i64,
    ) -> Result<(Option<HeadRow>, Vec<EventRow>), StoreError> {
        let queries = vec![Query::new(HEAD, params![tenant]), Query::new(UNSEALED, params![tenant, limit])];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let head = all(answers.next().unwrap_or_default(), read_head)?.pop();
        Ok((head, all(answers.next().unwrap_or_default(), read_event)?))
    }

    /// How many of a tenant's events are not sealed yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_unsealed(&self, tenant: TenantId) -> Result<i64, StoreError> {
        Ok(self.row(Query::new(COUNT_UNSEALED, params![tenant]), |c| c.get()).await?.unwrap_or(0))
    }

    /// What follows in a tenant's chain after number `after`, at most `limit` of each kind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn chain_after(
        &self,
        tenant: TenantId,
        after: i64,
        limit: i64,
    ) -> Result<ChainPage, StoreError> {
        let rows = concat!(
            "SELECT seq, hash, ",
            event_columns!(),
            " FROM audit WHERE tenant_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"
        );
        let queries = vec![
            Query::new(HEAD, params![tenant]),
            Query::new(rows, params![tenant, after, limit]),
            Query::new(CHECKPOINTS, params![tenant, after, limit]),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Ok(ChainPage {
            head: all(next(), read_head)?.pop(),
            rows: all(next(), read_sealed)?,
            checkpoints: all(next(), read_checkpoint)?,
        })
    }

    /// The event with this number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sealed(&self, tenant: TenantId, seq: i64) -> Result<Option<SealedRow>, StoreError> {
        let sql =
            concat!("SELECT seq, hash, ", event_columns!(), " FROM audit WHERE tenant_id = ?1 AND seq = ?2");
        self.row(Query::new(sql, params![tenant, seq]), read_sealed).await
    }

    /// A tenant's events before the id `before`, newest first, sealed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events_before(
        &self,
        tenant: TenantId,
        before: Uuid,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            event_columns!(),
            " FROM audit WHERE tenant_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
        );
        all(self.rows(Query::new(sql, params![tenant, before, limit])).await?, read_event)
    }
}

impl Event {
    /// Adds the event to the log.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO audit (tenant_id, id, at, event, actor, subject, address, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            self.values(),
        )
    }

    /// Adds the event if this challenge is pending at `now`. Written right before the statement that ends it if it is,
    /// and behind [`super::challenges::hold`], so that the log never tells of an end that was somebody else's.
    #[must_use]
    pub fn insert_if_pending(&self, challenge: ChallengeId, now: i64) -> Statement {
        let mut values = self.values();
        values.extend(params![challenge.0, now]);
        Statement::any(
            "INSERT INTO audit (tenant_id, id, at, event, actor, subject, address, detail)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM challenges
             WHERE tenant_id = ?1 AND id = ?9 AND state = 'pending' AND expires_at > ?10",
            values,
        )
    }

    /// The same if, besides, the person's factor of this `kind`, which would answer it, is locked (S28).
    #[must_use]
    pub fn insert_if_locked(&self, challenge: ChallengeId, kind: &str, now: i64) -> Statement {
        let mut values = self.values();
        values.extend(params![challenge.0, now, kind]);
        Statement::any(
            "INSERT INTO audit (tenant_id, id, at, event, actor, subject, address, detail)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM challenges c
             JOIN counters n ON n.tenant_id = c.tenant_id AND n.user_id = c.user_id AND n.factor = c.kind
             WHERE c.tenant_id = ?1 AND c.id = ?9 AND c.state = 'pending' AND c.expires_at > ?10
               AND c.kind = ?11 AND n.locked_at IS NOT NULL",
            values,
        )
    }

    fn values(&self) -> Vec<super::Value> {
        params![
            self.tenant,
            self.id,
            self.at,
            self.name,
            self.actor.as_str(),
            self.subject.as_str(),
            self.address.clone(),
            self.detail.clone()
        ]
    }
}

/// Moves the end of a chain on, if it still is where it was read: of two who seal at once, one does.
#[must_use]
pub fn advance(tenant: TenantId, from: Option<&HeadRow>, (seq, hash): (i64, &[u8]), now: i64) -> Statement {
    match from {
        None => Statement::one(
            "INSERT INTO audit_heads (tenant_id, seq, hash, signed_seq, signed_at) VALUES (?1, ?2, ?3, 0, ?4)",
            params![tenant, seq, hash.to_vec(), now],
        ),
        Some(head) => Statement::one(
            "UPDATE audit_heads SET seq = ?2, hash = ?3 WHERE tenant_id = ?1 AND seq = ?4 AND hash = ?5",
            params![tenant, seq, hash.to_vec(), head.seq, head.hash.clone()],
        ),
    }
}

/// Gives an event its place in the chain, if it has none.
#[must_use]
pub fn seal(tenant: TenantId, id: Uuid, seq: i64, hash: &[u8]) -> Statement {
    Statement::one(
        "UPDATE audit SET seq = ?3, hash = ?4 WHERE tenant_id = ?1 AND id = ?2 AND seq IS NULL",
        params![tenant, id, seq, hash.to_vec()],
    )
}

impl CheckpointRow {
    /// Keeps the checkpoint and notes that the chain is signed so far: two statements for one batch.
    #[must_use]
    pub fn insert(&self, tenant: TenantId) -> [Statement; 2] {
        [
            Statement::one(
                "UPDATE audit_heads SET signed_seq = ?2, signed_at = ?3
                 WHERE tenant_id = ?1 AND seq >= ?2 AND signed_seq < ?2",
                params![tenant, self.seq, self.at],
            ),
            Statement::one(
                "INSERT INTO checkpoints (tenant_id, seq, at, jws) VALUES (?1, ?2, ?3, ?4)",
                params![tenant, self.seq, self.at, self.jws.as_str()],
            ),
        ]
    }
}
