//! The sealed store: one SQLite file whose records are encrypted one by one, unlocked through key slots.
//!
//! A random 256-bit data key seals every record (`contents`, `seal`). Slots wrap that key, one for each way to unlock
//! (`slots`, with `password` and `phrase`). A sealed manifest authenticates the set of records (`manifest`). `format` has
//! the tables and statements, `file` the file around them, `write` how a change gets there and is read back. `locked` is
//! the way in, `changing` changes the ways to unlock, `reading` keeps what callers made of records, `generations` keeps
//! earlier states, `recovery` opens what is left of a damaged file. Device keys that live *in* the vault are
//! [`crate::keys::VaultKeyStore`].
//!
//! Calls block: for a password on Argon2id (about a tenth of a second and more), for a write on the disk. An async
//! caller moves them to a thread that may block.

mod changing;
mod contents;
mod error;
mod file;
mod format;
mod generations;
mod locked;
mod manifest;
mod password;
mod phrase;
mod reading;
mod records;
mod recovery;
mod seal;
mod slots;
#[cfg(test)]
mod tests;
mod write;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use self::contents::Contents;
use self::format::Image;
use self::seal::{Context, Key, scrub_stack};
use self::slots::Slot;
use self::write::{NewVault, Plan};
use crate::host::Rng;
use crate::keys::KeyStore;

pub use self::error::VaultError;
pub use self::generations::{EarlierState, KEPT};
pub use self::locked::LockedVault;
pub(crate) use self::password::normal as normal_password;
pub use self::password::{PasswordCost, SHORT_PASSWORD_CHARACTERS, is_short_password};
pub use self::phrase::{NewPhrase, PHRASE_WORDS, PhraseError, RecoveryPhrase};
pub use self::reading::{Reading, StateMark};
pub use self::records::{Change, MAX_ID_BYTES, MAX_RECORD_BYTES, Record, Table};
pub use self::recovery::{ManifestFinding, Recovered, Recovery, RecoveryReport};
pub use self::slots::{SlotKind, UnlockKeys};

/// Random, made with the vault, bound to everything that is sealed in it.
pub type VaultId = [u8; 16];

/// A record's place: table and id.
type RowKey = (Table, String);

/// An unlocked vault.
///
/// Shared freely between threads. [`Vault::lock`] wipes its secrets for every holder at once; after that each call
/// says [`VaultError::Locked`].
pub struct Vault {
    path: PathBuf,
    id: VaultId,
    rng: Arc<dyn Rng>,
    /// What is left of a damaged file: see [`Recovery`].
    read_only: bool,
    state: Mutex<Option<Unlocked>>,
}

/// The secrets of an unlocked vault.
struct Unlocked {
    data: Key,
    presence: Option<Key>,
    contents: Contents,
    /// What was made of these contents, see [`Vault::reading`].
    readings: BTreeMap<Table, Arc<dyn Any + Send + Sync>>,
}

impl Unlocked {
    /// Runs something that may load newer contents, and gives up the presence key when a slot that carries one is
    /// another afterwards: it may wrap another presence key, so presence has to be proven again.
    fn run<T>(
        &mut self,
        step: impl FnOnce(&Key, &mut Contents) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let before = self.presence_slots();
        let state = self.contents.identity.clone();
        let result = step(&self.data, &mut self.contents);
        scrub_stack();
        if self.contents.identity != state {
            self.readings.clear();
        }
        if self.presence_slots() != before {
            self.presence = None;
        }
        result
    }

    fn presence_slots(&self) -> Vec<Slot> {
        let slots = self.contents.slots.values();
        slots.filter(|slot| slot.kind.proves_presence()).cloned().collect()
    }
}

