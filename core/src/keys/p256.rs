//! P-256 keys in software, for the two key stores that have no hardware.
//!
//! A key at rest is its PKCS#8 document (RFC 5958) in wiped memory; where that is kept is each store's matter.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _};
use zeroize::Zeroizing;

use super::KeyError;

/// A new key pair: the PKCS#8 document, and the public key as 65 bytes.
///
/// ring hands the document out in a buffer of its own that it does not wipe; the copy kept here is wiped.
pub(super) fn generate() -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), KeyError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random())
        .map_err(|_| no_randomness())?;
    let document = Zeroizing::new(document.as_ref().to_vec());
    let public = load(&document, &ECDSA_P256_SHA256_FIXED_SIGNING)?.public_key().as_ref().to_vec();
    Ok((document, public))
}

/// Signs with the key in `document`; `form` chooses between `r‖s` and DER.
pub(super) fn sign(
    document: &[u8],
    form: &'static EcdsaSigningAlgorithm,
    message: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let signature = load(document, form)?.sign(&random(), message).map_err(|_| no_randomness())?;
    Ok(signature.as_ref().to_vec())
}

fn load(document: &[u8], form: &'static EcdsaSigningAlgorithm) -> Result<EcdsaKeyPair, KeyError> {
    EcdsaKeyPair::from_pkcs8(form, document, &random())
        .map_err(|error| KeyError::Unavailable { reason: format!("the stored key is malformed: {error}") })
}

#[expect(
    clippy::disallowed_methods,
    reason = "ring takes its own random source only (its trait is sealed): for making keys, and in each signature \
              mixed with the key and the message"
)]
fn random() -> SystemRandom {
    SystemRandom::new()
}

fn no_randomness() -> KeyError {
    KeyError::Unavailable { reason: String::from("the operating system gave no random bytes") }
}
