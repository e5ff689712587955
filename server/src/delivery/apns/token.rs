//! The token that says who we are to Apple: signed once, shown with each push, and replaced before it is an hour old. Apple
//! wants it neither older than that nor new more often than every twenty minutes.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use ring::digest;
use ring::signature::EcdsaKeyPair;
use serde_json::json;

use super::super::jwt;
use crate::engine::Error;
use crate::engine::providers::ApnsAccount;

/// Seconds after which a token is replaced.
const LIFETIME: i64 = 45 * 60;
/// Seconds for which a token is kept at least, whatever Apple says of it.
const AT_LEAST: i64 = 20 * 60;

/// Signs tokens with one key.
pub(super) struct Tokens {
    key: EcdsaKeyPair,
    key_id: String,
    team_id: String,
    current: Mutex<Option<Token>>,
}

/// A token, as it stands in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Not shown by `Debug`: the value is marked as sensitive.
    pub(super) header: HeaderValue,
    /// Seconds since 1970.
    made_at: i64,
}

/// A token that Apple calls expired is too young to be replaced: this machine's clock is wrong, or Apple's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooYoung {
    /// Until it may be replaced.
    pub(super) seconds: i64,
}

impl Tokens {
    /// # Errors
    /// [`Error::Invalid`]: the key cannot be used.
    pub(super) fn new(account: &ApnsAccount) -> Result<Self, Error> {
        let (key_id, team_id) = (account.key_id.clone(), account.team_id.clone());
        Ok(Self { key: account.signing_key()?, key_id, team_id, current: Mutex::new(None) })
    }

    /// What is the same for all accounts that share a key, so that they share its tokens too.
    pub(super) fn name(account: &ApnsAccount) -> [u8; 32] {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in [&account.team_id, &account.key_id, account.private_key.reveal()] {
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finish().as_ref().try_into().unwrap_or_default()
    }

    /// The token to show at `now`, in seconds since 1970. Whoever comes while one is made waits for that one.
    ///
    /// # Errors
    /// [`Error::Damaged`]: the key did not sign.
    pub(super) fn current(&self, now: i64) -> Result<Token, Error> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            // After the clock was set back a token is from the future, and nobody would take it.
            Some(token) if (0..LIFETIME).contains(&(now - token.made_at)) => Ok(token.clone()),
            _ => self.make(&mut current, now),
        }
    }

    /// The token to show after `refused` was called expired.
    ///
    /// # Errors
    /// The inner one: that token must be kept a while longer. The outer one as in [`current`](Self::current).
    pub(super) fn after(&self, refused: &Token, now: i64) -> Result<Result<Token, TooYoung>, Error> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            // Somebody else was refused too, and has replaced it.
            Some(token) if token != refused => Ok(Ok(token.clone())),
            Some(token) if (0..AT_LEAST).contains(&(now - token.made_at)) => {
                Ok(Err(TooYoung { seconds: token.made_at + AT_LEAST - now }))
            }
            _ => self.make(&mut current, now).map(Ok),
        }
    }

    fn make(&self, current: &mut Option<Token>, now: i64) -> Result<Token, Error> {
        let (header, claims) =
            (json!({"alg": "ES256", "kid": self.key_id}), json!({"iss": self.team_id, "iat": now}));
        let token = jwt::es256(&self.key, &header, &claims).ok_or(Error::Damaged("apns key"))?;
        let text = format!("bearer {token}");
        let mut header = HeaderValue::try_from(text).map_err(|_| Error::Damaged("apns key id"))?;
        header.set_sensitive(true);
        let token = Token { header, made_at: now };
        *current = Some(token.clone());
        Ok(token)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
