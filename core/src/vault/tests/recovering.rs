//! P1: what is left of a damaged vault opens for reading, says what is missing, and never touches the file.

use super::super::{ManifestFinding, Recovered, Recovery};
use super::*;

fn recover(path: &Path) -> Recovered {
    let bytes = std::fs::read(path).unwrap();
    let recovery = Recovery::read(path, rng()).unwrap();
    let keys = recovery.locked().keys_by_password(PASSWORD).unwrap();
    let recovered = recovery.unlock(keys);
    assert!(std::fs::read(path).unwrap() == bytes, "recovery changed the file");
    recovered
}

/// A vault with so many entries that they fill many pages.
fn large(place: &Place, entries: usize) -> Vault {
    let vault = Vault::create(&place.path(), PASSWORD, CHEAP, rng()).unwrap();
    let entry = |i: usize| put(Table::Entries, &format!("{i:04}"), format!("entry {i:0200}").as_bytes());
    vault.write((0..entries).map(entry).collect()).unwrap();
    vault
}

#[test]
fn p1_a_whole_vault_is_recovered_whole() {
    let place = Place::new();
    let expected = contents(&place.filled());
    let found = recover(&place.path());
    assert_eq!(contents(&found.vault), expected);
    assert_eq!(found.report.manifest, ManifestFinding::Complete);
    assert!(found.report.damaged.is_empty() && found.report.all_pages_read);
    assert_eq!(found.report.whole, 4);
}

#[test]
fn p1_one_damaged_record_costs_one_record() {
    let place = Place::new();
    drop(place.filled());
    place
        .sql()
        .execute_batch("UPDATE records SET sealed = zeroblob(40) WHERE kind = 'entries' AND id = 'b'")
        .unwrap();
    assert!(place.open().is_err());
    let found = recover(&place.path());
    assert_eq!(found.report.damaged, [(Table::Entries, String::from("b"))]);
    assert_eq!((found.report.whole, found.report.manifest), (3, ManifestFinding::Differs { expected: 4 }));
    assert_eq!(text(&found.vault, Table::Entries, "a").as_deref(), Some("alpha"));
}

#[test]
fn p1_what_is_recovered_is_for_reading_and_is_saved_as_a_new_vault() {
    let place = Place::new();
    let vault = place.filled();
    let sealed = vault.seal_with_presence("x", b"kept").unwrap();
    place.sql().execute_batch("DELETE FROM records WHERE id = 'c'").unwrap();
    let found = recover(&place.path());
    assert_eq!(found.report.manifest, ManifestFinding::Differs { expected: 4 });
    let write = found.vault.write(vec![put(Table::Entries, "a", b"x")]);
    assert!(matches!(write, Err(VaultError::ReadOnly)));
    assert!(matches!(found.vault.renew_keys(PASSWORD), Err(VaultError::ReadOnly)));
    assert!(!found.vault.refresh().unwrap());

    let saved = place.directory.path().join("saved.db");
    drop(found.save_as(&saved, "new password", CHEAP).unwrap());
    let saved_vault = Vault::open(&saved, "new password", rng()).unwrap();
    assert_eq!(text(&saved_vault, Table::Entries, "a").as_deref(), Some("alpha"));
    assert_eq!((saved_vault.id(), saved_vault.generation().unwrap()), (vault.id(), 3));
    assert_eq!(saved_vault.open_with_presence("x", &sealed).unwrap().unwrap().as_slice(), b"kept");
    let again = found.save_as(&saved, "new password", CHEAP);
    assert!(matches!(again, Err(VaultError::AlreadyExists { .. })));
    assert!(matches!(found.save_as(&place.path(), "x", CHEAP), Err(VaultError::AlreadyExists { .. })));
}

#[test]
fn p1_a_destroyed_first_page_costs_nothing() {
    let place = Place::new();
    let expected = contents(&large(&place, 100));
    let mut bytes = place.bytes();
    bytes[..4096].fill(0xA5);
    write_file(&place.path(), &bytes);
    assert!(matches!(place.open(), Err(VaultError::NotAVault { .. })));
    let found = recover(&place.path());
    assert_eq!(contents(&found.vault), expected);
    assert_eq!(found.report.manifest, ManifestFinding::Complete);
}

