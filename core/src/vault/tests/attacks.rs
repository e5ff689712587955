//! What an attacker, another process or bad timing would do to a vault that is unlocked here.

use std::sync::{Mutex, OnceLock, Weak};

use super::super::SlotKind;
use super::*;
use crate::keys::MemoryKeyStore;

#[tokio::test]
async fn two_handles_cannot_remove_the_last_two_ways_to_unlock() {
    let (place, keys) = (Place::new(), MemoryKeyStore::new(rng()));
    let one = place.filled();
    one.add_keystore_slot(&keys, "vault").await.unwrap();
    let two = place.open().unwrap();
    one.remove_slot(SlotKind::KeyStore).unwrap();
    let error = two.remove_slot(SlotKind::Password).unwrap_err();
    assert!(matches!(error, VaultError::LastSlot), "{error:?}");
    place.open().unwrap();
}

#[tokio::test]
async fn of_two_threads_that_remove_both_ways_one_fails() {
    let (place, keys) = (Place::new(), MemoryKeyStore::new(rng()));
    let vault = place.filled();
    for _ in 0..20 {
        vault.add_keystore_slot(&keys, "vault").await.unwrap();
        if !Vault::ways_to_unlock(&place.path()).unwrap().contains(&SlotKind::Password) {
            vault.replace_forgotten_password(PASSWORD, CHEAP).unwrap();
        }
        std::thread::scope(|scope| {
            for kind in [SlotKind::KeyStore, SlotKind::Password] {
                let vault = &vault;
                scope.spawn(move || vault.remove_slot(kind));
            }
        });
        assert_eq!(Vault::ways_to_unlock(&place.path()).unwrap().len(), 1);
    }
}

#[test]
fn an_unlocked_vault_does_not_adopt_an_older_copy_of_its_file() {
    let place = Place::new();
    let vault = place.filled();
    let older = place.bytes();
    vault.write(vec![put(Table::Entries, "a", b"alpha 2")]).unwrap();
    write_file(&place.path(), &older);

    let error = vault.refresh().unwrap_err();
    assert!(matches!(error, VaultError::RolledBack { seen: 3, found: 2 }), "{error:?}");
    // A row that did not change since is no excuse: the write would hide that the file went back.
    let error = vault.write(vec![put(Table::Entries, "new", b"x")]).unwrap_err();
    assert!(matches!(error, VaultError::RolledBack { .. }), "{error:?}");
    assert!(place.bytes() == older);
    assert_eq!(text(&vault, Table::Entries, "a").as_deref(), Some("alpha 2"), "what is held stays");
}

#[test]
fn another_state_of_the_same_generation_is_not_adopted_either() {
    let place = Place::new();
    let vault = place.filled();
    let older = place.bytes();
    vault.write(vec![put(Table::Entries, "a", b"alpha 2")]).unwrap();
    let mine = place.bytes();
    write_file(&place.path(), &older);
    place.open().unwrap().write(vec![put(Table::Entries, "a", b"a fork")]).unwrap();
    let fork = place.bytes();
    assert!(matches!(vault.refresh(), Err(VaultError::RolledBack { seen: 3, found: 3 })));
    assert!(matches!(
        vault.write(vec![put(Table::Entries, "new", b"x")]),
        Err(VaultError::RolledBack { .. })
    ));
    assert!(place.bytes() == fork);
    write_file(&place.path(), &mine);
    vault.write(vec![put(Table::Entries, "new", b"x")]).unwrap();
}

/// A random source that does something at its first draw, as if another thread did it at that moment.
#[derive(Default)]
struct Meanwhile {
    deed: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    vault: OnceLock<Weak<Vault>>,
}

impl std::fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Rng for Meanwhile {
    fn fill(&self, out: &mut [u8]) -> Result<(), crate::host::RngError> {
        if let Some(deed) = self.deed.lock().unwrap().take() {
            deed();
            self.vault.get().unwrap().upgrade().unwrap().refresh().unwrap();
        }
        SystemRng.fill(out)
    }
}

#[test]
fn a_new_password_does_not_replace_a_newer_one_that_was_loaded_meanwhile() {
    let place = Place::new();
    drop(place.filled());
    let dice = Arc::new(Meanwhile::default());
    let vault = Arc::new(Vault::open(&place.path(), PASSWORD, dice.clone()).unwrap());
    dice.vault.set(Arc::downgrade(&vault)).unwrap();
    let other = place.open().unwrap();
    *dice.deed.lock().unwrap() = Some(Box::new(move || other.add_password_slot("theirs", CHEAP).unwrap()));

    let error = vault.add_password_slot("mine", CHEAP).unwrap_err();
    assert!(matches!(error, VaultError::SlotChanged { kind: SlotKind::Password }), "{error:?}");
    assert!(!vault.has_presence());
    Vault::open(&place.path(), "theirs", rng()).unwrap();
}

#[test]
fn what_is_the_same_already_is_not_written() {
    let place = Place::new();
    let vault = place.filled();
    let bytes = place.bytes();
    vault.write(vec![put(Table::Entries, "a", b"alpha"), put(Table::Settings, "a", b"setting")]).unwrap();
    assert!(place.bytes() == bytes);
    assert_eq!(vault.generation().unwrap(), 2);
}
