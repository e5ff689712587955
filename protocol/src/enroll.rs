//! A new device's proof that it holds its keys (`cs-enroll+jwt`) and the code that both screens show afterwards.

use serde::{Deserialize, Serialize};

use crate::challenge::{DeviceKeys, KeyThumbprints};
use crate::id::{DeviceId, EnrollmentToken};
use crate::jwk::Thumbprint;
use crate::jws::{self, JwsError, Purpose};

/// What each of the two keys signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrollClaims {
    /// The server's id.
    pub aud: String,
    /// [`EnrollmentToken::hash`].
    pub token_hash: String,
    /// Both keys: neither proof can be joined with another device's.
    pub keys: KeyThumbprints,
    /// The name the person gave the device.
    pub device_name: String,
}

/// The two signatures, one by each key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrollProof {
    /// JWS by the possession key.
    pub possession: String,
    /// JWS by the verification key.
    pub verification: String,
}

/// Why a device is not enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrollError {
    /// Signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// The proof is for another token, server, name or pair of keys.
    #[error("the proof belongs to another token, server, device name or pair of keys")]
    Binding,
    /// One key was given twice. Then a possession signature would pass for a verification.
    #[error("the possession key and the verification key must be two different keys")]
    SameKey,
}

impl EnrollProof {
    /// Checks that each key signed exactly `claims`, and that `claims` are about these `keys`.
    ///
    /// # Errors
    /// [`EnrollError`].
    pub fn verify(&self, claims: &EnrollClaims, keys: &DeviceKeys) -> Result<(), EnrollError> {
        if keys.possession == keys.verification {
            return Err(EnrollError::SameKey);
        }
        if claims.keys != keys.thumbprints() {
            return Err(EnrollError::Binding);
        }
        for (compact, key) in [(&self.possession, keys.possession), (&self.verification, keys.verification)] {
            let verified = jws::verify::<EnrollClaims>(compact, Purpose::Enroll, &[key])?;
            if verified.claims != *claims {
                return Err(EnrollError::Binding);
            }
        }
        Ok(())
    }
}

/// All that the two sides agreed on while enrolling.
#[derive(Debug, Clone)]
pub struct Transcript<'a> {
    /// The token that was used.
    pub token: &'a EnrollmentToken,
    /// The server's id.
    pub server: &'a str,
    /// The server's key.
    pub server_key: &'a Thumbprint,
    /// The new device's keys.
    pub keys: &'a KeyThumbprints,
    /// The name the person gave the device.
    pub device_name: &'a str,
    /// The id the server gave it. It is chosen after the keys are known, so a device cannot try keys until the code
    /// below comes out as it likes. Whoever has broken into the TLS connection can: they choose which id each side is
    /// told. So the code finds links that were mixed up or used by someone else; it does not replace TLS.
    pub device: DeviceId,
}

impl Transcript<'_> {
    /// SHA-256 over a purpose string and each part with its length before it (four bytes, big endian).
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let device = self.device.to_string();
        let token_hash = self.token.hash();
        let parts: [&[u8]; 8] = [
            b"countersign enrollment transcript v1",
            token_hash.as_bytes(),
            self.server.as_bytes(),
            self.server_key.as_str().as_bytes(),
            self.keys.possession.as_str().as_bytes(),
            self.keys.verification.as_str().as_bytes(),
            self.device_name.as_bytes(),
            device.as_bytes(),
        ];
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for part in parts {
            context.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            context.update(part);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// Six characters (30 bits) that both screens show, so that two people can compare them.
    #[must_use]
    pub fn confirmation_code(&self) -> String {
        let mut first = [0; 16];
        first.copy_from_slice(self.hash().split_at(16).0);
        // The top 128 bits as base32: the first character holds only three of them and is left out.
        crate::id::to_base32(uuid::Uuid::from_bytes(first))
            .chars()
            .skip(1)
            .take(6)
            .collect::<String>()
            .to_uppercase()
    }
}

#[cfg(test)]
#[path = "enroll_tests.rs"]
mod tests;
