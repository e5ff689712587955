//! The outbox's rules: who may send what when, what follows from how an attempt went, and what is
//! kept of it.
//!
//! A message is leased before it is sent: for as long as the lease holds no other node sends it, and when its holder
//! crashes the lease ends by itself. So a message goes out at least once, and in the good case once. Sending itself is
//! `delivery`'s.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};

use super::deliveries::KINDS;
use super::tasks::TOKEN_DEAD;
use crate::engine::providers::Provider;
use crate::engine::{Call, Content, Engine, Error, Parcel, WebhookId};
use crate::host::random;
use crate::store::outbox::{forget_settled, forget_spoken};
use crate::store::{AttemptRow, JobRow, Room, StoreError};
use crate::telemetry::metrics;
use crate::wake::Topic;

/// Milliseconds that an attempt may take at most; whoever sends must have given up by then.
pub const ATTEMPT: i64 = 10_000;
/// Milliseconds that a message belongs to whoever sends it.
pub const LEASE: i64 = 2 * ATTEMPT;
/// The same for what people are told: when a sender crashes, nobody knows whether the provider has the message, and a
/// code is not sent twice within the time for which nobody may ask for another (30 s, S5).
pub const LEASE_OF_CODES: i64 = 30_000;
/// Seconds between attempts: quick ones first, then on through three days (S44).
const WAITS: [i64; 11] = [1, 5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/// Seconds that a receiver can put the next attempt off by, beyond the wait that is due.
const LONGEST_PUT_OFF: i64 = 3_600;
/// Milliseconds for which messages that arrived are kept: 7 days.
const DONE_KEPT: i64 = 7 * 86_400_000;
/// The same for those that never did: 30 days.
const DEAD_KEPT: i64 = 30 * 86_400_000;
/// Seconds between two attempts to wake a device at most: a question waits minutes at most.
const LONGEST_PUSH_WAIT: i64 = 8;

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// To a webhook.
    Call(Call),
    /// By a provider.
    Carry(Box<Parcel>),
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

impl Engine {
    /// Waits until something was put into the outbox on this node.
    pub async fn outbox_woken(&self) {
        self.outbox.notified().await;
    }

    /// Messages of all tenants that are due, for each kind the longest due first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn due(&self, rooms: &[Room]) -> Result<Vec<JobRow>, Error> {
        Ok(self.store.due_jobs(self.now(), rooms).await?)
    }

    /// Milliseconds until the next message becomes due; none when nothing waits.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn until_due(&self, rooms: &[Room]) -> Result<Option<i64>, Error> {
        let now = self.now();
        Ok(self.store.next_due(now, rooms).await?.map(|due| due.saturating_sub(now)))
    }

    /// Counts what waits, for whoever watches.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn count_outbox(&self) -> Result<(), Error> {
        for (kind, count) in KINDS.iter().zip(self.store.waiting(&KINDS).await?) {
            self.metrics.outbox_waiting(kind, count);
        }
        Ok(())
    }

    /// Takes a message to send it. False when another node was faster.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn lease(&self, job: &mut JobRow) -> Result<bool, Error> {
        let until = self.now() + lease_of(&job.kind);
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

    /// Writes down how an attempt that began at `at` and took `duration` milliseconds went, and what follows from it for
    /// the provider that carried it and for the device that was to be woken.
    ///
    /// # Errors
    /// [`Error::Store`]; the message is then sent again when its lease ends.
    pub async fn settle(
        &self,
        job: &JobRow,
        parcel: Option<&Parcel>,
        (at, duration): (i64, i64),
        mut came: Attempt,
    ) -> Result<(), Error> {
        let provider = parcel.map(|parcel| &*parcel.provider);
        if let Some(provider) = provider {
            self.note_provider(job.tenant, provider, &came).await;
        }
        if job.kind == "push" {
            self.note_device(job, parcel, at, &mut came).await?;
        }
        let now = self.now();
        let next = match came.then {
            Then::Again(put_off) => self.next_attempt(job, now, put_off, &came)?,
            Then::Done | Then::Dead | Then::Gone(_) => None,
        };
        let row = AttemptRow {
            attempt: job.attempts,
            at,
            duration,
            status: came.status.map(i64::from),
            error: came.error.map(str::to_owned),
        };
        let stays = job.kind == "webhook" || (job.kind == "voice" && came.then == Then::Done);
        let (change, result) = match (came.then, next) {
            (Then::Done, _) => (job.settle("done", now, came.reference, stays), metrics::Delivery::Done),
            (_, Some(due_at)) => (job.again(due_at), metrics::Delivery::Again),
            (_, None) => (job.settle("dead", now, came.reference, stays), metrics::Delivery::Dead),
        };
        let mut batch = vec![change];
        batch.extend(job.note(&row));
        match self.store.write(batch).await {
            // The lease ended meanwhile, and somebody else has the message now.
            Err(StoreError::Unmet(0)) => return Ok(()),
            result => result?,
        }
        if somebody_waits(job) {
            self.wake.wake(Topic::Message(job.id));
        }
        let channel = provider.map_or(kind_word(&job.kind), |provider| provider.channel.as_str());
        self.metrics.delivery(channel, result);
        match job.target {
            Some(local) if job.kind == "webhook" && matches!(came.then, Then::Gone(_)) => {
                self.webhook_is_gone(WebhookId { tenant: job.tenant, local }).await
            }
            _ => Ok(()),
        }
    }

    /// What an attempt says of the account that it was made under. That it cannot be written down keeps nothing back.
    async fn note_provider(&self, tenant: TenantId, provider: &Provider, came: &Attempt) {
        let word = came.trouble.then(|| came.error.unwrap_or("refused"));
        if (word.is_some() || came.then == Then::Done)
            && let Err(error) = self.provider_answered(tenant, provider, word).await
        {
            tracing::warn!(%error, "how a provider does could not be written down");
        }
    }

    /// When nothing reaches the device any more, its token is forgotten and the challenge has one device less. A token
    /// that was given since is tried instead.
    async fn note_device(
        &self,
        job: &JobRow,
        parcel: Option<&Parcel>,
        at: i64,
        came: &mut Attempt,
    ) -> Result<(), Error> {
        let (Some(local), Some(challenge)) = (job.target, job.subject) else { return Ok(()) };
        let device = DeviceId { tenant: job.tenant, local };
        if let (Then::Gone(since), Some(Content::Push(push))) = (came.then, parcel.map(|p| &p.content)) {
            if self.forget_token(push, since.unwrap_or(at)).await? {
                return self.delivery_failed(device, ChallengeId(challenge)).await;
            }
            came.then = Then::Again(None);
        } else if came.error == Some(TOKEN_DEAD) {
            return self.delivery_failed(device, ChallengeId(challenge)).await;
        }
        Ok(())
    }

    /// When to try again: the schedule's wait or what the receiver asked for, whichever is longer, and up to a tenth
    /// more by chance, so that those who failed together do not come back together. None when it is over.
    fn next_attempt(
        &self,
        job: &JobRow,
        now: i64,
        put_off: Option<i64>,
        came: &Attempt,
    ) -> Result<Option<i64>, Error> {
        let failures = usize::try_from(job.failures).unwrap_or(usize::MAX);
        let wait = match job.kind.as_str() {
            "webhook" => WAITS.get(failures).copied(),
            "push" => Some(doubled(failures).min(LONGEST_PUSH_WAIT)),
            _ => Some(doubled(failures).min(LONGEST_PUT_OFF)),
        };
        let Some(wait) = wait else { return Ok(None) };
        let put_off = put_off.unwrap_or(0).clamp(0, wait + LONGEST_PUT_OFF);
        let wait = wait.max(put_off) * 1_000;
        let chance = i64::from(u16::from_be_bytes(random::<2>(&*self.rng)?));
        let mut due_at = now + wait + wait * chance / (10 * i64::from(u16::MAX));
        // Nobody knows whether it went out: as after a crash, there is no second one before the lease would have ended.
        if has_person(&job.kind) && may_have_gone_out(came) {
            due_at = due_at.max(job.due_at);
        }
        Ok(Some(due_at).filter(|due_at| job.expires_at.is_none_or(|end| *due_at < end)))
    }

    /// Forgets some of what was settled long ago. True when there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn tidy_outbox(&self) -> Result<bool, Error> {
        let (done, dead) = (self.now() - DONE_KEPT, self.now() - DEAD_KEPT);
        let [first, second] = forget_settled(done, dead);
        self.store.write(vec![first, second, forget_spoken(self.now())]).await?;
        Ok(self.store.has_settled(done, dead).await?)
    }
}

