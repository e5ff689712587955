//! From a password to an authenticator: opens the vault, or makes one for commands that store something.
//!
//! A vault that does not open is always an error with its own words, never an empty one (P1).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_core::authenticator::{Authenticator, Options};
use countersign_core::keys::VaultKeyStore;
use countersign_core::vault::{PasswordCost, Vault, VaultError};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::Failure;
use crate::place;
use crate::progress::during;

/// What a new vault's password is asked for with.
pub(crate) const NEW_PASSWORD: &str = "New password for the vault: ";

/// How often a person may mistype.
const TRIES: u32 = 3;

impl Context {
    /// Opens the vault that is there.
    pub(crate) async fn open(&self) -> Result<Authenticator, Failure> {
        let ca_pem = self.ca_pem()?;
        let path = self.vault_path()?;
        // What is wrong with the file itself is said before a password is asked for.
        Vault::ways_to_unlock(&path)?;
        self.authenticator(self.unlock(path).await?, ca_pem)
    }

    /// Opens the vault, or makes it when there is none.
    pub(crate) async fn open_or_create(&self) -> Result<Authenticator, Failure> {
        let ca_pem = self.ca_pem()?;
        let path = self.vault_path()?;
        let vault = match Vault::ways_to_unlock(&path) {
            Err(VaultError::NotFound { .. }) => self.create(path).await?,
            known => {
                known?;
                self.unlock(path).await?
            }
        };
        self.authenticator(vault, ca_pem)
    }

    /// Whether the person who sits here now knows the password, however long ago the vault was opened.
    pub(crate) fn presence(
        &self,
        vault: &Vault,
        password: Zeroizing<String>,
    ) -> impl Future<Output = Result<(), VaultError>> + Send + 'static {
        let (path, rng) = (vault.path().to_owned(), self.rng.clone());
        blocking(move || Vault::open(&path, &password, rng).map(drop))
    }

    async fn unlock(&self, path: PathBuf) -> Result<Vault, Failure> {
        for _ in 1..TRIES {
            let password = self.password("Password: ").await?;
            match self.try_password(path.clone(), password).await {
                Err(VaultError::WrongPassword) if !self.password_is_given() => {
                    self.out.remark("The password is wrong; try again.");
                }
                result => return Ok(result?),
            }
        }
        let password = self.password("Password: ").await?;
        Ok(self.try_password(path, password).await?)
    }

    async fn try_password(&self, path: PathBuf, password: Zeroizing<String>) -> Result<Vault, VaultError> {
        let rng = self.rng.clone();
        let opened = blocking(move || Vault::open(&path, &password, rng));
        during(&self.out, "Unlocking the vault", opened).await
    }

    async fn create(&self, path: PathBuf) -> Result<Vault, Failure> {
        self.out.remark(&format!(
            "There is no vault yet. A new one is made at {}.\nWithout its password nobody can open it, you included.",
            path.display()
        ));
        let password = self.new_password(NEW_PASSWORD, self.global.password_fd).await?;
        place::make_folder(&path)?;
        let (rng, at) = (self.rng.clone(), path.clone());
        let made = blocking(move || Vault::create(&at, &password, PasswordCost::default(), rng));
        Ok(during(&self.out, "Making the vault", made).await?)
    }

    fn authenticator(&self, vault: Vault, ca_pem: Option<Vec<u8>>) -> Result<Authenticator, Failure> {
        let vault = Arc::new(vault);
        let keys = Arc::new(VaultKeyStore::new(vault.clone()));
        Ok(Authenticator::new(vault, keys, Options { ca_pem }, self.clock.clone(), self.rng.clone())?)
    }
}

/// Runs what waits for the disk or derives a key where that holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    // A task ends without a result only when it panicked; the vault is then as unusable as a locked one.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(VaultError::Locked))
}

/// Whether others than the owner may read the file.
pub(crate) fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}
