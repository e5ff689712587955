//! Creating, opening and locking a vault.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::keys::HostKeys;
use super::{ConnectionOptions, CoreError, CountersignCore, PlatformKeyStore};
use crate::authenticator::{Authenticator, AuthenticatorError};
use crate::client::{Client, ClientOptions};
use crate::host::{SystemClock, SystemRng};
use crate::keys::{KeyStore, VaultKeyStore};
use crate::vault::{PasswordCost, SlotKind, Vault, VaultError};

/// How a vault can be unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum WayToUnlock {
    /// By typing it.
    Password,
    /// By the platform's key store.
    KeyStore,
    /// By typing the twelve words of the recovery phrase.
    Phrase,
}

/// The ways to unlock the vault at `path`, without unlocking it.
///
/// # Errors
/// [`CoreError::Vault`]: missing, damaged, of a newer version. Each has its code.
#[uniffi::export]
pub fn ways_to_unlock(path: String) -> Result<Vec<WayToUnlock>, CoreError> {
    let way = |slot: SlotKind| match slot {
        SlotKind::Password => WayToUnlock::Password,
        SlotKind::KeyStore => WayToUnlock::KeyStore,
        SlotKind::Phrase => WayToUnlock::Phrase,
    };
    Ok(Vault::ways_to_unlock(Path::new(&path))?.into_iter().map(way).collect())
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Creates a vault with a password. Without `keys` the device's keys are kept in the vault itself.
    #[uniffi::constructor]
    pub async fn create_with_password(
        path: String,
        password: String,
        keys: Option<Arc<dyn PlatformKeyStore>>,
        options: ConnectionOptions,
    ) -> Result<Arc<Self>, CoreError> {
        let (password, client) = (Zeroizing::new(password), client(options)?);
        let create = move |path: &Path| Vault::create(path, &password, PasswordCost::default(), rng());
        Ok(assemble(blocking(path, create).await?, keys, client))
    }

    /// Opens a vault with its password. Without `keys` the device's keys are those in the vault itself.
    #[uniffi::constructor]
    pub async fn open_with_password(
        path: String,
        password: String,
        keys: Option<Arc<dyn PlatformKeyStore>>,
        options: ConnectionOptions,
    ) -> Result<Arc<Self>, CoreError> {
        let (password, client) = (Zeroizing::new(password), client(options)?);
        let vault = blocking(path, move |path| Vault::open(path, &password, rng())).await?;
        Ok(assemble(vault, keys, client))
    }

    /// Creates a vault that the wrapping key called `alias` unlocks.
    #[uniffi::constructor]
    pub async fn create_with_key_store(
        path: String,
        keys: Arc<dyn PlatformKeyStore>,
        alias: String,
        options: ConnectionOptions,
    ) -> Result<Arc<Self>, CoreError> {
        let (store, client) = (HostKeys(Arc::clone(&keys)), client(options)?);
        let vault = Vault::create_with_keystore(Path::new(&path), &store, &alias, rng()).await?;
        Ok(assemble(vault, Some(keys), client))
    }

    /// Opens a vault with the platform's key.
    #[uniffi::constructor]
    pub async fn open_with_key_store(
        path: String,
        keys: Arc<dyn PlatformKeyStore>,
        options: ConnectionOptions,
    ) -> Result<Arc<Self>, CoreError> {
        let (store, client) = (HostKeys(Arc::clone(&keys)), client(options)?);
        let vault = Vault::open_with_keystore(Path::new(&path), &store, rng()).await?;
        Ok(assemble(vault, Some(keys), client))
    }

    /// Sets or changes the password.
    pub async fn set_password(&self, password: String) -> Result<(), CoreError> {
        let (vault, password) = (Arc::clone(self.authenticator.vault()), Zeroizing::new(password));
        let set = move || vault.add_password_slot(&password, PasswordCost::default());
        Ok(tokio::task::spawn_blocking(set).await.map_err(|_| AuthenticatorError::Stopped)??)
    }

    /// Lets the platform's wrapping key called `alias` unlock the vault too.
    pub async fn set_key_store(
        &self,
        keys: Arc<dyn PlatformKeyStore>,
        alias: String,
    ) -> Result<(), CoreError> {
        Ok(self.authenticator.vault().add_keystore_slot(&HostKeys(keys), &alias).await?)
    }

    /// Wipes keys and records from memory. Every later call says `vault_locked`; open again with a constructor.
    pub fn lock(&self) {
        self.authenticator.lock();
    }

    /// Whether it was locked.
    pub fn is_locked(&self) -> bool {
        self.authenticator.vault().is_locked()
    }
}

fn rng() -> Arc<SystemRng> {
    Arc::new(SystemRng)
}

/// Checking a password takes a second of a whole processor: not on a thread that others wait for.
async fn blocking(
    path: String,
    open: impl FnOnce(&Path) -> Result<Vault, VaultError> + Send + 'static,
) -> Result<Vault, CoreError> {
    let path = PathBuf::from(path);
    let opened = tokio::task::spawn_blocking(move || open(&path)).await;
    Ok(opened.map_err(|_| AuthenticatorError::Stopped)??)
}

/// Made before the vault, so that a bad certificate file leaves no new vault behind.
fn client(options: ConnectionOptions) -> Result<Client, CoreError> {
    Ok(Client::new(ClientOptions { ca_pem: options.ca_pem, ..ClientOptions::default() })?)
}

fn assemble(vault: Vault, keys: Option<Arc<dyn PlatformKeyStore>>, client: Client) -> Arc<CountersignCore> {
    let vault = Arc::new(vault);
    let keys: Arc<dyn KeyStore> = match keys {
        Some(keys) => Arc::new(HostKeys(keys)),
        None => Arc::new(VaultKeyStore::new(Arc::clone(&vault))),
    };
    let authenticator = Authenticator::with_client(vault, keys, client, Arc::new(SystemClock), rng());
    Arc::new(CountersignCore { authenticator })
}
