//! The ways in which codes are made, and what each of them needs besides the secret.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{OtpAuthError, OtpEntry, Secret, yandex};

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

    /// Reads a name in the spellings that occur: `SHA1`, `sha-1`, `HmacSHA1`, `HMAC-SHA-1`, `Algorithm.sha1`.
    ///
    /// # Errors
    /// [`OtpAuthError::UnknownAlgorithm`]; never a silent SHA-1, which would show codes that do not work.
    pub fn parse(name: &str) -> Result<Self, OtpAuthError> {
        let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
        let plain = plain.to_ascii_uppercase();
        let bare = plain.strip_prefix("ALGORITHM.").unwrap_or(&plain);
        match bare.strip_prefix("HMAC").unwrap_or(bare) {
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
    /// Mobile-OTP: MD5 over time, secret and PIN; 10 seconds, six hexadecimal digits. The secret's bytes are the text
    /// that is hashed.
    Motp {
        /// Without it there are no codes: exports of some apps leave it out.
        pin: Option<Pin>,
    },
    /// Yandex Key: SHA-256 over PIN and secret; 30 seconds, eight letters. Of the secret the first 16 bytes are kept,
    /// which are the key.
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

    /// What this kind makes its codes of, out of the bytes that were given; and whether its numbers are in their range.
    pub(super) fn check(&self, secret: Secret) -> Result<Secret, OtpAuthError> {
        let digits_within = |digits: u8| {
            let possible = (1..=10).contains(&digits);
            if possible { Ok(()) } else { Err(OtpAuthError::BadDigits(digits.to_string())) }
        };
        match self {
            Self::Totp { digits, period, algorithm: _ } => {
                digits_within(*digits)?;
                let possible = (1..=86_400).contains(period);
                if possible { Ok(secret) } else { Err(OtpAuthError::BadPeriod(period.to_string())) }
            }
            Self::Hotp { digits, counter, algorithm: _ } => {
                digits_within(*digits)?;
                let possible = i64::try_from(*counter).is_ok();
                if possible { Ok(secret) } else { Err(OtpAuthError::BadCounter(counter.to_string())) }
            }
            Self::Steam => Ok(secret),
            Self::Motp { pin: _ } => {
                let text = std::str::from_utf8(secret.expose()).is_ok();
                if text { Ok(secret) } else { Err(OtpAuthError::BadMotpSecret) }
            }
            Self::Yandex { pin: _ } => yandex::key(&secret),
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
