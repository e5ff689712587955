//! Earlier states: when one is kept, how many, what is in it, and going back.

use std::time::{Duration, SystemTime};

use super::*;
use crate::vault::KEPT;

const AN_HOUR: Duration = Duration::from_secs(3600);

fn rows(count: usize) -> Vec<Change> {
    (0..count).map(|i| put(Table::History, &format!("{i:03}"), b"x")).collect()
}

/// Makes the file look as if it had been written so long ago.
fn age(path: &Path, by: Duration) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let at = file.metadata().unwrap().modified().unwrap();
    file.set_modified(at.checked_sub(by).unwrap()).unwrap();
}

#[test]
fn p2_an_earlier_state_is_a_whole_vault_that_opens_with_the_same_password() {
    let place = Place::new();
    let vault = place.filled();
    let before = (place.bytes(), contents(&vault));
    vault.write(vec![delete(Table::Entries, "a")]).unwrap();
    let [kept] = &Vault::earlier_states(&place.path()).unwrap()[..] else { panic!("one state") };
    assert_eq!(kept.generation, 2);
    assert!(std::fs::read(&kept.path).unwrap() == before.0);
    assert_eq!(contents(&Vault::open(&kept.path, PASSWORD, rng()).unwrap()), before.1);
    assert!(kept.kept_at.is_some());
}

#[test]
#[cfg(unix)]
fn p2_an_earlier_state_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    place.filled().write(vec![delete(Table::Entries, "a")]).unwrap();
    let kept = Vault::earlier_states(&place.path()).unwrap().remove(0);
    assert_eq!(std::fs::metadata(kept.path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn p2_a_small_write_keeps_a_state_once_a_day() {
    let place = Place::new();
    let vault = place.filled();
    let write = |value: &str| vault.write(vec![put(Table::Entries, "a", value.as_bytes())]).unwrap();
    write("1");
    write("2");
    assert_eq!(place.earlier(), [2]);
    // The state was kept a day and an hour ago, and the vault written just now.
    let kept = Vault::earlier_states(&place.path()).unwrap().remove(0).path;
    age(&kept, 25 * AN_HOUR);
    write("3");
    write("4");
    assert_eq!(place.earlier(), [4, 2]);
    // The clock was set back by years: that counts as a day, once.
    let kept = Vault::earlier_states(&place.path()).unwrap().remove(0).path;
    let file = std::fs::File::options().write(true).open(kept).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000)).unwrap();
    write("5");
    write("6");
    assert_eq!(place.earlier(), [6, 4, 2]);
}

#[test]
fn p2_a_write_that_adds_or_removes_much_keeps_the_state_before() {
    let place = Place::new();
    let vault = place.filled();
    vault.write(vec![delete(Table::Settings, "a")]).unwrap();
    assert_eq!(place.earlier(), [2]);
    vault.write(rows(4)).unwrap();
    assert_eq!(place.earlier(), [2], "little was added");
    vault.write((0..9).map(|i| put(Table::Accounts, &i.to_string(), b"x")).collect()).unwrap();
    assert_eq!(place.earlier(), [4, 2], "an import");
    vault.write((0..9).map(|i| put(Table::Accounts, &i.to_string(), b"y")).collect()).unwrap();
    assert_eq!(place.earlier(), [4, 2], "rows that only changed");
    vault.write((0..5).map(|i| delete(Table::Accounts, &i.to_string())).collect()).unwrap();
    assert_eq!(place.earlier(), [6, 4, 2], "a removal");
}

#[test]
fn p2_so_many_states_are_kept_and_no_more() {
    let place = Place::new();
    let vault = place.filled();
    for round in 0..KEPT + 3 {
        let rows = (0..5).map(|i| put(Table::History, &format!("{round} {i}"), b"x"));
        vault.write(rows.collect()).unwrap();
    }
    let newest = vault.generation().unwrap() - 1;
    let expected: Vec<u64> = (0..KEPT as u64).map(|back| newest - back).collect();
    assert_eq!(place.earlier(), expected);
    // What only looks like one is left alone.
    let other = place.directory.path().join("vault.db.gen-007");
    write_file(&other, b"mine");
    vault.write(rows(9)).unwrap();
    assert!(other.exists() && place.earlier().len() == KEPT);

    vault.forget_earlier_states().unwrap();
    assert!(place.earlier().is_empty() && other.exists());
    place.open().unwrap();
}

#[test]
fn p2_what_a_crash_left_of_keeping_a_state_is_in_nobodys_way() {
    let place = Place::new();
    let vault = place.filled();
    write_file(&place.directory.path().join("vault.db.gen.new"), b"half");
    vault.write(rows(9)).unwrap();
    assert_eq!((place.names(), place.earlier()), (vec!["vault.db".into()], vec![2]));
}

#[test]
fn p2_a_state_that_cannot_be_kept_stops_the_write() {
    let place = Place::new();
    let vault = place.filled();
    let bytes = place.bytes();
    // A folder where the state should go.
    std::fs::create_dir(place.directory.path().join("vault.db.gen-2")).unwrap();
    assert!(matches!(vault.write(rows(9)), Err(VaultError::Io { .. })));
    assert!(place.bytes() == bytes);
    assert_eq!(place.names(), ["vault.db"]);
}

#[test]
fn p2_restoring_an_earlier_state_is_a_new_state_that_can_be_undone() {
    let place = Place::new();
    let vault = place.filled();
    let other = place.open().unwrap();
    let first = contents(&vault);
    vault.add_password_slot("newer", CHEAP).unwrap();
    vault
        .write(vec![delete(Table::Entries, "a"), put(Table::Entries, "b", b"2"), put(Table::Keys, "k", b"3")])
        .unwrap();
    let second = text(&vault, Table::Entries, "b");
    vault.restore(2).unwrap();
    let values = |all: &[(Table, String, u64, Vec<u8>)]| -> Vec<_> {
        all.iter().map(|(table, id, _, plain)| (*table, id.clone(), plain.clone())).collect()
    };
    assert_eq!(values(&contents(&vault)), values(&first));
    assert_eq!(vault.generation().unwrap(), 5);
    assert!(other.refresh().unwrap(), "other handles follow");
    let again = Vault::open(&place.path(), "newer", rng()).unwrap();
    assert_eq!(values(&contents(&again)), values(&first));

    assert_eq!(place.earlier(), [4, 2]);
    vault.restore(4).unwrap();
    assert_eq!((text(&vault, Table::Entries, "b"), text(&vault, Table::Entries, "a")), (second, None));
    assert!(matches!(vault.restore(3), Err(VaultError::NotFound { .. })));
}

#[test]
fn p2_a_damaged_or_foreign_earlier_state_is_not_restored() {
    let (place, other) = (Place::new(), Place::new());
    let (vault, foreign) = (place.filled(), other.filled());
    vault.write(vec![delete(Table::Entries, "a")]).unwrap();
    let kept = Vault::earlier_states(&place.path()).unwrap().remove(0).path;
    let bytes = place.bytes();
    drop(foreign);
    std::fs::copy(other.path(), &kept).unwrap();
    assert!(matches!(vault.restore(2), Err(VaultError::Replaced { .. })));
    let sql = rusqlite::Connection::open(&kept).unwrap();
    sql.execute_batch("DELETE FROM vault").unwrap();
    assert!(matches!(vault.restore(2), Err(VaultError::Corrupt { .. })));
    assert!(place.bytes() == bytes);
}
