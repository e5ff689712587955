//! What the vault keeps of an account with codes: the account itself, and what the person made of it.
//!
//! Codes are [`crate::otp`]'s subject, storing is [`crate::authenticator`]'s; what comes from other apps arrives in the
//! same shape from [`crate::transfer`].

use serde::{Deserialize, Serialize};

use crate::otp::OtpEntry;

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
