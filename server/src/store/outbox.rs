//! The outbox: messages that must go out, who is sending which, and what came of each attempt.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// Attempts that are remembered of one message.
const ATTEMPTS_KEPT: i64 = 20;
/// Settled messages that are forgotten in one go.
const FORGOTTEN_AT_ONCE: i64 = 500;
/// Lanes that can be left out of a look.
pub const LEFT_OUT: usize = 8;

/// A message to be sent, for the batch of the thing that it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Whose.
    pub tenant: TenantId,
    /// Its id, ordered by age.
    pub id: Uuid,
    /// `webhook`, `push`, `sms`, `voice` or `email`.
    pub kind: &'static str,
    /// The webhook that is called, or the device that is woken.
    pub target: Option<Uuid>,
    /// The challenge that it is about.
    pub subject: Option<Uuid>,
    /// What it shares a bound with: the webhook, or the provider.
    pub lane: Uuid,
    /// What to send, sealed at `outbox.payload` of this id.
    pub payload: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, when sending it becomes pointless.
    pub expires_at: Option<i64>,
}

/// A message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub id: Uuid,
    /// `webhook`, `push`, `sms`, `voice` or `email`.
    pub kind: String,
    /// The webhook that is called, or the device that is woken.
    pub target: Option<Uuid>,
    /// The challenge that it is about.
    pub subject: Option<Uuid>,
    /// What it shares a bound with; none in a message of an earlier version.
    pub lane: Option<Uuid>,
    /// What to send, sealed.
    pub payload: Vec<u8>,
    /// Attempts so far.
    pub attempts: i64,
    /// Failures since the start or the last replay.
    pub failures: i64,
    /// Milliseconds since 1970.
    pub due_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: Option<i64>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// 1, 2, ….
    pub attempt: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Milliseconds.
    pub duration: i64,
    /// The other side's code: HTTP or SMTP.
    pub status: Option<i64>,
    /// A word for what went wrong; none when all went well.
    pub error: Option<String>,
}

/// What a look at the outbox asks for: messages of one kind, without those whose lane is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The kind.
    pub kind: &'static str,
    /// How many at most.
    pub free: i64,
    /// Lanes that are left out, [`LEFT_OUT`] at most.
    pub full: Vec<Uuid>,
}

impl Room {
    /// Room for many messages of a kind, in all lanes.
    #[must_use]
    pub fn wide(kind: &'static str, free: i64) -> Self {
        Self { kind, free, full: Vec::new() }
    }

    /// The kind, two bounds on `due_at`, and the lanes.
    fn params(&self, from: i64, until: i64) -> Vec<super::Value> {
        let mut params = params![self.kind, from, until];
        // No lane has the highest id.
        let ids = self.full.iter().copied().chain(std::iter::repeat(Uuid::max()));
        params.extend(ids.take(LEFT_OUT).map(super::Value::from));
        params
    }
}

/// What is due of a kind in a span of time, in lanes that are not full: `?1` to `?11`.
macro_rules! waiting {
    () => {
        "state = 'waiting' AND kind = ?1 AND due_at > ?2 AND due_at <= ?3
           AND (lane IS NULL OR lane NOT IN (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))"
    };
}

/// What was done before `?1` or dead before `?2`.
macro_rules! settled {
    () => {
        "settled_at < ?1 AND (state = 'done' OR settled_at < ?2)"
    };
}

