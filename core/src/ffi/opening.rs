//! Creating and opening a vault. The ways to unlock it are changed in `unlocking.rs`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::keys::HostKeys;
use super::{ConnectionOptions, CoreError, CountersignCore, PlatformKeyStore, blocking};
use crate::authenticator::Authenticator;
use crate::client::{Client, ClientOptions};
use crate::host::{SystemClock, SystemRng};
use crate::keys::{KeyStore, VaultKeyStore};
use crate::vault::{PasswordCost, RecoveryPhrase, Vault, VaultError};

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
        Ok(assemble(off_thread(path, create).await?, keys, client))
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
        let vault = off_thread(path, move |path| Vault::open(path, &password, rng())).await?;
        Ok(assemble(vault, keys, client))
    }

    /// Opens a vault with the twelve words of its recovery phrase.
    #[uniffi::constructor]
    pub async fn open_with_phrase(
        path: String,
        phrase: String,
        keys: Option<Arc<dyn PlatformKeyStore>>,
        options: ConnectionOptions,
    ) -> Result<Arc<Self>, CoreError> {
        let (phrase, client) = (Zeroizing::new(phrase), client(options)?);
        let open = move |path: &Path| Vault::open_with_phrase(path, &RecoveryPhrase::parse(&phrase)?, rng());
        Ok(assemble(off_thread(path, open).await?, keys, client))
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
}

fn rng() -> Arc<SystemRng> {
    Arc::new(SystemRng)
}

/// Checking a password takes a second of a whole processor: not on a thread that others wait for.
async fn off_thread(
    path: String,
    open: impl FnOnce(&Path) -> Result<Vault, VaultError> + Send + 'static,
) -> Result<Vault, CoreError> {
    let path = PathBuf::from(path);
    blocking(move || Ok(open(&path)?)).await
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
