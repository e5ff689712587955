//! What somebody without a key can do to the rows, and that it is noticed.

use super::*;

/// Does `sql` to a filled vault and expects damage, with `what` in its description.
fn tampered(sql: &str, what: &str) {
    let place = Place::new();
    drop(place.filled());
    place.sql().execute_batch(sql).unwrap();
    match place.open() {
        Err(VaultError::Corrupt { what: found, .. }) => assert!(found.contains(what), "{sql}: {found}"),
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn rows_that_were_swapped_are_noticed() {
    tampered(
        "UPDATE records SET sealed = (SELECT sealed FROM records r WHERE r.kind = 'entries' AND r.id <> records.id) \
         WHERE kind = 'entries' AND id IN ('a', 'b')",
        "record entries",
    );
}

#[test]
fn a_row_that_was_moved_or_renamed_is_noticed() {
    tampered("UPDATE records SET kind = 'accounts' WHERE kind = 'entries' AND id = 'a'", "record accounts a");
    tampered("UPDATE records SET id = 'z' WHERE kind = 'entries' AND id = 'a'", "record entries z");
    tampered("UPDATE records SET version = 9 WHERE kind = 'entries' AND id = 'a'", "record entries a");
}

#[test]
fn a_row_that_was_removed_is_noticed() {
    tampered("DELETE FROM records WHERE kind = 'entries' AND id = 'a'", "removed");
    tampered("DELETE FROM records", "removed");
}

#[test]
fn an_older_row_put_back_is_noticed() {
    let place = Place::new();
    let vault = place.filled();
    let sql = place.sql();
    sql.execute_batch("ATTACH ':memory:' AS old; CREATE TABLE old.r AS SELECT * FROM records").unwrap();
    vault.write(vec![put(Table::Entries, "a", b"alpha 2"), delete(Table::Entries, "b")]).unwrap();
    let newest = place.bytes();

    sql.execute_batch("REPLACE INTO records SELECT * FROM old.r WHERE kind = 'entries' AND id = 'a'")
        .unwrap();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })), "rolled back");

    write_file(&place.path(), &newest);
    sql.execute_batch("INSERT INTO records SELECT * FROM old.r WHERE kind = 'entries' AND id = 'b'").unwrap();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })), "a deleted row is back");
}

#[test]
fn an_older_row_is_noticed_although_its_version_came_again() {
    let place = Place::new();
    let vault = place.filled();
    let sql = place.sql();
    sql.execute_batch("ATTACH ':memory:' AS old; CREATE TABLE old.r AS SELECT * FROM records").unwrap();
    vault.write(vec![delete(Table::Entries, "a")]).unwrap();
    vault.write(vec![put(Table::Entries, "a", b"new")]).unwrap();
    sql.execute_batch("REPLACE INTO records SELECT * FROM old.r WHERE kind = 'entries' AND id = 'a'")
        .unwrap();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })));
}

#[test]
fn a_row_of_another_vault_is_noticed() {
    let (place, other) = (Place::new(), Place::new());
    drop((place.filled(), other.filled()));
    let sql = place.sql();
    sql.execute("ATTACH ?1 AS other", [other.path().to_str().unwrap()]).unwrap();
    sql.execute_batch("REPLACE INTO records SELECT * FROM other.records WHERE id = 'c'").unwrap();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })));
}

#[test]
fn slots_identity_and_schema_are_guarded_too() {
    tampered("UPDATE slots SET passes = 2", "slot");
    tampered("UPDATE slots SET alias = 'x'", "slot");
    tampered("UPDATE vault SET id = zeroblob(16)", "id");
    tampered("UPDATE vault SET manifest = zeroblob(76)", "manifest");
    tampered("DELETE FROM vault", "id");
    tampered("CREATE TABLE more (x)", "schema");
    tampered("CREATE TRIGGER t AFTER INSERT ON records BEGIN DELETE FROM records; END", "schema");
    tampered("CREATE INDEX i ON records (version)", "schema");
    tampered("INSERT INTO records VALUES ('nonsense', 'a', 1, x'00')", "unknown kind");
    tampered("INSERT INTO records VALUES ('entries', 'd', 1, x'00')", "record entries d");
    tampered("INSERT INTO records VALUES ('entries', 'd', -1, x'00')", "negative");
}

#[test]
fn an_older_password_put_back_is_noticed() {
    let place = Place::new();
    let vault = place.filled();
    let sql = place.sql();
    sql.execute_batch("ATTACH ':memory:' AS old; CREATE TABLE old.s AS SELECT * FROM slots").unwrap();
    vault.add_password_slot("new password", CHEAP).unwrap();
    sql.execute_batch("DELETE FROM slots; INSERT INTO slots SELECT * FROM old.s").unwrap();
    assert!(matches!(place.open(), Err(VaultError::Corrupt { .. })), "the old password opens nothing");
}

#[test]
fn damage_done_while_unlocked_stops_a_write_or_is_reported_by_it() {
    let place = Place::new();
    let vault = place.filled();
    place.sql().execute_batch("DELETE FROM records WHERE kind = 'entries' AND id = 'b'").unwrap();
    let error = vault.write(vec![put(Table::Entries, "a", b"x")]).unwrap_err();
    assert!(
        matches!(error, VaultError::Unconfirmed { source } if matches!(*source, VaultError::Corrupt { .. }))
    );
}
