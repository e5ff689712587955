//! The shared secret of an account: wiped when dropped, never printed, compared in constant time.
//!
//! Its text form is base32 (`base32.rs`); sealing it is the vault's work.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{OtpAuthError, base32};

/// The bytes that code and server share (RFC 4226 `K`): at least one byte, often 10 or 20.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes raw bytes.
    ///
    /// # Errors
    /// [`OtpAuthError::MissingSecret`] when there are none. Short secrets are taken, because the service has already
    /// decided on them; see [`Secret::weak`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, OtpAuthError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.is_empty() { Err(OtpAuthError::MissingSecret) } else { Ok(Self(bytes)) }
    }

    /// Reads base32 (RFC 4648 §6); spaces, dashes, padding, lower case and left-over bits are forgiven.
    ///
    /// # Errors
    /// [`OtpAuthError::BadBase32`], or [`OtpAuthError::MissingSecret`] when nothing remains.
    pub fn from_base32(text: &str) -> Result<Self, OtpAuthError> {
        let bytes = base32::decode(text)?;
        if bytes.is_empty() { Err(OtpAuthError::MissingSecret) } else { Ok(Self(bytes)) }
    }

    /// Upper-case base32 without padding, wiped when dropped.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        base32::encode(&self.0)
    }

    /// The raw bytes. Do not copy them into anything that is not wiped.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether it has fewer than the 128 bits that RFC 4226 §4 (R6) demands. Such accounts work, but deserve a remark.
    #[must_use]
    pub fn weak(&self) -> bool {
        self.0.len() < 16
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        bool::from(self.0.ct_eq(&other.0))
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base32())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A visitor rather than `String::deserialize`: base32 needs no unescaping, so the text is read in place and
        // no unwiped copy of it is made.
        deserializer.deserialize_str(Base32Visitor)
    }
}

struct Base32Visitor;

impl serde::de::Visitor<'_> for Base32Visitor {
    type Value = Secret;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a secret in base32")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Secret, E> {
        Secret::from_base32(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn p9_debug_shows_nothing() {
        let secret = Secret::from_base32("MZXW6YTBOI").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"MZXW6YTBOI\"");
    }

    #[test]
    fn fewer_than_128_bits_are_weak_but_taken() {
        assert!(Secret::from_bytes(vec![7]).unwrap().weak());
        assert!(Secret::from_bytes(vec![7; 15]).unwrap().weak());
        assert!(!Secret::from_bytes(vec![7; 16]).unwrap().weak());
        assert!(Secret::from_bytes(Vec::new()).is_err());
    }
}
