//! What an unlocked vault holds in memory: every record in the clear, wiped when dropped.
//!
//! Lists are shown many times between two writes, so they are answered from here without touching the file. Making
//! [`Contents`] from an image is also the one place where the file is checked with the key.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::format::{Identity, Image, Row};
use super::manifest::{Manifest, Mark};
use super::seal::{Context, Key, tag_of};
use super::slots::Slot;
use super::{Record, RowKey, SlotKind, Table, VaultError, VaultId};

/// A record in the clear and the mark of its sealed form.
pub(super) struct Held {
    pub(super) mark: Mark,
    pub(super) plain: Zeroizing<Vec<u8>>,
}

/// One verified state of a vault.
pub(super) struct Contents {
    pub(super) identity: Identity,
    pub(super) generation: u64,
    pub(super) slots: BTreeMap<SlotKind, Slot>,
    pub(super) records: BTreeMap<RowKey, Held>,
}

impl Contents {
    /// Decrypts and checks all of `image`.
    ///
    /// # Errors
    /// [`VaultError::Corrupt`] with the first thing that does not fit.
    pub(super) fn open(image: Image, key: &Key) -> Result<Self, VaultError> {
        let Image { identity, slots, rows } = image;
        let manifest = Manifest::open(&identity, key)?;
        let slots = slots.into_iter().map(|slot| (slot.kind, slot)).collect();
        let mut records = BTreeMap::new();
        for row in rows {
            let held = open_row(&identity.id, key, &row)?;
            records.insert((row.table, row.id), held);
        }
        let contents = Self { identity, generation: manifest.generation, slots, records };
        if !contents.manifest().same_set(&manifest) {
            return Err(VaultError::corrupt("a record or slot was removed, put back or added"));
        }
        Ok(contents)
    }

    /// The manifest of this state.
    pub(super) fn manifest(&self) -> Manifest {
        let rows = self.records.iter().map(|(key, held)| (key, held.mark));
        Manifest::of(self.generation, &self.slots, rows)
    }

    /// All records of a table by id.
    pub(super) fn list(&self, table: Table) -> Vec<Record> {
        let rows = self.records.range((table, String::new())..).take_while(|((of, _), _)| *of == table);
        let record = |((_, id), held): (&RowKey, &Held)| Record {
            id: id.clone(),
            version: held.mark.version,
            plain: held.plain.clone(),
        };
        rows.map(record).collect()
    }

    /// The version and tag of a row, `None` when there is no such row.
    pub(super) fn mark(&self, key: &RowKey) -> Option<Mark> {
        self.records.get(key).map(|held| held.mark)
    }
}

/// Seals a record. Table, id and version are bound to it, so it opens nowhere else.
pub(super) fn seal_row(
    vault: &VaultId,
    key: &Key,
    rng: &dyn crate::host::Rng,
    ((table, id), version): (&RowKey, u64),
    plain: &[u8],
) -> Result<(Row, Mark), VaultError> {
    let sealed = key.seal(rng, &context(vault, *table, id, version), plain)?;
    let tag = tag_of(&sealed).ok_or_else(|| VaultError::corrupt("a sealed record without a tag"))?;
    Ok((Row { table: *table, id: id.clone(), version, sealed }, Mark { version, tag }))
}

/// Opens a sealed record.
pub(super) fn open_row(vault: &VaultId, key: &Key, row: &Row) -> Result<Held, VaultError> {
    let damaged = || VaultError::corrupt(format!("record {} {}", row.table, row.id));
    let plain =
        key.open(&context(vault, row.table, &row.id, row.version), &row.sealed).ok_or_else(damaged)?;
    let tag = tag_of(&row.sealed).ok_or_else(damaged)?;
    Ok(Held { mark: Mark { version: row.version, tag }, plain })
}

fn context(vault: &VaultId, table: Table, id: &str, version: u64) -> Context {
    Context::new("countersign vault 1 record")
        .field(vault)
        .field(table.name().as_bytes())
        .field(id.as_bytes())
        .field(&version.to_be_bytes())
}
