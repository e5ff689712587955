//! What the vault keeps of an account with codes: the account itself, and what the person made of it.
//!
//! Codes are [`crate::otp`]'s subject, storing is [`crate::authenticator`]'s; what comes from other apps arrives in the
//! same shape from [`crate::transfer`]. `details` has what the person adds, `search` and `order` how it is found again.

use serde::{Deserialize, Serialize};

use crate::otp::{Kind, OtpEntry};

mod details;
mod known;
pub(crate) mod order;
pub(crate) mod search;
#[cfg(test)]
mod tests;

pub use self::details::{Details, EditError, Icon, MAX_NAME, MAX_NOTE, MAX_TAG, MAX_TAGS, Usage};
pub(crate) use self::details::{bounded, tags};
pub(crate) use self::known::Known;

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The account. Vaults from before there were other kinds call it `totp`.
    #[serde(alias = "totp")]
    pub otp: OtpEntry,
    /// Seconds since 1970 by this device's clock.
    pub added_at: u64,
    /// What the person made of it.
    #[serde(default)]
    pub details: Details,
    /// Of a counter-based account: the code before the counter was asked for here, and is shown until the next is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
}

impl Kept {
    /// An entry that nothing was made of yet.
    #[must_use]
    pub fn new(otp: OtpEntry, added_at: u64) -> Self {
        Self { otp, added_at, details: Details::default(), asked: false }
    }
}

/// Whether both are the same account, for importing and adding (P6): names, secret and the way codes are made. The
/// counter does not count, for it moves on; nor does a PIN that one of them lacks, for links do not carry it.
#[must_use]
pub fn same_account(a: &OtpEntry, b: &OtpEntry) -> bool {
    let alike = match (a.kind(), b.kind()) {
        (
            Kind::Hotp { algorithm, digits, counter: _ },
            Kind::Hotp { algorithm: other, digits: others, counter: _ },
        ) => algorithm == other && digits == others,
        (Kind::Motp { pin }, Kind::Motp { pin: other })
        | (Kind::Yandex { pin }, Kind::Yandex { pin: other }) => {
            pin.is_none() || other.is_none() || pin == other
        }
        (one, other) => one == other,
    };
    alike && a.issuer() == b.issuer() && a.account() == b.account() && a.secret() == b.secret()
}
