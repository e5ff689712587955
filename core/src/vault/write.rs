//! How a change reaches the file: one exclusive transaction, then read back and compared (P2).
//!
//! Two processes may have the same vault unlocked. Inside the transaction the manifest in the file is compared with
//! the one that this process knows; when it is another, everything is loaded anew, and a plan that names a row which
//! the other process changed meanwhile is refused. So no update is ever lost, and unrelated ones do not disturb.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use super::contents::{self, Contents, Held};
use super::file::{self, Header};
use super::format::{self, Identity, Image, Row};
use super::manifest::{Manifest, Mark};
use super::seal::Key;
use super::slots::Slot;
use super::{Change, MAX_ID_BYTES, MAX_RECORD_BYTES, RowKey, SlotKind, VaultError};
use crate::host::Rng;

/// What shall be different afterwards; `None` removes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) records: BTreeMap<RowKey, Option<Zeroizing<Vec<u8>>>>,
    pub(super) slots: BTreeMap<SlotKind, Option<Slot>>,
    /// Refused when another process changed anything at all, not only these rows.
    pub(super) only_upon_the_same: bool,
}

impl Plan {
    /// The plan of these changes; of several to one row the last one counts.
    ///
    /// # Errors
    /// [`VaultError::BadId`], [`VaultError::TooLarge`].
    pub(super) fn of(changes: Vec<Change>) -> Result<Self, VaultError> {
        let mut plan = Self::default();
        for change in changes {
            let (key, plain) = match change {
                Change::Put { table, id, plain } => ((table, id), Some(plain)),
                Change::Delete { table, id } => ((table, id), None),
            };
            if !(1..=MAX_ID_BYTES).contains(&key.1.len()) {
                return Err(VaultError::BadId);
            }
            match plain.as_ref().map(|plain| plain.len()) {
                Some(bytes) if bytes > MAX_RECORD_BYTES => {
                    return Err(VaultError::TooLarge { table: key.0, id: key.1, bytes });
                }
                _ => plan.records.insert(key, plain),
            };
        }
        Ok(plan)
    }

    /// A row or slot of this plan that is not the same in both states.
    fn conflict(&self, before: &Contents, now: &Contents) -> Option<VaultError> {
        let row = self.records.keys().find(|key| before.mark(key) != now.mark(key));
        let row = row.map(|(table, id)| VaultError::Changed { table: *table, id: id.clone() });
        let slot = self.slots.keys().find(|kind| before.slots.get(kind) != now.slots.get(kind));
        row.or_else(|| slot.map(|kind| VaultError::SlotChanged { kind: *kind }))
            .or(self.only_upon_the_same.then_some(VaultError::Moved))
    }

    /// Leaves out removals of what is not there.
    fn reduce(&mut self, contents: &Contents) {
        self.records.retain(|key, plain| plain.is_some() || contents.records.contains_key(key));
        self.slots.retain(|kind, slot| slot.is_some() || contents.slots.contains_key(kind));
    }
}

/// Carries out `plan`, all or nothing, and brings `held` up to date.
///
/// # Errors
/// `Busy`, `Changed`, `SlotChanged`, `Moved`, `Replaced`, `Unconfirmed`, and what opening gives. `held` is then the newest
/// state that was read.
pub(super) fn apply(
    path: &Path,
    rng: &dyn Rng,
    key: &Key,
    held: &mut Contents,
    mut plan: Plan,
) -> Result<(), VaultError> {
    let _gate = file::gate();
    // Looked at before SQLite opens it for writing, so that nothing else is ever written to.
    let header = Header::read(path)?;
    if !header.ours {
        return Err(VaultError::NotAVault { path: path.to_owned() });
    }
    let mut connection = file::open_to_write(path)?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(|source| VaultError::sqlite("locking the vault", source))?;
    if let Some(now) = newer(&transaction, path, key, held)? {
        let conflict = plan.conflict(held, &now);
        *held = now;
        if let Some(conflict) = conflict {
            return Err(conflict);
        }
    }
    plan.reduce(held);
    if plan.records.is_empty() && plan.slots.is_empty() {
        return Ok(());
    }
    let next = Next::seal(plan, held, key, rng)?;
    next.store(&transaction)?;
    format::commit_and_look(&transaction, || next.confirm(Image::read_after(path, header)?, key, held))
}

/// Loads the file's state when it is not the one in `held`. Returns whether it was another.
pub(super) fn refresh(path: &Path, key: &Key, held: &mut Contents) -> Result<bool, VaultError> {
    let _gate = file::gate();
    let image = Image::read(path)?;
    if image.identity == held.identity {
        return Ok(false);
    }
    same_vault(&image.identity, held, path)?;
    *held = Contents::open(image, key)?;
    Ok(true)
}

/// The state in the file, when it is not the one in `held`. Sealed manifests never repeat, so comparing them suffices.
fn newer(
    transaction: &Transaction<'_>,
    path: &Path,
    key: &Key,
    held: &Contents,
) -> Result<Option<Contents>, VaultError> {
    let identity = format::identity(transaction)?;
    if identity == held.identity {
        return Ok(None);
    }
    same_vault(&identity, held, path)?;
    Contents::open(Image::read_in(transaction, path)?, key).map(Some)
}

