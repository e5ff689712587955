//! Sending what is in the outbox. One worker on each node takes what is due, as much at once as is good, and waits for
//! the next: it is woken when this node puts something in, and looks by itself when something becomes due. What a result
//! means is the engine's business; nothing here changes an authentication.

pub mod mail;
mod outgoing;
pub mod webhook;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::config::Config;
use crate::engine::providers::{Account, Channel, Provider};
use crate::engine::{ATTEMPT, Attempt, Content, Engine, Error, Message, Moment, Parcel, Task};
use crate::store::{Busy, JobRow};
use mail::Mailer;
use webhook::Caller;

/// Messages on their way at once.
const AT_ONCE: usize = 32;
/// Of these, to one webhook, and mails: the slowest receiver leaves room for the others. Those that have so many are left
/// out of the next look, and there are at most [`crate::store::outbox::LEFT_OUT`] of them.
const AT_ONCE_TO_ONE: usize = 4;
const _: () = assert!(AT_ONCE / AT_ONCE_TO_ONE <= crate::store::outbox::LEFT_OUT);
/// Longest time without a look: a command or another node may have put something in.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// The same after the database did not answer.
const AFTER_AN_ERROR: Duration = Duration::from_secs(5);

/// What sending needs could not be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sending cannot be set up: {0}")]
pub struct SetupError(String);

/// Those who carry messages, one for each kind.
#[derive(Debug)]
pub struct Couriers {
    /// Calls webhooks.
    pub webhooks: Caller,
    /// Sends mail.
    pub mail: Mailer,
    /// The account for mails, where one is configured.
    from_config: Option<Arc<Provider>>,
}

impl Couriers {
    /// As the configuration has it.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let bad = |error: crate::config::ConfigError| SetupError(error.to_string());
        let account = config.mail.as_ref().map(|mail| mail.account().map_err(bad)).transpose()?;
        let from_config = account.map(|account| {
            Arc::new(Provider { id: Uuid::nil(), channel: Channel::Email, account: Account::Smtp(account) })
        });
        Ok(Self { webhooks: Caller::new(config.webhook_targets())?, mail: Mailer::default(), from_config })
    }

    /// Sends everything that is due now, and returns when nothing is any more. For tests that set the clock.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn send_due(self: &Arc<Self>, engine: &Arc<Engine>) -> Result<(), Error> {
        let mut sending = Sending::default();
        loop {
            sending.take_due(engine, self).await?;
            if !sending.one_ends().await {
                return Ok(());
            }
        }
    }

    async fn carry(&self, engine: &Engine, job: &JobRow) -> Result<Attempt, Error> {
        Ok(match engine.task(job).await? {
            Task::Call(call) => self.webhooks.call(&call).await,
            Task::Mail(message, id) => match &self.from_config {
                Some(provider) => self.mail(engine, job, message, id, provider).await?,
                None => Attempt::failed("mail_not_configured"),
            },
            Task::Pointless(why) => Attempt::dead(why),
        })
    }

    async fn mail(
        &self,
        engine: &Engine,
        job: &JobRow,
        message: Message,
        id: Uuid,
        provider: &Arc<Provider>,
    ) -> Result<Attempt, Error> {
        let words = engine.mail_words(job.tenant, &message).await?;
        let at = Moment { now: engine.unix_ms(), rng: engine.rng() };
        let (tenant, expires_at, provider) = (job.tenant, job.expires_at, Arc::clone(provider));
        let to = message.to.clone();
        let parcel = Parcel { tenant, id, expires_at, provider, content: Content::Message(message) };
        let Account::Smtp(account) = &parcel.provider.account else {
            return Ok(Attempt::failed("wrong_account"));
        };
        Ok(self.mail.send(&parcel, account, &to, &words, at).await)
    }

    /// One attempt, from leased to written down.
    async fn attempt(self: Arc<Self>, engine: Arc<Engine>, job: JobRow) {
        let (at, begun) = (engine.unix_ms(), Instant::now());
        let patience = Duration::from_millis(ATTEMPT.unsigned_abs());
        let came = match tokio::time::timeout(patience, self.carry(&engine, &job)).await {
            Ok(Ok(came)) => came,
            Ok(Err(error)) => {
                tracing::error!(%error, job = %job.id, "a message could not be prepared");
                Attempt::failed("internal")
            }
            Err(_) => Attempt::failed("timeout"),
        };
        let duration = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        tracing::debug!(job = %job.id, kind = job.kind, attempt = job.attempts, status = came.status, error = came.error, "sent");
        if let Err(error) = engine.settle(&job, at, duration, came).await {
            tracing::error!(%error, job = %job.id, "an attempt could not be written down; it is made again");
        }
    }
}

