//! A checked account: whoever holds an [`OtpEntry`] knows that codes can be made from it.
//!
//! The fields are private so that no importer, however odd its file, can build one that breaks the arithmetic in
//! `code.rs`. The text form is in `uri.rs`.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

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

/// How the codes of an account are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Time-based (RFC 6238).
    Totp {
        /// The hash under the HMAC.
        algorithm: Algorithm,
        /// Digits of a code, 1 to 10.
        digits: u8,
        /// Seconds that a code lives, 1 to 86 400.
        period: u32,
    },
    /// Counter-based (RFC 4226).
    Hotp {
        /// The hash under the HMAC.
        algorithm: Algorithm,
        /// Digits of a code, 1 to 10.
        digits: u8,
        /// The counter of the next code, below 2⁶³.
        counter: u64,
    },
    /// Steam Guard: SHA-1, 30 seconds, five characters of an alphabet of its own.
    Steam,
    /// Mobile-OTP: MD5 over time, secret and PIN; 10 seconds, six hexadecimal digits.
    Motp {
        /// Without it there are no codes: exports of some apps leave it out.
        pin: Option<Pin>,
    },
    /// Yandex Key: SHA-256 over PIN and secret; 30 seconds, eight letters.
    Yandex {
        /// Without it there are no codes.
        pin: Option<Pin>,
    },
}

impl Kind {
    /// SHA-1, 6 digits, 30 seconds: what a link means that says nothing.
    pub const DEFAULT: Self = Self::Totp {
        algorithm: Algorithm::Sha1,
        digits: OtpEntry::DEFAULT_DIGITS,
        period: OtpEntry::DEFAULT_PERIOD,
    };

    fn check(self) -> Result<Self, OtpAuthError> {
        if let Self::Totp { digits, .. } | Self::Hotp { digits, .. } = &self
            && !(1..=10).contains(digits)
        {
            return Err(OtpAuthError::BadDigits(digits.to_string()));
        }
        match &self {
            Self::Totp { period, .. } if !(1..=86_400).contains(period) => {
                Err(OtpAuthError::BadPeriod(period.to_string()))
            }
            Self::Hotp { counter, .. } if i64::try_from(*counter).is_err() => {
                Err(OtpAuthError::BadCounter(counter.to_string()))
            }
            _ => Ok(self),
        }
    }
}

/// The PIN that some kinds mix into their codes. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(Zeroizing<String>);

impl TryFrom<String> for Pin {
    type Error = OtpAuthError;

    fn try_from(text: String) -> Result<Self, OtpAuthError> {
        Self::new(&Zeroizing::new(text))
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.0.as_str().to_owned()
    }
}

impl Pin {
    /// Takes any text of 1 to 64 characters.
    ///
    /// # Errors
    /// [`OtpAuthError::BadPin`].
    pub fn new(text: &str) -> Result<Self, OtpAuthError> {
        if (1..=64).contains(&text.chars().count()) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(OtpAuthError::BadPin)
        }
    }

    /// The text. Do not copy it into anything that is not wiped.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// One account that shows codes.
///
/// Serialises to JSON with the secret as base32; reading it back checks everything again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct OtpEntry {
    issuer: Option<String>,
    account: String,
    secret: Secret,
    kind: Kind,
    extra: Vec<(String, String)>,
}

impl OtpEntry {
    /// Digits when a link says nothing.
    pub const DEFAULT_DIGITS: u8 = 6;
    /// Seconds a code lives when a link says nothing (RFC 6238 §5.2).
    pub const DEFAULT_PERIOD: u32 = 30;

    /// An account with codes of this kind. White space around the names is dropped; an empty issuer is none.
    ///
    /// # Errors
    /// [`OtpAuthError::BadDigits`], [`OtpAuthError::BadPeriod`], [`OtpAuthError::BadCounter`].
    pub fn new(
        issuer: Option<&str>,
        account: &str,
        secret: Secret,
        kind: Kind,
    ) -> Result<Self, OtpAuthError> {
        let kind = kind.check()?;
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
        self.kind = kind.check()?;
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
            Kind::Motp { .. } => 6,
            Kind::Yandex { .. } => 8,
        }
    }

    /// Seconds that a code lives, 1 to 86 400; none where a counter makes codes.
    #[must_use]
    pub const fn period(&self) -> Option<u32> {
        match self.kind {
            Kind::Totp { period, .. } => Some(period),
            Kind::Steam | Kind::Yandex { .. } => Some(30),
            Kind::Motp { .. } => Some(10),
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

/// The shape in the vault's JSON; [`OtpEntry`] is reached only through the checks. Without `type` it is time-based, as
/// all entries were once.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    account: String,
    secret: Secret,
    #[serde(default, rename = "type")]
    kind: StoredKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    algorithm: Option<Algorithm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digits: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Pin>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    extra: Vec<(String, String)>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredKind {
    #[default]
    Totp,
    Hotp,
    Steam,
    Motp,
    Yandex,
}

impl TryFrom<Stored> for OtpEntry {
    type Error = OtpAuthError;

    fn try_from(stored: Stored) -> Result<Self, OtpAuthError> {
        let Stored { issuer, account, secret, kind, algorithm, digits, period, counter, pin, extra } = stored;
        let arithmetic = |what: &str| {
            let algorithm = algorithm.ok_or_else(|| OtpAuthError::UnknownAlgorithm(what.to_owned()))?;
            let digits = digits.ok_or_else(|| OtpAuthError::BadDigits(what.to_owned()))?;
            Ok::<_, OtpAuthError>((algorithm, digits))
        };
        let kind = match kind {
            StoredKind::Totp => {
                let (algorithm, digits) = arithmetic("none")?;
                let period = period.ok_or_else(|| OtpAuthError::BadPeriod("none".to_owned()))?;
                Kind::Totp { algorithm, digits, period }
            }
            StoredKind::Hotp => {
                let (algorithm, digits) = arithmetic("none")?;
                let counter = counter.ok_or_else(|| OtpAuthError::BadCounter("none".to_owned()))?;
                Kind::Hotp { algorithm, digits, counter }
            }
            StoredKind::Steam => Kind::Steam,
            StoredKind::Motp => Kind::Motp { pin },
            StoredKind::Yandex => Kind::Yandex { pin },
        };
        Self::new(issuer.as_deref(), &account, secret, kind)?.with_extra(extra)
    }
}

impl From<OtpEntry> for Stored {
    fn from(entry: OtpEntry) -> Self {
        let OtpEntry { issuer, account, secret, kind, extra } = entry;
        let bare = |kind| Self {
            issuer,
            account,
            secret,
            kind,
            algorithm: None,
            digits: None,
            period: None,
            counter: None,
            pin: None,
            extra,
        };
        match kind {
            Kind::Totp { algorithm, digits, period } => Self {
                algorithm: Some(algorithm),
                digits: Some(digits),
                period: Some(period),
                ..bare(StoredKind::Totp)
            },
            Kind::Hotp { algorithm, digits, counter } => Self {
                algorithm: Some(algorithm),
                digits: Some(digits),
                counter: Some(counter),
                ..bare(StoredKind::Hotp)
            },
            Kind::Steam => bare(StoredKind::Steam),
            Kind::Motp { pin } => Self { pin, ..bare(StoredKind::Motp) },
            Kind::Yandex { pin } => Self { pin, ..bare(StoredKind::Yandex) },
        }
    }
}
