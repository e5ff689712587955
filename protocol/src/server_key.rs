//! How a server's key is followed by the next one: each new key is signed by the one before (`cs-server-key+jwt`).

use serde::{Deserialize, Serialize};

use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, JwsError, Purpose};

/// Longest chain that is walked, in keys after the first. With a new key each month this lasts for twenty years;
/// without a limit a hostile server could keep a phone busy for as long as it likes.
pub const MAX_SUCCESSIONS: usize = 256;

/// What a key says of its successor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The server's id.
    pub iss: String,
    /// When the new key was made, seconds since 1970.
    pub iat: u64,
    /// The new key.
    pub key: PublicKey,
}

/// All keys a server has had, oldest first.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChain {
    /// The first key. Nobody vouches for it; it is the one in the oldest enrolment QR.
    pub root: PublicKey,
    /// Each later key as a `cs-server-key+jwt` signed by the key before it.
    pub successions: Vec<String>,
}

/// Why a chain is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyChainError {
    /// The pinned key is not in it.
    #[error("the server's keys do not descend from the one this account was enrolled with; enrol again")]
    PinNotFound,
    /// A link does not hold.
    #[error("the server's chain of keys is broken ({0}); enrol again or ask the server's operator")]
    Broken(#[from] JwsError),
    /// More than [`MAX_SUCCESSIONS`] links.
    #[error("the server's chain of keys is longer than 256; ask the server's operator")]
    TooLong,
    /// A link is by another server.
    #[error("the server's chain of keys belongs to another server")]
    Issuer,
}

impl KeyChain {
    /// Walks from the root to the newest key, refusing any gap, and looks for the pinned key on the way.
    ///
    /// # Errors
    /// [`KeyChainError`].
    pub fn newest(&self, issuer: &str, pinned: &Thumbprint) -> Result<PublicKey, KeyChainError> {
        if self.successions.len() > MAX_SUCCESSIONS {
            return Err(KeyChainError::TooLong);
        }
        let mut current = self.root;
        let mut found = current.thumbprint() == *pinned;
        for compact in &self.successions {
            let next: Succession = jws::verify(compact, Purpose::ServerKey, &[current])?.claims;
            if next.iss != issuer {
                return Err(KeyChainError::Issuer);
            }
            current = next.key;
            found |= current.thumbprint() == *pinned;
        }
        if found { Ok(current) } else { Err(KeyChainError::PinNotFound) }
    }
}

#[cfg(test)]
#[path = "server_key_tests.rs"]
mod tests;