impl Vault {
    /// Creates a vault that `password` unlocks, readable by its owner only (mode 0600 on Unix).
    ///
    /// # Errors
    /// `AlreadyExists`, `EmptyPassword`, `CostOutOfBounds`, `NotEnoughMemory`, `NoRandomness`, `Io`, `Storage`.
    pub fn create(
        path: &Path,
        password: &str,
        cost: PasswordCost,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, VaultError> {
        let path = absolute(path)?;
        file::refuse_existing(&path)?;
        let (id, data) = (new_id(&*rng)?, Key::random(&*rng)?);
        let presence = Key::random(&*rng)?;
        let slot = Slot::for_password(&id, password, cost, (&data, &presence), &*rng)?;
        let keys = UnlockKeys { data, presence: Some(presence) };
        Self::found(path, rng, keys, NewVault { id, generation: 1, slot, records: BTreeMap::new() })
    }

    /// Creates a vault that the key called `alias` in `keys` unlocks. Nothing in it can be had without that key until
    /// [`Vault::add_password_slot`].
    ///
    /// # Errors
    /// `AlreadyExists`, `KeyLost`, `KeyRefused`, `NoRandomness`, `Io`, `Storage`.
    pub async fn create_with_keystore(
        path: &Path,
        keys: &dyn KeyStore,
        alias: &str,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, VaultError> {
        let path = absolute(path)?;
        file::refuse_existing(&path)?;
        let (id, data) = (new_id(&*rng)?, Key::random(&*rng)?);
        let slot = Slot::for_keystore(&id, keys, alias, &data).await?;
        let keys = UnlockKeys { data, presence: None };
        Self::found(path, rng, keys, NewVault { id, generation: 1, slot, records: BTreeMap::new() })
    }

    fn found(path: PathBuf, rng: Arc<dyn Rng>, keys: UnlockKeys, new: NewVault) -> Result<Self, VaultError> {
        let contents = write::create(&path, &*rng, &keys.data, new);
        scrub_stack();
        Ok(Self::unlocked(path, rng, keys, contents?))
    }

    /// Unlocks with the password and checks the whole vault. The presence key is at hand afterwards.
    ///
    /// A failed attempt leaves the file as it was, byte for byte.
    ///
    /// # Errors
    /// About the file: `NotFound`, `NotAVault`, `Truncated`, `Corrupt`, `UnsupportedVersion`, `Busy`, `Io`, `Storage`.
    /// About the password: `WrongPassword`, `NoSuchSlot`, `CostOutOfBounds`, `NotEnoughMemory`.
    pub fn open(path: &Path, password: &str, rng: Arc<dyn Rng>) -> Result<Self, VaultError> {
        let locked = LockedVault::read(path, rng)?;
        let keys = locked.keys_by_password(password)?;
        locked.unlock(keys)
    }

    /// Unlocks with the recovery phrase and checks the whole vault. The presence key is at hand afterwards.
    ///
    /// # Errors
    /// As [`Vault::open`] about the file; `WrongPhrase`, `NoSuchSlot`.
    pub fn open_with_phrase(
        path: &Path,
        phrase: &RecoveryPhrase,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, VaultError> {
        let locked = LockedVault::read(path, rng)?;
        let keys = locked.keys_by_phrase(phrase)?;
        locked.unlock(keys)
    }

    /// Unlocks with the platform's key and checks the whole vault. The presence key is *not* at hand afterwards.
    ///
    /// # Errors
    /// As [`Vault::open`] about the file; `KeyLost` (go to the password, P10), `KeyRefused`, `NoSuchSlot`.
    pub async fn open_with_keystore(
        path: &Path,
        keys: &dyn KeyStore,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, VaultError> {
        let locked = LockedVault::read(path, rng)?;
        let keys = locked.keys_by_keystore(keys).await?;
        locked.unlock(keys)
    }

    /// The ways to unlock the vault at `path`, without unlocking it.
    ///
    /// # Errors
    /// As [`Vault::open`] about the file.
    pub fn ways_to_unlock(path: &Path) -> Result<Vec<SlotKind>, VaultError> {
        let path = absolute(path)?;
        let _gate = file::gate();
        Ok(Image::read(&path)?.slots.iter().map(|slot| slot.kind).collect())
    }

    fn unlocked(path: PathBuf, rng: Arc<dyn Rng>, keys: UnlockKeys, contents: Contents) -> Self {
        let UnlockKeys { data, presence } = keys;
        let id = contents.identity.id;
        Self {
            path,
            id,
            rng,
            read_only: false,
            state: Mutex::new(Some(Unlocked { data, presence, contents, readings: BTreeMap::new() })),
        }
    }

    /// One whose file is never touched.
    fn for_reading(path: PathBuf, rng: Arc<dyn Rng>, keys: UnlockKeys, contents: Contents) -> Self {
        Self { read_only: true, ..Self::unlocked(path, rng, keys, contents) }
    }

    /// Wipes keys and records from memory, for every holder of this vault (P9). Locking twice is locking once.
    pub fn lock(&self) {
        *self.state() = None;
        scrub_stack();
    }

    /// Whether [`Vault::lock`] was called.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.state().is_none()
    }

    /// Whether the presence key is at hand: this vault was unlocked with the password, or the password was set since.
    #[must_use]
    pub fn has_presence(&self) -> bool {
        self.state().as_ref().is_some_and(|unlocked| unlocked.presence.is_some())
    }

    /// The vault's id. Not secret.
    #[must_use]
    pub fn id(&self) -> VaultId {
        self.id
    }

    /// Where the vault is, as an absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Counts the committed writes, from 1. A host that remembers it notices when the whole file was replaced by an
    /// older copy, which the file itself cannot show.
    ///
    /// # Errors
    /// `Locked`.
    pub fn generation(&self) -> Result<u64, VaultError> {
        self.with(|unlocked| Ok(unlocked.contents.generation))
    }

    /// A record, from memory; `None` when there is none.
    ///
    /// # Errors
    /// `Locked`.
    pub fn get(&self, table: Table, id: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let key = (table, id.to_owned());
        self.with(|unlocked| Ok(unlocked.contents.records.get(&key).map(|held| held.plain.clone())))
    }

    /// All records of a table by id, from memory.
    ///
    /// # Errors
    /// `Locked`.
    pub fn list(&self, table: Table) -> Result<Vec<Record>, VaultError> {
        self.with(|unlocked| Ok(unlocked.contents.list(table)))
    }

    /// Makes all of `changes` or none. When this returns, they are on the disk and were read back and compared (P2).
    ///
    /// Of several changes to one row the last one counts. Changes that change nothing do not touch the file.
    ///
    /// # Errors
    /// `BadId`, `TooLarge`, `Locked`, `Busy`, `NoRandomness`, `Storage`; `Changed` when another process changed one
    /// of these rows since they were read here (they are reloaded: look and repeat); `Replaced`, `RolledBack`, `NotFound`,
    /// `Corrupt` and others of [`Vault::open`] when the file is no longer what it was; `Unconfirmed`.
    pub fn write(&self, changes: Vec<Change>) -> Result<(), VaultError> {
        let plan = Plan::of(changes)?;
        if plan.records.is_empty() { Ok(()) } else { self.with(|unlocked| self.run(unlocked, plan)) }
    }

    /// Loads what another process wrote. Returns whether there was anything.
    ///
    /// # Errors
    /// `Locked`, `Replaced`, `RolledBack`, and what [`Vault::open`] says about the file; the records in memory then stay.
    pub fn refresh(&self) -> Result<bool, VaultError> {
        if self.read_only {
            return Ok(false);
        }
        self.with(|unlocked| unlocked.run(|data, contents| write::refresh(&self.path, data, contents)))
    }

    /// Seals bytes that only a later unlocking with the password may open, bound to `label`.
    ///
    /// # Errors
    /// `Locked`, `PasswordRequired`, `NoRandomness`.
    pub(crate) fn seal_with_presence(&self, label: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.with_presence(|key| key.seal(&*self.rng, &self.presence_context(label), plain))
    }

    /// Opens what [`Vault::seal_with_presence`] made; `None` when the presence key was replaced since.
    ///
    /// # Errors
    /// `Locked`, `PasswordRequired`.
    pub(crate) fn open_with_presence(
        &self,
        label: &str,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        self.with_presence(|key| Ok(key.open(&self.presence_context(label), sealed)))
    }

    fn with_presence<T>(&self, step: impl FnOnce(&Key) -> Result<T, VaultError>) -> Result<T, VaultError> {
        self.with(|unlocked| step(unlocked.presence.as_ref().ok_or(VaultError::PasswordRequired)?))
    }

    fn presence_context(&self, label: &str) -> Context {
        Context::new("countersign vault 1 presence").field(&self.id).field(label.as_bytes())
    }

    /// Carries out a plan.
    fn run(&self, unlocked: &mut Unlocked, plan: Plan) -> Result<(), VaultError> {
        if self.read_only {
            return Err(VaultError::ReadOnly);
        }
        unlocked.run(|data, contents| write::apply(&self.path, &*self.rng, data, contents, plan))
    }

    fn with<T>(&self, step: impl FnOnce(&mut Unlocked) -> Result<T, VaultError>) -> Result<T, VaultError> {
        step(self.state().as_mut().ok_or(VaultError::Locked)?)
    }

    fn state(&self) -> MutexGuard<'_, Option<Unlocked>> {
        // Contents change only after the file did, in steps that do not panic; a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("path", &self.path).field("locked", &self.is_locked()).finish()
    }
}

/// A path that stays right when the working directory changes, and that SQLite cannot mistake for a `file:` URI.
fn absolute(path: &Path) -> Result<PathBuf, VaultError> {
    std::path::absolute(path)
        .map_err(|source| VaultError::Io { doing: "finding the working directory", source })
}

fn new_id(rng: &dyn Rng) -> Result<VaultId, VaultError> {
    let mut id = VaultId::default();
    rng.fill(&mut id)?;
    Ok(id)
}
