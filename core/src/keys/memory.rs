//! A key store in memory: plays a platform in tests, and serves hosts that keep nothing.
//!
//! It can be told to behave like a real one on a bad day: keys invalidated, calls refused. Keys that survive a restart
//! are [`super::VaultKeyStore`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaSigningAlgorithm,
};
use zeroize::Zeroizing;

use super::{KeyError, KeyPurpose, KeyStore, NewKey, p256};
use crate::host::Rng;

/// See the head of this file. Clones share their keys.
#[derive(Clone)]
pub struct MemoryKeyStore {
    rng: Arc<dyn Rng>,
    form: &'static EcdsaSigningAlgorithm,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    signing: BTreeMap<(String, KeyPurpose), Slot>,
    wrapping: BTreeMap<String, Slot>,
    refusal: Option<KeyError>,
    contexts: Vec<String>,
}

/// A key, or what is left of it.
enum Slot {
    /// PKCS#8 of a signing key, 32 bytes of a wrapping key.
    Key(Zeroizing<Vec<u8>>),
    Invalidated,
}

impl Slot {
    fn key(slot: Option<&Self>) -> Result<&[u8], KeyError> {
        match slot {
            Some(Self::Key(key)) => Ok(key),
            Some(Self::Invalidated) => Err(KeyError::Invalidated),
            None => Err(KeyError::Missing),
        }
    }
}

impl MemoryKeyStore {
    /// An empty store that signs `r‖s`.
    #[must_use]
    pub fn new(rng: Arc<dyn Rng>) -> Self {
        Self { rng, form: &ECDSA_P256_SHA256_FIXED_SIGNING, state: Arc::default() }
    }

    /// The same store, signing in ASN.1 DER as the phones do.
    #[must_use]
    pub fn with_der_signatures(mut self) -> Self {
        self.form = &ECDSA_P256_SHA256_ASN1_SIGNING;
        self
    }

    /// Does what a platform does when biometrics are enrolled anew: the verification and wrapping keys called `alias`
    /// are gone for good, the possession key stays.
    pub fn invalidate(&self, alias: &str) {
        let mut state = self.state();
        let key = (alias.to_owned(), KeyPurpose::Verification);
        for slot in [state.signing.get_mut(&key)].into_iter().flatten() {
            *slot = Slot::Invalidated;
        }
        if let Some(slot) = state.wrapping.get_mut(alias) {
            *slot = Slot::Invalidated;
        }
    }

    /// From now on answers every call with `refusal`; `None` ends that.
    pub fn refuse(&self, refusal: Option<KeyError>) {
        self.state().refusal = refusal;
    }

    /// The `context` of each signature that was asked for, oldest first: what a prompt would have shown.
    #[must_use]
    pub fn contexts(&self) -> Vec<String> {
        self.state().contexts.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, unless told to refuse.
    fn willing(&self) -> Result<MutexGuard<'_, State>, KeyError> {
        let state = self.state();
        match &state.refusal {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(state),
        }
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], KeyError> {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes).map_err(|error| unavailable(&error))?;
        Ok(bytes)
    }
}

#[async_trait::async_trait]
impl KeyStore for MemoryKeyStore {
    async fn generate(
        &self,
        alias: String,
        purpose: KeyPurpose,
        _challenge: Vec<u8>,
    ) -> Result<NewKey, KeyError> {
        let mut state = self.willing()?;
        let (document, public) = p256::generate()?;
        state.signing.insert((alias, purpose), Slot::Key(document));
        Ok(NewKey::unattested(public))
    }

    async fn sign(
        &self,
        alias: String,
        purpose: KeyPurpose,
        message: Vec<u8>,
        context: String,
    ) -> Result<Vec<u8>, KeyError> {
        let mut state = self.willing()?;
        state.contexts.push(context);
        p256::sign(Slot::key(state.signing.get(&(alias, purpose)))?, self.form, &message)
    }

    async fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        let plain = Zeroizing::new(plain);
        let mut state = self.willing()?;
        let fresh = Slot::Key(Zeroizing::new(self.random::<32>()?.to_vec()));
        let cipher = cipher(Slot::key(Some(state.wrapping.entry(alias).or_insert(fresh)))?)?;
        let nonce = self.random::<NONCE_LEN>()?;
        let mut body = Zeroizing::new(plain.to_vec());
        let tag = cipher
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut body)
            .map_err(|error| unavailable(&error))?;
        Ok([nonce.as_slice(), body.as_slice(), tag.as_ref()].concat())
    }

    async fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        let state = self.willing()?;
        let cipher = cipher(Slot::key(state.wrapping.get(&alias))?)?;
        let malformed = || KeyError::Unavailable { reason: String::from("not wrapped by this key") };
        let (nonce, body) = wrapped.split_first_chunk::<NONCE_LEN>().ok_or_else(malformed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = cipher
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut body)
            .map_err(|_| malformed())?;
        Ok(plain.to_vec())
    }

    async fn delete(&self, alias: String) -> Result<(), KeyError> {
        let mut state = self.willing()?;
        state.signing.retain(|(name, _), _| *name != alias);
        state.wrapping.remove(&alias);
        Ok(())
    }
}

impl fmt::Debug for MemoryKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("MemoryKeyStore")
            .field("signing", &state.signing.len())
            .field("wrapping", &state.wrapping.len())
            .finish()
    }
}

fn cipher(key: &[u8]) -> Result<LessSafeKey, KeyError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|error| unavailable(&error))?))
}

fn unavailable(error: &dyn std::error::Error) -> KeyError {
    KeyError::Unavailable { reason: error.to_string() }
}
