//! The JSON Web Tokens that we show to push services: signed by ring, in the compact form (RFC 7515).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa;
use ring::signature::{EcdsaKeyPair, RSA_PKCS1_SHA256};
use serde_json::Value;

use crate::host::ring_dice;

/// Signed with P-256 and SHA-256; the key is made for `ECDSA_P256_SHA256_FIXED_SIGNING`. None when the key cannot sign.
pub(super) fn es256(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> Option<String> {
    let input = input(header, claims);
    let signature = key.sign(&ring_dice(), input.as_bytes()).ok()?;
    Some(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Signed with RSA (PKCS#1 v1.5) and SHA-256. None when the key cannot sign.
pub(super) fn rs256(key: &rsa::KeyPair, header: &Value, claims: &Value) -> Option<String> {
    let input = input(header, claims);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &ring_dice(), input.as_bytes(), &mut signature).ok()?;
    Some(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn input(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}
