//! Our own JSON Web Tokens (RFC 7515, RFC 9068), signed and read strictly (RFC 8725). Which algorithm runs is decided by
//! the key that `kid` names and never by the message; a header has `alg`, `typ` and `kid` and nothing else.

use countersign_protocol::jws::read_exactly;
use countersign_protocol::{base64url, from_base64url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keys::{KeyId, TokenKey};
use crate::engine::Error;

/// Longest token that is looked at, in bytes. Ours have less than half of it.
const LONGEST: usize = 8 * 1024;

/// What a token is for. It stands in the signed header, so one never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An access token (RFC 9068 §2.1).
    Access,
    /// An id token (OpenID Connect).
    Id,
}

impl Kind {
    fn typ(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Id => "JWT",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// A token whose signature has not been checked. It says which key is to be looked at, and nothing else.
pub(super) struct Unverified<'a> {
    header: Header,
    /// The key that it names.
    pub(super) key: KeyId,
    input: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; none when it is no JWT of ours.
    pub(super) fn read(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (input, signature) = token.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        let header: Header = read_exactly(&from_base64url(header)?)?;
        let key = KeyId::parse(&header.kid)?;
        Some(Self { header, key, input, payload, signature: from_base64url(signature)? })
    }

    /// What it says, when this key has signed it and it is of this kind.
    pub(super) fn verify<T: DeserializeOwned + Serialize>(self, key: &TokenKey, kind: Kind) -> Option<T> {
        let fits = self.key == key.id
            && self.header.alg == key.pair.algorithm().as_str()
            && self.header.typ == kind.typ()
            && key.pair.verifies(self.input.as_bytes(), &self.signature);
        if fits { read_exactly(&from_base64url(self.payload)?) } else { None }
    }
}

/// Signs claims.
pub(super) fn sign<T: Serialize>(key: &TokenKey, kind: Kind, claims: &T) -> Result<Zeroizing<String>, Error> {
    let header = Header {
        alg: key.pair.algorithm().as_str().to_owned(),
        typ: kind.typ().to_owned(),
        kid: key.id.to_string(),
    };
    let unwritten = |_| Error::Damaged("token");
    let header = base64url(&serde_json::to_vec(&header).map_err(unwritten)?);
    let payload = base64url(&serde_json::to_vec(claims).map_err(unwritten)?);
    let mut token = Zeroizing::new(format!("{header}.{payload}"));
    let signature = base64url(&key.pair.sign(token.as_bytes())?);
    token.reserve_exact(signature.len() + 1);
    token.push('.');
    token.push_str(&signature);
    Ok(token)
}
