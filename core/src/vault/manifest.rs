//! The sealed manifest: one small record that authenticates the *set* of rows and slots.
//!
//! Each record authenticates itself (`contents`), but that does not show a row that was taken out, put back from an
//! older copy of the file or added. The manifest does: it holds the count and one digest over every row's version and
//! GCM tag and every slot's checksum, and changes in the same transaction as they do. What it cannot show is that the
//! whole file was replaced by an older copy of itself; a host that wants to notice keeps [`super::Vault::generation`].

use std::collections::BTreeMap;

use super::format::Identity;
use super::seal::{Context, Key, Tag};
use super::slots::Slot;
use super::{RowKey, SlotKind, VaultError, VaultId};
use crate::host::Rng;

/// What identifies one stored state of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Counts the writes of this row, from 1.
    pub(super) version: u64,
    /// The tag of its sealed bytes.
    pub(super) tag: Tag,
}

/// The set of rows and slots at one generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Counts the committed writes of the vault, from 1.
    pub(super) generation: u64,
    /// How many records there are.
    pub(super) count: u64,
    /// [`digest`] of them.
    pub(super) digest: [u8; 32],
}

/// Generation, count and digest.
const PLAIN_BYTES: usize = 8 + 8 + 32;

impl Manifest {
    /// The manifest of these rows and slots.
    pub(super) fn of<'a>(
        generation: u64,
        slots: &BTreeMap<SlotKind, Slot>,
        rows: impl Iterator<Item = (&'a RowKey, Mark)>,
    ) -> Self {
        let mut count = 0_u64;
        let mut all = Context::new("countersign vault 1 set");
        for (kind, slot) in slots {
            all.push(kind.name().as_bytes());
            all.push(&slot.checksum);
        }
        // Separates slots from rows: no kind and no table has an empty name.
        all.push(b"");
        for ((table, id), mark) in rows {
            count = count.saturating_add(1);
            all.push(table.name().as_bytes());
            all.push(id.as_bytes());
            all.push(&mark.version.to_be_bytes());
            all.push(&mark.tag);
        }
        Self { generation, count, digest: all.digest() }
    }

    /// Whether both stand for the same rows and slots, whatever their generation.
    pub(super) fn same_set(&self, other: &Self) -> bool {
        self.count == other.count && self.digest == other.digest
    }

    /// Seals it for vault `id` of a format.
    pub(super) fn seal(
        &self,
        (format, id): (u32, &VaultId),
        key: &Key,
        rng: &dyn Rng,
    ) -> Result<Vec<u8>, VaultError> {
        let plain =
            [&self.generation.to_be_bytes()[..], &self.count.to_be_bytes()[..], &self.digest[..]].concat();
        key.seal(rng, &context(format, id), &plain)
    }

    /// Opens a sealed manifest.
    ///
    /// # Errors
    /// [`VaultError::Corrupt`].
    pub(super) fn open(identity: &Identity, key: &Key) -> Result<Self, VaultError> {
        key.open(&context(identity.format, &identity.id), &identity.manifest)
            .as_deref()
            .and_then(|plain| Self::parse(plain))
            .ok_or_else(|| VaultError::corrupt("the manifest does not authenticate"))
    }

    fn parse(plain: &[u8]) -> Option<Self> {
        if plain.len() != PLAIN_BYTES {
            return None;
        }
        let (generation, rest) = plain.split_first_chunk::<8>()?;
        let (count, digest) = rest.split_first_chunk::<8>()?;
        Some(Self {
            generation: u64::from_be_bytes(*generation),
            count: u64::from_be_bytes(*count),
            digest: digest.try_into().ok()?,
        })
    }
}

fn context(format: u32, id: &VaultId) -> Context {
    Context::new(&format!("countersign vault {format} manifest")).field(id)
}
