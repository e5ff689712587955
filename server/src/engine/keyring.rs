//! The keys that sign challenges, one line of them per tenant, opened once and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::{TenantId, uuid_v7};
use countersign_protocol::jwk::{PublicKey, Thumbprint};
use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::server_key::{KeyChain, Succession};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;

use super::{Engine, Error, is_fresh};
use crate::host::{random, ring_dice};
use crate::seal::Place;
use crate::store::{SigningKeyRow, Statement};

/// Milliseconds after which a tenant's keys are read again, so that a rotation by command reaches a running server.
const REFRESH: i64 = 60_000;

/// A tenant's keys, ready to sign, and how each came to be.
#[derive(Debug)]
pub(super) struct TenantKeys {
    /// The newest one's public half.
    pub(super) public: PublicKey,
    pub(super) chain: KeyChain,
    newest: Signer,
    older: Vec<Signer>,
    read_at: i64,
}

#[derive(Debug)]
struct Signer {
    public: PublicKey,
    pair: EcdsaKeyPair,
}

/// What has been opened so far.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    open: Mutex<HashMap<TenantId, Arc<TenantKeys>>>,
}

impl TenantKeys {
    /// Signs claims for one purpose with the newest key.
    pub(super) fn sign<T: Serialize>(&self, purpose: Purpose, claims: &T) -> Result<String, Error> {
        self.newest.sign(purpose, claims)
    }

    /// Signs with the key that signed an earlier message: what belongs together is checked with one key.
    pub(super) fn sign_as<T: Serialize>(
        &self,
        earlier: &Thumbprint,
        purpose: Purpose,
        claims: &T,
    ) -> Result<String, Error> {
        self.signer(earlier.as_str()).ok_or(Error::Damaged("signing key"))?.sign(purpose, claims)
    }

    /// The public halves of all keys, oldest first.
    pub(super) fn all_public(&self) -> Vec<PublicKey> {
        self.older.iter().chain(std::iter::once(&self.newest)).map(|signer| signer.public).collect()
    }

    /// The public half of an earlier key, or of the newest.
    pub(super) fn public_of(&self, thumbprint: &str) -> Result<PublicKey, Error> {
        Ok(self.signer(thumbprint).ok_or(Error::Damaged("signing key"))?.public)
    }

    fn signer(&self, thumbprint: &str) -> Option<&Signer> {
        let mut all = std::iter::once(&self.newest).chain(&self.older);
        all.find(|signer| signer.public.thumbprint().as_str() == thumbprint)
    }
}

impl Signer {
    fn sign<T: Serialize>(&self, purpose: Purpose, claims: &T) -> Result<String, Error> {
        let unsigned = Unsigned::new(purpose, &self.public.thumbprint(), claims);
        let signature = self
            .pair
            .sign(&ring_dice(), unsigned.signing_input())
            .map_err(|_| Error::Damaged("signing key"))?;
        let raw: &[u8; 64] = signature.as_ref().try_into().map_err(|_| Error::Damaged("signing key"))?;
        Ok(unsigned.with_signature(raw))
    }
}

fn open_pair(pkcs8: &[u8]) -> Result<EcdsaKeyPair, Error> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &ring_dice())
        .map_err(|_| Error::Damaged("signing key"))
}

impl Engine {
    /// There is a new key of the tenant's: what is at hand here holds no more.
    pub(super) fn forget_keys(&self, tenant: TenantId) {
        self.keyring.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }

    /// The tenant's keys; read from the store when they are not at hand.
    pub(super) async fn keys_of(&self, tenant: TenantId) -> Result<Arc<TenantKeys>, Error> {
        let at_hand = {
            let open = self.keyring.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.get(&tenant).filter(|keys| is_fresh(keys.read_at, self.now(), REFRESH)).map(Arc::clone)
        };
        match at_hand {
            Some(keys) => Ok(keys),
            None => self.read_keys(tenant).await,
        }
    }

    /// The tenant's keys with this one among them: a command may have made it since they were read.
    pub(super) async fn keys_with(
        &self,
        tenant: TenantId,
        thumbprint: &str,
    ) -> Result<Arc<TenantKeys>, Error> {
        let keys = self.keys_of(tenant).await?;
        if keys.signer(thumbprint).is_some() { Ok(keys) } else { self.read_keys(tenant).await }
    }

    async fn read_keys(&self, tenant: TenantId) -> Result<Arc<TenantKeys>, Error> {
        let keys = Arc::new(self.open_keys(tenant, &self.store.signing_keys(tenant).await?)?);
        self.keyring.open.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Arc::clone(&keys));
        Ok(keys)
    }

    fn open_keys(&self, tenant: TenantId, rows: &[SigningKeyRow]) -> Result<TenantKeys, Error> {
        let mut older =
            rows.iter().map(|row| self.open_signer(tenant, row)).collect::<Result<Vec<_>, _>>()?;
        let root = older.first().map(|signer| signer.public);
        let (root, newest) = root.zip(older.pop()).ok_or(Error::TenantNotFound(tenant.to_string()))?;
        Ok(TenantKeys {
            public: newest.public,
            chain: KeyChain {
                root,
                successions: rows.iter().filter_map(|row| row.succession.clone()).collect(),
            },
            newest,
            older,
            read_at: self.now(),
        })
    }

    fn open_signer(&self, tenant: TenantId, row: &SigningKeyRow) -> Result<Signer, Error> {
        let public = PublicKey::from_point(&row.public_key).map_err(|_| Error::Damaged("public key"))?;
        let pkcs8 = self.master.open(place(tenant, row), &row.private_key)?;
        let pair = open_pair(&pkcs8)?;
        // The private half is sealed and the public one is not: one that was exchanged would vouch for forgeries.
        if pair.public_key().as_ref() != row.public_key {
            return Err(Error::Damaged("public key"));
        }
        Ok(Signer { public, pair })
    }

    /// A new key for the tenant, vouched for by the newest of `rows` if there is one.
    pub(super) fn new_signing_key(
        &self,
        tenant: TenantId,
        rows: &[SigningKeyRow],
    ) -> Result<(PublicKey, Statement), Error> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &ring_dice())
            .map_err(|_| Error::Randomness(crate::host::NoRandomness))?;
        let pair = open_pair(pkcs8.as_ref())?;
        let public =
            PublicKey::from_point(pair.public_key().as_ref()).map_err(|_| Error::Damaged("public key"))?;
        let succession = match rows.last() {
            None => None,
            Some(_) => {
                let before = self.open_keys(tenant, rows)?;
                let claims = Succession { iss: self.server_id.clone(), iat: self.server_time(), key: public };
                Some(before.sign(Purpose::ServerKey, &claims)?)
            }
        };
        // Rows are ordered by age: a clock that was set back must not put this key before the one that vouches for it.
        let now = rows.last().map_or(self.now(), |newest| self.now().max(newest.created_at + 1));
        let mut row = SigningKeyRow {
            id: uuid_v7(now, &random(&*self.rng)?),
            public_key: public.point().to_vec(),
            private_key: Vec::new(),
            succession,
            created_at: now,
        };
        row.private_key = self.master.seal(&*self.rng, place(tenant, &row), pkcs8.as_ref())?;
        let older = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok((public, row.insert(tenant, older)))
    }

    /// All keys that the tenant's challenges were ever signed with, each vouched for by the one before.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn key_chain(&self, tenant: TenantId) -> Result<KeyChain, Error> {
        Ok(self.keys_of(tenant).await?.chain.clone())
    }
}

fn place(tenant: TenantId, row: &SigningKeyRow) -> Place {
    Place { tenant, column: "signing_keys.private_key", row: row.id }
}
