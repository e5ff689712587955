//! Proton: the examples, the archive of Proton Pass, and files that are wrong in one place.

use serde_json::{Value, json};

use super::super::archive::tests::{Packing, zip};
use super::super::fixtures::{
    PASSWORD, a, accounts, any_bytes_return, any_mutation_returns, c, refusals, refused, skipped, usable,
};
use super::super::{Field, Format, Found, Source, TransferError};
use super::{pass, read};

const PLAIN: &str = include_str!("fixtures/plain.json");
const ENCRYPTED: &str = include_str!("fixtures/encrypted.json");

fn open(text: &str) -> Result<Found, TransferError> {
    read(&Source::new(text.as_bytes()).with_password(PASSWORD))
}

fn changed(text: &str, key: &str, value: Value) -> Result<Found, TransferError> {
    let mut document: Value = serde_json::from_str(text).unwrap();
    document[key] = value;
    open(&document.to_string())
}

fn entry(kind: &str, uri: &str, name: Option<&str>) -> Value {
    json!({"id": "p", "content": {"uri": uri, "entry_type": kind, "name": name}, "note": null})
}

fn file(entries: &[Value]) -> Found {
    open(&json!({"version": 1, "entries": entries}).to_string()).unwrap()
}

#[test]
fn the_plain_example_is_read_whole() {
    let found = open(PLAIN).unwrap();
    assert_eq!(accounts(&found), [a(), c()]);
    assert_eq!(usable(&found)[0].details.note, "n1");
}

#[test]
fn the_encrypted_example_opens() {
    assert_eq!(accounts(&open(ENCRYPTED).unwrap()), [c()]);
}

#[test]
fn labels_with_an_empty_issuer_keep_their_account() {
    let uri = "otpauth://totp/%3Aann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail";
    assert_eq!(accounts(&file(&[entry("Totp", uri, None)])), [a()]);
    let uri = "otpauth://totp/?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail";
    assert_eq!(accounts(&file(&[entry("Totp", uri, Some("ann@acme.test"))])), [a()]);
}

#[test]
fn p3_one_bad_entry_is_named_and_the_others_are_read() {
    let good = "otpauth://totp/ann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail";
    let found = file(&[
        entry("Totp", "otpauth://totp/x?secret=MV4G!", None),
        entry("Passkey", good, Some("key")),
        entry("Totp", good, None),
        entry("Totp", "otpauth://totp/x?secret=MV4GC3LQ&algorithm=MD4", Some("old")),
        json!(null),
    ]);
    assert_eq!(accounts(&found), [a()]);
    let fields = [(1, Field::Secret), (2, Field::Type), (4, Field::Algorithm), (5, Field::Type)];
    assert_eq!(refused(&found), fields);
    let names: Vec<_> = refusals(&found).into_iter().map(|refusal| refusal.name.as_str()).collect();
    assert_eq!(names, ["x", "key", "old", ""]);
}

#[test]
fn p4_password_damage_and_version_are_told_apart() {
    assert_eq!(read(&Source::new(ENCRYPTED.as_bytes())), Err(TransferError::NeedsPassword));
    let wrong = Source::new(ENCRYPTED.as_bytes()).with_password("test-pass.");
    assert_eq!(read(&wrong), Err(TransferError::WrongPasswordOrDamaged));
    for (file, key, value) in [
        (ENCRYPTED, "salt", json!("AAAA")),
        (ENCRYPTED, "content", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")),
        (ENCRYPTED, "content", json!(null)),
        (ENCRYPTED, "entries", json!([])),
        (PLAIN, "salt", json!("AAAA")),
        (PLAIN, "entries", json!({})),
        (PLAIN, "version", json!("1")),
    ] {
        assert!(matches!(changed(file, key, value), Err(TransferError::Damaged { .. })), "{key}");
    }
    assert!(matches!(changed(PLAIN, "version", json!(2)), Err(TransferError::UnsupportedVersion { .. })));
    assert!(matches!(changed(ENCRYPTED, "version", json!(9)), Err(TransferError::UnsupportedVersion { .. })));
    assert!(matches!(open("{\"version\":1}"), Err(TransferError::Damaged { .. })));
}

/// What the archive of Proton Pass holds.
fn vaults() -> Value {
    let secret = "MV4GC3LQNRSS243FMNZGK5BNGE";
    let link =
        "otpauth://totp/Acme%20Mail:ann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail";
    let login = |name: &str, totp: &str, extra: Value| {
        json!({"state": 1, "data": {"type": "login", "metadata": {"name": name, "note": "n1"},
            "content": {"totpUri": totp, "password": "hunter2"}, "extraFields": extra}})
    };
    let extra = json!([
        {"fieldName": "second", "type": "totp", "data": {"totpUri": secret}},
        {"fieldName": "text", "type": "text", "data": {"content": "x"}},
        {"fieldName": "bad", "type": "totp", "data": {"totpUri": "otpauth://totp/?secret=MV4G0"}},
    ]);
    let mut binned = login("Old", link, json!([]));
    binned["state"] = json!(2);
    let note = json!({"state": 1, "data": {"type": "note", "metadata": {"name": "N"}, "content": {}}});
    json!({"version": "1.31", "vaults": {"v": {"name": "Work", "items": [
        login("Acme", link, extra), login("Plain", "", json!([])), binned, note,
    ]}}})
}

#[test]
fn logins_of_proton_pass_have_codes_in_several_fields() {
    let found = Found::new(Format::Proton, pass::of_document(&vaults()).unwrap());
    assert_eq!(accounts(&found), [a(), a().renamed(None, "Acme - second")]);
    let notes: Vec<_> = usable(&found).into_iter().map(|it| it.details.note.as_str()).collect();
    assert_eq!(notes, ["n1", ""], "given to each field, one note could fill the memory");
    assert!(usable(&found).iter().all(|it| it.details.tags == ["Work"]));
    assert_eq!(refused(&found), [(1, Field::Secret)]);
    assert_eq!(refusals(&found)[0].name, "Acme - bad");
    let others = [(2, "a login without codes"), (3, "in the bin"), (4, "an item of another kind")];
    assert_eq!(skipped(&found), others);
    assert!(!format!("{found:?}").contains("hunter2"));
    assert!(matches!(pass::of_document(&json!({})), Err(TransferError::Damaged { .. })));
}

#[test]
fn the_archive_of_proton_pass_is_read() {
    let bytes = vaults().to_string();
    let archive = zip(&[
        ("Proton Pass/files/x", b"", Packing::Stored),
        ("Proton Pass/data.json", bytes.as_bytes(), Packing::Deflated),
    ]);
    let found = read(&Source::new(&archive)).unwrap();
    assert_eq!(found.items, pass::of_document(&vaults()).unwrap());
    let other = zip(&[("Proton Pass/other.json", bytes.as_bytes(), Packing::Stored)]);
    assert!(matches!(read(&Source::new(&other)), Err(TransferError::Damaged { .. })));
    any_mutation_returns(read, &archive, 128);
}

#[test]
fn hostile_bytes_return() {
    any_bytes_return(read, b"PK\x03\x04");
    any_bytes_return(read, b"{\"version\":1,");
    any_mutation_returns(read, PLAIN.as_bytes(), 256);
    any_mutation_returns(read, ENCRYPTED.as_bytes(), 24);
}
