//! The keys that sign challenges, one line of them per tenant, opened once and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::server_key::{KeyChain, Succession};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;

use super::{Engine, Error};
use crate::seal::Place;
use crate::store::{SigningKeyRow, Statement};

/// Milliseconds after which a tenant's keys are read again, so that a rotation by command reaches a running server.
const REFRESH: i64 = 60_000;

/// A tenant's newest key, ready to sign, and how it came to be.
#[derive(Debug)]
pub(super) struct TenantKeys {
    pub(super) public: PublicKey,
    pub(super) chain: KeyChain,
    pair: EcdsaKeyPair,
    read_at: i64,
}

/// What has been opened so far.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    open: Mutex<HashMap<TenantId, Arc<TenantKeys>>>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "ring's signing takes only its own random source: its trait is sealed"
)]
fn dice() -> SystemRandom {
    SystemRandom::new()
}

impl TenantKeys {
    /// Signs claims for one purpose.
    pub(super) fn sign<T: Serialize>(&self, purpose: Purpose, claims: &T) -> Result<String, Error> {
        sign(&self.pair, &self.public, purpose, claims)
    }
}

fn sign<T: Serialize>(
    pair: &EcdsaKeyPair,
    public: &PublicKey,
    purpose: Purpose,
    claims: &T,
) -> Result<String, Error> {
    let unsigned = Unsigned::new(purpose, &public.thumbprint(), claims);
    let signature =
        pair.sign(&dice(), unsigned.signing_input()).map_err(|_| Error::Damaged("signing key"))?;
    let raw: &[u8; 64] = signature.as_ref().try_into().map_err(|_| Error::Damaged("signing key"))?;
    Ok(unsigned.with_signature(raw))
}

fn open_pair(pkcs8: &[u8]) -> Result<EcdsaKeyPair, Error> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &dice())
        .map_err(|_| Error::Damaged("signing key"))
}

impl Engine {
    /// The tenant's keys; read from the store when they are not at hand.
    pub(super) async fn keys_of(&self, tenant: TenantId) -> Result<Arc<TenantKeys>, Error> {
        let at_hand = {
            let open = self.keyring.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.get(&tenant).filter(|keys| self.now() - keys.read_at < REFRESH).map(Arc::clone)
        };
        if let Some(keys) = at_hand {
            return Ok(keys);
        }
        let keys = Arc::new(self.open_keys(tenant, &self.store.signing_keys(tenant).await?)?);
        self.keyring.open.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Arc::clone(&keys));
        Ok(keys)
    }

    fn open_keys(&self, tenant: TenantId, rows: &[SigningKeyRow]) -> Result<TenantKeys, Error> {
        let missing = || Error::TenantNotFound(tenant.to_string());
        let (oldest, newest) = (rows.first().ok_or_else(missing)?, rows.last().ok_or_else(missing)?);
        let point = |row: &SigningKeyRow| {
            PublicKey::from_point(&row.public_key).map_err(|_| Error::Damaged("public key"))
        };
        let pkcs8 = self.master.open(place(tenant, newest), &newest.private_key)?;
        Ok(TenantKeys {
            public: point(newest)?,
            chain: KeyChain {
                root: point(oldest)?,
                successions: rows.iter().filter_map(|row| row.succession.clone()).collect(),
            },
            pair: open_pair(&pkcs8)?,
            read_at: self.now(),
        })
    }

    /// A new key for the tenant, vouched for by the newest of `rows` if there is one.
    pub(super) fn new_signing_key(
        &self,
        tenant: TenantId,
        rows: &[SigningKeyRow],
    ) -> Result<(PublicKey, Statement), Error> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &dice())
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
        let mut row = SigningKeyRow {
            id: self.new_id()?,
            public_key: public.point().to_vec(),
            private_key: Vec::new(),
            succession,
            created_at: self.now(),
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
