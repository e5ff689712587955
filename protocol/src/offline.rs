//! Answers without a network: the question as a QR code says it, and the eight digits that approve it.
//!
//! The text is made for QR codes: `COUNTERSIGN://OFFLINE/1` and then decimal digits only, of which such a code holds more
//! than twice as many as of base64url. They carry the signature and the payload of the `cs-challenge+jwt`; its header
//! is made anew, because all that it says besides the purpose is which key signed, and the device knows that.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::challenge::Challenge;
use crate::id::DeviceId;
use crate::jwk::Thumbprint;
use crate::jws::{self, JwsError, Purpose};

/// Digits of a code.
pub const CODE_DIGITS: usize = 8;
/// Longest payload of a question that is put into a QR code, in bytes: with it the code is of version 30 at level L,
/// with 137 modules on a side, or 34 at level M, with 153. Larger ones are hard to read from a screen.
pub const MAX_PAYLOAD: usize = 1_600;
/// What the text begins with. The digit behind it is the version.
const PREFIX: &str = "COUNTERSIGN://OFFLINE/";
const VERSION: char = '1';
const SIGNATURE: usize = 64;
/// As many digits as the largest number of so many bytes has.
const DIGITS_OF: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];
const CHUNK: usize = 7;

/// What a device answers with when it has no network: 256 random bits that the server makes when it takes the device in.
#[derive(Clone)]
pub struct OfflineKey(Zeroizing<[u8; 32]>);

impl OfflineKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// From as many bytes as were stored.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    /// The secret itself, to be sealed.
    #[must_use]
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0
    }

    /// The eight digits by which `device` approves the question. `challenge_jws` is the question exactly as the server
    /// signed it.
    ///
    /// HMAC-SHA-256 over the parts, each with its length before it (four bytes, big endian); the first eight bytes of it
    /// as a number, and of that the last eight decimal digits. Their bias is below 2⁻³⁷. There is no code for a refusal:
    /// who wants to refuse does so at the login page that they sit at.
    #[must_use]
    pub fn approval(&self, challenge_jws: &str, device: DeviceId) -> OfflineCode {
        let (challenge, device) = (crate::sha256_base64url(challenge_jws.as_bytes()), device.to_string());
        let parts = ["countersign offline answer v1", &challenge, "approve", &device];
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.0.as_slice());
        let mut context = ring::hmac::Context::with_key(&key);
        for part in parts {
            context.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            context.update(part.as_bytes());
        }
        let tag = context.sign();
        let first = tag.as_ref().iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        OfflineCode(Zeroizing::new(format!("{:08}", first % 100_000_000)))
    }
}

impl fmt::Debug for OfflineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfflineKey(…)")
    }
}

impl PartialEq for OfflineKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for OfflineKey {}

impl Serialize for OfflineKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&Zeroizing::new(crate::base64url(self.0.as_slice())))
    }
}

impl<'de> Deserialize<'de> for OfflineKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(d)?);
        let bytes = crate::from_base64url(&text).map(Zeroizing::new);
        let key = bytes.and_then(|bytes| Self::from_slice(&bytes));
        key.ok_or_else(|| de::Error::custom("an offline key is 32 bytes in base64url"))
    }
}

/// Eight ASCII digits that approve one question. Wiped when dropped and never printed by `Debug`.
#[derive(Clone)]
pub struct OfflineCode(Zeroizing<String>);

impl OfflineCode {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether these digits were typed; its duration does not tell where they differ.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        self.0.as_bytes().ct_eq(typed.as_bytes()).into()
    }

    /// Whether `typed` can be such a code: exactly eight ASCII digits.
    #[must_use]
    pub fn fits(typed: &str) -> bool {
        typed.len() == CODE_DIGITS && typed.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Debug for OfflineCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfflineCode(…)")
    }
}

/// Why a text is no question, or a question no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OfflineTextError {
    /// Something else altogether.
    #[error("this is not a sign-in to approve without a network")]
    NotOffline,
    /// From a later version.
    #[error("this sign-in's code is of a later version; update Countersign")]
    Version,
    /// The payload is over [`MAX_PAYLOAD`].
    #[error("this sign-in says more than a QR code can carry")]
    TooLong,
    /// Not what a server writes: cut, or changed.
    #[error("this sign-in's code is damaged; scan the whole code on the sign-in page")]
    Damaged,
}

