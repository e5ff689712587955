//! Key slots: each wraps the vault's data key for one way to unlock (password, recovery phrase, platform key store).
//!
//! The slots of the password and of the phrase also carry the *presence key*: having it proves that something only the
//! person knows was typed for this unlocking. A slot has a plain SHA-256 checksum of its own content, so that damage to
//! it is told apart from a wrong password (P4). It is no protection: whoever rewrites a slot can rewrite its checksum,
//! and is stopped by the manifest. What a password costs is `password`, what the words are is `phrase`.

use std::fmt;

use zeroize::Zeroizing;

use super::password::{self, PasswordCost};
use super::phrase::RecoveryPhrase;
use super::seal::{Context, KEY_BYTES, Key};
use super::{VaultError, VaultId};
use crate::host::Rng;
use crate::keys::{KeyError, KeyStore};

/// A way to unlock a vault. There is at most one slot of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    // In the order of their stored names: the manifest's digest relies on it.
    /// A key of the platform's key store (Secure Enclave, Android Keystore).
    KeyStore,
    /// A password, stretched by Argon2id (RFC 9106).
    Password,
    /// A recovery phrase of twelve words (BIP-39).
    Phrase,
}

impl SlotKind {
    /// Every kind, in order.
    pub const ALL: [Self; 3] = [Self::KeyStore, Self::Password, Self::Phrase];

    /// Whether this way asks for something that only the person knows; its slot then carries the presence key.
    #[must_use]
    pub const fn proves_presence(self) -> bool {
        match self {
            Self::Password | Self::Phrase => true,
            Self::KeyStore => false,
        }
    }

    /// The name in the file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KeyStore => "keystore",
            Self::Password => "password",
            Self::Phrase => "phrase",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyStore => "device key",
            Self::Password => "password",
            Self::Phrase => "recovery phrase",
        })
    }
}

/// One row of the `slots` table. Fields that a kind does not use are 0 or empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) kind: SlotKind,
    pub(super) cost: PasswordCost,
    pub(super) salt: Vec<u8>,
    /// The key store's name for the wrapping key.
    pub(super) alias: String,
    pub(super) wrapped: Vec<u8>,
    pub(super) checksum: Vec<u8>,
}

/// The keys of a vault, as one of its slots gave them up. Wiped when dropped, and not in `Debug`.
#[derive(Debug, Clone)]
pub struct UnlockKeys {
    /// The data key: everything in the vault is sealed under it.
    pub(super) data: Key,
    /// The presence key, from a slot that proves presence.
    pub(super) presence: Option<Key>,
}

const SALT_BYTES: usize = 16;
const NO_COST: PasswordCost = PasswordCost { memory_kib: 0, passes: 0, lanes: 0 };

impl Slot {
    /// Wraps both keys under `password`.
    pub(super) fn for_password(
        id: &VaultId,
        password: &str,
        cost: PasswordCost,
        keys: (&Key, &Key),
        rng: &dyn Rng,
    ) -> Result<Self, VaultError> {
        if password.is_empty() {
            return Err(VaultError::EmptyPassword);
        }
        let derive = |salt: &[u8]| cost.derive(&password::normal(password), salt);
        Self::for_person(id, (SlotKind::Password, cost), keys, rng, derive)
    }

    /// Wraps both keys under `phrase`.
    pub(super) fn for_phrase(
        id: &VaultId,
        phrase: &RecoveryPhrase,
        keys: (&Key, &Key),
        rng: &dyn Rng,
    ) -> Result<Self, VaultError> {
        Self::for_person(id, (SlotKind::Phrase, NO_COST), keys, rng, |salt| phrase.derive(salt))
    }

    fn for_person(
        id: &VaultId,
        (kind, cost): (SlotKind, PasswordCost),
        (data, presence): (&Key, &Key),
        rng: &dyn Rng,
        derive: impl FnOnce(&[u8]) -> Result<Key, VaultError>,
    ) -> Result<Self, VaultError> {
        let mut salt = vec![0; SALT_BYTES];
        rng.fill(&mut salt)?;
        let mut slot =
            Self { kind, cost, salt, alias: String::new(), wrapped: Vec::new(), checksum: Vec::new() };
        let keys = Zeroizing::new([data.as_bytes(), presence.as_bytes()].concat());
        slot.wrapped = derive(&slot.salt)?.seal(rng, &slot.context(id), &keys)?;
        Ok(slot.with_checksum(id))
    }

