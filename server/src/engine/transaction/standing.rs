//! How a transaction stands.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::UserRow;

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

impl Engine {
    /// The transaction with this channel, for who holds it.
    ///
    /// # Errors
    /// [`Error::TransactionNotFound`]: none, or one that ended more than five minutes ago.
    pub async fn transaction(&self, _channel: &str) -> Result<Transaction, Error> {
        Err(Error::TransactionNotFound)
    }

    /// The same, once it no longer stands as `seen`, or the wait is over.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction).
    pub async fn transaction_changed(
        &self,
        channel: &str,
        _seen: Standing,
        _wait: Duration,
    ) -> Result<Transaction, Error> {
        self.transaction(channel).await
    }

    /// The id of the device that decided it, or that the person used last; none when they have none.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn device_of_transaction(&self, _transaction: &Transaction) -> Result<Option<String>, Error> {
        Err(Error::Closing)
    }

    /// Remembers the browser that its page is shown to, by the SHA-256 of its cookie. From then on the page is shown
    /// to no other one.
    ///
    /// # Errors
    /// [`Error::OtherBrowser`].
    pub async fn bind_browser(&self, _transaction: &Transaction, _cookie: [u8; 32]) -> Result<(), Error> {
        Err(Error::Closing)
    }

    /// Ends it at the person's wish, with the question that waits. Once more is no error.
    ///
    /// # Errors
    /// [`Error::NotPending`] when it has ended otherwise.
    pub async fn cancel_transaction(&self, _transaction: &Transaction) -> Result<(), Error> {
        Err(Error::Closing)
    }
}
