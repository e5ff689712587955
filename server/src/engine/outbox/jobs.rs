//! The outbox's rules: who may send what when, what follows from how an attempt went, and looking at all that.
//!
//! A message is leased before it is sent: for as long as the lease holds no other node sends it, and when its holder
//! crashes the lease ends by itself. So a message goes out at least once, and in the good case once. Sending itself is
//! `delivery`'s.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::outbox::message::payload_place;
use crate::engine::{Call, Caller, Engine, Error, Message, WebhookId};
use crate::host::random;
use crate::store::deliveries::{replay, replay_dead};
use crate::store::outbox::forget_settled;
use crate::store::{AttemptRow, Busy, DeliveryRow, JobRow, StoreError};
use crate::telemetry::metrics::{self, Receiver};

/// Milliseconds that an attempt may take at most; whoever sends must have given up by then.
pub const ATTEMPT: i64 = 10_000;
/// Milliseconds that a message belongs to whoever sends it.
pub const LEASE: i64 = 2 * ATTEMPT;
/// Seconds between attempts: quick ones first, then on through three days (S44).
const WAITS: [i64; 11] = [1, 5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/// Seconds that a receiver can put the next attempt off by, beyond the wait that is due.
const LONGEST_PUT_OFF: i64 = 3_600;
/// Milliseconds for which messages that arrived are kept: 7 days.
const DONE_KEPT: i64 = 7 * 86_400_000;
/// The same for those that never did: 30 days.
const DEAD_KEPT: i64 = 30 * 86_400_000;
/// Deliveries in a page at most.
const PAGE: i64 = 200;

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// To a webhook.
    Call(Call),
    /// To a mailbox; the id is the message's own.
    Mail(Message, Uuid),
    /// Nothing any more; a word for why.
    Pointless(&'static str),
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The other side's code: HTTP or SMTP.
    pub status: Option<u16>,
    /// A word for what went wrong.
    pub error: Option<&'static str>,
    /// What the provider calls the message.
    pub reference: Option<String>,
    /// The provider's account is at fault: an operator must look, whatever becomes of this message.
    pub trouble: bool,
    /// What follows.
    pub then: Then,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It arrived.
    Done,
    /// Try again, not before so many seconds if the other side said so.
    Again(Option<i64>),
    /// It will never arrive.
    Dead,
    /// The same, and whoever it goes to wants nothing more: the webhook says so, or the push token is dead since this
    /// time (milliseconds since 1970), if the provider knows since when.
    Gone(Option<i64>),
}

impl Attempt {
    /// One that failed and is worth another.
    #[must_use]
    pub fn failed(error: &'static str) -> Self {
        Self { status: None, error: Some(error), reference: None, trouble: false, then: Then::Again(None) }
    }

    /// One that arrived, and what the provider calls the message.
    #[must_use]
    pub fn done(status: Option<u16>, reference: Option<String>) -> Self {
        Self { status, error: None, reference, trouble: false, then: Then::Done }
    }

    /// One after which no other is made.
    #[must_use]
    pub fn dead(error: &'static str) -> Self {
        Self { then: Then::Dead, ..Self::failed(error) }
    }

    /// The same attempt with the other side's code.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// The same attempt, refused because of our account there.
    #[must_use]
    pub fn in_trouble(self) -> Self {
        Self { trouble: true, ..self }
    }
}

/// A message to a webhook with its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message.
    pub row: DeliveryRow,
    /// What came of its attempts, oldest first.
    pub attempts: Vec<AttemptRow>,
}

/// Which deliveries to list.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// `waiting`, `done` or `dead`.
    pub state: Option<String>,
    /// Those to one webhook.
    pub webhook: Option<Uuid>,
    /// How many at most, 1…200.
    pub limit: i64,
    /// Those after this one in the list.
    pub cursor: Option<String>,
}

impl Engine {
    /// Waits until something was put into the outbox on this node.
    pub async fn outbox_woken(&self) {
        self.outbox.notified().await;
    }