    /// Wraps the data key in `keys` under the key called `alias`.
    ///
    /// The wrapped bytes are vault id and data key, so that a slot cannot be moved into another vault.
    pub(super) async fn for_keystore(
        id: &VaultId,
        keys: &dyn KeyStore,
        alias: &str,
        data: &Key,
    ) -> Result<Self, VaultError> {
        // Given away as it is, since the platforms' side takes plain bytes: see [`KeyStore::wrap`].
        let plain = [id.as_slice(), data.as_bytes()].concat();
        let wrapped = keys.wrap(alias.to_owned(), plain).await.map_err(key_error)?;
        let kind = SlotKind::KeyStore;
        let slot = Self {
            kind,
            cost: NO_COST,
            salt: Vec::new(),
            alias: alias.to_owned(),
            wrapped,
            checksum: Vec::new(),
        };
        Ok(slot.with_checksum(id))
    }

    /// Opens a password slot.
    ///
    /// Slots of format 1 were made of the password as it was typed. So what is typed is tried too when its normal form
    /// does not open the slot and is another.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`], [`VaultError::CostOutOfBounds`], [`VaultError::NotEnoughMemory`].
    pub(super) fn open_with_password(&self, id: &VaultId, password: &str) -> Result<UnlockKeys, VaultError> {
        let normal = password::normal(password);
        match self.open_for_person(id, &self.cost.derive(&normal, &self.salt)?)? {
            None if *normal != password => {
                self.open_for_person(id, &self.cost.derive(password, &self.salt)?)?
            }
            opened => opened,
        }
        .ok_or(VaultError::WrongPassword)
    }

    /// Opens a phrase slot.
    ///
    /// # Errors
    /// [`VaultError::WrongPhrase`].
    pub(super) fn open_with_phrase(
        &self,
        id: &VaultId,
        phrase: &RecoveryPhrase,
    ) -> Result<UnlockKeys, VaultError> {
        self.open_for_person(id, &phrase.derive(&self.salt)?)?.ok_or(VaultError::WrongPhrase)
    }

    /// `None` when it is not the right key.
    fn open_for_person(&self, id: &VaultId, key: &Key) -> Result<Option<UnlockKeys>, VaultError> {
        let Some(keys) = key.open(&self.context(id), &self.wrapped) else { return Ok(None) };
        let parts = keys.split_at_checked(KEY_BYTES);
        let opened = parts.and_then(|(data, presence)| {
            Some(UnlockKeys { data: Key::from_slice(data)?, presence: Some(Key::from_slice(presence)?) })
        });
        opened
            .map(Some)
            .ok_or_else(|| VaultError::corrupt(format!("the keys in the slot of the {}", self.kind)))
    }

    /// Opens a key store slot.
    ///
    /// # Errors
    /// [`VaultError::KeyLost`], [`VaultError::KeyRefused`].
    pub(super) async fn open_with_keystore(
        &self,
        id: &VaultId,
        keys: &dyn KeyStore,
    ) -> Result<UnlockKeys, VaultError> {
        let plain = keys.unwrap(self.alias.clone(), self.wrapped.clone()).await.map_err(key_error)?;
        let plain = Zeroizing::new(plain);
        let data = plain.strip_prefix(id.as_slice()).and_then(Key::from_slice);
        let data =
            data.ok_or_else(|| VaultError::corrupt("the device key slot holds another vault's key"))?;
        Ok(UnlockKeys { data, presence: None })
    }

    /// Whether the stored checksum fits the content.
    pub(super) fn is_intact(&self, id: &VaultId) -> bool {
        self.checksum == self.expected_checksum(id)
    }

    /// The same slot with the checksum that fits its content.
    pub(super) fn with_checksum(mut self, id: &VaultId) -> Self {
        self.checksum = self.expected_checksum(id);
        self
    }

    fn expected_checksum(&self, id: &VaultId) -> Vec<u8> {
        self.context(id).field(&self.wrapped).digest().to_vec()
    }

    /// Everything of the slot but the wrapped keys.
    fn context(&self, id: &VaultId) -> Context {
        Context::new("countersign vault 1 slot")
            .field(id)
            .field(self.kind.name().as_bytes())
            .field(&self.cost.memory_kib.to_be_bytes())
            .field(&self.cost.passes.to_be_bytes())
            .field(&self.cost.lanes.to_be_bytes())
            .field(&self.salt)
            .field(self.alias.as_bytes())
    }
}

/// A key that is gone needs the password; anything else may work the next time (P10).
fn key_error(source: KeyError) -> VaultError {
    match source {
        KeyError::Missing | KeyError::Invalidated => VaultError::KeyLost { source },
        _ => VaultError::KeyRefused { source },
    }
}
