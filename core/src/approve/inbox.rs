//! What of an inbox may be shown: each challenge is checked for itself, and one that fails is named with its reason and
//! never shown. Answering one is `answer.rs`; a key that is not the pinned one is followed in `server_keys.rs`.

use std::collections::HashSet;

use countersign_protocol::challenge::{Challenge, ChallengeError, Expected, NumberMatch};
use countersign_protocol::id::ChallengeId;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::JwsError;
use countersign_protocol::number::TwoDigits;
use countersign_protocol::server_key::KeyChainError;
use countersign_protocol::wire::Inbox;

use super::{Account, AccountId, KeyQuestion};

/// Most challenges that are looked at in one inbox; the server's policy is far below (S7: one per application).
pub(super) const MAX_CHALLENGES: usize = 100;

/// A challenge that passed every check and waits for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The account that is asked.
    pub account: AccountId,
    /// The question.
    pub challenge: Challenge,
    /// The question exactly as the server signed it; the answer covers these bytes.
    pub jws: String,
    /// The key that signed it, for the receipt.
    pub server_key: PublicKey,
    /// Seconds until no answer counts, by the server's clock when it was fetched; at least 1.
    pub seconds_left: u64,
}

impl Pending {
    /// How many digits the person must type to approve; none when no number is asked for.
    #[must_use]
    pub fn digits(&self) -> Option<u8> {
        match self.challenge.number {
            NumberMatch::Type { digits } => Some(digits),
            NumberMatch::Show { .. } | NumberMatch::Pick { .. } | NumberMatch::None => None,
        }
    }

    /// The numbers of which the person must pick one to approve; none when there is nothing to pick.
    #[must_use]
    pub fn options(&self) -> Option<[TwoDigits; 3]> {
        match self.challenge.number {
            NumberMatch::Pick { options } => Some(options),
            NumberMatch::Type { .. } | NumberMatch::Show { .. } | NumberMatch::None => None,
        }
    }

    /// How many digits the code has that is shown after an approval, for the person to type into the login page; none
    /// when there is no such code.
    #[must_use]
    pub fn shows(&self) -> Option<u8> {
        match self.challenge.number {
            NumberMatch::Show { digits } => Some(digits),
            NumberMatch::Type { .. } | NumberMatch::Pick { .. } | NumberMatch::None => None,
        }
    }
}

/// A challenge that is not shown. Worth a line in a report, since an honest server sends none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The account it was sent to.
    pub account: AccountId,
    /// Why.
    pub reason: RefusedReason,
}

/// Why a challenge is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedReason {
    /// It does not pass the checks.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// Signed by a key that does not follow from the pinned one.
    #[error(transparent)]
    Keys(#[from] KeyChainError),
    /// Signed by a key that is not the pinned one, and the server would not tell its keys.
    #[error(
        "the challenge is signed by a new server key, and the server did not say where that key comes from"
    )]
    KeysUnknown,
    /// The same challenge stands in the inbox twice.
    #[error("the challenge was sent twice in one reply")]
    Twice,
    /// More than are looked at.
    #[error("the server sent more than 100 challenges at once")]
    TooMany,
}

/// An inbox after the checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What may be shown, in the server's order: oldest first.
    pub pending: Vec<Pending>,
    /// What is not shown, and why.
    pub refused: Vec<Refused>,
    /// The server's clock, seconds since 1970.
    pub server_time: u64,
}

impl Reading {
    /// Checks each challenge of `inbox` for `account`.
    ///
    /// `Err` is no failure: something is signed by another key than the pinned one, so the server's chain of keys must be
    /// asked for first.
    ///
    /// # Errors
    /// [`KeyQuestion`], which ends in a reading.
    pub fn of(account: &Account, inbox: &Inbox) -> Result<Self, KeyQuestion> {
        let (reading, unknown) = Self::with_key(account, inbox, &account.server_key);
        if unknown.is_empty() { Ok(reading) } else { Err(KeyQuestion::new(inbox.clone(), reading, unknown)) }
    }

    /// The reading, and those that another key signed.
    pub(super) fn with_key(account: &Account, inbox: &Inbox, key: &PublicKey) -> (Self, Vec<String>) {
        let thumbprints = account.keys.thumbprints();
        let expected = Expected {
            issuer: &account.server,
            server_key: key,
            device: account.device,
            keys: &thumbprints,
            server_now: inbox.server_time,
        };
        let mut reading = Self { server_time: inbox.server_time, ..Self::default() };
        let (mut unknown, mut seen) = (Vec::new(), HashSet::<ChallengeId>::new());
        for jws in inbox.challenges.iter().take(MAX_CHALLENGES) {
            match Challenge::verify(jws, &expected) {
                Ok(challenge) if !seen.insert(challenge.jti) => reading.refuse(account, RefusedReason::Twice),
                Ok(challenge) => reading.pending.push(Pending {
                    account: account.id.clone(),
                    seconds_left: challenge.exp.saturating_sub(inbox.server_time),
                    challenge,
                    jws: jws.clone(),
                    server_key: *key,
                }),
                Err(ChallengeError::Jws(JwsError::UnknownKey)) => unknown.push(jws.clone()),
                Err(error) => reading.refuse(account, error.into()),
            }
        }
        if inbox.challenges.len() > MAX_CHALLENGES {
            reading.refuse(account, RefusedReason::TooMany);
        }
        (reading, unknown)
    }

    pub(super) fn refuse(&mut self, account: &Account, reason: RefusedReason) {
        self.refused.push(Refused { account: account.id.clone(), reason });
    }
}
