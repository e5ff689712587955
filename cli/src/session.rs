//! From a password or a recovery phrase to an authenticator: opens the vault, or makes one for commands that store
//! something; and what is done when a command has ended.
//!
//! A vault that does not open is always an error with its own words, never an empty one (P1).

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use countersign_core::authenticator::{Authenticator, AuthenticatorError, Options};
use countersign_core::keys::VaultKeyStore;
use countersign_core::vault::{LockedVault, PasswordCost, RecoveryPhrase, Vault, VaultError};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::Failure;
use crate::place;
use crate::progress::during;
use crate::seen;

/// What a new vault's password is asked for with.
pub(crate) const NEW_PASSWORD: &str = "New password for the vault: ";

/// How often a person may mistype.
const TRIES: u32 = 3;

/// What the person opens the vault with.
enum Key {
    Password(Arc<Zeroizing<String>>),
    Phrase(RecoveryPhrase),
}

/// The vault that a command has opened, in the state in which it was then.
#[derive(Debug)]
pub(crate) struct Opened {
    authenticator: Authenticator,
    generation: u64,
}

impl Context {
    /// Opens the vault that is there.
    pub(crate) async fn open(&self) -> Result<Authenticator, Failure> {
        Ok(self.open_with_key().await?.0)
    }

    /// The same, with the password that opens it; asked for when it was opened with the recovery phrase.
    pub(crate) async fn open_with_password(
        &self,
    ) -> Result<(Authenticator, Arc<Zeroizing<String>>), Failure> {
        let (authenticator, key) = self.open_with_key().await?;
        let password = match &*key {
            Key::Password(password) => password.clone(),
            Key::Phrase(_) => Arc::new(self.password("Password: ").await?),
        };
        Ok((authenticator, password))
    }

    async fn open_with_key(&self) -> Result<(Authenticator, Arc<Key>), Failure> {
        let ca_pem = self.ca_pem()?;
        let path = self.vault_path()?;
        // What is wrong with the file itself is said before a password is asked for.
        Vault::ways_to_unlock(&path)?;
        let (vault, key) = self.unlock(path).await?;
        Ok((self.authenticator(vault, ca_pem)?, key))
    }

    /// Opens the vault, or makes it when there is none.
    pub(crate) async fn open_or_create(&self) -> Result<Authenticator, Failure> {
        let ca_pem = self.ca_pem()?;
        let path = self.vault_path()?;
        let vault = match Vault::ways_to_unlock(&path) {
            Err(VaultError::NotFound { .. }) => self.create(path).await?,
            known => {
                known?;
                self.unlock(path).await?.0
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

    async fn unlock(&self, path: PathBuf) -> Result<(Vault, Arc<Key>), Failure> {
        let mut tries = 1;
        loop {
            let again = tries < TRIES && (self.global.phrase || !self.password_is_given());
            tries += 1;
            let key = match self.key().await? {
                Ok(key) => Arc::new(key),
                Err(error) if again => {
                    self.out.remark(&error.to_string());
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            match self.try_key(path.clone(), key.clone(), false).await {
                Err(VaultError::WrongPassword) if again => {
                    self.out.remark("The password is wrong; try again.");
                }
                Err(error @ VaultError::WrongPhrase) if again => self.out.remark(&error.to_string()),
                Err(VaultError::RolledBack { seen, found }) => {
                    self.accept_older(seen, found).await?;
                    let vault = self.try_key(path, key.clone(), true).await?;
                    self.remember(&vault, found);
                    return Ok((vault, key));
                }
                result => return Ok((result?, key)),
            }
        }
    }

    /// An older copy in the vault's place is opened only at a person's word: `--yes` was not given for that.
    async fn accept_older(&self, seen: u64, found: u64) -> Result<(), Failure> {
        let error = VaultError::RolledBack { seen, found };
        if self.person().is_none() {
            return Err(error.into());
        }
        self.out.remark(&error.to_string());
        let answer = self.ask_line("Go on with the older copy? Type older to do that: ").await?;
        if answer.trim() == "older" { Ok(()) } else { Err(error.into()) }
    }

    /// What the person types to open the vault, or why it is no phrase.
    async fn key(&self) -> Result<Result<Key, VaultError>, Failure> {
        if !self.global.phrase {
            return Ok(Ok(Key::Password(Arc::new(self.password("Password: ").await?))));
        }
        let typed = self.password("Recovery phrase (not shown): ").await?;
        Ok(RecoveryPhrase::parse(&typed).map(Key::Phrase).map_err(VaultError::from))
    }

    async fn try_key(&self, path: PathBuf, key: Arc<Key>, older: bool) -> Result<Vault, VaultError> {
        let (rng, state) = (self.rng.clone(), self.state.clone().filter(|_| !older));
        let opened = blocking(move || {
            let mut locked = LockedVault::read(&path, rng)?;
            if let Some(folder) = state {
                let newest = seen::newest(&folder, &locked.id());
                locked = locked.not_older_than(newest);
            }
            let keys = match &*key {
                Key::Password(password) => locked.keys_by_password(password)?,
                Key::Phrase(phrase) => locked.keys_by_phrase(phrase)?,
            };
            locked.unlock(keys)
        });
        during(&self.out, "Unlocking the vault", opened).await
    }

    fn remember(&self, vault: &Vault, generation: u64) {
        let Some(folder) = &self.state else { return };
        if let Err(error) = seen::remember(folder, &vault.id(), generation) {
            self.out.remark(&format!(
                "Which state of the vault is the newest could not be noted in {} ({error}).",
                folder.display()
            ));
        }
    }

    /// After a command: writes the backup that its changes made due, and remembers the newest state.
    pub(crate) async fn finish(&self) {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Opened { authenticator, generation }) = opened else { return };
        let vault = authenticator.vault().clone();
        // A vault that was locked meanwhile has written nothing since.
        let now = || vault.generation().unwrap_or(generation);
        if now() != generation {
            let backing_up = tokio::task::spawn_blocking(move || authenticator.back_up_if_due());
            let done = during(&self.out, "Writing the backup", backing_up).await;
            if let Err(error) = done.unwrap_or(Err(AuthenticatorError::Stopped)) {
                self.out.remark(&format!("No backup was written: {error}"));
            }
        }
        let known = self.state.as_ref().map_or(0, |folder| seen::newest(folder, &vault.id()));
        if now() > known {
            self.remember(&vault, now());
        }
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
        let generation = vault.generation()?;
        let options = Options { ca_pem };
        let authenticator = Authenticator::new(vault, keys, options, self.clock.clone(), self.rng.clone())?;
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Opened { authenticator: authenticator.clone(), generation });
        Ok(authenticator)
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
