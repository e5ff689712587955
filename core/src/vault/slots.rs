//! Key slots: each wraps the vault's data key for one way to unlock (password, platform key store).
//!
//! The password slot also carries the *presence key*, which no other slot does: having it proves that the password was
//! typed for this unlocking. A slot has a plain SHA-256 checksum of its own content, so that damage to it is told
//! apart from a wrong password (P4). It is no protection: whoever rewrites a slot can rewrite its checksum, and is
//! stopped by the manifest.

use std::fmt;

use zeroize::Zeroizing;

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
}

impl SlotKind {
    /// The name in the file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KeyStore => "keystore",
            Self::Password => "password",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::KeyStore, Self::Password].into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyStore => "device key",
            Self::Password => "password",
        })
    }
}

/// What Argon2id costs when a password is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB: `8 × lanes` to 1 048 576 (1 GiB).
    pub memory_kib: u32,
    /// Passes over that memory: 1 to 100.
    pub passes: u32,
    /// Lanes, computed one after the other here: 1 to 16.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 64 MiB, 3 passes, 1 lane: the memory-constrained recommendation of RFC 9106 §4, on one lane because phones
    /// compute it on one core.
    fn default() -> Self {
        Self { memory_kib: 65_536, passes: 3, lanes: 1 }
    }
}

impl PasswordCost {
    const MAX_MEMORY_KIB: u32 = 1_048_576;
    const MAX_PASSES: u32 = 100;
    const MAX_LANES: u32 = 16;

    /// Refuses costs outside the bounds before any memory is taken (P5).
    pub(super) fn check(self) -> Result<Self, VaultError> {
        let Self { memory_kib, passes, lanes } = self;
        let fits = (1..=Self::MAX_LANES).contains(&lanes)
            && (1..=Self::MAX_PASSES).contains(&passes)
            && (8 * lanes..=Self::MAX_MEMORY_KIB).contains(&memory_kib);
        if fits { Ok(self) } else { Err(VaultError::CostOutOfBounds { memory_kib, passes, lanes }) }
    }

    /// The 256-bit key that `password` and `salt` give at this cost.
    fn derive(self, password: &str, salt: &[u8]) -> Result<Key, VaultError> {
        let Self { memory_kib, passes, lanes } = self.check()?;
        let out_of_bounds = |_| VaultError::CostOutOfBounds { memory_kib, passes, lanes };
        let params =
            argon2::Params::new(memory_kib, passes, lanes, Some(KEY_BYTES)).map_err(out_of_bounds)?;
        // Our own memory instead of the library's: an allocation that fails is an error here, not an abort, and the
        // blocks, from which the key could be computed again, are wiped.
        let mut blocks = Zeroizing::new(Vec::new());
        let count = params.block_count();
        blocks.try_reserve_exact(count).map_err(|_| VaultError::NotEnoughMemory { memory_kib })?;
        blocks.resize(count, argon2::Block::default());
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                key.as_mut_slice(),
                blocks.as_mut_slice(),
            )
            .map_err(|_| VaultError::corrupt("the password slot's salt"))?;
        Key::from_slice(key.as_slice()).ok_or_else(|| VaultError::corrupt("a derived key"))
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

/// What a slot gives up.
#[derive(Debug, Clone)]
pub(super) struct Unwrapped {
    /// The data key: everything in the vault is sealed under it.
    pub(super) data: Key,
    /// The presence key; only the password slot has it.
    pub(super) presence: Option<Key>,
}

const SALT_BYTES: usize = 16;

impl Slot {
    /// Wraps both keys under `password`.
    pub(super) fn for_password(
        id: &VaultId,
        password: &str,
        cost: PasswordCost,
        (data, presence): (&Key, &Key),
        rng: &dyn Rng,
    ) -> Result<Self, VaultError> {
        if password.is_empty() {
            return Err(VaultError::EmptyPassword);
        }
        let mut salt = vec![0; SALT_BYTES];
        rng.fill(&mut salt)?;
        let kind = SlotKind::Password;
        let mut slot =
            Self { kind, cost, salt, alias: String::new(), wrapped: Vec::new(), checksum: Vec::new() };
        let keys = Zeroizing::new([data.as_bytes(), presence.as_bytes()].concat());
        slot.wrapped = cost.derive(password, &slot.salt)?.seal(rng, &slot.context(id), &keys)?;
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
        let plain = [id.as_slice(), data.as_bytes()].concat();
        let wrapped = keys.wrap(alias.to_owned(), plain).await.map_err(key_error)?;
        let kind = SlotKind::KeyStore;
        let cost = PasswordCost { memory_kib: 0, passes: 0, lanes: 0 };
        let slot =
            Self { kind, cost, salt: Vec::new(), alias: alias.to_owned(), wrapped, checksum: Vec::new() };
        Ok(slot.with_checksum(id))
    }

    /// Opens a password slot.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`], [`VaultError::CostOutOfBounds`], [`VaultError::NotEnoughMemory`].
    pub(super) fn open_with_password(&self, id: &VaultId, password: &str) -> Result<Unwrapped, VaultError> {
        let key = self.cost.derive(password, &self.salt)?;
        let keys = key.open(&self.context(id), &self.wrapped).ok_or(VaultError::WrongPassword)?;
        let parts = keys.split_at_checked(KEY_BYTES);
        let opened = parts.and_then(|(data, presence)| {
            Some(Unwrapped { data: Key::from_slice(data)?, presence: Some(Key::from_slice(presence)?) })
        });
        opened.ok_or_else(|| VaultError::corrupt("the password slot's keys"))
    }

    /// Opens a key store slot.
    ///
    /// # Errors
    /// [`VaultError::KeyLost`], [`VaultError::KeyRefused`].
    pub(super) async fn open_with_keystore(
        &self,
        id: &VaultId,
        keys: &dyn KeyStore,
    ) -> Result<Unwrapped, VaultError> {
        let plain = keys.unwrap(self.alias.clone(), self.wrapped.clone()).await.map_err(key_error)?;
        let plain = Zeroizing::new(plain);
        let data = plain.strip_prefix(id.as_slice()).and_then(Key::from_slice);
        let data =
            data.ok_or_else(|| VaultError::corrupt("the device key slot holds another vault's key"))?;
        Ok(Unwrapped { data, presence: None })
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