/// Seconds: 1, 2, 4, 8, ….
fn doubled(failures: usize) -> i64 {
    1_i64
        .checked_shl(u32::try_from(failures).unwrap_or(u32::MAX))
        .filter(|wait| *wait > 0)
        .unwrap_or(i64::MAX)
}

/// Whether messages of this kind go to a person, with a code perhaps.
fn has_person(kind: &str) -> bool {
    matches!(kind, "sms" | "voice" | "email")
}

/// Whether somebody may be waiting to hear how an attempt went: of codes that no challenge asks for.
fn somebody_waits(job: &JobRow) -> bool {
    has_person(&job.kind) && job.subject.is_none()
}

/// Whether the conversation broke off before the provider said what became of the message.
fn may_have_gone_out(came: &Attempt) -> bool {
    came.status.is_none() && matches!(came.error, Some("timeout" | "protocol" | "closing"))
}

fn lease_of(kind: &str) -> i64 {
    if has_person(kind) { LEASE_OF_CODES } else { LEASE }
}

fn kind_word(kind: &str) -> &'static str {
    KINDS.into_iter().find(|known| *known == kind).unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_do_not_overflow() {
        assert_eq!([0, 1, 2, 3].map(doubled), [1, 2, 4, 8]);
        assert_eq!([62, 63, 64, usize::MAX].map(doubled), [1 << 62, i64::MAX, i64::MAX, i64::MAX]);
    }
}
