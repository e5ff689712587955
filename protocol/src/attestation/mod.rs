//! A phone's proof of where its keys are: what it sends at enrolment, and over what it is said. Taking the certificates
//! apart is in the files beside this one; what is demanded of them is the server's to say.

pub mod android;
pub mod apple;
pub mod certificate;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::challenge::KeyThumbprints;
use crate::digest::sha256_of_parts;
use crate::id::EnrollmentToken;

/// Certificates in one chain at most.
pub const CERTIFICATES: usize = 8;
/// Bytes of one certificate at most.
pub const CERTIFICATE_BYTES: usize = 4 * 1024;
/// Bytes of App Attest's object at most.
pub const OBJECT_BYTES: usize = 16 * 1024;
/// Bytes of the id of App Attest's key at most; Apple's are 32.
pub const KEY_ID_BYTES: usize = 64;

/// A proof, in one of the forms that platforms have for it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format")]
pub enum Attestation {
    /// Android's key attestation: the certificates of both keys.
    #[serde(rename = "android-key")]
    AndroidKey {
        /// The possession key's, that of the key itself first.
        possession: Chain,
        /// The verification key's.
        verification: Chain,
    },
    /// Apple's App Attest: the word of a genuine app for both keys, by a third key.
    #[serde(rename = "apple-app-attest")]
    AppleAppAttest {
        /// The third key's id.
        key_id: KeyId,
        /// What `attestKey` gave.
        object: AppObject,
    },
}

impl Attestation {
    /// The word for its form.
    #[must_use]
    pub fn format(&self) -> &'static str {
        match self {
            Self::AndroidKey { .. } => "android-key",
            Self::AppleAppAttest { .. } => "apple-app-attest",
        }
    }
}

/// What an Android key is attested over. It is known before the keys are made, as it must be.
///
/// SHA-256 over a purpose string, the server's id and the token's hash, each with its length before it (four bytes, big
/// endian). The token is good for one enrolment, so no other enrolment's proof fits.
#[must_use]
pub fn android_challenge(server: &str, token: &EnrollmentToken) -> [u8; 32] {
    let hash = token.hash();
    sha256_of_parts(&[b"countersign android attestation v1", server.as_bytes(), hash.as_bytes()])
}

/// What App Attest's key is attested over: its `clientDataHash`. It covers both thumbprints, possession first, because
/// App Attest attests a key of its own.
#[must_use]
pub fn apple_challenge(server: &str, token: &EnrollmentToken, keys: &KeyThumbprints) -> [u8; 32] {
    let hash = token.hash();
    sha256_of_parts(&[
        b"countersign apple attestation v1",
        server.as_bytes(),
        hash.as_bytes(),
        keys.possession.as_str().as_bytes(),
        keys.verification.as_str().as_bytes(),
    ])
}

/// What cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// No certificate, or too many.
    #[error("a chain has 1 to 8 certificates")]
    Certificates,
    /// Empty or too long.
    #[error("{0} must be 1 to {1} bytes in base64url")]
    Bytes(&'static str, usize),
}

/// The certificates of one key in DER, that of the key first.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Chain(Vec<Bytes>);

impl Chain {
    /// Takes certificates.
    ///
    /// # Errors
    /// [`FormError`] unless there are 1 to 8 of 1 to 4,096 bytes.
    pub fn new(certificates: Vec<Vec<u8>>) -> Result<Self, FormError> {
        if !(1..=CERTIFICATES).contains(&certificates.len()) {
            return Err(FormError::Certificates);
        }
        let each = |bytes| Bytes::new("a certificate", bytes, CERTIFICATE_BYTES);
        certificates.into_iter().map(each).collect::<Result<_, _>>().map(Self)
    }

    /// The certificates.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|bytes| bytes.0.as_slice())
    }
}

impl<'de> Deserialize<'de> for Chain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        if texts.len() > CERTIFICATES {
            return Err(de::Error::custom(FormError::Certificates));
        }
        let each = |text: &String| decode("a certificate", text, CERTIFICATE_BYTES).map(|bytes| bytes.0);
        let certificates = texts.iter().map(each).collect::<Result<_, _>>().map_err(de::Error::custom)?;
        Self::new(certificates).map_err(de::Error::custom)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({} certificates)", self.0.len())
    }
}

/// Bytes that are base64url in JSON.
#[derive(Clone, PartialEq, Eq)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn new(what: &'static str, bytes: Vec<u8>, most: usize) -> Result<Self, FormError> {
        if (1..=most).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(FormError::Bytes(what, most)) }
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::base64url(&self.0))
    }
}

fn decode(what: &'static str, text: &str, most: usize) -> Result<Bytes, FormError> {
    let fits = text.len() <= most.div_ceil(3) * 4;
    let bytes = fits.then(|| crate::from_base64url(text)).flatten();
    Bytes::new(what, bytes.unwrap_or_default(), most)
}

/// Bytes with a name and a greatest length.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $what:literal, $most:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(Bytes);

        impl $name {
            /// Takes bytes.
            ///
            /// # Errors
            /// [`FormError::Bytes`] when there are none, or too many.
            pub fn new(bytes: Vec<u8>) -> Result<Self, FormError> {
                Bytes::new($what, bytes, $most).map(Self)
            }

            /// The bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                &self.0.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                decode($what, &text, $most).map(Self).map_err(de::Error::custom)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.as_bytes().len())
            }
        }
    };
}

bounded! {
    /// The id of App Attest's key: SHA-256 of its public key.
    KeyId, "key_id", KEY_ID_BYTES
}
bounded! {
    /// App Attest's object, in CBOR.
    AppObject, "object", OBJECT_BYTES
}

#[cfg(test)]
#[path = "../attestation_tests.rs"]
mod tests;
