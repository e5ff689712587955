//! A new device's proof that it holds its keys (`cs-enroll+jwt`), the server's signed word on which device it took in
//! (`cs-enrolled+jwt`), and the code that both screens show afterwards.

use serde::{Deserialize, Serialize};

use crate::challenge::{DeviceKeys, KeyThumbprints};
use crate::id::{DeviceId, EnrollmentToken};
use crate::jwk::{PublicKey, Thumbprint};
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// The proof, or the server's confirmation, is for another token, server, name, pair of keys or device.
    #[error("what was signed belongs to another token, server, device name, pair of keys or device")]
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
    /// below comes out as it likes. Whoever sits inside the TLS connection could try ids instead, for they choose which
    /// one the device is told: so the device takes an id only from [`Transcript::verify_enrolled`].
    pub device: DeviceId,
}

/// What the server signs with the key whose thumbprint the enrolment link carried, and sends only after the device is
/// stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolledClaims {
    /// The server's id.
    pub iss: String,
    /// The id the server gave the device.
    pub device: DeviceId,
    /// base64url of [`Transcript::hash`]: token, keys and name as the server knows them.
    pub transcript: String,
}

impl EnrolledClaims {
    /// The one content that is right for `transcript`.
    #[must_use]
    pub fn of(transcript: &Transcript<'_>) -> Self {
        Self {
            iss: transcript.server.to_owned(),
            device: transcript.device,
            transcript: crate::base64url(&transcript.hash()),
        }
    }
}

impl Transcript<'_> {
    /// SHA-256 over a purpose string and each part with its length before it (four bytes, big endian).
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let device = self.device.to_string();
        let token_hash = self.token.hash();
        crate::digest::sha256_of_parts(&[
            b"countersign enrollment transcript v1",
            token_hash.as_bytes(),
            self.server.as_bytes(),
            self.server_key.as_str().as_bytes(),
            self.keys.possession.as_str().as_bytes(),
            self.keys.verification.as_str().as_bytes(),
            self.device_name.as_bytes(),
            device.as_bytes(),
        ])
    }

    /// Checks the server's confirmation against what this device knows of its own enrolment.
    ///
    /// Whoever sits inside the TLS connection can enrol keys of their own and tell the device whatever they like, but
    /// they cannot sign for the server. So what holds here is: the server took in these keys, under this id.
    ///
    /// # Errors
    /// [`EnrollError::Binding`] when `server_key` is not the transcript's, or when the server signed anything else than
    /// this transcript; [`EnrollError::Jws`] when it did not sign. Then the device is not enrolled, and somebody else
    /// may be in its place: the person must tell the administrator.
    pub fn verify_enrolled(&self, compact: &str, server_key: &PublicKey) -> Result<(), EnrollError> {
        if server_key.thumbprint() != *self.server_key {
            return Err(EnrollError::Binding);
        }
        let verified = jws::verify::<EnrolledClaims>(compact, Purpose::Enrolled, &[*server_key])?;
        if verified.claims == EnrolledClaims::of(self) { Ok(()) } else { Err(EnrollError::Binding) }
    }

    /// Six characters (30 bits) that both screens show, so that people can compare them: whether the device that the
    /// administrator sees is the one in the person's hand, or one of somebody who got hold of the link.
    ///
    /// It is for people only. 30 bits can be searched, so a program that checks who is at the other end uses
    /// [`Transcript::verify_enrolled`].
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
