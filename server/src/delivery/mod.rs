//! Sending what is in the outbox: who carries what. What a result means is the engine's business; nothing here changes
//! an authentication.

mod alert;
pub mod apns;
mod carrier;
pub mod fcm;
mod jwt;
pub mod mail;
mod outgoing;
mod sending;
pub mod sink;
pub mod sms;
pub mod voice;
pub mod web_push;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::{Config, Environment};
use crate::engine::providers::{Account, Channel};
use crate::engine::{ATTEMPT, Attempt, Content, Engine, Error, Message, Moment, Parcel, Push, Task};
use crate::store::JobRow;
use apns::Apns;
use fcm::Fcm;
use mail::Mailer;
pub use sending::Worker;
use sink::Sink;
use sms::Sms;
use voice::Voice;
use web_push::WebPush;
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
    /// Pushes to Apple's devices.
    pub apns: Apns,
    /// Pushes to Google's.
    pub fcm: Fcm,
    /// Pushes to whoever takes Web Push.
    pub web_push: WebPush,
    /// Sends mail.
    pub mail: Mailer,
    /// Sends short messages.
    pub sms: Sms,
    /// Makes calls.
    pub voice: Voice,
    /// Writes messages to files, where this is no production.
    pub sink: Option<Sink>,
}

impl Couriers {
    /// As the configuration has it.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(config: &Config) -> Result<Self, SetupError> {
        let develops = config.environment() == Environment::Development;
        let sink = develops.then(|| Sink::new(config.data_dir.join("outbox")));
        let targets = || config.webhook_targets();
        Ok(Self {
            webhooks: Caller::new(targets())?,
            apns: Apns::new(targets()),
            fcm: Fcm::new(targets()),
            web_push: WebPush::new(targets()),
            mail: Mailer::default(),
            sms: Sms::new(targets()),
            voice: Voice::new(targets()),
            sink,
        })
    }

    /// Sends everything that is due now, and returns when nothing is any more. For tests that set the clock.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn send_due(self: &Arc<Self>, engine: &Arc<Engine>) -> Result<(), Error> {
        sending::send_due(self, engine).await
    }

    /// Takes leave where that is the custom: a few seconds at most.
    pub async fn close(&self) {
        self.sms.close().await;
    }

    /// Makes one attempt to deliver a parcel, and gives up when it takes too long.
    pub async fn deliver(&self, engine: &Engine, parcel: &Parcel) -> Attempt {
        let at = Moment { now: engine.unix_ms(), rng: engine.rng() };
        in_time(async {
            match (&parcel.content, &parcel.provider.account) {
                (_, Account::File) => self.write_down(parcel, at).await,
                (Content::Push(push), account) => self.push(parcel, account, push, at).await,
                (Content::Message(message), account) => self.tell(engine, parcel, account, message, at).await,
            }
        })
        .await
    }

    async fn push(&self, parcel: &Parcel, account: &Account, push: &Push, at: Moment<'_>) -> Attempt {
        match account {
            Account::Apns(account) => self.apns.send(parcel, account, push, at).await,
            Account::Fcm(account) => self.fcm.send(parcel, account, push, at).await,
            Account::WebPush(account) => self.web_push.send(parcel, account, push, at).await,
            account => no_courier(account),
        }
    }

    async fn tell(
        &self,
        engine: &Engine,
        parcel: &Parcel,
        account: &Account,
        message: &Message,
        at: Moment<'_>,
    ) -> Attempt {
        match (parcel.provider.channel, account) {
            (Channel::Sms, _) => self.sms.tell(engine, parcel, message, at).await,
            (Channel::Voice, Account::Twilio(account)) => {
                self.voice.tell(engine, parcel, account, message, at).await
            }
            (Channel::Email, Account::Smtp(account)) => {
                self.mail.tell(engine, parcel, account, message, at).await
            }
            (_, account) => no_courier(account),
        }
    }

    async fn write_down(&self, parcel: &Parcel, at: Moment<'_>) -> Attempt {
        match &self.sink {
            Some(sink) => sink.write(parcel, at.now).await,
            None => Attempt::dead("no_provider"),
        }
    }

    /// What was carried, and how that went.
    async fn carry(&self, engine: &Engine, job: &JobRow) -> (Option<Box<Parcel>>, Attempt) {
        match engine.task(job).await {
            Ok(Task::Call(call)) => (None, in_time(self.webhooks.call(&call)).await),
            Ok(Task::Carry(parcel)) => {
                let came = self.deliver(engine, &parcel).await;
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

/// The account is of a kind that carries no such message; choosing it was refused, so the row was changed by hand.
fn no_courier(account: &Account) -> Attempt {
    tracing::error!(kind = account.kind(), "an account of this kind carries no such message");
    Attempt::dead("wrong_account").in_trouble()
}

/// An attempt that takes too long is given up.
async fn in_time(attempt: impl Future<Output = Attempt>) -> Attempt {
    let patience = Duration::from_millis(ATTEMPT.unsigned_abs());
    tokio::time::timeout(patience, attempt).await.unwrap_or_else(|_| Attempt::failed("timeout"))
}