#[test]
fn p1_a_file_cut_short_gives_what_is_before_the_cut() {
    let place = Place::new();
    drop(large(&place, 300));
    let whole = place.bytes();
    for cut in [whole.len() - 1, whole.len() - 4096, whole.len() - 5000] {
        write_file(&place.path(), &whole[..cut]);
        assert!(matches!(place.open(), Err(VaultError::Truncated { .. })));
        let found = recover(&place.path());
        // About sixteen entries are on a page.
        assert!(found.report.whole >= 300 - 3 * 17, "{cut} of {}: {:?}", whole.len(), found.report);
        assert_ne!(found.report.manifest, ManifestFinding::Complete);
    }
}

#[test]
fn p1_half_a_file_gives_the_entries_that_are_in_that_half() {
    let place = Place::new();
    drop(large(&place, 300));
    let whole = place.bytes();
    write_file(&place.path(), &whole[..whole.len() / 2]);
    let found = recover(&place.path());
    assert!((120..180).contains(&found.report.whole), "{:?}", found.report);
    for record in found.vault.list(Table::Entries).unwrap() {
        let number: usize = record.id.parse().unwrap();
        assert_eq!(*record.plain, format!("entry {number:0200}").into_bytes());
    }
}

#[test]
fn p1_any_one_destroyed_page_of_records_leaves_most_of_them() {
    let place = Place::new();
    drop(large(&place, 200));
    let whole = place.bytes();
    let pages = whole.len() / 4096;
    let mut best = 0;
    // The first four pages are the header and the roots of the tables; a vault without its id or slots is lost.
    for page in 4..pages {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
        write_file(&place.path(), &bytes);
        assert!(place.open().is_err(), "page {page}");
        let found = recover(&place.path());
        for record in found.vault.list(Table::Entries).unwrap() {
            let number: usize = record.id.parse().unwrap();
            assert_eq!(*record.plain, format!("entry {number:0200}").into_bytes());
        }
        assert!(found.report.whole >= 200 - 17, "page {page} of {pages}: {:?}", found.report);
        assert!(!found.report.all_pages_read);
        best = best.max(found.report.whole);
    }
    assert!(best < 200);
}

#[test]
fn p1_a_damaged_slot_or_manifest_is_said_and_does_not_blame_the_person() {
    let place = Place::new();
    let vault = place.filled();
    let whole = place.bytes();
    place.sql().execute_batch("UPDATE vault SET manifest = zeroblob(76)").unwrap();
    let found = recover(&place.path());
    assert_eq!((found.report.whole, found.report.manifest), (4, ManifestFinding::Unreadable));

    write_file(&place.path(), &whole);
    place.sql().execute_batch("UPDATE vault SET checksum = zeroblob(32)").unwrap();
    assert_eq!(contents(&recover(&place.path()).vault), contents(&vault));

    write_file(&place.path(), &whole);
    place.sql().execute_batch("UPDATE slots SET wrapped = zeroblob(92)").unwrap();
    let recovery = Recovery::read(&place.path(), rng()).unwrap();
    let error = recovery.locked().keys_by_password(PASSWORD).unwrap_err();
    assert!(matches!(error, VaultError::Corrupt { .. }), "{error:?}");
    write_file(&place.path(), &whole);
    let recovery = Recovery::read(&place.path(), rng()).unwrap();
    assert!(matches!(recovery.locked().keys_by_password("no"), Err(VaultError::WrongPassword)));
}

#[test]
fn p1_what_was_never_a_vault_is_not_recovered() {
    let place = Place::new();
    assert!(matches!(Recovery::read(&place.path(), rng()), Err(VaultError::NotFound { .. })));
    for bytes in [&b""[..], b"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP\n", &[0; 50_000], &[0xFF; 50_000]] {
        write_file(&place.path(), bytes);
        assert!(matches!(Recovery::read(&place.path(), rng()), Err(VaultError::NotAVault { .. })));
    }
    let folder = Recovery::read(place.directory.path(), rng());
    assert!(matches!(folder, Err(VaultError::NotAVault { .. })));
}

#[test]
fn p1_an_earlier_state_opens_in_recovery_like_any_vault() {
    let place = Place::new();
    let vault = place.filled();
    vault.write(vec![delete(Table::Entries, "a")]).unwrap();
    let kept = Vault::earlier_states(&place.path()).unwrap().remove(0).path;
    let found = recover(&kept);
    assert_eq!(text(&found.vault, Table::Entries, "a").as_deref(), Some("alpha"));
    assert_eq!(found.report.manifest, ManifestFinding::Complete);
}
