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
use super::format::{self, FORMAT, Identity, Image, Row};
use super::generations;
use super::manifest::{Manifest, Mark};
use super::seal::Key;
use super::slots::Slot;
use super::{Change, MAX_ID_BYTES, MAX_RECORD_BYTES, RowKey, SlotKind, VaultError, VaultId};
use crate::host::Rng;

/// So many rows added, or so many removed, are a reason to keep the state before.
const MUCH: usize = 5;

/// What shall be different afterwards; `None` removes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) records: BTreeMap<RowKey, Option<Zeroizing<Vec<u8>>>>,
    pub(super) slots: BTreeMap<SlotKind, SlotChange>,
    /// A new data key: every record is sealed anew under it.
    pub(super) new_key: Option<Key>,
    /// The state before is kept, however little this changes.
    pub(super) keep_before: bool,
    /// Refused when another process changed anything at all, not only these rows.
    pub(super) only_upon_the_same: bool,
}

/// A slot as it shall be, and as it was when that was decided: deriving a key takes long enough for others to come in
/// between.
pub(super) struct SlotChange {
    pub(super) from: Option<Slot>,
    pub(super) to: Option<Slot>,
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
        row.or(self.only_upon_the_same.then_some(VaultError::Moved))
    }

    /// Leaves out what would change nothing: removals of what is not there, rows that are the same already.
    fn reduce(&mut self, contents: &Contents) {
        self.records.retain(|key, plain| plain.as_ref() != contents.records.get(key).map(|held| &held.plain));
        self.slots.retain(|_, slot| slot.from != slot.to);
    }

    /// Whether every slot still is what it was when this was planned, and somebody can unlock the vault afterwards.
    ///
    /// The recovery phrase is for the worst day, so it does not count as a way to unlock.
    fn check_slots(&self, contents: &Contents) -> Result<(), VaultError> {
        let other = self.slots.iter().find(|(kind, slot)| contents.slots.get(kind) != slot.from.as_ref());
        if let Some((kind, _)) = other {
            return Err(VaultError::SlotChanged { kind: *kind });
        }
        let stays = |kind: &SlotKind| match self.slots.get(kind) {
            Some(slot) => slot.to.is_some(),
            None => contents.slots.contains_key(kind),
        };
        let ways = [SlotKind::Password, SlotKind::KeyStore];
        if self.slots.is_empty() || ways.iter().any(stays) { Ok(()) } else { Err(VaultError::LastSlot) }
    }

    /// Whether the state before is worth keeping. One that is empty is not.
    fn keeps(&self, contents: &Contents, path: &Path) -> Result<bool, VaultError> {
        let added =
            |(key, plain): &(&RowKey, &Option<_>)| plain.is_some() && !contents.records.contains_key(key);
        let added = self.records.iter().filter(added).count();
        let removed = self.records.values().filter(|plain| plain.is_none()).count();
        let reason = self.keep_before
            || self.new_key.is_some()
            || contents.identity.format < FORMAT
            || added.max(removed) >= MUCH;
        Ok(!contents.records.is_empty() && (reason || generations::is_due(path)?))
    }
}

/// Carries out `plan`, all or nothing, and brings `held` up to date.
///
/// # Errors
/// `Busy`, `Changed`, `SlotChanged`, `LastSlot`, `Moved`, `Replaced`, `RolledBack`, `Unconfirmed`, and what opening gives.
/// `held` is then the newest state that was read.
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
    plan.check_slots(held)?;
    plan.reduce(held);
    if plan.records.is_empty() && plan.slots.is_empty() {
        return Ok(());
    }
    if plan.keeps(held, path)? {
        generations::keep(&transaction, path, held.generation)?;
    }
    let new_key = plan.new_key.take();
    if new_key.is_some() {
        let all = held.records.iter().map(|(row, held)| (row.clone(), Some(held.plain.clone())));
        plan.records = all.collect();
    }
    let key = new_key.as_ref().unwrap_or(key);
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
    *held = successor(image, path, key, held)?;
    Ok(true)
}

/// The state in the file, when it is not the one in `held`. Sealed manifests never repeat, so comparing them suffices.
fn newer(
    transaction: &Transaction<'_>,
    path: &Path,
    key: &Key,
    held: &Contents,
) -> Result<Option<Contents>, VaultError> {
    if format::identity(transaction)? == held.identity {
        return Ok(None);
    }
    successor(Image::read_in(transaction, path)?, path, key, held).map(Some)
}