impl Store {
    /// Messages of all tenants that are due at `now`, for each kind the longest due first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_jobs(&self, now: i64, rooms: &[Room]) -> Result<Vec<JobRow>, StoreError> {
        let sql = concat!(
            "SELECT tenant_id, id, kind, target_id, subject_id, lane, payload, attempts, failures, due_at, expires_at
             FROM outbox WHERE ",
            waiting!(),
            " ORDER BY due_at LIMIT ?12"
        );
        let query = |room: &Room| {
            let mut params = room.params(i64::MIN, now);
            params.push(room.free.into());
            Query::new(sql, params)
        };
        let answers = self.driver.read(rooms.iter().map(query).collect()).await?;
        answers.into_iter().flatten().map(|row| read_job(&mut row.columns())).collect()
    }

    /// When the next message of any tenant becomes due after `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_due(&self, now: i64, rooms: &[Room]) -> Result<Option<i64>, StoreError> {
        let sql = concat!("SELECT due_at FROM outbox WHERE ", waiting!(), " ORDER BY due_at LIMIT 1");
        let queries = rooms.iter().map(|room| Query::new(sql, room.params(now, i64::MAX))).collect();
        let mut soonest: Option<i64> = None;
        for row in self.driver.read(queries).await?.into_iter().flatten() {
            let due: i64 = row.columns().get()?;
            soonest = Some(soonest.map_or(due, |soonest| soonest.min(due)));
        }
        Ok(soonest)
    }

    /// How it goes with a message: its state (`waiting`, `done` or `dead`) and how many attempts have failed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sending(&self, tenant: TenantId, id: Uuid) -> Result<Option<(String, i64)>, StoreError> {
        let sql = "SELECT state, failures FROM outbox WHERE tenant_id = ?1 AND id = ?2";
        self.row(Query::new(sql, params![tenant, id]), |c| Ok((c.get()?, c.get()?))).await
    }

    /// How many messages of each kind wait, in the order of `kinds`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting(&self, kinds: &[&'static str]) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND kind = ?1";
        let queries = kinds.iter().map(|kind| Query::new(sql, params![*kind])).collect();
        let answers = self.driver.read(queries).await?;
        answers.into_iter().flatten().map(|row| row.columns().get()).collect()
    }

    /// Whether there is something that [`forget_settled`] would forget.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_settled(&self, done: i64, dead: i64) -> Result<bool, StoreError> {
        let sql = concat!("SELECT 1 FROM outbox WHERE ", settled!(), " LIMIT 1");
        Ok(!self.rows(Query::new(sql, params![done, dead])).await?.is_empty())
    }

    /// The attempts of some messages, in the order of `ids`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempts(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Vec<AttemptRow>>, StoreError> {
        let sql = "SELECT attempt, at, duration, status, error FROM deliveries
                   WHERE tenant_id = ?1 AND job_id = ?2 ORDER BY attempt";
        let queries = ids.iter().map(|id| Query::new(sql, params![tenant, *id])).collect();
        let read = |row: super::Row| {
            let mut c = row.columns();
            Ok(AttemptRow {
                attempt: c.get()?,
                at: c.get()?,
                duration: c.get()?,
                status: c.get()?,
                error: c.get()?,
            })
        };
        let answers = self.driver.read(queries).await?;
        answers.into_iter().map(|rows| rows.into_iter().map(read).collect()).collect()
    }
}

fn read_job(c: &mut Columns) -> Result<JobRow, StoreError> {
    Ok(JobRow {
        tenant: TenantId(c.get()?),
        id: c.get()?,
        kind: c.get()?,
        target: c.get()?,
        subject: c.get()?,
        lane: c.get()?,
        payload: c.get()?,
        attempts: c.get()?,
        failures: c.get()?,
        due_at: c.get()?,
        expires_at: c.get()?,
    })
}

impl NewJob {
    /// Puts the message into the outbox, due at once.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO outbox (tenant_id, id, kind, target_id, subject_id, lane, payload, state, attempts, failures,
               due_at, expires_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', 0, 0, ?8, ?9, ?8)",
            params![
                self.tenant,
                self.id,
                self.kind,
                self.target,
                self.subject,
                self.lane,
                self.payload.clone(),
                self.created_at,
                self.expires_at
            ],
        )
    }

    /// The same for a message that tells how a challenge ended: if it has ended so, its webhook still wants to hear,
    /// and has not been told.
    #[must_use]
    pub fn insert_told(&self, state: &'static str) -> Statement {
        Statement::any(
            "INSERT INTO outbox (tenant_id, id, kind, target_id, lane, subject_id, payload, state, attempts, failures,
               due_at, expires_at, created_at)
             SELECT ?1, ?2, ?3, ?4, ?4, ?5, ?6, 'waiting', 0, 0, ?7, ?8, ?7 FROM webhooks
             WHERE tenant_id = ?1 AND id = ?4 AND disabled_at IS NULL
               AND EXISTS (SELECT 1 FROM challenges WHERE tenant_id = ?1 AND id = ?5 AND state = ?9)
             ON CONFLICT DO NOTHING",
            params![
                self.tenant,
                self.id,
                self.kind,
                self.target,
                self.subject,
                self.payload.clone(),
                self.created_at,
                self.expires_at,
                state
            ],
        )
    }
}

