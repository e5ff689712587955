//! A question that was scanned from the login page because this phone has no network, and the digits that approve it.
//!
//! It passes the same checks as one that came over the network. Whether it has expired is judged by the server's clock as
//! far as this phone knows it: its own, corrected by what it saw at the last contact.

use countersign_protocol::challenge::{Challenge, ChallengeError, Expected};
use countersign_protocol::jws::JwsError;
use countersign_protocol::offline::{OfflineCode, OfflineKey, OfflineText, OfflineTextError};

use super::{Account, Pending};

/// Why a scanned question is not shown, or not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfflineFault {
    /// The text.
    #[error(transparent)]
    Text(#[from] OfflineTextError),
    /// For a device that has no account here.
    #[error(
        "this sign-in is for another device; on the sign-in page, choose this one, or scan it with the other"
    )]
    OtherDevice,
    /// The account was enrolled before there were offline keys.
    #[error(
        "this account was enrolled before sign-ins could be approved without a network; enrol it anew to have that"
    )]
    NoKey,
    /// Only a signature of the verification key approves it.
    #[error("this sign-in needs proof of the person, which eight digits cannot carry; connect this device")]
    NeedsNetwork,
    /// Signed by another key than the pinned one, or changed on its way: without a network nobody can tell.
    #[error(
        "this sign-in is not signed by the key that this device knows of its server: it was changed, or the server has \
         a new key, which this device learns when it is connected again; do not go on"
    )]
    Unproved,
    /// It does not pass the other checks.
    #[error(transparent)]
    Challenge(ChallengeError),
}

impl From<ChallengeError> for OfflineFault {
    fn from(error: ChallengeError) -> Self {
        match error {
            ChallengeError::Jws(JwsError::Signature | JwsError::UnknownKey) => Self::Unproved,
            other => Self::Challenge(other),
        }
    }
}

impl OfflineFault {
    /// A stable name for programs; never changes once released.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text(OfflineTextError::NotOffline) => "no_offline_request",
            Self::Text(_) => "offline_request_damaged",
            Self::OtherDevice => "offline_other_device",
            Self::NoKey => "no_offline_key",
            Self::NeedsNetwork => "network_needed",
            Self::Challenge(ChallengeError::Expired) => "challenge_expired",
            Self::Unproved | Self::Challenge(_) => "offline_request_refused",
        }
    }
}

impl Account {
    /// The server's clock as far as this phone knows it, in seconds since 1970. `phone_time` is the phone's.
    #[must_use]
    pub fn server_time(&self, phone_time: u64) -> u64 {
        phone_time.saturating_add_signed(self.clock_offset)
    }

    /// Checks a scanned question as one that came over the network is checked, and that digits are enough for it.
    ///
    /// # Errors
    /// [`OfflineFault`]; then nothing of it is shown.
    pub fn take_offline(&self, text: &OfflineText, phone_time: u64) -> Result<Pending, OfflineFault> {
        let (jws, keys) = (text.jws(&self.server_key.thumbprint()), self.keys.thumbprints());
        let expected = Expected {
            issuer: &self.server,
            server_key: &self.server_key,
            device: self.device,
            keys: &keys,
            server_now: self.server_time(phone_time),
        };
        let challenge = Challenge::verify(&jws, &expected)?;
        if challenge.verify {
            return Err(OfflineFault::NeedsNetwork);
        }
        Ok(Pending {
            account: self.id.clone(),
            seconds_left: challenge.exp.saturating_sub(expected.server_now),
            challenge,
            jws,
            server_key: self.server_key,
        })
    }

    /// The digits that approve it, and the seconds that they are good for.
    ///
    /// # Errors
    /// [`OfflineFault::Challenge`] once it has expired; [`OfflineFault::OtherDevice`] for another account's.
    pub fn approve_offline(
        &self,
        pending: &Pending,
        key: &OfflineKey,
        phone_time: u64,
    ) -> Result<(OfflineCode, u64), OfflineFault> {
        if pending.account != self.id {
            return Err(OfflineFault::OtherDevice);
        }
        match pending.challenge.exp.saturating_sub(self.server_time(phone_time)) {
            0 => Err(ChallengeError::Expired.into()),
            seconds_left => Ok((key.approval(&pending.jws, self.device), seconds_left)),
        }
    }
}