/// What has a bound of its own: a webhook, or mail.
type Lane = Option<Uuid>;

/// What is on its way.
#[derive(Debug, Default)]
struct Sending {
    tasks: JoinSet<()>,
    lanes: HashMap<Id, Lane>,
}

impl Sending {
    fn room(&self, lane: Lane) -> usize {
        AT_ONCE_TO_ONE.saturating_sub(self.lanes.values().filter(|used| **used == lane).count())
    }

    fn busy(&self) -> Busy {
        let mut busy = Busy::default();
        for lane in self.lanes.values().filter(|lane| self.room(**lane) == 0) {
            match lane {
                None => busy.mail = true,
                Some(webhook) if busy.webhooks.contains(webhook) => {}
                Some(webhook) => busy.webhooks.push(*webhook),
            }
        }
        busy
    }

    /// Starts all that is due and has room. Returns how long nothing more will be due.
    async fn take_due(&mut self, engine: &Arc<Engine>, couriers: &Arc<Couriers>) -> Result<Duration, Error> {
        loop {
            let free = AT_ONCE.saturating_sub(self.lanes.len());
            if free == 0 {
                return Ok(LOOK_AGAIN);
            }
            let busy = self.busy();
            let due = engine.due(&busy, i64::try_from(free).unwrap_or(0)).await?;
            if due.is_empty() {
                let wait = engine.until_due(&busy).await?.and_then(|ms| u64::try_from(ms).ok());
                return Ok(wait.map_or(LOOK_AGAIN, Duration::from_millis).min(LOOK_AGAIN));
            }
            for job in self.lease(engine, due).await? {
                let lane = job.target;
                let task = self.tasks.spawn(Arc::clone(couriers).attempt(Arc::clone(engine), job));
                self.lanes.insert(task.id(), lane);
            }
        }
    }

    /// Leases those that have room, all in one commit of the database.
    async fn lease(&self, engine: &Engine, due: Vec<JobRow>) -> Result<Vec<JobRow>, Error> {
        let mut room: HashMap<Lane, usize> = HashMap::new();
        let mut chosen = Vec::new();
        for job in due {
            let left = room.entry(job.target).or_insert_with(|| self.room(job.target));
            if *left > 0 {
                *left -= 1;
                chosen.push(job);
            }
        }
        let leases = chosen.into_iter().map(async |mut job| Ok(engine.lease(&mut job).await?.then_some(job)));
        let leased: Vec<Result<Option<JobRow>, Error>> = futures_util::future::join_all(leases).await;
        // One that failed does not keep those that are leased already from being sent.
        if leased.iter().all(Result::is_err) {
            return leased.into_iter().filter_map(Result::transpose).collect();
        }
        Ok(leased.into_iter().filter_map(|job| job.ok().flatten()).collect())
    }

    /// Waits for one to end. False when there is none.
    async fn one_ends(&mut self) -> bool {
        let id = match self.tasks.join_next_with_id().await {
            None => return false,
            Some(Ok((id, ()))) => id,
            Some(Err(error)) => {
                tracing::error!(%error, "an attempt to send ended badly; it is made again");
                error.id()
            }
        };
        self.lanes.remove(&id);
        true
    }
}

/// A worker that runs.
#[derive(Debug)]
pub struct Worker {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Worker {
    /// Begins to send.
    #[must_use]
    pub fn start(engine: Arc<Engine>, couriers: Couriers) -> Self {
        let (stop, stopping) = watch::channel(false);
        Self { stop, running: tokio::spawn(run(engine, Arc::new(couriers), stopping)) }
    }

    /// Takes nothing more, and waits for what is on its way: a few seconds.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the one who sends ended badly");
        }
    }
}

async fn run(engine: Arc<Engine>, couriers: Arc<Couriers>, mut stopping: watch::Receiver<bool>) {
    let mut sending = Sending::default();
    loop {
        let wait = sending.take_due(&engine, &couriers).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the outbox cannot be looked at");
            AFTER_AN_ERROR
        });
        tokio::select! {
            () = engine.outbox_woken() => {}
            true = sending.one_ends() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stopping.changed() => break,
        }
    }
    while sending.one_ends().await {}
}
