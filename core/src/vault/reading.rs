//! What callers make of the records: kept beside them, gone with the first change and on lock. And writes that hold only
//! for what was read.
//!
//! Lists are shown many times a minute and records are JSON: without this each showing would parse all of it anew.

use std::any::Any;
use std::sync::Arc;

use super::contents::Contents;
use super::seal::{Tag, tag_of};
use super::write::Plan;
use super::{Change, Record, SlotKind, Table, Vault, VaultError};

/// Names one state of a vault. No two states have the same mark: it is the tag of the sealed manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateMark(Tag);

impl StateMark {
    fn of(contents: &Contents) -> Result<Self, VaultError> {
        let tag = tag_of(&contents.identity.manifest);
        tag.map(Self).ok_or_else(|| VaultError::corrupt("a manifest without a tag"))
    }
}

/// What was made of a table, and the state that it was made of.
#[derive(Debug)]
pub struct Reading<T> {
    /// The state, for [`Vault::write_upon`].
    pub of: StateMark,
    /// What was made.
    pub value: Arc<T>,
}

impl Vault {
    /// What `make` makes of the records of a table; made once for each state of the vault and wiped with it, also when
    /// someone else locks the vault. `make` must not call the vault.
    ///
    /// # Errors
    /// `Locked`, and what `make` gives.
    pub fn reading<T: Any + Send + Sync, E: From<VaultError>>(
        &self,
        table: Table,
        make: impl FnOnce(&[Record]) -> Result<T, E>,
    ) -> Result<Reading<T>, E> {
        let mut state = self.state();
        let unlocked = state.as_mut().ok_or(VaultError::Locked)?;
        let of = StateMark::of(&unlocked.contents)?;
        let kept = unlocked.readings.get(&table).cloned().and_then(|kept| kept.downcast::<T>().ok());
        if let Some(value) = kept {
            return Ok(Reading { of, value });
        }
        let value = Arc::new(make(&unlocked.contents.list(table))?);
        unlocked.readings.insert(table, value.clone());
        Ok(Reading { of, value })
    }

    /// The ways to unlock this vault.
    ///
    /// # Errors
    /// `Locked`.
    pub fn slot_kinds(&self) -> Result<Vec<SlotKind>, VaultError> {
        self.with(|unlocked| Ok(unlocked.contents.slots.keys().copied().collect()))
    }

    /// As [`Vault::write`], if the vault is still in the state `seen`: for rules about what is *not* there, such as
    /// that there is no second entry of one link, which no row of the write stands for.
    ///
    /// # Errors
    /// `Moved` when anything was changed since, by this process or another; the newer state is loaded then, and nothing
    /// is written. Otherwise as [`Vault::write`].
    pub fn write_upon(&self, seen: StateMark, changes: Vec<Change>) -> Result<(), VaultError> {
        let plan = Plan { only_upon_the_same: true, ..Plan::of(changes)? };
        self.with(|unlocked| {
            if StateMark::of(&unlocked.contents)? != seen {
                return Err(VaultError::Moved);
            }
            if plan.records.is_empty() {
                return Ok(());
            }
            self.run(unlocked, plan)
        })
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::host::SystemRng;
    use crate::vault::PasswordCost;

    fn put(id: &str) -> Vec<Change> {
        let plain = Zeroizing::new(b"{}".to_vec());
        vec![Change::Put { table: Table::Entries, id: id.to_owned(), plain }]
    }

    fn count(vault: &Vault) -> Result<Reading<usize>, VaultError> {
        vault.reading(Table::Entries, |records| Ok(records.len()))
    }

    #[test]
    fn p6_a_write_holds_only_for_what_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault");
        let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
        let one = Vault::create(&path, "password", cost, Arc::new(SystemRng)).unwrap();
        let other = Vault::open(&path, "password", Arc::new(SystemRng)).unwrap();
        let seen = count(&one).unwrap();
        other.write_upon(count(&other).unwrap().of, put("a")).unwrap();

        assert!(matches!(one.write_upon(seen.of, put("b")), Err(VaultError::Moved)));
        let now = count(&one).unwrap();
        assert_eq!((*seen.value, *now.value), (0, 1), "the newer state is loaded, and nothing was written");
        assert!(matches!(one.write_upon(seen.of, put("b")), Err(VaultError::Moved)), "it stays so");
        one.write_upon(now.of, put("b")).unwrap();
        other.refresh().unwrap();
        assert_eq!(*count(&other).unwrap().value, 2);
    }

    #[test]
    fn what_was_made_is_made_once_for_each_state() {
        let folder = tempfile::tempdir().unwrap();
        let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
        let vault =
            Vault::create(&folder.path().join("vault"), "password", cost, Arc::new(SystemRng)).unwrap();
        let first = count(&vault).unwrap();
        vault.refresh().unwrap();
        assert!(Arc::ptr_eq(&first.value, &count(&vault).unwrap().value), "nothing has changed");
        vault.write(put("a")).unwrap();
        assert_eq!(*count(&vault).unwrap().value, 1);
        vault.lock();
        assert!(matches!(count(&vault), Err(VaultError::Locked)));
    }
}