/// Opens a state of the same vault that came after the one in `held`.
///
/// # Errors
/// `Replaced`, `RolledBack` and what [`Contents::open`] gives.
fn successor(image: Image, path: &Path, key: &Key, held: &Contents) -> Result<Contents, VaultError> {
    let replaced = || VaultError::Replaced { path: path.to_owned() };
    if image.identity.id != held.identity.id {
        return Err(replaced());
    }
    // New keys come with new slots. Without them it is damage.
    let same_slots = image.slots.iter().eq(held.slots.values());
    let manifest = Manifest::open(&image.identity, key);
    if manifest.is_err() && !same_slots {
        return Err(replaced());
    }
    let found = manifest?.generation;
    // A state with our number that is not ours is the end of another history, which went back before it went on.
    if found <= held.generation {
        return Err(VaultError::RolledBack { seen: held.generation, found });
    }
    Contents::open(image, key)
}

/// The next generation: sealed, not yet stored.
struct Next {
    /// Rows to put, each with its mark and plaintext.
    puts: Vec<(Row, Mark, Zeroizing<Vec<u8>>)>,
    deletes: Vec<RowKey>,
    slots: BTreeMap<SlotKind, SlotChange>,
    manifest: Manifest,
    identity: Identity,
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
            match &slot.to {
                Some(slot) => slots.insert(*kind, slot.clone()),
                None => slots.remove(kind),
            };
        }
        let generation = held.generation.saturating_add(1);
        let manifest = Manifest::of(generation, &slots, marks.into_iter());
        let sealed = manifest.seal((FORMAT, vault), key, rng)?;
        let identity = Identity { format: FORMAT, id: *vault, manifest: sealed };
        Ok(Self { puts, deletes, slots: plan.slots, manifest, identity })
    }

    fn store(&self, transaction: &Transaction<'_>) -> Result<(), VaultError> {
        for (row, ..) in &self.puts {
            format::put_record(transaction, row)?;
        }
        for (table, id) in &self.deletes {
            format::delete_record(transaction, *table, id)?;
        }
        for (kind, slot) in &self.slots {
            match &slot.to {
                Some(slot) => format::put_slot(transaction, slot)?,
                None => format::delete_slot(transaction, *kind)?,
            }
        }
        format::put_identity(transaction, &self.identity)
    }

    /// Compares the whole file, read back through a new connection: the set against the manifest, each row that
    /// was put against its plaintext.
    fn confirm(self, image: Image, key: &Key, held: &mut Contents) -> Result<(), VaultError> {
        if image.identity != self.identity {
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
        held.identity = self.identity;
        Ok(())
    }
}

/// A vault that is not there yet.
pub(super) struct NewVault {
    pub(super) id: VaultId,
    /// 1, or more when it goes on where another file of this vault ended.
    pub(super) generation: u64,
    pub(super) slot: Slot,
    pub(super) records: BTreeMap<RowKey, Zeroizing<Vec<u8>>>,
}

/// Builds a new vault in a draft, reads it back and publishes it.
pub(super) fn create(path: &Path, rng: &dyn Rng, key: &Key, new: NewVault) -> Result<Contents, VaultError> {
    let _gate = file::gate();
    let draft = file::Draft::begin(path, rng)?;
    let sql = |source| VaultError::sqlite("writing the new vault", source);
    let mut marks = BTreeMap::new();
    let mut rows = Vec::new();
    for (row, plain) in &new.records {
        let (sealed, mark) = contents::seal_row(&new.id, key, rng, (row, 1), plain)?;
        marks.insert(row, mark);
        rows.push(sealed);
    }
    let slots = BTreeMap::from([(new.slot.kind, new.slot)]);
    let manifest = Manifest::of(new.generation, &slots, marks.into_iter());
    let sealed = manifest.seal((FORMAT, &new.id), key, rng)?;
    let identity = Identity { format: FORMAT, id: new.id, manifest: sealed };
    let mut connection = file::open_to_write(&draft.path)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(sql)?;
    format::create(&transaction)?;
    format::put_identity(&transaction, &identity)?;
    slots.values().try_for_each(|slot| format::put_slot(&transaction, slot))?;
    rows.iter().try_for_each(|row| format::put_record(&transaction, row))?;
    transaction.commit().map_err(sql)?;
    drop(connection);
    let contents = Contents::open(Image::read(&draft.path)?, key)?;
    draft.publish()?;
    Ok(contents)
}
