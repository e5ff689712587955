//! Creating, reading, writing, locking.

use super::*;
use crate::vault::{MAX_ID_BYTES, MAX_RECORD_BYTES};

#[test]
fn what_is_written_is_there_after_opening_again() {
    let place = Place::new();
    let vault = place.filled();
    vault.write(vec![put(Table::Entries, "b", b"beta 2"), delete(Table::Entries, "c")]).unwrap();
    let before = contents(&vault);
    assert_eq!(text(&vault, Table::Entries, "b").as_deref(), Some("beta 2"));
    assert_eq!(text(&vault, Table::Entries, "c"), None);
    assert_eq!(text(&vault, Table::Settings, "a").as_deref(), Some("setting"));

    let again = place.open().unwrap();
    assert_eq!(contents(&again), before);
    assert_eq!((again.id(), again.generation().unwrap()), (vault.id(), 3));
    assert_eq!(place.names(), ["vault.db"]);
}

#[test]
fn a_thousand_records_read_back() {
    let place = Place::new();
    let vault = Vault::create(&place.path(), PASSWORD, CHEAP, rng()).unwrap();
    let plain = |i: usize| vec![u8::try_from(i % 251).unwrap(); 100 + i];
    vault.write((0..1000).map(|i| put(Table::Entries, &format!("{i:04}"), &plain(i))).collect()).unwrap();
    for vault in [vault, place.open().unwrap()] {
        let list = vault.list(Table::Entries).unwrap();
        assert_eq!(list.len(), 1000);
        for (i, record) in list.iter().enumerate() {
            assert_eq!((record.id.as_str(), record.version), (format!("{i:04}").as_str(), 1));
            assert_eq!(*record.plain, plain(i));
        }
    }
}

#[test]
fn p2_a_write_is_all_or_nothing() {
    let place = Place::new();
    let vault = place.filled();
    let (before, bytes) = (contents(&vault), place.bytes());
    let large = vec![0; MAX_RECORD_BYTES + 1];
    let good = || put(Table::Entries, "new", b"new");

    let error = vault.write(vec![good(), put(Table::Entries, "large", &large)]).unwrap_err();
    assert!(matches!(error, VaultError::TooLarge { .. }));
    let long = "x".repeat(MAX_ID_BYTES + 1);
    for id in ["", &long] {
        let error = vault.write(vec![good(), put(Table::Entries, id, b"")]).unwrap_err();
        assert!(matches!(error, VaultError::BadId));
    }
    assert_eq!((contents(&vault), place.bytes()), (before, bytes));

    vault.write(vec![put(Table::Entries, &long[1..], &large[1..])]).unwrap();
    assert_eq!(place.open().unwrap().list(Table::Entries).unwrap().len(), 4);
}

/// A random source that dries up after so many draws.
#[derive(Debug)]
struct Dry(std::sync::atomic::AtomicUsize);

impl Rng for Dry {
    fn fill(&self, out: &mut [u8]) -> Result<(), crate::host::RngError> {
        use std::sync::atomic::Ordering::SeqCst;
        match self.0.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => SystemRng.fill(out),
            Err(_) => Err(crate::host::RngError),
        }
    }
}

#[test]
fn p2_no_randomness_changes_nothing() {
    let place = Place::new();
    drop(place.filled());
    let bytes = place.bytes();
    let dry: Arc<dyn Rng> = Arc::new(Dry(1.into()));
    let vault = Vault::open(&place.path(), PASSWORD, dry).unwrap();
    let before = contents(&vault);
    let changes = vec![put(Table::Entries, "a", b"1"), put(Table::Entries, "b", b"2")];
    assert!(matches!(vault.write(changes), Err(VaultError::NoRandomness(_))));
    assert_eq!((contents(&vault), place.bytes()), (before, bytes));

    let other = Place::new();
    for draws in 0..6 {
        let created = Vault::create(&other.path(), PASSWORD, CHEAP, Arc::new(Dry(draws.into())));
        assert!(matches!(created, Err(VaultError::NoRandomness(_))), "{draws}");
        assert_eq!(other.names(), Vec::<String>::new());
    }
}

