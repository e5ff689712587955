//! JSON Web Signatures (RFC 7515 compact form), cut down to one suite and one purpose per message (RFC 8725 §3).
//!
//! The header is `{"alg":"ES256","typ":PURPOSE,"kid":THUMBPRINT}` and nothing else. Which algorithm runs is decided
//! here, never read from the message; any further header member (`jwk`, `jku`, `x5u`, `crit`, …) refuses it.
//! Signing happens elsewhere, in a phone's secure hardware or in the server: this file makes the bytes to sign.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::jwk::{PublicKey, Thumbprint};

/// Longest JWS that is looked at, in bytes.
pub const MAX_LEN: usize = 16 * 1024;

/// What a message is for. It stands in the signed header, so a message of one purpose can never serve another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new device proves that it holds its keys.
    Enroll,
    /// The server confirms which device, with which keys, it has taken in.
    Enrolled,
    /// A device asks the server for something.
    Request,
    /// The server asks a person.
    Challenge,
    /// A person's decision.
    Answer,
    /// What the server made of a person's decision.
    Verdict,
    /// A server key vouches for its successor.
    ServerKey,
    /// An enrolled phone hands its account to a new one.
    Transfer,
    /// A person lets sign-ins from one network to one application through without being asked.
    Rule,
    /// The server states how far its audit chain reaches.
    Checkpoint,
}

impl Purpose {
    /// The `typ` header's text.
    #[must_use]
    pub fn typ(self) -> &'static str {
        match self {
            Self::Enroll => "cs-enroll+jwt",
            Self::Enrolled => "cs-enrolled+jwt",
            Self::Request => "cs-request+jwt",
            Self::Challenge => "cs-challenge+jwt",
            Self::Answer => "cs-answer+jwt",
            Self::Verdict => "cs-verdict+jwt",
            Self::ServerKey => "cs-server-key+jwt",
            Self::Transfer => "cs-transfer+jwt",
            Self::Rule => "cs-rule+jwt",
            Self::Checkpoint => "cs-checkpoint+jwt",
        }
    }
}

/// Why a JWS was refused. All of them mean: do not act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Over [`MAX_LEN`].
    #[error("the signed message is longer than 16384 bytes")]
    TooLong,
    /// Not three base64url parts, or a signature that is not 64 bytes.
    #[error("the signed message is not a compact JWS with a 64-byte signature")]
    Malformed,
    /// A header that is not exactly `alg`, `typ`, `kid`, or another algorithm than ES256.
    #[error("the signed message's header is not allowed here: exactly alg ES256, typ and kid")]
    Header,
    /// Made for another purpose.
    #[error("the signed message was made for another purpose")]
    Purpose,
    /// No key by that name may sign this.
    #[error("the signed message names a key that may not sign it")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the signature does not fit the message")]
    Signature,
    /// Signed, but its content is not what the purpose allows (unknown, duplicate, missing or ill-typed field).
    #[error("the signed message's content is not what its purpose allows")]
    Claims,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: Thumbprint,
}

/// A message that still needs its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    input: String,
}

impl Unsigned {
    /// Lays out header and claims; `kid` names the key that will sign.
    #[must_use]
    pub fn new<T: Serialize>(purpose: Purpose, kid: &Thumbprint, claims: &T) -> Self {
        let header = Header { alg: "ES256", typ: purpose.typ(), kid: kid.clone() };
        // Our own structs have text keys and no failing serializers, so neither line can fail; if a change made one
        // fail, the empty part would be refused by every verifier.
        let part = |json: Result<Vec<u8>, _>| crate::base64url(&json.unwrap_or_default());
        Self { input: format!("{}.{}", part(serde_json::to_vec(&header)), part(serde_json::to_vec(claims))) }
    }

    /// The bytes to sign with ECDSA P-256 and SHA-256.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.input.as_bytes()
    }

    /// Adds the signature, 64 bytes `r‖s`.
    #[must_use]
    pub fn with_signature(&self, signature: &[u8; 64]) -> String {
        format!("{}.{}", self.input, crate::base64url(signature))
    }
}

