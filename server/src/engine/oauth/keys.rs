//! The keys that access and id tokens are signed with: made, published before they sign, rotated, and published until
//! the last token of theirs has ended.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use serde_json::Value;
use uuid::Uuid;

use super::key_pair::{Algorithm, Pair};
use crate::engine::audit::Actor;
use crate::engine::{Engine, Error, is_fresh};
use crate::seal::Place;
use crate::store::tenants::hold;
use crate::store::token_keys::{end_others, forget_ended};
use crate::store::{StoreError, TokenKeyRow};

/// Milliseconds after which a tenant's keys are read again, so that a rotation by command reaches a running server.
const REFRESH: i64 = 60_000;
/// Milliseconds for which a key that nobody knows is not looked for again.
const LOOKED_JUST_NOW: i64 = 1_000;
/// Milliseconds that a key is published before it signs: all who cache the published keys know it by then.
const PUBLISHED_BEFORE: i64 = 60 * 60 * 1000;
/// Milliseconds that a key is published after it has signed for the last time: longer than any token lasts.
const PUBLISHED_AFTER: i64 = 25 * 60 * 60 * 1000;

/// Names a key in the header of a token: the tenant's 26 characters and its own 26. It carries its tenant, because it
/// arrives before anything is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyId {
    pub(super) tenant: TenantId,
    pub(super) key: Uuid,
}

impl KeyId {
    /// Reads what `Display` writes, and nothing else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (tenant, key) = text.split_at_checked(26)?;
        Some(Self { tenant: TenantId(from_base32(tenant)?), key: from_base32(key)? })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", to_base32(self.tenant.0), to_base32(self.key))
    }
}

/// A key, ready to sign and to check.
#[derive(Debug)]
pub(super) struct TokenKey {
    pub(super) id: KeyId,
    pub(super) pair: Pair,
    created_at: i64,
    signs_from: i64,
    ends_at: Option<i64>,
}

impl TokenKey {
    fn holds(&self, now: i64) -> bool {
        self.ends_at.is_none_or(|at| at > now)
    }
}

/// A tenant's keys.
#[derive(Debug)]
pub(super) struct TokenKeys {
    /// Oldest first.
    all: Vec<TokenKey>,
    read_at: i64,
}

impl TokenKeys {
    /// The one that signs now: the newest of those whose time has come.
    pub(super) fn signer(&self, now: i64) -> Option<&TokenKey> {
        let mut holding = self.all.iter().filter(|key| key.holds(now));
        let first = holding.clone().next();
        // A clock that was set back may stand before all of them.
        holding.rfind(|key| key.signs_from <= now).or(first)
    }

    /// The one by this name, while what it signed holds.
    pub(super) fn named(&self, id: KeyId, now: i64) -> Option<&TokenKey> {
        self.all.iter().find(|key| key.id == id && key.holds(now))
    }
}

/// A key as an operator may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenKeyInfo {
    /// `kid` in the header of what it signs.
    pub kid: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970; until then it is only published.
    pub signs_from: i64,
    /// Milliseconds since 1970; none: until there is another one.
    pub ends_at: Option<i64>,
}

/// How a tenant gets another key.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenKeyRotation {
    /// What the new one signs with; none: what the newest one does, and RS256 for the first.
    pub algorithm: Option<Algorithm>,
    /// The ones before end now, and no token of theirs holds any more: for one that has leaked.
    pub at_once: bool,
}

/// What has been opened so far.
#[derive(Debug, Default)]
pub(in crate::engine) struct TokenKeyring {
    open: Mutex<HashMap<TenantId, Arc<TokenKeys>>>,
}

impl TokenKeyring {
    fn get(&self, tenant: TenantId, now: i64, lifetime: i64) -> Option<Arc<TokenKeys>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&tenant).filter(|keys| is_fresh(keys.read_at, now, lifetime)).map(Arc::clone)
    }
}

impl Engine {
    /// The tenant's keys; read from the store when they are not at hand.
    pub(super) async fn token_keys_of(&self, tenant: TenantId) -> Result<Arc<TokenKeys>, Error> {
        match self.token_keyring.get(tenant, self.now(), REFRESH) {
            Some(keys) => Ok(keys),
            None => self.read_token_keys(tenant).await,
        }
    }

    /// The same with this one among them, if there is one: a command may have made it since they were read.
    pub(super) async fn token_keys_with(&self, id: KeyId) -> Result<Arc<TokenKeys>, Error> {
        let now = self.now();
        match self.token_keyring.get(id.tenant, now, REFRESH) {
            Some(keys) if keys.named(id, now).is_some() || is_fresh(keys.read_at, now, LOOKED_JUST_NOW) => {
                Ok(keys)
            }
            _ => self.read_token_keys(id.tenant).await,
        }
    }