fn same_vault(found: &Identity, held: &Contents, path: &Path) -> Result<(), VaultError> {
    if found.id == held.identity.id { Ok(()) } else { Err(VaultError::Replaced { path: path.to_owned() }) }
}

/// The next generation: sealed, not yet stored.
struct Next {
    /// Rows to put, each with its mark and plaintext.
    puts: Vec<(Row, Mark, Zeroizing<Vec<u8>>)>,
    deletes: Vec<RowKey>,
    slots: BTreeMap<SlotKind, Option<Slot>>,
    manifest: Manifest,
    sealed_manifest: Vec<u8>,
}

impl Next {
    fn seal(plan: Plan, held: &Contents, key: &Key, rng: &dyn Rng) -> Result<Self, VaultError> {
        let vault = &held.identity.id;
        let mut marks: BTreeMap<&RowKey, Mark> =
            held.records.iter().map(|(key, held)| (key, held.mark)).collect();
        let (mut puts, mut deletes) = (Vec::new(), Vec::new());
        for (row, plain) in &plan.records {
            let Some(plain) = plain else {
                marks.remove(row);
                deletes.push(row.clone());
                continue;
            };
            let version = held.mark(row).map_or(1, |mark| mark.version.saturating_add(1));
            let (sealed, mark) = contents::seal_row(vault, key, rng, (row, version), plain)?;
            marks.insert(row, mark);
            puts.push((sealed, mark, plain.clone()));
        }
        let mut slots = held.slots.clone();
        for (kind, slot) in &plan.slots {
            match slot {
                Some(slot) => slots.insert(*kind, slot.clone()),
                None => slots.remove(kind),
            };
        }
        let generation = held.generation.saturating_add(1);
        let manifest = Manifest::of(generation, &slots, marks.into_iter());
        let sealed_manifest = manifest.seal(vault, key, rng)?;
        Ok(Self { puts, deletes, slots: plan.slots, manifest, sealed_manifest })
    }

    fn store(&self, transaction: &Transaction<'_>) -> Result<(), VaultError> {
        for (row, ..) in &self.puts {
            format::put_record(transaction, row)?;
        }
        for (table, id) in &self.deletes {
            format::delete_record(transaction, *table, id)?;
        }
        for (kind, slot) in &self.slots {
            match slot {
                Some(slot) => format::put_slot(transaction, slot)?,
                None => format::delete_slot(transaction, *kind)?,
            }
        }
        format::put_manifest(transaction, &self.sealed_manifest)
    }

    /// Compares the whole file, read back through a new connection: the set against the manifest, each row that
    /// was put against its plaintext.
    fn confirm(self, image: Image, key: &Key, held: &mut Contents) -> Result<(), VaultError> {
        if image.identity.manifest != self.sealed_manifest {
            return Err(VaultError::corrupt(
                "the manifest that was read back is not the one that was written",
            ));
        }
        let vault = image.identity.id;
        let slots: BTreeMap<_, _> = image.slots.into_iter().map(|slot| (slot.kind, slot)).collect();
        let mut found = BTreeMap::new();
        let mut sealed = BTreeMap::new();
        for row in image.rows {
            let tag = super::seal::tag_of(&row.sealed).ok_or_else(|| VaultError::corrupt("a record"))?;
            let key = (row.table, row.id.clone());
            found.insert(key.clone(), Mark { version: row.version, tag });
            sealed.insert(key, row);
        }
        let read_back =
            Manifest::of(self.manifest.generation, &slots, found.iter().map(|(key, mark)| (key, *mark)));
        if !read_back.same_set(&self.manifest) {
            return Err(VaultError::corrupt(
                "the records that were read back are not those that were written",
            ));
        }
        for (row, mark, plain) in self.puts {
            let name = (row.table, row.id);
            let stored =
                sealed.get(&name).ok_or_else(|| VaultError::corrupt("a record that was just written"))?;
            if contents::open_row(&vault, key, stored)?.plain != plain {
                return Err(VaultError::corrupt(format!("record {} {} as read back", name.0, name.1)));
            }
            held.records.insert(name, Held { mark, plain });
        }
        for name in &self.deletes {
            held.records.remove(name);
        }
        held.slots = slots;
        held.generation = self.manifest.generation;
        held.identity = Identity { id: vault, manifest: self.sealed_manifest };
        Ok(())
    }
}

/// Builds a new vault in a draft, reads it back and publishes it.
pub(super) fn create(
    path: &Path,
    rng: &dyn Rng,
    key: &Key,
    (vault, slot): (super::VaultId, Slot),
) -> Result<Contents, VaultError> {
    let _gate = file::gate();
    let draft = file::Draft::begin(path, rng)?;
    let sql = |source| VaultError::sqlite("writing the new vault", source);
    let slots = BTreeMap::from([(slot.kind, slot)]);
    let manifest = Manifest::of(1, &slots, std::iter::empty());
    let identity = Identity { id: vault, manifest: manifest.seal(&vault, key, rng)? };
    let mut connection = file::open_to_write(&draft.path)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(sql)?;
    format::create(&transaction)?;
    format::insert_identity(&transaction, &identity)?;
    slots.values().try_for_each(|slot| format::put_slot(&transaction, slot))?;
    transaction.commit().map_err(sql)?;
    drop(connection);
    let contents = Contents::open(Image::read(&draft.path)?, key)?;
    draft.publish()?;
    Ok(contents)
}