#[test]
fn of_several_changes_to_a_row_the_last_counts_and_nothing_is_not_written() {
    let place = Place::new();
    let vault = place.filled();
    let bytes = place.bytes();
    vault.write(vec![]).unwrap();
    vault.write(vec![delete(Table::History, "nobody")]).unwrap();
    assert_eq!((place.bytes(), vault.generation().unwrap()), (bytes, 2));

    vault
        .write(vec![
            put(Table::Entries, "d", b"1"),
            put(Table::Entries, "d", b"2"),
            put(Table::Entries, "a", b"1"),
            delete(Table::Entries, "a"),
        ])
        .unwrap();
    let again = place.open().unwrap();
    assert_eq!(text(&again, Table::Entries, "d").as_deref(), Some("2"));
    assert_eq!(text(&again, Table::Entries, "a"), None);
    assert_eq!(text(&again, Table::Settings, "a").as_deref(), Some("setting"));
}

#[test]
fn nothing_secret_is_in_the_file_also_after_it_was_deleted() {
    let place = Place::new();
    let vault = place.filled();
    let secret = b"JBSWY3DPEHPK3PXP-not-in-the-clear";
    vault.write(vec![put(Table::Entries, "s", secret)]).unwrap();
    let sealed: Vec<u8> =
        place.sql().query_row("SELECT sealed FROM records WHERE id = 's'", [], |row| row.get(0)).unwrap();
    let has = |needle: &[u8]| place.bytes().windows(needle.len()).any(|window| window == needle);
    assert!(!has(secret));
    assert!(has(&sealed));
    vault.write(vec![delete(Table::Entries, "s")]).unwrap();
    assert!(!has(&sealed), "secure_delete leaves no sealed row behind either");
}

#[test]
fn p9_lock_takes_the_secrets_from_every_holder() {
    let place = Place::new();
    let vault = Arc::new(place.filled());
    let holder = Arc::clone(&vault);
    assert!(holder.has_presence());
    vault.lock();
    vault.lock();
    assert!(holder.is_locked() && !holder.has_presence());
    assert!(matches!(holder.get(Table::Entries, "a"), Err(VaultError::Locked)));
    assert!(matches!(holder.list(Table::Entries), Err(VaultError::Locked)));
    assert!(matches!(holder.write(vec![put(Table::Entries, "a", b"x")]), Err(VaultError::Locked)));
    assert!(matches!(holder.refresh(), Err(VaultError::Locked)));
    assert!(matches!(holder.remove_slot(super::super::SlotKind::Password), Err(VaultError::Locked)));
    assert_eq!(text(&place.open().unwrap(), Table::Entries, "a").as_deref(), Some("alpha"));
}

#[test]
fn p9_debug_shows_no_content() {
    let place = Place::new();
    let vault = place.filled();
    let shown =
        format!("{vault:?} {:?} {:?}", vault.list(Table::Entries), put(Table::Entries, "a", b"alpha"));
    assert!(!shown.contains("alpha") && !shown.contains("97, 108"), "{shown}");
}

#[test]
fn creating_never_overwrites() {
    let place = Place::new();
    drop(place.filled());
    let bytes = place.bytes();
    let error = Vault::create(&place.path(), PASSWORD, CHEAP, rng()).unwrap_err();
    assert!(matches!(error, VaultError::AlreadyExists { .. }));
    assert_eq!((place.bytes(), place.names()), (bytes, vec!["vault.db".into()]));

    // A journal without its vault would be played into the new one.
    let other = Place::new();
    write_file(&other.directory.path().join("vault.db-journal"), b"left over");
    let error = Vault::create(&other.path(), PASSWORD, CHEAP, rng()).unwrap_err();
    assert!(matches!(error, VaultError::AlreadyExists { path } if path.ends_with("vault.db-journal")));
    assert_eq!(other.names(), ["vault.db-journal"]);
}

#[test]
#[cfg(unix)]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let vault = place.filled();
    vault.write(vec![put(Table::Entries, "a", b"x")]).unwrap();
    let mode = std::fs::metadata(place.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_path_that_looks_like_a_uri_is_a_path() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file:vault?mode=memory");
    drop(Vault::create(&path, PASSWORD, CHEAP, rng()).unwrap());
    assert!(path.is_file());
    Vault::open(&path, PASSWORD, rng()).unwrap();
}
