//! Two processes at one vault: nobody's update is lost, nobody waits for ever.

use super::super::{LockedVault, SlotKind};
use super::*;

#[test]
fn two_handles_write_different_rows_and_both_stay() {
    let place = Place::new();
    let one = place.filled();
    let two = place.open().unwrap();
    two.write(vec![put(Table::Entries, "b", b"by two"), delete(Table::Entries, "c")]).unwrap();
    one.write(vec![put(Table::Entries, "a", b"by one")]).unwrap();
    assert!(two.refresh().unwrap());
    assert!(!two.refresh().unwrap());
    for vault in [one, two, place.open().unwrap()] {
        assert_eq!(text(&vault, Table::Entries, "a").as_deref(), Some("by one"));
        assert_eq!(text(&vault, Table::Entries, "b").as_deref(), Some("by two"));
        assert_eq!(text(&vault, Table::Entries, "c"), None);
        assert_eq!(vault.generation().unwrap(), 4);
    }
}

#[test]
fn an_update_based_on_an_old_row_is_refused_and_the_new_row_shown() {
    let place = Place::new();
    let one = place.filled();
    let two = place.open().unwrap();
    two.write(vec![put(Table::Entries, "a", b"counter 6")]).unwrap();

    let error = one.write(vec![put(Table::Settings, "a", b"x"), put(Table::Entries, "a", b"counter 6")]);
    assert!(matches!(error, Err(VaultError::Changed { table: Table::Entries, id }) if id == "a"));
    assert_eq!(text(&one, Table::Entries, "a").as_deref(), Some("counter 6"));
    assert_eq!(text(&one, Table::Settings, "a").as_deref(), Some("setting"), "all or nothing");
    one.write(vec![put(Table::Entries, "a", b"counter 7")]).unwrap();
    assert_eq!(text(&place.open().unwrap(), Table::Entries, "a").as_deref(), Some("counter 7"));
}

#[test]
fn a_row_that_the_other_made_or_removed_is_a_conflict_too() {
    for (theirs, mine) in [
        (put(Table::Entries, "new", b"theirs"), put(Table::Entries, "new", b"mine")),
        (delete(Table::Entries, "a"), put(Table::Entries, "a", b"mine")),
        (put(Table::Entries, "a", b"theirs"), delete(Table::Entries, "a")),
    ] {
        let place = Place::new();
        let one = place.filled();
        place.open().unwrap().write(vec![theirs]).unwrap();
        let bytes = place.bytes();
        assert!(matches!(one.write(vec![mine]), Err(VaultError::Changed { .. })));
        assert_eq!(place.bytes(), bytes);
    }
}

#[test]
fn two_password_changes_at_once_are_a_conflict() {
    let place = Place::new();
    let one = place.filled();
    place.open().unwrap().add_password_slot("second", CHEAP).unwrap();
    let error = one.add_password_slot("first", CHEAP).unwrap_err();
    assert!(matches!(error, VaultError::SlotChanged { kind: SlotKind::Password }));
    assert!(Vault::open(&place.path(), "second", rng()).is_ok());
    assert!(!one.has_presence());
}

#[test]
fn many_threads_lose_nothing() {
    let place = Place::new();
    drop(place.filled());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let vault = place.open().unwrap();
            scope.spawn(move || {
                for i in 0..5 {
                    vault.write(vec![put(Table::History, &format!("{thread} {i}"), b"x")]).unwrap();
                }
            });
        }
    });
    assert_eq!(place.open().unwrap().list(Table::History).unwrap().len(), 20);
}

#[test]
fn a_vault_that_another_process_holds_is_busy_and_then_works() {
    let place = Place::new();
    let vault = place.filled();
    let other = place.sql();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(vault.write(vec![put(Table::Entries, "a", b"x")]), Err(VaultError::Busy)));
    assert!(matches!(place.open(), Err(VaultError::Busy)));
    assert_eq!(text(&vault, Table::Entries, "a").as_deref(), Some("alpha"), "reading needs no file");
    other.execute_batch("ROLLBACK").unwrap();
    vault.write(vec![put(Table::Entries, "a", b"x")]).unwrap();
    assert_eq!(text(&place.open().unwrap(), Table::Entries, "a").as_deref(), Some("x"));
}

#[test]
fn p1_a_vault_that_went_away_or_was_replaced_is_not_written() {
    let place = Place::new();
    let vault = place.filled();
    let change = || vec![put(Table::Entries, "a", b"x")];
    std::fs::rename(place.path(), place.directory.path().join("moved")).unwrap();
    assert!(matches!(vault.write(change()), Err(VaultError::NotFound { .. })));
    assert!(!place.path().exists());

    let stranger = Vault::create(&place.path(), PASSWORD, CHEAP, rng()).unwrap();
    let bytes = place.bytes();
    assert!(matches!(vault.write(change()), Err(VaultError::Replaced { .. })));
    assert!(matches!(vault.refresh(), Err(VaultError::Replaced { .. })));
    assert_eq!(place.bytes(), bytes);
    drop(stranger);

    std::fs::remove_file(place.path()).unwrap();
    place.sql().execute_batch("CREATE TABLE notes (x)").unwrap();
    let bytes = place.bytes();
    assert!(matches!(vault.write(change()), Err(VaultError::NotAVault { .. })));
    assert_eq!(place.bytes(), bytes);

    std::fs::rename(place.directory.path().join("moved"), place.path()).unwrap();
    vault.write(change()).unwrap();
}

#[test]
fn an_older_copy_of_the_whole_file_shows_in_its_generation() {
    let place = Place::new();
    let vault = place.filled();
    let older = place.bytes();
    vault.write(vec![put(Table::Entries, "a", b"alpha 2")]).unwrap();
    assert_eq!(vault.generation().unwrap(), 3);
    write_file(&place.path(), &older);
    assert_eq!(place.open().unwrap().generation().unwrap(), 2);
}

#[test]
fn a_host_that_remembers_the_generation_notices_an_older_copy_of_the_whole_file() {
    let place = Place::new();
    let vault = place.filled();
    let older = place.bytes();
    vault.write(vec![put(Table::Entries, "a", b"alpha 2")]).unwrap();
    let seen = vault.generation().unwrap();
    let open = || {
        let locked = LockedVault::read(&place.path(), rng()).unwrap().not_older_than(seen);
        let keys = locked.keys_by_password(PASSWORD)?;
        locked.unlock(keys)
    };
    open().unwrap();
    write_file(&place.path(), &older);
    let error = open().unwrap_err();
    assert!(matches!(error, VaultError::RolledBack { seen: 3, found: 2 }), "{error:?}");
}
