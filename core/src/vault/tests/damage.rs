//! P1 and P4: each kind of damage is its own error, and looking at a damaged file does not touch it.

use super::*;

/// Opens, and insists that the file and its directory are as before.
fn open_untouched(place: &Place, password: &str) -> Result<Vault, VaultError> {
    let bytes = place.bytes();
    let opened = Vault::open(&place.path(), password, rng());
    assert!(place.bytes() == bytes, "opening changed the file");
    assert_eq!(place.names(), ["vault.db"]);
    opened
}

#[test]
fn p4_wrong_password_cut_short_and_flipped_byte_are_three_errors() {
    let place = Place::new();
    drop(place.filled());
    let whole = place.bytes();
    assert!(matches!(open_untouched(&place, "wrong horse"), Err(VaultError::WrongPassword)));

    write_file(&place.path(), &whole[..whole.len() - 1]);
    assert!(matches!(open_untouched(&place, PASSWORD), Err(VaultError::Truncated { .. })));

    let at = whole.windows(7).position(|window| window == b"entries").unwrap();
    let mut flipped = whole.clone();
    flipped[at + 20] ^= 1;
    write_file(&place.path(), &flipped);
    assert!(matches!(open_untouched(&place, PASSWORD), Err(VaultError::Corrupt { .. })));

    write_file(&place.path(), &whole);
    open_untouched(&place, PASSWORD).unwrap();
}

#[test]
fn p1_no_file_is_not_found_and_none_is_made() {
    let place = Place::new();
    assert!(matches!(place.open(), Err(VaultError::NotFound { .. })));
    assert!(matches!(Vault::ways_to_unlock(&place.path()), Err(VaultError::NotFound { .. })));
    assert_eq!(place.names(), Vec::<String>::new());
}

#[test]
fn p4_cut_short_at_every_length_is_truncated() {
    let place = Place::new();
    drop(place.filled());
    let whole = place.bytes();
    let lengths = (0..whole.len()).filter(|length| {
        let in_page = length % 4096;
        *length < 600 || !(3..=4093).contains(&in_page) || length % 97 == 0
    });
    for length in lengths {
        write_file(&place.path(), &whole[..length]);
        match open_untouched(&place, PASSWORD) {
            Err(VaultError::Truncated { found, .. }) => assert_eq!(found, length as u64),
            other => panic!("cut at {length}: {other:?}"),
        }
    }
}

#[test]
fn p4_a_flipped_byte_anywhere_is_damage_or_changes_nothing() {
    let place = Place::new();
    let vault = place.filled();
    let expected = contents(&vault);
    drop(vault);
    let whole = place.bytes();
    let mut harmless = 0;
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        // A different bit at each place, and every third time all of them.
        flipped[at] ^= if at % 3 == 0 { 0xff } else { 1 << (at % 8) };
        write_file(&place.path(), &flipped);
        match open_untouched(&place, PASSWORD) {
            Ok(vault) => {
                assert_eq!(contents(&vault), expected, "byte {at}");
                harmless += 1;
            }
            Err(VaultError::Corrupt { .. } | VaultError::Truncated { .. }) => {}
            Err(other) => panic!("byte {at}: {other:?}"),
        }
    }
    assert!(harmless > whole.len() / 2, "most of a small vault is empty pages");
}

