//! The host's key store: Secure Enclave or Android Keystore behind [`crate::keys::KeyStore`].

use std::sync::Arc;

use crate::keys::{self, KeyError, KeyPurpose, KeyStore};

/// Which of a device's two signing keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum KeyUse {
    /// Proves the device; used without asking the person.
    Possession,
    /// Proves the person: biometric or device passcode for each use.
    Verification,
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewKey {
    /// Its 65-byte uncompressed point.
    pub point: Vec<u8>,
    /// Android's key attestation: certificates in DER, that of the key first. Empty where the platform has none.
    pub certificates: Vec<Vec<u8>>,
}

/// Apple's App Attest.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AppAttestation {
    /// The key's id, decoded from what `generateKey` gave.
    pub key_id: Vec<u8>,
    /// What `attestKey` gave.
    pub object: Vec<u8>,
}

/// What a host's key store may say. Anything else that it throws counts as `Unavailable`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PlatformKeyError {
    /// There is no such key.
    #[error("no such key")]
    Missing,
    /// The platform destroyed it, as when biometrics are enrolled anew.
    #[error("the key was invalidated")]
    Invalidated,
    /// The person closed the prompt.
    #[error("cancelled")]
    Cancelled,
    /// The person has to unlock the device first.
    #[error("authentication required")]
    AuthenticationRequired,
    /// Everything else.
    #[error("{reason}")]
    Unavailable {
        /// One line for support, without names or data of the person.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PlatformKeyError {
    /// A host's unexpected exception may carry a stack trace with paths and data: its first line is all that is kept.
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable { reason: first_line(&error.reason) }
    }
}

pub(super) fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
    // Kotlin's toString may put the frames behind the message on the same line.
    let line = line.split(" at ").next().unwrap_or_default();
    crate::scan::visible(line, 120)
}

/// What a host provides. See [`crate::keys::KeyStore`] for what each must do: ES256, DER or `r‖s`, aliases are the core's.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait PlatformKeyStore: Send + Sync + std::fmt::Debug {
    /// Makes a signing key, attested over `challenge` where the platform can.
    async fn generate(
        &self,
        alias: String,
        key_use: KeyUse,
        challenge: Vec<u8>,
    ) -> Result<NewKey, PlatformKeyError>;

    /// Has the platform vouch for the app over `challenge` (its `clientDataHash`), after both keys were made; none where it
    /// does not, and where `generate` gave certificates.
    async fn attest_app(&self, challenge: Vec<u8>) -> Result<Option<AppAttestation>, PlatformKeyError>;

    /// Signs `message` (ECDSA P-256 over its SHA-256). `context` names the application that asks, for the prompt.
    async fn sign(
        &self,
        alias: String,
        key_use: KeyUse,
        message: Vec<u8>,
        context: String,
    ) -> Result<Vec<u8>, PlatformKeyError>;

    /// Encrypts under the wrapping key called `alias`, made on first use.
    async fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, PlatformKeyError>;

    /// Decrypts what `wrap` made.
    async fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, PlatformKeyError>;

    /// Forgets every key called `alias`.
    async fn delete(&self, alias: String) -> Result<(), PlatformKeyError>;
}

/// A host's key store as the core knows one.
#[derive(Debug, Clone)]
pub(super) struct HostKeys(pub(super) Arc<dyn PlatformKeyStore>);

#[async_trait::async_trait]
impl KeyStore for HostKeys {
    async fn generate(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<keys::NewKey, KeyError> {
        let NewKey { point, certificates } = self.0.generate(alias, purpose.into(), challenge).await?;
        Ok(keys::NewKey { point, certificates })
    }

    async fn attest_app(&self, challenge: Vec<u8>) -> Result<Option<keys::AppAttestation>, KeyError> {
        let vouched = self.0.attest_app(challenge).await?;
        Ok(vouched.map(|AppAttestation { key_id, object }| keys::AppAttestation { key_id, object }))
    }

    async fn sign(
        &self,
        alias: String,
        purpose: KeyPurpose,
        message: Vec<u8>,
        context: String,
    ) -> Result<Vec<u8>, KeyError> {
        Ok(self.0.sign(alias, purpose.into(), message, context).await?)
    }

    async fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        Ok(self.0.wrap(alias, plain).await?)
    }

    async fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        Ok(self.0.unwrap(alias, wrapped).await?)
    }

    async fn delete(&self, alias: String) -> Result<(), KeyError> {
        Ok(self.0.delete(alias).await?)
    }
}

impl From<KeyPurpose> for KeyUse {
    fn from(purpose: KeyPurpose) -> Self {
        match purpose {
            KeyPurpose::Possession => Self::Possession,
            KeyPurpose::Verification => Self::Verification,
        }
    }
}

impl From<PlatformKeyError> for KeyError {
    fn from(error: PlatformKeyError) -> Self {
        match error {
            PlatformKeyError::Missing => Self::Missing,
            PlatformKeyError::Invalidated => Self::Invalidated,
            PlatformKeyError::Cancelled => Self::Cancelled,
            PlatformKeyError::AuthenticationRequired => Self::AuthenticationRequired,
            PlatformKeyError::Unavailable { reason } => Self::Unavailable { reason: first_line(&reason) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosts_stack_trace_stays_with_the_host() {
        let traces = [
            "java.lang.IllegalStateException: broken\n\tat org.example.Secret.open(Secret.kt:7)\n\tat main",
            "\n  IllegalStateException: broken at org.example.Secret.open(Secret.kt:7)",
        ];
        for trace in traces {
            let error = PlatformKeyError::from(uniffi::UnexpectedUniFFICallbackError::new(trace));
            let text = KeyError::from(error).to_string();
            assert!(text.contains("broken") && !text.contains("Secret"), "{text}");
        }
        let long = KeyError::from(PlatformKeyError::Unavailable { reason: "x".repeat(9000) });
        assert!(long.to_string().len() < 300);
    }
}
