//! How a transaction stands.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_protocol::wire::Outcome;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::channel;
use crate::engine::policy::Factor;
use crate::engine::{ApplicationId, Caller, Engine, Error};
use crate::store::transactions::{OPEN, bind_browser};
use crate::store::{StoreError, TransactionRow, UserRow};
use crate::telemetry::metrics::Wait;
use crate::wake::Topic;

/// Milliseconds that the result can be read after the end.
pub(super) const READABLE: i64 = 300_000;

/// A transaction and how it stands at this moment.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: Uuid,
    /// The application that began it.
    pub caller: Arc<Caller>,
    /// Who signs in.
    pub user: UserRow,
    /// How it stands.
    pub standing: Standing,
    /// The newest question of it.
    pub question: Option<ChallengeId>,
    /// SHA-256 of the cookie of the browser that its page was first shown to.
    pub browser: Option<[u8; 32]>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

impl Transaction {
    /// The same, spoken of from this machine: the log names it where the person acts.
    #[must_use]
    pub fn from(mut self, address: Option<IpAddr>) -> Self {
        Arc::make_mut(&mut self.caller).address = address;
        self
    }
}

/// How a transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The person can choose. `after`: how the last question ended, when one was asked and nobody decided it.
    Open {
        /// `expired`, `cancelled` (another sign-in took its place) or `failed`.
        after: Option<Outcome>,
    },
    /// A question waits to be answered.
    Waiting {
        /// Of what kind.
        kind: Factor,
        /// Milliseconds since 1970.
        until: i64,
    },
    /// The person approved.
    Approved,
    /// The person refused, gave too many wrong codes, or went away; or an access rule refused.
    Rejected,
    /// Nobody decided in time.
    Expired,
}

impl Standing {
    /// How the transaction of a row stands at `now`. What a person decided stands for good, also when time is over.
    pub(super) fn of(row: &TransactionRow, now: i64) -> Result<Self, Error> {
        if row.state != OPEN {
            return Ok(Self::Rejected);
        }
        let question = row.question.as_ref();
        let after = question.map(|question| question.state.at(now));
        Ok(match (question, after) {
            (_, Some(Outcome::Approved)) => Self::Approved,
            (_, Some(Outcome::Denied)) => Self::Rejected,
            _ if now >= row.expires_at => Self::Expired,
            (Some(question), Some(Outcome::Pending)) => Self::Waiting {
                kind: Factor::from_word(&question.kind).ok_or(Error::Damaged("kind of challenge"))?,
                until: question.state.expires_at,
            },
            (_, after) => Self::Open { after },
        })
    }

    /// Why nothing can be asked or answered any more; none when the person can still choose.
    pub(super) fn over(self) -> Option<Error> {
        match self {
            Self::Open { .. } | Self::Waiting { .. } => None,
            Self::Approved => Some(Error::NotPending(Outcome::Approved)),
            Self::Rejected => Some(Error::NotPending(Outcome::Denied)),
            Self::Expired => Some(Error::NotPending(Outcome::Expired)),
        }
    }
}

impl Engine {
    /// The transaction with this channel, for who holds it.
    ///
    /// # Errors
    /// [`Error::TransactionNotFound`]: none, or one that ended more than five minutes ago.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn transaction(&self, channel: &str) -> Result<Transaction, Error> {
        let tenant = channel::tenant(channel).ok_or(Error::TransactionNotFound)?;
        let row = self.store.transaction(tenant, &channel::hash(channel)).await?;
        let row = row.filter(|row| self.now() < row.expires_at + READABLE);
        let row = row.ok_or(Error::TransactionNotFound)?;
        let application = ApplicationId { tenant, local: row.application };
        let caller = match self.caller(application, None).await {
            // Its application can call no more.
            Err(Error::Unauthorized) => return Err(Error::TransactionNotFound),
            caller => caller?,
        };
        let browser = row.browser.as_deref().map(<[u8; 32]>::try_from).transpose();
        Ok(Transaction {
            tenant,
            id: row.id,
            caller,
            standing: Standing::of(&row, self.now())?,
            question: row.question.as_ref().map(|question| question.id),
            browser: browser.map_err(|_| Error::Damaged("hash of a cookie"))?,
            expires_at: row.expires_at,
            user: row.user,
        })
    }

    /// The row of a transaction that was looked at, as it is now.
    pub(super) async fn row_of(&self, transaction: &Transaction) -> Result<TransactionRow, Error> {
        let row = self.store.transaction_by_id(transaction.tenant, transaction.id).await?;
        row.ok_or(Error::TransactionNotFound)
    }

    /// The same, once it no longer stands as `seen`, or the wait is over.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction).
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn transaction_changed(
        &self,
        channel: &str,
        seen: Standing,
        wait: Duration,
    ) -> Result<Transaction, Error> {
        let mut found = self.transaction(channel).await?;
        if found.standing != seen || wait.is_zero() {
            return Ok(found);
        }
        let _counted = self.metrics.waiting(Wait::Status);
        // What happens to the question is told of the question, what happens to the rest of the transaction.
        let mut own = self.wake.subscribe(Topic::Transaction(found.id), wait);
        let topic = |found: &Transaction| Topic::Challenge(found.question.unwrap_or(ChallengeId(found.id)));
        let mut asked = (topic(&found), self.wake.subscribe(topic(&found), wait));
        loop {
            let armed = (own.arm(), asked.1.arm());
            found = self.transaction(channel).await?;
            if found.standing != seen {
                return Ok(found);
            }
            if topic(&found) != asked.0 {
                asked = (topic(&found), self.wake.subscribe(topic(&found), wait));
                continue;
            }
            let end = match seen {
                Standing::Waiting { until, .. } => until.min(found.expires_at),
                _ => found.expires_at,
            };
            let left = u64::try_from(end - self.now()).unwrap_or(0);
            let left = if seen.over().is_some() { Duration::MAX } else { Duration::from_millis(left) };
            let again = tokio::select! {
                again = own.again(armed.0, left) => again,
                again = asked.1.again(armed.1, left) => again,
            };
            if !again {
                return Ok(found);
            }
        }
    }

    /// The id of the device that decided it, or that the person used last; none when they have none.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn device_of_transaction(&self, transaction: &Transaction) -> Result<Option<String>, Error> {
        let row = self.row_of(transaction).await?;
        let answered = row.question.and_then(|question| question.device);
        let found = match answered {
            Some(local) => Some(DeviceId { tenant: transaction.tenant, local }),
            None => self.store.latest_device(&row.user).await?,
        };
        Ok(found.map(|device| device.to_string()))
    }

    /// Remembers the browser that its page is shown to, by the SHA-256 of its cookie. From then on the page is shown
    /// to no other one.
    ///
    /// # Errors
    /// [`Error::OtherBrowser`].
    pub async fn bind_browser(&self, transaction: &Transaction, cookie: [u8; 32]) -> Result<(), Error> {
        let same =
            |kept: &[u8]| if bool::from(kept.ct_eq(&cookie)) { Ok(()) } else { Err(Error::OtherBrowser) };
        if let Some(kept) = &transaction.browser {
            return same(kept);
        }
        match self.store.write(vec![bind_browser(transaction.tenant, transaction.id, &cookie)]).await {
            // Another browser, or this one with another request, was faster.
            Err(StoreError::Unmet(_)) => {
                let row = self.row_of(transaction).await?;
                same(row.browser.as_deref().unwrap_or_default())
            }
            result => Ok(result?),
        }
    }
}
