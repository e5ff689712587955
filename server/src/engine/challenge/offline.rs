//! Answers of phones that have no network: the login page shows the question as a QR code, the phone checks the server's
//! signature and shows eight digits, and the person types them into the page.

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;

use crate::engine::{Caller, Engine, Error, OfflineQuestion};

impl Engine {
    /// The question for each device that can answer it without a network, the one that was heard of last first. None for
    /// a question that demands the verification key: eight digits prove no signature.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::Store`].
    pub async fn offline_questions(
        &self,
        _caller: &Caller,
        _id: ChallengeId,
    ) -> Result<Vec<OfflineQuestion>, Error> {
        Err(Error::Closing)
    }

    /// Takes the eight digits. Wrong ones are counted like wrong numbers, and the fifth ends the question.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`], [`Error::NotPending`], [`Error::Locked`]; [`Error::Invalid`] for what cannot be such a
    /// code, which is not counted; [`Error::WrongTypedCode`].
    pub async fn answer_offline(
        &self,
        _caller: &Caller,
        _id: ChallengeId,
        _code: &str,
    ) -> Result<Outcome, Error> {
        Err(Error::Closing)
    }
}
