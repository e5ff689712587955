//! From a file to an unlocked vault, in the three steps that hosts may want apart: read the file, get the keys out of a
//! slot (slow, or with a prompt of the platform), open and check everything with them.
//!
//! [`Vault::open`] and its like are all three at once. What the slots do is `slots`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::contents::Contents;
use super::file;
use super::format::Image;
use super::phrase::RecoveryPhrase;
use super::seal::scrub_stack;
use super::slots::{Slot, SlotKind, UnlockKeys};
use super::{Vault, VaultError, VaultId};
use crate::host::Rng;
use crate::keys::KeyStore;

/// A vault's file as it was read, checked as far as that goes without a key.
#[derive(Debug)]
pub struct LockedVault {
    path: PathBuf,
    rng: Arc<dyn Rng>,
    image: Image,
    seen: Option<u64>,
}

impl LockedVault {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// `NotFound`, `NotAVault`, `Truncated`, `Corrupt`, `UnsupportedVersion`, `Busy`, `Io`, `Storage`.
    pub fn read(path: &Path, rng: Arc<dyn Rng>) -> Result<Self, VaultError> {
        let path = super::absolute(path)?;
        let _gate = file::gate();
        let image = Image::read(&path)?;
        Ok(Self::of(path, rng, image))
    }

    pub(super) fn of(path: PathBuf, rng: Arc<dyn Rng>, image: Image) -> Self {
        Self { path, rng, image, seen: None }
    }

    pub(super) fn into_parts(self) -> (PathBuf, Arc<dyn Rng>, Image) {
        (self.path, self.rng, self.image)
    }

    /// Refuses to open when the file is older than write number `generation`: for hosts that remember
    /// [`Vault::generation`] outside, since a file cannot tell that the whole of it was put back.
    #[must_use]
    pub fn not_older_than(mut self, generation: u64) -> Self {
        self.seen = Some(generation);
        self
    }

    /// The vault's id. Not secret, and not yet proved.
    #[must_use]
    pub fn id(&self) -> VaultId {
        self.image.identity.id
    }

    /// The ways to unlock it.
    #[must_use]
    pub fn ways_to_unlock(&self) -> Vec<SlotKind> {
        self.image.slots.iter().map(|slot| slot.kind).collect()
    }

    /// The keys, by the password. Takes as long as Argon2id does.
    ///
    /// # Errors
    /// `WrongPassword`, `NoSuchSlot`, `CostOutOfBounds`, `NotEnoughMemory`.
    pub fn keys_by_password(&self, password: &str) -> Result<UnlockKeys, VaultError> {
        let slot = self.slot(SlotKind::Password)?;
        self.judge(slot, slot.open_with_password(&self.id(), password))
    }

    /// The keys, by the recovery phrase.
    ///
    /// # Errors
    /// `WrongPhrase`, `NoSuchSlot`.
    pub fn keys_by_phrase(&self, phrase: &RecoveryPhrase) -> Result<UnlockKeys, VaultError> {
        let slot = self.slot(SlotKind::Phrase)?;
        self.judge(slot, slot.open_with_phrase(&self.id(), phrase))
    }

    /// The keys, by the platform's key.
    ///
    /// # Errors
    /// `KeyLost` (go to the password, P10), `KeyRefused`, `NoSuchSlot`.
    pub async fn keys_by_keystore(&self, keys: &dyn KeyStore) -> Result<UnlockKeys, VaultError> {
        self.slot(SlotKind::KeyStore)?.open_with_keystore(&self.id(), keys).await
    }

    /// Opens and checks everything. Writes nothing: a file of an older format is brought up to date by the first write.
    ///
    /// # Errors
    /// `Corrupt`; `RolledBack` when it is older than was asked for.
    pub fn unlock(self, keys: UnlockKeys) -> Result<Vault, VaultError> {
        let contents = Contents::open(self.image, &keys.data);
        scrub_stack();
        let contents = contents?;
        match self.seen.filter(|seen| contents.generation < *seen) {
            Some(seen) => Err(VaultError::RolledBack { seen, found: contents.generation }),
            None => Ok(Vault::unlocked(self.path, self.rng, keys, contents)),
        }
    }

    /// In recovery a slot may be damaged; what was typed is then not to blame.
    fn judge(&self, slot: &Slot, keys: Result<UnlockKeys, VaultError>) -> Result<UnlockKeys, VaultError> {
        scrub_stack();
        match keys {
            Err(VaultError::WrongPassword | VaultError::WrongPhrase) if !slot.is_intact(&self.id()) => {
                Err(VaultError::corrupt(format!("the slot of the {}", slot.kind)))
            }
            keys => keys,
        }
    }

    fn slot(&self, kind: SlotKind) -> Result<&Slot, VaultError> {
        let slot = self.image.slots.iter().find(|slot| slot.kind == kind);
        slot.ok_or(VaultError::NoSuchSlot { kind })
    }
}
