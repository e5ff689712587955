//! P-256 keys that sign whatever a test wants, also what no honest device signs.

use countersign_protocol::base64url;
use countersign_protocol::jwk::PublicKey;
use countersign_protocol::jws::{Purpose, Unsigned};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;
use serde_json::Value;

/// A private key and its public half.
#[derive(Debug)]
pub struct Key {
    pair: EcdsaKeyPair,
    /// The public half.
    pub public: PublicKey,
}

#[expect(clippy::disallowed_methods, reason = "ring signs with its own random source only")]
fn dice() -> SystemRandom {
    SystemRandom::new()
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

impl Key {
    /// A new key.
    #[must_use]
    pub fn new() -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &dice()).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &dice()).unwrap();
        let public = PublicKey::from_point(pair.public_key().as_ref()).unwrap();
        Self { pair, public }
    }

    /// 64 bytes `r‖s`.
    #[must_use]
    pub fn signature(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(&dice(), message).unwrap().as_ref().try_into().unwrap()
    }

    /// Claims as an honest device signs them.
    #[must_use]
    pub fn sign<T: Serialize>(&self, purpose: Purpose, claims: &T) -> String {
        let unsigned = Unsigned::new(purpose, &self.public.thumbprint(), claims);
        unsigned.with_signature(&self.signature(unsigned.signing_input()))
    }

    /// Any header over any claims, with a good signature.
    #[must_use]
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", part(header), part(claims));
        let signature = self.signature(input.as_bytes());
        format!("{input}.{}", base64url(&signature))
    }
}

/// One part of a compact JWS.
#[must_use]
pub fn part(json: &Value) -> String {
    base64url(json.to_string().as_bytes())
}

/// The claims inside a compact JWS, unproved.
#[must_use]
pub fn claims(compact: &str) -> Value {
    let payload = compact.split('.').nth(1).unwrap();
    serde_json::from_slice(&countersign_protocol::from_base64url(payload).unwrap()).unwrap()
}
