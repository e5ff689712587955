//! A checked TOTP account: whoever holds a [`TotpEntry`] knows that codes can be made from it.
//!
//! The fields are private so that no importer, however odd its file, can build one that breaks the arithmetic in
//! `code.rs`. The text form is in `uri.rs`.

use serde::{Deserialize, Serialize};

use super::{OtpAuthError, Secret};

/// The hash under the HMAC (RFC 6238 §1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Algorithm {
    /// HMAC-SHA-1, the default of the link format and of nearly every service.
    #[default]
    #[serde(rename = "SHA1")]
    Sha1,
    /// HMAC-SHA-256.
    #[serde(rename = "SHA256")]
    Sha256,
    /// HMAC-SHA-512.
    #[serde(rename = "SHA512")]
    Sha512,
}

impl Algorithm {
    /// The name that links and the vault use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// Reads a name in the spellings that occur: `SHA1`, `sha-1`, `HmacSHA1`.
    ///
    /// # Errors
    /// [`OtpAuthError::UnknownAlgorithm`]; never a silent SHA-1, which would show codes that do not work.
    pub fn parse(name: &str) -> Result<Self, OtpAuthError> {
        let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
        match plain.to_ascii_uppercase().trim_start_matches("HMAC") {
            "SHA1" => Ok(Self::Sha1),
            "SHA256" => Ok(Self::Sha256),
            "SHA512" => Ok(Self::Sha512),
            _ => Err(OtpAuthError::UnknownAlgorithm(super::error::shown(name))),
        }
    }
}

/// One account that shows time-based codes (RFC 6238).
///
/// Serialises to JSON with the secret as base32; reading it back checks everything again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct TotpEntry {
    issuer: Option<String>,
    account: String,
    secret: Secret,
    algorithm: Algorithm,
    digits: u8,
    period: u32,
    extra: Vec<(String, String)>,
}

impl TotpEntry {
    /// Digits when a link says nothing.
    pub const DEFAULT_DIGITS: u8 = 6;
    /// Seconds a code lives when a link says nothing (RFC 6238 §5.2).
    pub const DEFAULT_PERIOD: u32 = 30;

    /// An account with SHA-1, 6 digits and 30 seconds. White space around the names is dropped; an empty issuer is none.
    #[must_use]
    pub fn new(issuer: Option<&str>, account: &str, secret: Secret) -> Self {
        Self {
            issuer: issuer.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
            account: account.trim().to_owned(),
            secret,
            algorithm: Algorithm::Sha1,
            digits: Self::DEFAULT_DIGITS,
            period: Self::DEFAULT_PERIOD,
            extra: Vec::new(),
        }
    }

    /// With other arithmetic: 6 to 10 `digits`, a `period` of 1 to 3600 seconds.
    ///
    /// # Errors
    /// [`OtpAuthError::BadDigits`], [`OtpAuthError::BadPeriod`].
    pub fn with_arithmetic(
        mut self,
        algorithm: Algorithm,
        digits: u8,
        period: u32,
    ) -> Result<Self, OtpAuthError> {
        if !(6..=10).contains(&digits) {
            return Err(OtpAuthError::BadDigits(digits.to_string()));
        }
        if !(1..=3600).contains(&period) {
            return Err(OtpAuthError::BadPeriod(period.to_string()));
        }
        (self.algorithm, self.digits, self.period) = (algorithm, digits, period);
        Ok(self)
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

    /// The hash under the HMAC.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Digits of a code, 6 to 10.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// Seconds that a code lives, 1 to 3600.
    #[must_use]
    pub const fn period(&self) -> u32 {
        self.period
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

/// The shape in the vault's JSON; [`TotpEntry`] is reached only through the checks.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    account: String,
    secret: Secret,
    algorithm: Algorithm,
    digits: u8,
    period: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    extra: Vec<(String, String)>,
}

impl TryFrom<Stored> for TotpEntry {
    type Error = OtpAuthError;

    fn try_from(stored: Stored) -> Result<Self, OtpAuthError> {
        Self::new(stored.issuer.as_deref(), &stored.account, stored.secret)
            .with_arithmetic(stored.algorithm, stored.digits, stored.period)?
            .with_extra(stored.extra)
    }
}

impl From<TotpEntry> for Stored {
    fn from(entry: TotpEntry) -> Self {
        let TotpEntry { issuer, account, secret, algorithm, digits, period, extra } = entry;
        Self { issuer, account, secret, algorithm, digits, period, extra }
    }
}
