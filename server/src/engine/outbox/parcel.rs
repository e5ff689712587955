//! A message on its way, under the account that it goes out under.

use std::sync::Arc;

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use uuid::Uuid;

use super::{Language, Message};
use crate::engine::providers::Provider;
use crate::host::Rng;

/// What a provider is handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Whose.
    pub tenant: TenantId,
    /// The message's own id, the same in each attempt.
    pub id: Uuid,
    /// Milliseconds since 1970, when delivering it becomes pointless.
    pub expires_at: Option<i64>,
    /// Under which account.
    pub provider: Arc<Provider>,
    /// What is in it.
    pub content: Content,
}

/// What is in a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A wake-up for a device.
    Push(Push),
    /// A code or a notice, for people.
    Message(Message),
}

/// A wake-up: it says that something waits and not what (S9).
#[derive(Clone, PartialEq, Eq)]
pub struct Push {
    /// Whom it wakes.
    pub device: DeviceId,
    /// Where it goes: the device's push token.
    pub token: String,
    /// What waits. Its id is all that is told.
    pub challenge: ChallengeId,
    /// The language of the generic alert.
    pub language: Language,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push")
            .field("device", &self.device)
            .field("challenge", &self.challenge)
            .finish_non_exhaustive()
    }
}

/// What an attempt needs of the world: what time it is, and the dice.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Milliseconds since 1970.
    pub now: i64,
    /// The dice.
    pub rng: &'a dyn Rng,
}

impl Moment<'_> {
    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.now / 1000
    }
}
