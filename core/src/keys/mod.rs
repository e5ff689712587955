//! Device keys and whoever keeps them.
//!
//! [`KeyStore`] is what the core asks of a platform (Secure Enclave, Android Keystore). [`MemoryKeyStore`] plays one in
//! tests, [`VaultKeyStore`] is the terminal's: software keys inside the sealed vault. [`signature_to_raw`] brings every
//! store's signatures into the form the protocol wants. What is signed, and when, is decided in `approve` and `enroll`.

mod memory;
mod p256;
mod signature;
mod software;
#[cfg(test)]
mod tests;

pub use self::memory::MemoryKeyStore;
pub use self::signature::{SignatureError, signature_to_raw};
pub use self::software::VaultKeyStore;

/// Which of a device's two signing keys (protocol property 4). Which key signed is the proof of what the person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyPurpose {
    /// Proves the device; used without asking the person.
    Possession,
    /// Proves the person: biometric, device passcode or, in the terminal, the vault's password.
    Verification,
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its public key: 65 bytes, uncompressed (SEC 1 §2.3.3, first byte 4).
    pub point: Vec<u8>,
    /// What the platform says of it over the challenge: certificates in DER, that of the key first. Empty where it says
    /// nothing.
    pub certificates: Vec<Vec<u8>>,
}

impl NewKey {
    /// A key of which nothing is said.
    #[must_use]
    pub fn unattested(point: Vec<u8>) -> Self {
        Self { point, certificates: Vec::new() }
    }
}

/// A platform's word for the app that asks, where it says nothing of single keys (Apple's App Attest).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppAttestation {
    /// The id of the key that says it.
    pub key_id: Vec<u8>,
    /// What it says.
    pub object: Vec<u8>,
}

/// Keeps keys that never leave it. Implemented by the platforms.
///
/// A key is named by its alias and purpose; the aliases are the core's. Signing keys are P-256 keys for ECDSA with
/// SHA-256 (ES256, RFC 7518 §3.4). Each call may show the platform's own prompt and take as long as the person does.
#[async_trait::async_trait]
pub trait KeyStore: Send + Sync + std::fmt::Debug {
    /// Makes a signing key, in place of any earlier one with this alias and purpose. A platform that can say where it
    /// made it says so over `challenge`, 32 bytes; one that cannot makes the key all the same.
    async fn generate(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<NewKey, KeyError>;

    /// Vouches for this app over `challenge`, 32 bytes, which covers both new keys. None where the platform does not.
    async fn attest_app(&self, _challenge: Vec<u8>) -> Result<Option<AppAttestation>, KeyError> {
        Ok(None)
    }

    /// Signs `message`, hashing it with SHA-256 first. Returns 64 bytes `r‖s` or ASN.1 DER; see [`signature_to_raw`].
    /// `context` is the name of the application that asks, for the platform's prompt.
    async fn sign(
        &self,
        alias: String,
        purpose: KeyPurpose,
        message: Vec<u8>,
        context: String,
    ) -> Result<Vec<u8>, KeyError>;

    /// Encrypts a few hundred bytes at most, authenticated, under the wrapping key called `alias`, which is made on
    /// first use.
    ///
    /// `plain` is a key. Whoever implements this wipes it and every copy before returning (P9): the core can wipe what
    /// stays on its side only.
    async fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, KeyError>;

    /// Decrypts what [`KeyStore::wrap`] made. The result is a key: the core wipes what it is handed, whoever
    /// implements this its own copies.
    async fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyError>;

    /// Forgets every key called `alias`, signing and wrapping. There being none is no error.
    async fn delete(&self, alias: String) -> Result<(), KeyError>;
}

/// Why a key store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no such key.
    #[error("this device does not have the key; enrol the account on this device again")]
    Missing,
    /// The platform destroyed the key, as it does when fingerprints or faces are enrolled anew (P10).
    #[error(
        "the device invalidated the key because its fingerprints, faces or passcode changed; use the password, or enrol again"
    )]
    Invalidated,
    /// The person closed the prompt.
    #[error("cancelled; nothing was signed or unlocked")]
    Cancelled,
    /// The person has to prove presence first.
    #[error("this needs you: unlock the device, or unlock the vault with its password, then try again")]
    AuthenticationRequired,
    /// Everything else.
    #[error("the device's key store is not available ({reason}); try again")]
    Unavailable {
        /// What the platform said, for support.
        reason: String,
    },
}
