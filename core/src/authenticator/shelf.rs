//! The entries as they are at hand: read once for each state of the vault, and changed only upon the state that was read.

use super::records::read;
use super::{Authenticator, AuthenticatorError, EntryId, Inner, records::to_plain};
use crate::entries::search::Haystack;
use crate::entries::{Kept, order};
use crate::settings::Order;
use crate::vault::{Change, Reading, Table, VaultError};

/// How often a change is thought over anew because others changed the vault meanwhile. Each time one of them got ahead.
const TRIES: u32 = 16;

/// All entries in the order in which they were added.
pub(super) struct Shelf {
    pub(super) entries: Vec<Shelved>,
}

/// An entry at hand.
pub(super) struct Shelved {
    pub(super) id: EntryId,
    pub(super) kept: Kept,
    pub(super) texts: Haystack,
}

impl Shelf {
    pub(super) fn get(&self, id: &EntryId) -> Result<&Shelved, AuthenticatorError> {
        // By id, which is the order of adding.
        let at = self.entries.binary_search_by(|entry| entry.id.cmp(id));
        at.ok().and_then(|at| self.entries.get(at)).ok_or(AuthenticatorError::UnknownEntry)
    }

    /// All entries in an order, pinned ones first.
    pub(super) fn in_order(&self, order: Order) -> Vec<&Shelved> {
        let mut entries: Vec<&Shelved> = self.entries.iter().collect();
        order::sort(&mut entries, order, |entry| &entry.kept);
        entries
    }
}

impl Inner {
    /// The entries, from memory.
    pub(super) fn shelf(&self) -> Result<Reading<Shelf>, AuthenticatorError> {
        self.vault.reading(Table::Entries, |records| {
            let shelved = |record| {
                let kept: Kept = read(Table::Entries, record)?;
                let texts = Haystack::of(&kept);
                Ok(Shelved { id: EntryId::from(record.id.as_str()), kept, texts })
            };
            let entries = records.iter().map(shelved).collect::<Result<_, AuthenticatorError>>()?;
            Ok(Shelf { entries })
        })
    }

    /// Writes what `change` makes of the entries, all of it or nothing (P2). When anyone changed the vault since they
    /// were read, also in another process, nothing is written and `change` is asked again about the newer ones: what it
    /// decided upon is still so when it is written (P6).
    pub(super) fn change_entries<T>(
        &self,
        mut change: impl FnMut(&Shelf) -> Result<(Vec<Change>, T), AuthenticatorError>,
    ) -> Result<T, AuthenticatorError> {
        let _writing = self.writing();
        self.vault.refresh()?;
        for _ in 0..TRIES {
            let shelf = self.shelf()?;
            let (changes, result) = change(&shelf.value)?;
            match self.vault.write_upon(shelf.of, changes) {
                Err(VaultError::Moved | VaultError::Changed { .. }) => {}
                written => {
                    written?;
                    self.content_changed();
                    return Ok(result);
                }
            }
        }
        Err(VaultError::Moved.into())
    }
}

impl Authenticator {
    /// Changes one entry. Changing nothing writes nothing.
    pub(super) fn change_entry(
        &self,
        id: &EntryId,
        change: impl Fn(Kept) -> Result<Kept, AuthenticatorError>,
    ) -> Result<(), AuthenticatorError> {
        self.inner.change_entries(|shelf| {
            let kept = &shelf.get(id)?.kept;
            let changed = change(kept.clone())?;
            let changes = if changed == *kept { Vec::new() } else { vec![put(id, &changed)] };
            Ok((changes, ()))
        })
    }
}

/// The change that stores an entry.
pub(super) fn put(id: &EntryId, kept: &Kept) -> Change {
    Change::Put { table: Table::Entries, id: id.as_str().to_owned(), plain: to_plain(kept) }
}
