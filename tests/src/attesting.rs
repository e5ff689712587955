//! A phone whose platform says where its keys are, truly or not: the software keys of a terminal, with the certificates of
//! a maker that a test has made.

use std::fmt;
use std::sync::Arc;

use countersign_core::keys::{AppAttestation, KeyError, KeyPurpose, KeyStore, NewKey, VaultKeyStore};
use countersign_protocol::attestation::Attestation;

use crate::forge::{AppStatement, Maker, Statement};

/// What a test changes in what is said of an Android key.
pub type Change = fn(&mut Statement);

/// Which platform is played.
#[derive(Debug, Clone)]
pub enum Platform {
    /// Certificates of each key, changed.
    Android(Change),
    /// One statement about the app.
    Apple,
}

/// The key store of such a phone.
pub struct AttestingKeys {
    keys: VaultKeyStore,
    maker: Arc<Maker>,
    platform: Platform,
}

impl fmt::Debug for AttestingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttestingKeys").finish_non_exhaustive()
    }
}

impl AttestingKeys {
    /// The keys of a vault, of which the maker says something.
    #[must_use]
    pub fn new(keys: VaultKeyStore, maker: Arc<Maker>, platform: Platform) -> Self {
        Self { keys, maker, platform }
    }
}

#[async_trait::async_trait]
impl KeyStore for AttestingKeys {
    async fn generate(
        &self,
        alias: String,
        purpose: KeyPurpose,
        challenge: Vec<u8>,
    ) -> Result<NewKey, KeyError> {
        let made = self.keys.generate(alias, purpose, challenge.clone()).await?;
        let Platform::Android(change) = &self.platform else { return Ok(made) };
        let mut statement = match purpose {
            KeyPurpose::Possession => Statement::of_device(&challenge),
            KeyPurpose::Verification => Statement::of_person(&challenge),
        };
        change(&mut statement);
        let certificates = self.maker.chain(&made.point, &statement);
        Ok(NewKey { certificates, ..made })
    }

    async fn attest_app(&self, challenge: Vec<u8>) -> Result<Option<AppAttestation>, KeyError> {
        let statement = AppStatement::of(challenge.try_into().unwrap());
        let Attestation::AppleAppAttest { key_id, object } = self.maker.app(&statement) else {
            unreachable!()
        };
        let (key_id, object) = (key_id.as_bytes().to_vec(), object.as_bytes().to_vec());
        Ok(Some(AppAttestation { key_id, object }))
    }

    async fn sign(
        &self,
        alias: String,
        purpose: KeyPurpose,
        message: Vec<u8>,
        context: String,
    ) -> Result<Vec<u8>, KeyError> {
        self.keys.sign(alias, purpose, message, context).await
    }

    async fn wrap(&self, alias: String, plain: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        self.keys.wrap(alias, plain).await
    }

    async fn unwrap(&self, alias: String, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        self.keys.unwrap(alias, wrapped).await
    }

    async fn delete(&self, alias: String) -> Result<(), KeyError> {
        self.keys.delete(alias).await
    }
}
