//! Opening what is left of a damaged vault, for reading only (P1).
//!
//! Every record has a seal of its own, so each one that still opens is as good as it ever was. What the manifest says
//! about the whole set is reported. The damaged file is read once into memory and never written; what was found is shown
//! from there and can be saved as a new vault at another place. Getting rows out of damaged pages is `salvage`.

mod pages;
mod salvage;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::contents::{self, Contents};
use super::format::{FORMAT, Image};
use super::locked::LockedVault;
use super::manifest::{Manifest, Mark};
use super::password::PasswordCost;
use super::seal::{Key, scrub_stack};
use super::slots::{Slot, UnlockKeys};
use super::write::NewVault;
use super::{RowKey, Table, Vault, VaultError};
use crate::host::Rng;

/// A damaged vault, or an earlier state, before it is unlocked.
#[derive(Debug)]
pub struct Recovery {
    locked: LockedVault,
    all_pages_read: bool,
}

/// What was found in a damaged vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryReport {
    /// How many records are whole.
    pub whole: u64,
    /// Records that are there and do not open: their content is lost.
    pub damaged: Vec<(Table, String)>,
    /// Whether every page could be read. If not, records may be lost that nobody can name.
    pub all_pages_read: bool,
    /// What the manifest says of the set.
    pub manifest: ManifestFinding,
}

/// What the manifest says of the records that were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestFinding {
    /// Records and ways to unlock are exactly those of the last write.
    Complete,
    /// They are not. When as many records were found as there should be, a way to unlock is damaged, or a record is older
    /// than the last write of it.
    Differs {
        /// How many records there should be.
        expected: u64,
    },
    /// The manifest is damaged itself, so records may be missing or older than they should be.
    Unreadable,
}

/// What is left, unlocked.
#[derive(Debug)]
pub struct Recovered {
    /// The records that are whole, for reading only: each write says [`VaultError::ReadOnly`].
    pub vault: Vault,
    /// What is missing.
    pub report: RecoveryReport,
    keys: UnlockKeys,
    rng: Arc<dyn Rng>,
}

impl Recovery {
    /// Reads what can be read of the file at `path`: a vault that does not open, or an earlier state.
    ///
    /// # Errors
    /// `NotFound`, `Io`, `UnsupportedVersion`; `NotAVault` or `Corrupt` when not even the vault's id can be read.
    pub fn read(path: &Path, rng: Arc<dyn Rng>) -> Result<Self, VaultError> {
        let path = super::absolute(path)?;
        let (image, all_pages_read) = salvage::read(&path)?;
        Ok(Self { locked: LockedVault::of(path, rng, image), all_pages_read })
    }

    /// The ways to unlock that are left, and the keys by them.
    #[must_use]
    pub fn locked(&self) -> &LockedVault {
        &self.locked
    }

    /// Opens every record that still authenticates.
    #[must_use]
    pub fn unlock(self, keys: UnlockKeys) -> Recovered {
        let Self { locked, all_pages_read } = self;
        let (path, rng, image) = locked.into_parts();
        let Image { mut identity, slots, rows } = image;
        let slots: BTreeMap<_, _> = slots.into_iter().map(|slot| (slot.kind, slot)).collect();
        let (mut records, mut damaged) = (BTreeMap::new(), Vec::new());
        for row in rows {
            match contents::open_row(&identity.id, &keys.data, &row) {
                Ok(held) => drop(records.insert((row.table, row.id), held)),
                Err(_) => damaged.push((row.table, row.id)),
            }
        }
        // The format's number may be what is damaged.
        let manifest = (1..=FORMAT).rev().find_map(|format| {
            identity.format = format;
            Manifest::open(&identity, &keys.data).ok()
        });
        let marks = || {
            records
                .iter()
                .map(|(row, held): (&RowKey, &contents::Held)| -> (&RowKey, Mark) { (row, held.mark) })
        };
        let finding = match &manifest {
            None => ManifestFinding::Unreadable,
            Some(manifest) if Manifest::of(0, &slots, marks()).same_set(manifest) => {
                ManifestFinding::Complete
            }
            Some(manifest) => ManifestFinding::Differs { expected: manifest.count },
        };
        let whole = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let report = RecoveryReport { whole, damaged, all_pages_read, manifest: finding };
        let generation = manifest.map_or(0, |manifest| manifest.generation);
        let contents = Contents { identity, generation, slots, records };
        scrub_stack();
        let vault = Vault::for_reading(path, rng.clone(), keys.clone(), contents);
        Recovered { vault, report, keys, rng }
    }
}

impl Recovered {
    /// Saves what is whole as a new vault at `path`, with a new data key, under `password`. It goes on with the id and the
    /// count of writes of the damaged one, so it takes its place for whoever remembered those. The damaged file stays as
    /// it is.
    ///
    /// # Errors
    /// `Locked` once [`Recovered::vault`] was locked; otherwise as [`Vault::create`].
    pub fn save_as(&self, path: &Path, password: &str, cost: PasswordCost) -> Result<Vault, VaultError> {
        let path = super::absolute(path)?;
        super::file::refuse_existing(&path)?;
        let (generation, records) = self.vault.with(|unlocked| {
            let records = unlocked.contents.records.iter();
            let records: BTreeMap<_, _> =
                records.map(|(row, held)| (row.clone(), held.plain.clone())).collect();
            Ok((unlocked.contents.generation.saturating_add(1), records))
        })?;
        let (id, data) = (self.vault.id(), Key::random(&*self.rng)?);
        // The same presence key where it is known: device keys are sealed under it.
        let presence = self.keys.presence.clone().map_or_else(|| Key::random(&*self.rng), Ok)?;
        let slot = Slot::for_password(&id, password, cost, (&data, &presence), &*self.rng)?;
        let keys = UnlockKeys { data, presence: Some(presence) };
        Vault::found(path, self.rng.clone(), keys, NewVault { id, generation, slot, records })
    }
}