    /// Messages of all tenants that are due, the longest due first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn due(&self, busy: &Busy, limit: i64) -> Result<Vec<JobRow>, Error> {
        Ok(self.store.due_jobs(self.now(), busy, limit).await?)
    }

    /// Milliseconds until the next message becomes due; none when nothing waits.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn until_due(&self, busy: &Busy) -> Result<Option<i64>, Error> {
        let now = self.now();
        Ok(self.store.next_due(now, busy).await?.map(|due| due.saturating_sub(now)))
    }

    /// Takes a message to send it. False when another node was faster.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn lease(&self, job: &mut JobRow) -> Result<bool, Error> {
        let until = self.now() + LEASE;
        match self.store.write(vec![job.lease(until)]).await {
            Ok(()) => {
                job.attempts += 1;
                job.due_at = until;
                // The database may have taken so long that the lease ends before an attempt would.
                Ok(self.now() + ATTEMPT <= until)
            }
            Err(StoreError::Unmet(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What a leased message is, signed for this attempt.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Seal`], [`Error::Damaged`].
    pub async fn task(&self, job: &JobRow) -> Result<Task, Error> {
        if job.expires_at.is_some_and(|end| end <= self.now()) {
            return Ok(Task::Pointless("expired"));
        }
        let payload = || self.master.open(payload_place(job.tenant, job.id), &job.payload);
        let Some(target) = job.target else {
            let mail = serde_json::from_slice(&payload()?).map_err(|_| Error::Damaged("mail"))?;
            return Ok(Task::Mail(mail, job.id));
        };
        match self.store.webhook(job.tenant, target).await? {
            None => Ok(Task::Pointless("webhook_removed")),
            Some(webhook) if webhook.disabled.is_some() => Ok(Task::Pointless("webhook_disabled")),
            Some(webhook) => Ok(Task::Call(self.signed(&webhook, job.id, payload()?.to_vec())?)),
        }
    }

    /// Writes down how an attempt that began at `at` and took `duration` milliseconds went.
    ///
    /// # Errors
    /// [`Error::Store`]; the message is then sent again when its lease ends.
    pub async fn settle(&self, job: &JobRow, at: i64, duration: i64, came: Attempt) -> Result<(), Error> {
        let now = self.now();
        let next = match came.then {
            Then::Again(put_off) => self.next_attempt(job, now, put_off)?,
            Then::Done | Then::Dead | Then::Gone(_) => None,
        };
        let row = AttemptRow {
            attempt: job.attempts,
            at,
            duration,
            status: came.status.map(i64::from),
            error: came.error.map(str::to_owned),
        };
        let (change, result) = match (came.then, next) {
            (Then::Done, _) => (job.settle("done", now), metrics::Delivery::Done),
            (_, Some(due_at)) => (job.again(due_at), metrics::Delivery::Again),
            (_, None) => (job.settle("dead", now), metrics::Delivery::Dead),
        };
        let mut batch = vec![change];
        batch.extend(job.note(&row));
        match self.store.write(batch).await {
            // The lease ended meanwhile, and somebody else has the message now.
            Err(StoreError::Unmet(0)) => return Ok(()),
            result => result?,
        }
        let to = if job.target.is_some() { Receiver::Webhook } else { Receiver::Mailbox };
        self.metrics.delivery(to, result);
        match job.target {
            Some(local) if matches!(came.then, Then::Gone(_)) => {
                self.webhook_is_gone(WebhookId { tenant: job.tenant, local }).await
            }
            _ => Ok(()),
        }
    }

    /// When to try again: the schedule's wait or what the receiver asked for, whichever is longer, and up to a tenth
    /// more by chance, so that those who failed together do not come back together. None when it is over.
    fn next_attempt(&self, job: &JobRow, now: i64, put_off: Option<i64>) -> Result<Option<i64>, Error> {
        let failures = usize::try_from(job.failures).unwrap_or(usize::MAX);
        let Some(wait) = WAITS.get(failures).copied() else { return Ok(None) };
        let put_off = put_off.unwrap_or(0).clamp(0, wait + LONGEST_PUT_OFF);
        let wait = wait.max(put_off) * 1_000;
        let chance = i64::from(u16::from_be_bytes(random::<2>(&*self.rng)?));
        let due_at = now + wait + wait * chance / (10 * i64::from(u16::MAX));
        Ok(Some(due_at).filter(|due_at| job.expires_at.is_none_or(|end| *due_at < end)))
    }

    /// Forgets some of what was settled long ago. True when there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn tidy_outbox(&self) -> Result<bool, Error> {
        let (done, dead) = (self.now() - DONE_KEPT, self.now() - DEAD_KEPT);
        self.store.write(forget_settled(done, dead).to_vec()).await?;
        Ok(self.store.has_settled(done, dead).await?)
    }

    /// A page of what webhooks were told, newest first, and where the next page begins.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a state that is none, a limit outside 1…200, a cursor that is none.
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        filter: &DeliveryFilter,
    ) -> Result<(Vec<Delivery>, Option<String>), Error> {
        let invalid = |why: &str| Err(Error::Invalid(why.to_owned()));
        let state = filter.state.as_deref();
        if state.is_some_and(|word| !["waiting", "done", "dead"].contains(&word)) {
            return invalid("state must be waiting, done or dead");
        }
        if !(1..=PAGE).contains(&filter.limit) {
            return invalid("limit must be 1 to 200");
        }
        let before = match filter.cursor.as_deref().map(str::parse::<Uuid>) {
            None => Uuid::max(),
            Some(Ok(id)) => id,
            Some(Err(_)) => return invalid("cursor must be a next_cursor from an earlier page"),
        };
        let mut rows = self.store.deliveries(tenant, state, filter.webhook, before, filter.limit + 1).await?;
        let more = rows.len() > usize::try_from(filter.limit).unwrap_or(usize::MAX);
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|last| last.id.to_string());
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let attempts = self.store.attempts(tenant, &ids).await?;
        let all = rows.into_iter().zip(attempts).map(|(row, attempts)| Delivery { row, attempts });
        Ok((all.collect(), next))
    }

    /// Tells a webhook again what it was told, or what it never took, under the same id.
    ///
    /// # Errors
    /// [`Error::DeliveryNotFound`]; [`Error::DeliveryWaiting`] while it is still being tried.
    pub async fn replay(&self, tenant: TenantId, id: Uuid, actor: &dyn Actor) -> Result<Delivery, Error> {
        let now = self.now();
        let event = self.event(tenant, "delivery.replayed", actor, &id)?;
        let written = self.store.write(vec![replay(tenant, id, now), event]).await;
        let row = self.store.delivery(tenant, id).await?.ok_or(Error::DeliveryNotFound)?;
        match written {
            Err(StoreError::Unmet(0)) => return Err(Error::DeliveryWaiting),
            result => result?,
        }
        self.outbox_changed();
        let attempts = self.store.attempts(tenant, &[id]).await?.pop().unwrap_or_default();
        Ok(Delivery { row, attempts })
    }

    /// The same for everything that a webhook, or all of a tenant's webhooks, never took. Returns how many.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn replay_all_dead(&self, tenant: TenantId, webhook: Option<Uuid>) -> Result<i64, Error> {
        let dead = self.store.dead_deliveries(tenant, webhook).await?;
        let event = self.event(tenant, "delivery.replayed", &"operator", &"all dead")?;
        self.store.write(vec![replay_dead(tenant, webhook, self.now()), event]).await?;
        self.outbox_changed();
        Ok(dead)
    }

    /// [`Engine::replay`] for an application. Another tenant's delivery is not found.
    ///
    /// # Errors
    /// As [`Engine::replay`].
    pub async fn replay_for(&self, caller: &Caller, id: Uuid) -> Result<Delivery, Error> {
        self.replay(caller.application.tenant, id, &caller.actor()).await
    }
}
