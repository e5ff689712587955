//! The ways to unlock a vault: looked at, added, changed, taken away.

use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::keys::HostKeys;
use super::{CoreError, CountersignCore, PlatformKeyStore, blocking};
use crate::host::SystemRng;
use crate::vault::{NewPhrase, PasswordCost, SlotKind, Vault};

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

impl From<SlotKind> for WayToUnlock {
    fn from(slot: SlotKind) -> Self {
        match slot {
            SlotKind::Password => Self::Password,
            SlotKind::KeyStore => Self::KeyStore,
            SlotKind::Phrase => Self::Phrase,
        }
    }
}

impl From<WayToUnlock> for SlotKind {
    fn from(way: WayToUnlock) -> Self {
        match way {
            WayToUnlock::Password => Self::Password,
            WayToUnlock::KeyStore => Self::KeyStore,
            WayToUnlock::Phrase => Self::Phrase,
        }
    }
}

/// The ways to unlock the vault at `path`, without unlocking it.
///
/// # Errors
/// [`CoreError::Vault`]: missing, damaged, of a newer version. Each has its code.
#[uniffi::export]
pub fn ways_to_unlock(path: String) -> Result<Vec<WayToUnlock>, CoreError> {
    Ok(Vault::ways_to_unlock(Path::new(&path))?.into_iter().map(WayToUnlock::from).collect())
}

/// Whether a password is so short that it should not protect a vault.
#[uniffi::export]
pub fn is_short_password(password: String) -> bool {
    crate::vault::is_short_password(&Zeroizing::new(password))
}

/// A recovery phrase that was drawn and does not count yet.
#[derive(Debug, uniffi::Object)]
pub struct RecoveryPhrase {
    phrase: NewPhrase,
}

#[uniffi::export]
impl RecoveryPhrase {
    /// Draws one.
    #[uniffi::constructor]
    pub fn draw() -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { phrase: NewPhrase::draw(&SystemRng)? }))
    }

    /// The twelve words, to be written down by the person. Show them once, and keep them nowhere.
    pub fn words(&self) -> Vec<String> {
        self.phrase.phrase().text().split(' ').map(str::to_owned).collect()
    }

    /// Which words have to be typed back: positions from 1, rising.
    pub fn asked(&self) -> Vec<u32> {
        self.phrase.asked().into_iter().filter_map(|at| u32::try_from(at).ok()).collect()
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Sets or changes the password. After unlocking by the platform's key use `replace_forgotten_password` when the
    /// earlier one is not known any more.
    pub async fn set_password(&self, password: String) -> Result<(), CoreError> {
        let (vault, password) = (Arc::clone(self.authenticator.vault()), Zeroizing::new(password));
        blocking(move || Ok(vault.add_password_slot(&password, PasswordCost::default())?)).await
    }

    /// Sets another password although the earlier one was not typed. What was sealed for a person's presence is gone.
    pub async fn replace_forgotten_password(&self, password: String) -> Result<(), CoreError> {
        let (vault, password) = (Arc::clone(self.authenticator.vault()), Zeroizing::new(password));
        blocking(move || Ok(vault.replace_forgotten_password(&password, PasswordCost::default())?)).await
    }

    /// Lets the platform's wrapping key called `alias` unlock the vault too.
    pub async fn set_key_store(
        &self,
        keys: Arc<dyn PlatformKeyStore>,
        alias: String,
    ) -> Result<(), CoreError> {
        Ok(self.authenticator.vault().add_keystore_slot(&HostKeys(keys), &alias).await?)
    }

    /// Lets a phrase unlock the vault too, once the asked words were typed back.
    pub async fn set_phrase(&self, phrase: Arc<RecoveryPhrase>, typed: Vec<String>) -> Result<(), CoreError> {
        let (vault, typed) = (Arc::clone(self.authenticator.vault()), Zeroizing::new(typed));
        blocking(move || {
            let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
            Ok(vault.add_phrase_slot(&phrase.phrase, &typed)?)
        })
        .await
    }

    /// Takes a way to unlock away, but never the last one.
    pub async fn remove_way(&self, way: WayToUnlock) -> Result<(), CoreError> {
        let vault = Arc::clone(self.authenticator.vault());
        blocking(move || Ok(vault.remove_slot(way.into())?)).await
    }

    /// Seals everything under new keys: for when the old ones may have been copied. Afterwards the password is the only
    /// way to unlock.
    pub async fn renew_keys(&self, password: String) -> Result<(), CoreError> {
        let (vault, password) = (Arc::clone(self.authenticator.vault()), Zeroizing::new(password));
        blocking(move || Ok(vault.renew_keys(&password)?)).await
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
