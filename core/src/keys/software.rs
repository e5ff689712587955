//! Software keys for the terminal, kept as sealed records in the vault.
//!
//! The possession key is there whenever the vault is unlocked. The verification key is sealed once more, under the
//! vault's presence key, which only the password brings: so an approval that needs `verification` needs the password
//! to have been typed for this unlocking. What the vault does with presence is in [`crate::vault`].

use std::sync::Arc;

use ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
use zeroize::Zeroizing;

use super::{KeyError, KeyPurpose, KeyStore, NewKey, p256};
use crate::vault::{Change, Table, Vault, VaultError};

/// See the head of this file. Calls write to the vault's file and block for that long.
#[derive(Debug, Clone)]
pub struct VaultKeyStore {
    vault: Arc<Vault>,
}

impl VaultKeyStore {
    /// The key store inside `vault`.
    #[must_use]
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }

    /// The PKCS#8 document of a key.
    fn document(&self, alias: &str, purpose: KeyPurpose) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let id = row_id(alias, purpose);
        let stored = self.vault.get(Table::Keys, &id).map_err(key_error)?.ok_or(KeyError::Missing)?;
        match purpose {
            KeyPurpose::Possession => Ok(stored),
            KeyPurpose::Verification => {
                self.vault.open_with_presence(&id, &stored).map_err(key_error)?.ok_or(KeyError::Invalidated)
            }
        }
    }
}

#[async_trait::async_trait]
impl KeyStore for VaultKeyStore {
    async fn generate(
        &self,
        alias: String,
        purpose: KeyPurpose,
        _challenge: Vec<u8>,
    ) -> Result<NewKey, KeyError> {
        let id = row_id(&alias, purpose);
        let (document, public) = p256::generate()?;
        let plain = match purpose {
            KeyPurpose::Possession => document,
            KeyPurpose::Verification => {
                Zeroizing::new(self.vault.seal_with_presence(&id, &document).map_err(key_error)?)
            }
        };
        self.vault.write(vec![Change::Put { table: Table::Keys, id, plain }]).map_err(key_error)?;
        Ok(NewKey::unattested(public))
    }

    /// The terminal has no prompt of its own here, so the context is not used: the shell asks before it calls.
    async fn sign(
        &self,
        alias: String,
        purpose: KeyPurpose,
        message: Vec<u8>,
        _context: String,
    ) -> Result<Vec<u8>, KeyError> {
        p256::sign(&self.document(&alias, purpose)?, &ECDSA_P256_SHA256_FIXED_SIGNING, &message)
    }

    /// Refused: the one thing that is wrapped is a vault's data key, and a vault cannot hold the key to itself.
    async fn wrap(&self, _alias: String, plain: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        drop(Zeroizing::new(plain));
        Err(wraps_nothing())
    }

    async fn unwrap(&self, _alias: String, _wrapped: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        Err(wraps_nothing())
    }

    async fn delete(&self, alias: String) -> Result<(), KeyError> {
        let change = |purpose| Change::Delete { table: Table::Keys, id: row_id(&alias, purpose) };
        let both = [KeyPurpose::Possession, KeyPurpose::Verification].map(change);
        self.vault.write(both.into()).map_err(key_error)
    }
}

/// The record's id, and the label that a verification key is sealed with.
fn row_id(alias: &str, purpose: KeyPurpose) -> String {
    match purpose {
        KeyPurpose::Possession => format!("possession/{alias}"),
        KeyPurpose::Verification => format!("verification/{alias}"),
    }
}

fn wraps_nothing() -> KeyError {
    KeyError::Unavailable { reason: String::from("software keys do not wrap; unlock with the password") }
}

fn key_error(error: VaultError) -> KeyError {
    match error {
        VaultError::Locked | VaultError::PasswordRequired => KeyError::AuthenticationRequired,
        error => KeyError::Unavailable { reason: error.to_string() },
    }
}
