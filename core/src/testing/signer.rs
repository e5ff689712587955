//! A P-256 key in memory.

use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{Purpose, Unsigned};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;

#[derive(Debug)]
pub(crate) struct Signer {
    pair: EcdsaKeyPair,
    random: ring::rand::SystemRandom,
}

impl Signer {
    #[expect(clippy::disallowed_methods, reason = "ring signs with its own random source only")]
    pub(crate) fn new() -> Self {
        let random = ring::rand::SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { pair, random }
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_point(self.pair.public_key().as_ref()).unwrap()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(&self.random, message).unwrap().as_ref().try_into().unwrap()
    }

    pub(crate) fn jws<T: Serialize>(&self, purpose: Purpose, claims: &T) -> String {
        let unsigned = Unsigned::new(purpose, &self.public().thumbprint(), claims);
        unsigned.with_signature(&self.sign(unsigned.signing_input()))
    }
}