    async fn read_token_keys(&self, tenant: TenantId) -> Result<Arc<TokenKeys>, Error> {
        let read_at = self.now();
        let rows = self.store.token_keys(tenant).await?;
        let all = rows.iter().filter(|row| row.ends_at.is_none_or(|at| at > read_at));
        let all = all.map(|row| self.open_token_key(tenant, row)).collect::<Result<_, _>>()?;
        let keys = Arc::new(TokenKeys { all, read_at });
        // A tenant without keys is not remembered: anybody can name one that does not exist.
        if !keys.all.is_empty() {
            let mut open = self.token_keyring.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.insert(tenant, Arc::clone(&keys));
        }
        Ok(keys)
    }

    fn open_token_key(&self, tenant: TenantId, row: &TokenKeyRow) -> Result<TokenKey, Error> {
        let damaged = Error::Damaged("token key");
        let id = KeyId { tenant, key: row.id };
        let algorithm = Algorithm::from_word(&row.algorithm).ok_or(damaged.clone())?;
        let pair = Pair::open(algorithm, &self.master.open(place(id), &row.private_key)?).ok_or(damaged)?;
        // The private half is sealed and the public one is not: one that was exchanged would vouch for forgeries.
        let public: Option<Value> = serde_json::from_str(&row.public_key).ok();
        if public != Some(pair.jwk(&id.to_string())) {
            return Err(Error::Damaged("public key"));
        }
        let (created_at, signs_from, ends_at) = (row.created_at, row.signs_from, row.ends_at);
        Ok(TokenKey { id, pair, created_at, signs_from, ends_at })
    }

    /// The public halves of a tenant's keys, as JWKs (RFC 7517).
    ///
    /// # Errors
    /// [`Error`].
    pub async fn published_keys(&self, tenant: TenantId) -> Result<Vec<Value>, Error> {
        let (keys, now) = (self.token_keys_of(tenant).await?, self.now());
        let published = keys.all.iter().filter(|key| key.holds(now));
        Ok(published.map(|key| key.pair.jwk(&key.id.to_string())).collect())
    }

    /// A tenant's keys, oldest first.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn token_keys(&self, tenant: TenantId) -> Result<Vec<TokenKeyInfo>, Error> {
        Ok(self.read_token_keys(tenant).await?.all.iter().map(TokenKeyInfo::from).collect())
    }

    /// Gives a tenant another key. It is published at once and signs an hour later; the ones before stay published until
    /// their last token has ended. The first one signs at once.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`]; [`Error::Invalid`] when somebody else has made a key at the same moment.
    pub async fn rotate_token_key(
        &self,
        tenant: TenantId,
        rotation: TokenKeyRotation,
        by: &dyn Actor,
    ) -> Result<TokenKeyInfo, Error> {
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        let rows = self.store.token_keys(tenant).await?;
        let newest = rows.last().and_then(|row| Algorithm::from_word(&row.algorithm));
        let algorithm = rotation.algorithm.or(newest).unwrap_or(Algorithm::Rs256);
        let (pair, pkcs8) = Pair::make(algorithm, Arc::clone(&self.rng)).await?;
        let now = self.now();
        // Rows are ordered by age, also after the clock was set back.
        let created_at = rows.last().map_or(now, |newest| now.max(newest.created_at + 1));
        let wait = if rows.is_empty() || rotation.at_once { 0 } else { PUBLISHED_BEFORE };
        let id = KeyId { tenant, key: self.new_id_at(created_at)? };
        let row = TokenKeyRow {
            id: id.key,
            algorithm: algorithm.as_str().to_owned(),
            public_key: pair.jwk(&id.to_string()).to_string(),
            private_key: self.master.seal(&*self.rng, place(id), &pkcs8)?,
            created_at,
            signs_from: now + wait,
            ends_at: None,
        };
        let others_end = if rotation.at_once { now } else { row.signs_from + PUBLISHED_AFTER };
        let batch = vec![
            hold(tenant),
            row.insert(tenant, i64::try_from(rows.len()).unwrap_or(i64::MAX)),
            end_others(tenant, row.id, others_end),
            forget_ended(tenant, now),
            self.event_with(tenant, "tenant.token_key_made", by, &id, algorithm.as_str())?,
        ];
        match self.store.write(batch).await {
            Ok(()) => Ok(TokenKeyInfo::from(&TokenKey {
                id,
                pair,
                created_at,
                signs_from: row.signs_from,
                ends_at: None,
            })),
            Err(StoreError::Unmet(_)) => Err(Error::Invalid(
                "another key was made at the same moment; `tenant token-key` shows it".to_owned(),
            )),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<&TokenKey> for TokenKeyInfo {
    fn from(key: &TokenKey) -> Self {
        Self {
            kid: key.id.to_string(),
            algorithm: key.pair.algorithm(),
            created_at: key.created_at,
            signs_from: key.signs_from,
            ends_at: key.ends_at,
        }
    }
}

fn place(id: KeyId) -> Place {
    Place { tenant: id.tenant, column: "token_keys.private_key", row: id.key }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
