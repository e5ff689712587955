//! The fields of one entry, as files write them: secrets, algorithm, numbers, PIN. Each refusal names its field.
//!
//! Names are `names`' subject; where a field stands in a file is known in the format's folder.

use base64::Engine as _;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Field, Item, Refusal};
use crate::otp::{Algorithm, OtpAuthError, OtpEntry, Pin, Secret};
use crate::remark::Remark;

/// Why an entry cannot be used; its number and name come with [`Unusable::refused`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unusable {
    field: Field,
    reason: Remark,
}

impl Unusable {
    /// `reason` is a sentence or a few words, and never holds the secret.
    pub(super) fn new(field: Field, reason: impl Into<String>) -> Self {
        Self { field, reason: Remark::new(field.code(), Vec::new(), reason.into()) }
    }

    /// As an item of the file; `index` counts from 1, `name` is [`super::names::shown`].
    pub(super) fn refused(self, index: usize, name: String) -> Item {
        Item::Refused(Refusal { index, name, field: self.field, reason: self.reason })
    }
}

impl From<OtpAuthError> for Unusable {
    fn from(error: OtpAuthError) -> Self {
        let field = match error {
            OtpAuthError::MissingSecret
            | OtpAuthError::BadBase32 { .. }
            | OtpAuthError::DuplicateSecret
            | OtpAuthError::BadMotpSecret
            | OtpAuthError::ShortYandexSecret
            | OtpAuthError::BadYandexSecret => Field::Secret,
            OtpAuthError::UnsupportedType(_) | OtpAuthError::PushAccount(_) => Field::Type,
            OtpAuthError::UnknownAlgorithm(_) => Field::Algorithm,
            OtpAuthError::BadDigits(_) => Field::Digits,
            OtpAuthError::BadPeriod(_) => Field::Period,
            OtpAuthError::BadCounter(_) => Field::Counter,
            OtpAuthError::BadPin => Field::Pin,
            _ => Field::Entry,
        };
        Self { field, reason: error.remark() }
    }
}

/// A secret in base32, as forgiving as [`Secret::from_base32`].
///
/// # Errors
/// [`Unusable`]: empty, or the place of the first wrong character. Nothing is guessed (`0` for `O`).
pub(super) fn base32(text: &str) -> Result<Secret, Unusable> {
    Secret::from_base32(text).map_err(|error| match error {
        OtpAuthError::MissingSecret => empty_secret(),
        other => other.into(),
    })
}

/// A secret in hexadecimal digits of either case.
///
/// # Errors
/// [`Unusable`].
pub(super) fn hex(text: &str) -> Result<Secret, Unusable> {
    let bytes = hex_bytes(text.trim())
        .ok_or_else(|| Unusable::new(Field::Secret, "the secret is not hexadecimal"))?;
    secret(&bytes)
}

/// The bytes of hexadecimal digits; `None` for anything else.
pub(super) fn hex_bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in text.as_bytes().chunks(2) {
        let digit = |at: usize| pair.get(at).and_then(|c| char::from(*c).to_digit(16));
        bytes.push(u8::try_from(digit(0)? * 16 + digit(1)?).ok()?);
    }
    Some(bytes)
}

/// A secret in base64.
///
/// # Errors
/// [`Unusable`].
pub(super) fn base64(text: &str) -> Result<Secret, Unusable> {
    let bytes = base64_bytes(text).ok_or_else(|| Unusable::new(Field::Secret, "the secret is not base64"))?;
    secret(&bytes)
}

/// The bytes of base64, with or without padding; white space around it is dropped. `None` for anything else.
pub(super) fn base64_bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.trim().trim_end_matches('=');
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(text).ok().map(Zeroizing::new)
}

/// A secret as Java writes bytes into JSON: numbers from −128 to 127.
///
/// # Errors
/// [`Unusable`].
pub(super) fn signed_bytes(value: &Value) -> Result<Secret, Unusable> {
    let bytes = java_bytes(value)
        .ok_or_else(|| Unusable::new(Field::Secret, "the secret is no list of numbers from −128 to 127"))?;
    secret(&bytes)
}

/// The bytes of such a list; `None` for anything else.
pub(super) fn java_bytes(value: &Value) -> Option<Zeroizing<Vec<u8>>> {
    let numbers = value.as_array()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(numbers.len()));
    for number in numbers {
        bytes.push(i8::try_from(number.as_i64()?).ok()?.cast_unsigned());
    }
    Some(bytes)
}

/// A secret of raw bytes.
///
/// # Errors
/// [`Unusable`] when there are none.
pub(super) fn secret(bytes: &[u8]) -> Result<Secret, Unusable> {
    Secret::from_bytes(bytes.to_vec()).map_err(|_| empty_secret())
}

/// The algorithm of a name in any spelling that occurs (`sha1`, `SHA-1`, `HmacSHA256`, `Algorithm.sha256`); none is
/// SHA-1.
///
/// # Errors
/// [`Unusable`] for any other: codes of a guessed one would never work.
pub(super) fn algorithm(name: Option<&str>) -> Result<Algorithm, Unusable> {
    let Some(name) = name.map(str::trim).filter(|name| !matches!(*name, "" | "null")) else {
        return Ok(Algorithm::Sha1);
    };
    let prefixed =
        name.get(.."algorithm.".len()).is_some_and(|start| start.eq_ignore_ascii_case("algorithm."));
    let bare = if prefixed { name.get("algorithm.".len()..).unwrap_or_default() } else { name };
    Ok(Algorithm::parse(bare)?)
}

/// Digits of a code; none is 6.
///
/// # Errors
/// [`Unusable`] outside 1 to 10.
pub(super) fn digits(number: Option<i64>) -> Result<u8, Unusable> {
    let Some(number) = number else { return Ok(OtpEntry::DEFAULT_DIGITS) };
    let fits = u8::try_from(number).ok().filter(|digits| (1..=10).contains(digits));
    fits.ok_or_else(|| Unusable::new(Field::Digits, format!("a code of {number} digits is not possible")))
}

/// Seconds that a code lives; none is 30.
///
/// # Errors
/// [`Unusable`] outside 1 to 86 400.
pub(super) fn period(number: Option<i64>) -> Result<u32, Unusable> {
    let Some(number) = number else { return Ok(OtpEntry::DEFAULT_PERIOD) };
    let fits = u32::try_from(number).ok().filter(|period| (1..=86_400).contains(period));
    fits.ok_or_else(|| {
        Unusable::new(Field::Period, format!("a new code every {number} seconds is not possible"))
    })
}

/// The counter of the next code. Whether a missing one is worth a warning is the caller's matter.
///
/// # Errors
/// [`Unusable`] below 0.
pub(super) fn counter(number: Option<i64>) -> Result<u64, Unusable> {
    let number = number.unwrap_or(0);
    u64::try_from(number).map_err(|_| {
        Unusable::new(Field::Counter, format!("a counter that stands at {number} is not possible"))
    })
}

/// A PIN; an empty one is none.
///
/// # Errors
/// [`Unusable`] for one of more than 64 characters.
pub(super) fn pin(text: Option<&str>) -> Result<Option<Pin>, Unusable> {
    Ok(text.filter(|text| !text.is_empty()).map(Pin::new).transpose()?)
}

fn empty_secret() -> Unusable {
    Unusable::new(Field::Secret, "it has no secret")
}