/// A message whose header was left out on its way, put together again as [`Unsigned`] lays it out. Nothing is proved.
pub(crate) fn assembled(purpose: Purpose, kid: &Thumbprint, payload: &[u8], signature: &[u8; 64]) -> String {
    let header = Header { alg: "ES256", typ: purpose.typ(), kid: kid.clone() };
    let header = crate::base64url(&serde_json::to_vec(&header).unwrap_or_default());
    format!("{header}.{}.{}", crate::base64url(payload), crate::base64url(signature))
}

/// Claims whose signature has been checked, and the key that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    /// The content.
    pub claims: T,
    /// Which of the offered keys signed.
    pub key: PublicKey,
}

/// Claims that nobody has vouched for: good for finding the key to check them with, and for nothing else.
pub struct Unverified<T>(T);

impl<T> Unverified<T> {
    /// Looks at the unproved content.
    #[must_use]
    pub fn peek(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Unverified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unverified(…)")
    }
}

struct Parts<'a> {
    input: &'a str,
    kid: Thumbprint,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

fn split(compact: &str, purpose: Purpose) -> Result<Parts<'_>, JwsError> {
    if compact.len() > MAX_LEN {
        return Err(JwsError::TooLong);
    }
    let (input, signature) = compact.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, payload) = input.split_once('.').ok_or(JwsError::Malformed)?;
    let decode = |part| crate::from_base64url(part).ok_or(JwsError::Malformed);
    let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
    if signature.len() != 64 {
        return Err(JwsError::Malformed);
    }
    let header: Header<'_> = read_exactly(&header).ok_or(JwsError::Header)?;
    if header.alg != "ES256" {
        return Err(JwsError::Header);
    }
    if header.typ != purpose.typ() {
        return Err(JwsError::Purpose);
    }
    Ok(Parts { input, kid: header.kid, payload, signature })
}

/// Reads JSON that says what `T` would write and nothing more; only white space and the order of members are free.
///
/// The types refuse unknown and duplicate members themselves, but serde also takes an array for a struct, `null` for
/// a member left out, an object for a word, and anything beside the tag of a variant without content. Each of those
/// is another text for the same meaning, which a stricter reader refuses; so the meaning is compared with the text.
#[must_use]
pub fn read_exactly<'a, T: Deserialize<'a> + Serialize>(json: &'a [u8]) -> Option<T> {
    let meant: T = serde_json::from_slice(json).ok()?;
    let said: Value = serde_json::from_slice(json).ok()?;
    serde_json::to_value(&meant).is_ok_and(|value| value == said).then_some(meant)
}

/// Checks purpose, key, signature and content, in this order.
///
/// `keys` are the only ones that may have signed; the header's `kid` picks one of them.
///
/// # Errors
/// [`JwsError`]; the content is returned only when everything holds.
pub fn verify<T: DeserializeOwned + Serialize>(
    compact: &str,
    purpose: Purpose,
    keys: &[PublicKey],
) -> Result<Verified<T>, JwsError> {
    let parts = split(compact, purpose)?;
    let key = keys.iter().find(|k| k.thumbprint() == parts.kid).ok_or(JwsError::UnknownKey)?;
    if !key.verifies(parts.input.as_bytes(), &parts.signature) {
        return Err(JwsError::Signature);
    }
    let claims = read_exactly(&parts.payload).ok_or(JwsError::Claims)?;
    Ok(Verified { claims, key: *key })
}

/// Which key a message names as its signer. Nothing is proved by it.
///
/// # Errors
/// [`JwsError`] for everything that [`verify`] would refuse before it looks for the key.
pub fn named_key(compact: &str, purpose: Purpose) -> Result<Thumbprint, JwsError> {
    Ok(split(compact, purpose)?.kid)
}

/// Reads the content without any proof, to learn whose key to fetch.
///
/// # Errors
/// [`JwsError`] for everything that [`verify`] would refuse before the signature, and for content of another shape.
pub fn peek<T: DeserializeOwned + Serialize>(
    compact: &str,
    purpose: Purpose,
) -> Result<Unverified<T>, JwsError> {
    let parts = split(compact, purpose)?;
    read_exactly(&parts.payload).map(Unverified).ok_or(JwsError::Claims)
}

#[cfg(test)]
#[path = "jws_tests.rs"]
mod tests;
