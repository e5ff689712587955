//! Sending what is in the outbox: who carries what. What a result means is the engine's business; nothing here changes
//! an authentication.

mod alert;
pub mod apns;
pub mod fcm;
mod jwt;
pub mod mail;
mod outgoing;
mod sending;
pub mod sink;
pub mod sms;
pub mod web_push;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::{Config, Environment};
use crate::engine::providers::{Account, Channel};
use crate::engine::{ATTEMPT, Attempt, Content, Engine, Error, Message, Moment, Parcel, Push, Task};
use crate::store::JobRow;
use mail::Mailer;
pub use sending::Worker;
use sink::Sink;
use webhook::Caller;

/// What sending needs could not be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sending cannot be set up: {0}")]
pub struct SetupError(String);

/// Those who carry messages, one for each kind.
#[derive(Debug)]
pub struct Couriers {
    /// Calls webhooks.
    pub webhooks: Caller,
    /// Sends mail, where that is configured.
    pub mail: Option<Mailer>,
    /// Sends short messages.
    pub sms: sms::Sms,
    /// Writes messages to files, where this is no production.
    pub sink: Option<Sink>,
}

impl Couriers {
    /// As the configuration has it.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let mail = config.mail.as_ref().map(Mailer::new).transpose()?;
        let develops = config.environment() == Environment::Development;
        let sink = develops.then(|| Sink::new(config.data_dir.join("outbox")));
        let sms = sms::Sms::new(config.webhook_targets());
        Ok(Self { webhooks: Caller::new(config.webhook_targets())?, mail, sms, sink })
    }

    /// Sends everything that is due now, and returns when nothing is any more. For tests that set the clock.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn send_due(self: &Arc<Self>, engine: &Arc<Engine>) -> Result<(), Error> {
        sending::send_due(self, engine).await
    }

    /// Makes one attempt to deliver a parcel.
    pub async fn deliver(&self, engine: &Engine, parcel: &Parcel, at: Moment<'_>) -> Attempt {
        let account = &parcel.provider.account;
        match (&parcel.content, account) {
            (_, Account::File) => self.write_down(parcel, at).await,
            (Content::Push(push), _) => self.push(parcel, account, push, at).await,
            (Content::Message(message), _) => self.tell(engine, parcel, message, at).await,
        }
    }

    async fn push(&self, _parcel: &Parcel, _account: &Account, _push: &Push, _at: Moment<'_>) -> Attempt {
        Attempt::dead("no_courier")
    }

    async fn tell(&self, engine: &Engine, parcel: &Parcel, message: &Message, at: Moment<'_>) -> Attempt {
        match parcel.provider.channel {
            Channel::Sms => self.sms.tell(engine, parcel, message, at).await,
            _ => Attempt::dead("no_courier"),
        }
    }

    async fn write_down(&self, parcel: &Parcel, at: Moment<'_>) -> Attempt {
        match (&self.mail, &parcel.content, &self.sink) {
            (Some(mailer), Content::Message(message), _) if parcel.provider.channel.as_str() == "email" => {
                mailer.send(message, parcel.id, u64::try_from(at.seconds()).unwrap_or(0)).await
            }
            (_, _, Some(sink)) => sink.write(parcel, at.now).await,
            (_, _, None) => Attempt::dead("no_provider"),
        }
    }

    /// What was carried, and how that went.
    async fn carry(&self, engine: &Engine, job: &JobRow) -> (Option<Box<Parcel>>, Attempt) {
        match engine.task(job).await {
            Ok(Task::Call(call)) => (None, in_time(self.webhooks.call(&call)).await),
            Ok(Task::Carry(parcel)) => {
                let at = Moment { now: engine.unix_ms(), rng: engine.rng() };
                let came = in_time(self.deliver(engine, &parcel, at)).await;
                (Some(parcel), came)
            }
            Ok(Task::Pointless(why)) => (None, Attempt::dead(why)),
            Err(error) => {
                tracing::error!(%error, job = %job.id, "a message could not be prepared");
                (None, Attempt::failed("internal"))
            }
        }
    }

    /// One attempt, from leased to written down.
    async fn attempt(self: Arc<Self>, engine: Arc<Engine>, job: JobRow) {
        let (at, begun) = (engine.unix_ms(), Instant::now());
        let (parcel, came) = self.carry(&engine, &job).await;
        let duration = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        tracing::debug!(job = %job.id, kind = job.kind, attempt = job.attempts, status = came.status, error = came.error, "sent");
        if let Err(error) = engine.settle(&job, parcel.as_deref(), (at, duration), came).await {
            tracing::error!(%error, job = %job.id, "an attempt could not be written down; it is made again");
        }
    }
}

/// An attempt that takes too long is given up.
async fn in_time(attempt: impl Future<Output = Attempt>) -> Attempt {
    let patience = Duration::from_millis(ATTEMPT.unsigned_abs());
    tokio::time::timeout(patience, attempt).await.unwrap_or_else(|_| Attempt::failed("timeout"))
}
