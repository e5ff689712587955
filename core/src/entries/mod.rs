//! What the vault keeps of an account with codes: the account itself, and what the person made of it.
//!
//! Codes are [`crate::otp`]'s subject, storing is [`crate::authenticator`]'s; what comes from other apps arrives in the
//! same shape from [`crate::transfer`].

use serde::{Deserialize, Serialize};

use crate::otp::{Kind, OtpEntry};

mod known;

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
}

impl Kept {
    /// An entry that nothing was made of yet.
    #[must_use]
    pub fn new(otp: OtpEntry, added_at: u64) -> Self {
        Self { otp, added_at, details: Details::default() }
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

/// What a person adds to an account; nothing of it changes a code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Names of groups, each once, in the person's order. Never empty texts.
    pub tags: Vec<String>,
    /// Shown before the others.
    pub pinned: bool,
    /// Free text.
    pub note: String,
    /// The place in the person's own order, counted from 0; none until the person has moved something.
    pub position: Option<u32>,
    /// How often a code was used, and when last.
    pub used: Usage,
    /// A picture that came along with the account.
    pub icon: Option<Icon>,
}

/// How often a code was copied or shown, and when last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// How often.
    pub times: u32,
    /// Seconds since 1970; 0 for never.
    pub last_at: u64,
}

/// A small picture of an issuer, kept as it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Icon {
    /// `image/png`, `image/jpeg` or `image/svg+xml`.
    pub mime: String,
    /// The file, at most [`Icon::MAX_BYTES`], in base64.
    pub base64: String,
}

impl Icon {
    /// Larger pictures are left out, and that is said.
    pub const MAX_BYTES: usize = 262_144;
}

impl std::fmt::Debug for Icon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Icon").field("mime", &self.mime).finish_non_exhaustive()
    }
}