/// A question as a QR code carries it. Nothing of it is proved before [`Challenge::verify`] has taken its
/// [`jws`](Self::jws).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineText {
    signature: [u8; SIGNATURE],
    payload: Vec<u8>,
}

impl OfflineText {
    /// Takes a `cs-challenge+jwt` apart.
    ///
    /// # Errors
    /// [`OfflineTextError::TooLong`]; [`OfflineTextError::Damaged`] for one that could not be put together again.
    pub fn of(challenge_jws: &str) -> Result<Self, OfflineTextError> {
        let damaged = |_: JwsError| OfflineTextError::Damaged;
        let server_key = jws::named_key(challenge_jws, Purpose::Challenge).map_err(damaged)?;
        let mut parts = challenge_jws.split('.').skip(1).map(crate::from_base64url);
        let mut part = || parts.next().flatten().ok_or(OfflineTextError::Damaged);
        let (payload, signature) = (part()?, part()?);
        if payload.len() > MAX_PAYLOAD {
            return Err(OfflineTextError::TooLong);
        }
        let signature = signature.try_into().map_err(|_| OfflineTextError::Damaged)?;
        let text = Self { signature, payload };
        // A header that is written in another way would give the phone another hash.
        if text.jws(&server_key) == challenge_jws { Ok(text) } else { Err(OfflineTextError::Damaged) }
    }

    /// The `cs-challenge+jwt`, if the key with this thumbprint has signed it.
    #[must_use]
    pub fn jws(&self, server_key: &Thumbprint) -> String {
        jws::assembled(Purpose::Challenge, server_key, &self.payload, &self.signature)
    }

    /// The device that it claims to be for: good for finding the account whose keys it is checked with.
    #[must_use]
    pub fn claimed_device(&self) -> Option<DeviceId> {
        jws::read_exactly::<Challenge>(&self.payload).map(|challenge| challenge.aud)
    }

    /// Whether `text` is meant as one, whole or not.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
    }
}

impl fmt::Display for OfflineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{VERSION}")?;
        for chunk in [self.signature.as_slice(), &self.payload].concat().chunks(CHUNK) {
            let number = chunk.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
            let width = DIGITS_OF.get(chunk.len()).copied().unwrap_or_default();
            write!(f, "{number:0width$}")?;
        }
        Ok(())
    }
}

impl FromStr for OfflineText {
    type Err = OfflineTextError;

    fn from_str(text: &str) -> Result<Self, OfflineTextError> {
        let text = text.trim();
        if !Self::is_meant(text) {
            return Err(OfflineTextError::NotOffline);
        }
        let mut rest = text.get(PREFIX.len()..).unwrap_or_default().chars();
        match rest.next() {
            Some(VERSION) => {}
            Some(digit) if digit.is_ascii_digit() => return Err(OfflineTextError::Version),
            _ => return Err(OfflineTextError::Damaged),
        }
        let bytes = decoded(rest.as_str())?;
        let (signature, payload) = bytes.split_first_chunk::<SIGNATURE>().ok_or(OfflineTextError::Damaged)?;
        if payload.is_empty() {
            return Err(OfflineTextError::Damaged);
        }
        Ok(Self { signature: *signature, payload: payload.to_vec() })
    }
}

/// The bytes behind the digits. One row of bytes has one text.
fn decoded(digits: &str) -> Result<Vec<u8>, OfflineTextError> {
    let most = (SIGNATURE + MAX_PAYLOAD).div_ceil(CHUNK) * 17;
    if digits.len() > most {
        return Err(OfflineTextError::TooLong);
    }
    let mut bytes = Vec::with_capacity(digits.len() * CHUNK / 17 + CHUNK);
    for chunk in digits.as_bytes().chunks(17) {
        let count = DIGITS_OF.iter().position(|width| *width == chunk.len());
        let count = count.ok_or(OfflineTextError::Damaged)?;
        let number = chunk.iter().try_fold(0u64, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0'))
        });
        let number = number.ok_or(OfflineTextError::Damaged)?.to_le_bytes();
        let (own, beyond) = number.split_at_checked(count).ok_or(OfflineTextError::Damaged)?;
        if beyond.iter().any(|byte| *byte != 0) {
            return Err(OfflineTextError::Damaged);
        }
        bytes.extend_from_slice(own);
    }
    if bytes.len() > SIGNATURE + MAX_PAYLOAD {
        return Err(OfflineTextError::TooLong);
    }
    Ok(bytes)
}

#[cfg(test)]
#[path = "offline_tests.rs"]
mod tests;
