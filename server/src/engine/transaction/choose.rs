//! Choosing how to answer.

use countersign_protocol::id::ChallengeId;
use uuid::Uuid;

use super::Transaction;
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error, Language};

/// One way in which this person can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Of what kind.
    pub kind: Factor,
    /// Which factor; none for a push, which goes to all of the person's devices.
    pub factor: Option<Uuid>,
    /// Where a code goes, masked; the name of a device, when there is only one; none otherwise.
    pub to: Option<String>,
}

/// That a question is a transaction's next one. It is put only if the transaction is open and its newest question is still
/// the one that was seen, in the same batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The transaction.
    pub transaction: Uuid,
    /// Its newest question when it was looked at.
    pub seen: Option<ChallengeId>,
    /// Milliseconds since 1970: the question ends then at the latest, however long policy would give the person.
    pub ends_by: i64,
}

impl Engine {
    /// The ways in which the person can answer: what they have, as far as policy allows it for this sign-in and somebody
    /// carries it, strongest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn ways(&self, _transaction: &Transaction) -> Result<Vec<Way>, Error> {
        Err(Error::Closing)
    }

    /// Asks in this way, in the place of what was asked before. Asked for what waits already, nothing is done. Of two
    /// choices at the same moment one is taken, and the other one is no error. `language` is that of the person's
    /// browser.
    ///
    /// # Errors
    /// [`Error::NotPending`] when it has ended; what [`Engine::ask`] and [`Engine::ask_code`] say.
    pub async fn choose_way(
        &self,
        _transaction: &Transaction,
        _kind: Factor,
        _factor: Option<Uuid>,
        _language: Language,
    ) -> Result<(), Error> {
        Err(Error::Closing)
    }
}