#[test]
fn p4_other_files_are_not_vaults() {
    let place = Place::new();
    let texts: [&[u8]; 3] = [b"a", b"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP\n", &[0; 5000]];
    for bytes in texts {
        write_file(&place.path(), bytes);
        assert!(matches!(open_untouched(&place, PASSWORD), Err(VaultError::NotAVault { .. })));
    }
    for journal in ["DELETE", "WAL"] {
        let other = Place::new();
        let sql = other.sql();
        let made =
            format!("PRAGMA journal_mode = {journal}; CREATE TABLE vault (id TEXT); PRAGMA user_version = 1");
        sql.execute_batch(&made).unwrap();
        sql.close().unwrap();
        assert!(matches!(open_untouched(&other, PASSWORD), Err(VaultError::NotAVault { .. })), "{journal}");
        let whole = other.bytes();
        write_file(&other.path(), &whole[..whole.len() - 10]);
        assert!(
            matches!(open_untouched(&other, PASSWORD), Err(VaultError::NotAVault { .. })),
            "{journal}, cut"
        );
    }
    let error = Vault::open(place.directory.path(), PASSWORD, rng()).unwrap_err();
    assert!(matches!(error, VaultError::NotAVault { .. }), "a directory");
}

#[test]
fn p4_a_newer_format_is_unsupported_and_a_damaged_number_is_not() {
    let place = Place::new();
    let vault = place.filled();
    let checksum = |format: u32| {
        crate::vault::seal::Context::new("countersign vault identity")
            .field(&format.to_be_bytes())
            .field(&vault.id())
            .digest()
    };
    for damaged in [1, 3] {
        place.sql().pragma_update(None, "user_version", damaged).unwrap();
        assert!(matches!(open_untouched(&place, PASSWORD), Err(VaultError::Corrupt { .. })));
    }

    place.sql().execute("UPDATE vault SET format = 3, checksum = ?1", [checksum(3)]).unwrap();
    place.sql().execute_batch("ALTER TABLE records RENAME TO sealed_records").unwrap();
    let opened = open_untouched(&place, PASSWORD);
    assert!(matches!(opened, Err(VaultError::UnsupportedVersion { found: 3, supported: 2 })), "{opened:?}");
}

#[test]
fn a_half_written_commit_of_a_dead_process_is_rolled_back() {
    let place = Place::new();
    let vault = place.filled();
    let expected = contents(&vault);
    drop(vault);
    // A writer that has changed the file, not committed, and whose journal is on the disk: copied at that moment.
    let writer = place.sql();
    writer.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE").unwrap();
    for i in 0..50 {
        writer
            .execute("INSERT INTO records VALUES ('entries', ?1, 1, zeroblob(3000))", [format!("half {i}")])
            .unwrap();
    }
    let dead = Place::new();
    for suffix in ["", "-journal"] {
        let name = format!("vault.db{suffix}");
        std::fs::copy(place.directory.path().join(&name), dead.directory.path().join(&name)).unwrap();
    }
    assert_eq!(dead.names().len(), 2);
    assert!(!dead.bytes().is_empty());

    let opened = dead.open().unwrap();
    assert_eq!(contents(&opened), expected);
    assert_eq!(dead.names(), ["vault.db"]);
}

#[test]
fn a_foreign_log_beside_the_vault_is_not_played_into_it() {
    let place = Place::new();
    let vault = place.filled();
    let log = place.directory.path().join("vault.db-wal");
    write_file(&log, b"frames");
    let bytes = place.bytes();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })));
    assert!(matches!(vault.write(vec![delete(Table::Entries, "a")]), Err(VaultError::Corrupt { .. })));
    assert_eq!(place.bytes(), bytes);
    std::fs::remove_file(log).unwrap();
    vault.write(vec![delete(Table::Entries, "a")]).unwrap();
}

#[test]
fn every_error_says_what_to_do() {
    let place = Place::new();
    drop(place.filled());
    let whole = place.bytes();
    write_file(&place.path(), &whole[..whole.len() - 1]);
    let truncated = place.open().unwrap_err().to_string();
    assert!(truncated.contains("16383 bytes of 16384") && truncated.contains("restore"), "{truncated}");
    assert!(VaultError::corrupt("x").to_string().contains("restore"));
    assert!(VaultError::UnsupportedVersion { found: 3, supported: 2 }.to_string().contains("update"));
    let lost = VaultError::KeyLost { source: crate::keys::KeyError::Invalidated };
    assert!(lost.to_string().contains("password"));
}