// What follows names a message, and says by `settled_at` that it waits: PostgreSQL would look for `state` in an index of what waits,
// which is in another order, and walk through a whole queue for each message in it.
impl JobRow {
    /// Takes the message, if nobody else has since it was read, until `until`.
    #[must_use]
    pub fn lease(&self, until: i64) -> Statement {
        Statement::one(
            "UPDATE outbox SET attempts = attempts + 1, due_at = ?5
             WHERE tenant_id = ?1 AND id = ?2 AND settled_at IS NULL AND attempts = ?3 AND due_at = ?4",
            params![self.tenant, self.id, self.attempts, self.due_at, until],
        )
    }

    /// Notes that the attempt failed, and when the next is due. The lease must still be ours.
    #[must_use]
    pub fn again(&self, due_at: i64) -> Statement {
        Statement::one(
            "UPDATE outbox SET failures = failures + 1, due_at = ?4
             WHERE tenant_id = ?1 AND id = ?2 AND settled_at IS NULL AND attempts = ?3",
            params![self.tenant, self.id, self.attempts, due_at],
        )
    }

    /// Ends the message as `done` or `dead`; `reference` is what the provider calls it. What a message to a person said is
    /// forgotten, unless it `stays` because it is about to be spoken. The lease must still be ours.
    #[must_use]
    pub fn settle(&self, state: &'static str, now: i64, reference: Option<String>, stays: bool) -> Statement {
        let payload = if stays { self.payload.clone() } else { Vec::new() };
        Statement::one(
            "UPDATE outbox SET state = ?4, settled_at = ?5, payload = ?6, reference = ?7
             WHERE tenant_id = ?1 AND id = ?2 AND settled_at IS NULL AND attempts = ?3",
            params![self.tenant, self.id, self.attempts, state, now, payload, reference],
        )
    }

    /// Keeps what came of an attempt, and forgets what came of early ones.
    #[must_use]
    pub fn note(&self, attempt: &AttemptRow) -> Vec<Statement> {
        let mut statements = vec![Statement::one(
            "INSERT INTO deliveries (tenant_id, job_id, attempt, at, duration, status, error)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.tenant,
                self.id,
                attempt.attempt,
                attempt.at,
                attempt.duration,
                attempt.status,
                attempt.error.clone()
            ],
        )];
        if attempt.attempt > ATTEMPTS_KEPT {
            statements.push(Statement::any(
                "DELETE FROM deliveries WHERE tenant_id = ?1 AND job_id = ?2 AND attempt <= ?3",
                params![self.tenant, self.id, attempt.attempt - ATTEMPTS_KEPT],
            ));
        }
        statements
    }
}

/// Takes a message back that has not arrived: no other attempt is made, and what it said is forgotten. Finds nothing to
/// change when it has arrived or was given up.
#[must_use]
pub fn withdraw(tenant: TenantId, id: Uuid, now: i64) -> Statement {
    Statement::one(
        "UPDATE outbox SET state = 'dead', settled_at = ?3, payload = ?4
         WHERE tenant_id = ?1 AND id = ?2 AND settled_at IS NULL",
        params![tenant, id, now, Vec::<u8>::new()],
    )
}

/// Forgets some of the codes that were to be spoken and that nobody may hear any more, of all tenants.
#[must_use]
pub fn forget_spoken(now: i64) -> Statement {
    Statement::any(
        "UPDATE outbox SET payload = ?2 WHERE (tenant_id, id) IN (
           SELECT tenant_id, id FROM outbox
           WHERE kind = 'voice' AND settled_at IS NOT NULL AND length(payload) > 0 AND expires_at <= ?1 LIMIT ?3)",
        params![now, Vec::<u8>::new(), FORGOTTEN_AT_ONCE],
    )
}

/// Forgets some of what was done before `done` or dead before `dead`, with its attempts, of all tenants.
#[must_use]
pub fn forget_settled(done: i64, dead: i64) -> [Statement; 2] {
    [
        Statement::any(
            concat!(
                "DELETE FROM deliveries WHERE (tenant_id, job_id) IN (SELECT tenant_id, id FROM outbox WHERE ",
                settled!(),
                " ORDER BY settled_at LIMIT ?3)"
            ),
            params![done, dead, FORGOTTEN_AT_ONCE],
        ),
        Statement::any(
            concat!(
                "DELETE FROM outbox WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM outbox WHERE ",
                settled!(),
                " ORDER BY settled_at LIMIT ?3)"
            ),
            params![done, dead, FORGOTTEN_AT_ONCE],
        ),
    ]
}
