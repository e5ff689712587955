//! A pair of keys for tokens. ring signs and checks; it makes no RSA keys, which is all that the crate `rsa` is for.

use std::convert::Infallible;
use std::sync::Arc;

use countersign_protocol::base64url;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::engine::Error;
use crate::host::{NoRandomness, Rng, ring_dice};

/// Bits of an RSA key.
const RSA_BITS: usize = 2048;

/// What tokens are signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA (PKCS#1 v1.5) with SHA-256: what every library can check.
    Rs256,
    /// ECDSA on P-256 with SHA-256: short and quick.
    Es256,
}

impl Algorithm {
    /// Its name in JOSE (RFC 7518).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256].into_iter().find(|algorithm| algorithm.as_str() == word)
    }
}

/// Both halves.
#[derive(Debug)]
pub(super) enum Pair {
    Rs256(Box<RsaKeyPair>),
    Es256(Box<EcdsaKeyPair>),
}

impl Pair {
    /// Makes one, off the threads that serve requests: an RSA key takes a second or more. Returns it with its PKCS#8.
    pub(super) async fn make(
        algorithm: Algorithm,
        rng: Arc<dyn Rng>,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), Error> {
        let work = move || match algorithm {
            Algorithm::Rs256 => new_rsa(&*rng),
            Algorithm::Es256 => new_p256(),
        };
        // It ends without a result only when the runtime does.
        let pkcs8 = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)??;
        let pair = Self::open(algorithm, &pkcs8).ok_or(Error::Damaged("token key"))?;
        Ok((pair, pkcs8))
    }

    /// Reads PKCS#8.
    pub(super) fn open(algorithm: Algorithm, pkcs8: &[u8]) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Rs256 => Self::Rs256(Box::new(RsaKeyPair::from_pkcs8(pkcs8).ok()?)),
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &ring_dice());
                Self::Es256(Box::new(pair.ok()?))
            }
        })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rs256(_) => Algorithm::Rs256,
            Self::Es256(_) => Algorithm::Es256,
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let damaged = |_| Error::Damaged("token key");
        match self {
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &ring_dice(), message, &mut signature).map_err(damaged)?;
                Ok(signature)
            }
            Self::Es256(pair) => Ok(pair.sign(&ring_dice(), message).map_err(damaged)?.as_ref().to_vec()),
        }
    }

    /// Whether this key, with its own algorithm, has made this signature.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rs256(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public()).verify(message, signature)
            }
            Self::Es256(pair) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()).verify(message, signature)
            }
        }
        .is_ok()
    }

    /// The public half as it is published.
    pub(super) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rs256(pair) => {
                let public: PublicKeyComponents<Vec<u8>> = pair.public().into();
                let (n, e) = (base64url(&public.n), base64url(&public.e));
                json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e})
            }
            Self::Es256(pair) => {
                // 04, then both coordinates.
                let (x, y) = pair.public_key().as_ref().split_at_checked(33).unwrap_or_default();
                let (x, y) = (base64url(x.get(1..).unwrap_or_default()), base64url(y));
                let (kty, crv) = ("EC", "P-256");
                json!({"kty": kty, "use": "sig", "alg": "ES256", "kid": kid, "crv": crv, "x": x, "y": y})
            }
        }
    }
}

fn new_rsa(rng: &dyn Rng) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut dice = Dice { rng, failed: false, counter: 0 };
    let made = rsa::RsaPrivateKey::new(&mut dice, RSA_BITS);
    if dice.failed {
        return Err(NoRandomness.into());
    }
    let made = made.map_err(|_| Error::Damaged("token key"))?;
    Ok(made.to_pkcs8_der().map_err(|_| Error::Damaged("token key"))?.to_bytes())
}

fn new_p256() -> Result<Zeroizing<Vec<u8>>, Error> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &ring_dice())
        .map_err(|_| NoRandomness)?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}

/// Our dice in the hand of `rsa`, which takes none that can fail. When they do, it goes on with numbers that are good
/// for nothing but coming to an end, and what it made is thrown away.
struct Dice<'a> {
    rng: &'a dyn Rng,
    failed: bool,
    counter: u64,
}

impl TryRng for Dice<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        if self.failed || self.rng.fill(out).is_err() {
            self.failed = true;
            for chunk in out.chunks_mut(32) {
                self.counter += 1;
                let filler = ring::digest::digest(&ring::digest::SHA256, &self.counter.to_le_bytes());
                chunk.iter_mut().zip(filler.as_ref()).for_each(|(byte, filler)| *byte = *filler);
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Dice<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::System;

    #[derive(Debug)]
    struct NoDice;

    impl Rng for NoDice {
        fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
            Err(NoRandomness)
        }
    }

    #[tokio::test]
    async fn each_key_signs_with_its_own_algorithm_and_checks_nothing_else() {
        let (rsa, pkcs8) = Pair::make(Algorithm::Rs256, Arc::new(System)).await.unwrap();
        let (p256, _) = Pair::make(Algorithm::Es256, Arc::new(System)).await.unwrap();
        for (pair, other) in [(&rsa, &p256), (&p256, &rsa)] {
            let signature = pair.sign(b"message").unwrap();
            assert!(pair.verifies(b"message", &signature));
            assert!(!pair.verifies(b"massage", &signature));
            assert!(!other.verifies(b"message", &signature));
            assert!(!pair.verifies(b"message", b""));
        }
        let jwk = rsa.jwk("k");
        assert_eq!(Pair::open(Algorithm::Rs256, &pkcs8).unwrap().jwk("k"), jwk);
        assert_eq!((jwk["e"].as_str(), jwk["n"].as_str().unwrap().len()), (Some("AQAB"), 342));
        assert!(Pair::open(Algorithm::Es256, &pkcs8).is_none());
        assert_eq!(p256.jwk("k")["x"].as_str().unwrap().len(), 43);
    }

    #[test]
    fn without_randomness_there_is_no_key() {
        assert_eq!(new_rsa(&NoDice).unwrap_err(), Error::Randomness(NoRandomness));
    }
}
