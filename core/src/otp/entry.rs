//! A checked account: whoever holds an [`OtpEntry`] knows that codes can be made from it.
//!
//! Nobody outside this room can build one unchecked, so no importer, however odd its file, can break the arithmetic in
//! `code.rs`. The text form is in `uri`, the vault's in `stored.rs`.

use serde::{Deserialize, Serialize};

use super::stored::Stored;
use super::{Algorithm, Kind, OtpAuthError, Secret, motp, yandex};

/// One account that shows codes.
///
/// Serialises to JSON with the secret as base32; reading it back checks everything again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct OtpEntry {
    pub(super) issuer: Option<String>,
    pub(super) account: String,
    pub(super) secret: Secret,
    pub(super) kind: Kind,
    pub(super) extra: Vec<(String, String)>,
}

impl OtpEntry {
    /// Digits when a link says nothing.
    pub const DEFAULT_DIGITS: u8 = 6;
    /// Seconds a code lives when a link says nothing (RFC 6238 §5.2).
    pub const DEFAULT_PERIOD: u32 = 30;

    /// An account with codes of this kind. White space around the names is dropped; an empty issuer is none.
    ///
    /// # Errors
    /// [`OtpAuthError::BadDigits`], [`OtpAuthError::BadPeriod`], [`OtpAuthError::BadCounter`],
    /// [`OtpAuthError::BadMotpSecret`], [`OtpAuthError::ShortYandexSecret`], [`OtpAuthError::BadYandexSecret`].
    pub fn new(
        issuer: Option<&str>,
        account: &str,
        secret: Secret,
        kind: Kind,
    ) -> Result<Self, OtpAuthError> {
        let secret = kind.check(secret)?;
        Ok(Self { issuer: None, account: String::new(), secret, kind, extra: Vec::new() }
            .renamed(issuer, account))
    }

    /// With parameters that mean nothing to us but go out again on export (`image`, `color`, …), in their order.
    ///
    /// # Errors
    /// [`OtpAuthError::ReservedParameter`] for a name that has a field of its own.
    pub fn with_extra(mut self, extra: Vec<(String, String)>) -> Result<Self, OtpAuthError> {
        if let Some(name) = extra.iter().find_map(|(name, _)| super::uri::reserved(name)) {
            return Err(OtpAuthError::ReservedParameter(name));
        }
        self.extra = extra;
        Ok(self)
    }

    /// The same account under other names, as when the person renames it.
    #[must_use]
    pub fn renamed(mut self, issuer: Option<&str>, account: &str) -> Self {
        self.issuer = issuer.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        account.trim().clone_into(&mut self.account);
        self
    }

    /// The same account with codes of another kind: another counter, another PIN.
    ///
    /// # Errors
    /// As [`OtpEntry::new`].
    pub fn with_kind(mut self, kind: Kind) -> Result<Self, OtpAuthError> {
        self.secret = kind.check(self.secret)?;
        self.kind = kind;
        Ok(self)
    }

    /// Who issued the account, if known. Never empty. Comes from outside: escape it before display.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The account's name at the issuer; may be empty. Comes from outside: escape it before display.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The shared secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// How its codes are made.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The hash under the HMAC; none for Mobile-OTP, which has none.
    #[must_use]
    pub const fn algorithm(&self) -> Option<Algorithm> {
        match self.kind {
            Kind::Totp { algorithm, .. } | Kind::Hotp { algorithm, .. } => Some(algorithm),
            Kind::Steam => Some(Algorithm::Sha1),
            Kind::Yandex { .. } => Some(Algorithm::Sha256),
            Kind::Motp { .. } => None,
        }
    }

    /// Characters of a code, 1 to 10.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        match self.kind {
            Kind::Totp { digits, .. } | Kind::Hotp { digits, .. } => digits,
            Kind::Steam => 5,
            Kind::Motp { .. } => motp::DIGITS,
            Kind::Yandex { .. } => yandex::LETTERS,
        }
    }

    /// Seconds that a code lives, 1 to 86 400; none where a counter makes codes.
    #[must_use]
    pub const fn period(&self) -> Option<u32> {
        match self.kind {
            Kind::Totp { period, .. } => Some(period),
            Kind::Steam => Some(Self::DEFAULT_PERIOD),
            Kind::Yandex { .. } => Some(yandex::PERIOD),
            Kind::Motp { .. } => Some(motp::PERIOD),
            Kind::Hotp { .. } => None,
        }
    }

    /// Parameters kept for export.
    #[must_use]
    pub fn extra(&self) -> &[(String, String)] {
        &self.extra
    }

    /// Whether the secret is shorter than 128 bits, see [`Secret::weak`].
    #[must_use]
    pub fn weak(&self) -> bool {
        self.secret.weak()
    }
}
