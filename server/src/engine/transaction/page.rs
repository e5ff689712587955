//! What the page of a transaction shows while a question waits, and what is typed there.

use countersign_protocol::wire::Outcome;

use super::Transaction;
use crate::engine::policy::{Factor, NumberKind};
use crate::engine::{CodeSent, Engine, Error};

/// The question that waits, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Of what kind.
    pub kind: Factor,
    /// Where its code went, and when another one can be sent; none where none is sent.
    pub sent: Option<CodeSent>,
    /// What binds the phone to this page.
    pub number_kind: Option<NumberKind>,
    /// The number to show here.
    pub number: Option<String>,
    /// The question for a phone without a network; none where that is not enough, or no device can.
    pub offline: Option<OfflineQuestion>,
    /// Wrong codes that may still come.
    pub attempts_left: i64,
    /// Milliseconds since 1970.
    pub until: i64,
}

/// The question as a phone without a network scans it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineQuestion {
    /// The device that can answer.
    pub device_name: String,
    /// What the QR code says.
    pub text: String,
}

impl Engine {
    /// The question of a transaction that [waits](super::Standing::Waiting); none when it no longer does.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn asking(&self, _transaction: &Transaction) -> Result<Option<Asking>, Error> {
        Err(Error::Closing)
    }

    /// Takes a code that was typed on the page: one that was sent, one of an app, a recovery code, the one that the phone
    /// shows after approving, or the eight digits of a phone without a network.
    ///
    /// # Errors
    /// As [`Engine::answer_code`] and [`Engine::answer_offline`].
    pub async fn type_code(&self, _transaction: &Transaction, _code: &str) -> Result<Outcome, Error> {
        Err(Error::Closing)
    }

    /// Sends the code again.
    ///
    /// # Errors
    /// As [`Engine::resend_session_code`].
    pub async fn send_again(&self, _transaction: &Transaction) -> Result<(), Error> {
        Err(Error::Closing)
    }
}
