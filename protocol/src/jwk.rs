//! P-256 public keys as JWK (RFC 7517) and their thumbprints (RFC 7638). Private keys never come here.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Not a P-256 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 public key: a JWK with kty EC, crv P-256 and 32-byte x and y is needed")]
pub struct KeyError;

/// A P-256 public key, as its 65-byte uncompressed point (SEC 1 §2.3.3).
///
/// That the point lies on the curve is proved with the first signature that verifies: ring refuses any other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 65]);

impl PublicKey {
    /// Takes an uncompressed point: `04 ‖ x ‖ y`.
    ///
    /// # Errors
    /// [`KeyError`] for another length or form.
    pub fn from_point(point: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; 65] = point.try_into().map_err(|_| KeyError)?;
        if bytes.first() == Some(&4) { Ok(Self(bytes)) } else { Err(KeyError) }
    }

    /// The 65-byte uncompressed point.
    #[must_use]
    pub fn point(&self) -> &[u8; 65] {
        &self.0
    }

    /// RFC 7638: SHA-256 of the canonical JWK.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let (x, y) = self.coordinates();
        // Member order and the lack of white space are fixed by RFC 7638 §3.2.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Thumbprint(crate::sha256_base64url(canonical.as_bytes()))
    }

    /// Whether `signature` (64 bytes, `r‖s`) over `message` is by this key: ES256 and nothing else.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signature)
            .is_ok()
    }

    fn coordinates(&self) -> (String, String) {
        let (_, rest) = self.0.split_at(1);
        let (x, y) = rest.split_at(32);
        (crate::base64url(x), crate::base64url(y))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
    y: String,
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let (x, y) = self.coordinates();
        Jwk { crv: "P-256".into(), kty: "EC".into(), x, y }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let jwk = Jwk::deserialize(d)?;
        let coordinate = |text: &str| crate::from_base64url(text).filter(|b| b.len() == 32);
        match (jwk.kty.as_str(), jwk.crv.as_str(), coordinate(&jwk.x), coordinate(&jwk.y)) {
            ("EC", "P-256", Some(x), Some(y)) => {
                Self::from_point(&[&[4u8], &x[..], &y[..]].concat()).map_err(de::Error::custom)
            }
            _ => Err(de::Error::custom(KeyError)),
        }
    }
}

/// The RFC 7638 thumbprint of a key: 43 base64url characters. Names the key in a JWS header and in the enrolment QR.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// Reads a thumbprint; checks only its form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        crate::from_base64url(text).filter(|b| b.len() == 32).map(|_| Self(text.to_owned()))
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Thumbprint {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a thumbprint is 43 base64url characters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The P-256 example key of RFC 7515 appendix A.3.
    const RFC_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[test]
    fn the_rfc_key_reads_and_writes() {
        let key: PublicKey = serde_json::from_str(RFC_KEY).unwrap();
        assert_eq!(key.thumbprint().as_str(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
        let again: PublicKey = serde_json::from_str(&serde_json::to_string(&key).unwrap()).unwrap();
        assert_eq!(again, key);
    }

    #[test]
    fn other_keys_are_refused() {
        for bad in [
            RFC_KEY.replace("P-256", "P-384"),
            RFC_KEY.replace("EC", "RSA"),
            RFC_KEY.replace("f83O", ""),
            RFC_KEY.replace(r#""kty""#, r#""d":"AA","kty""#),
            RFC_KEY.replace(r#""kty":"EC""#, r#""kty":"EC","kty":"EC""#),
        ] {
            assert!(serde_json::from_str::<PublicKey>(&bad).is_err(), "{bad}");
        }
        assert!(PublicKey::from_point(&[2; 33]).is_err());
    }

    #[test]
    fn a_point_off_the_curve_verifies_nothing() {
        assert!(!PublicKey::from_point(&[4; 65]).unwrap().verifies(b"m", &[1; 64]));
    }
}
