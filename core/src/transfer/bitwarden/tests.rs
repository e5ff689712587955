//! Bitwarden: the examples, both kinds of table, and files that are wrong in one place.

use serde_json::{Value, json};

use super::super::fixtures::{
    PASSWORD, a, accounts, any_bytes_return, any_mutation_returns, c, refusals, refused, skipped, usable,
};
use super::super::{Field, Found, Source, TransferError};
use super::read;
use crate::otp::OtpEntry;

const PLAIN: &str = include_str!("fixtures/plain.json");
const AUTHENTICATOR: &str = include_str!("fixtures/authenticator.json");
const TABLE: &str = include_str!("fixtures/table.csv");
const AUTHENTICATOR_TABLE: &str = include_str!("fixtures/authenticator.csv");
const PBKDF2: &str = include_str!("fixtures/pbkdf2.json");
const ARGON2ID: &str = include_str!("fixtures/argon2id.json");
const RESTRICTED: &str = include_str!("fixtures/restricted.json");

fn open(text: &str) -> Result<Found, TransferError> {
    read(&Source::new(text.as_bytes()).with_password(PASSWORD))
}

fn changed(text: &str, key: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(text).unwrap();
    document[key] = value;
    document.to_string()
}

/// Steam as Bitwarden keeps it: the item's name, and no account.
fn steam() -> OtpEntry {
    c().renamed(Some("Steam"), "")
}

fn login(totp: &str, name: &str) -> Found {
    let item = json!({"type": 1, "name": name, "login": {"totp": totp}});
    open(&json!({"encrypted": false, "items": [item]}).to_string()).unwrap()
}

#[test]
fn the_plain_example_is_read_whole() {
    let found = open(PLAIN).unwrap();
    assert_eq!(accounts(&found), [a(), steam()]);
    assert_eq!(skipped(&found), [(3, "a note")]);
    let details = &usable(&found)[0].details;
    assert_eq!(
        (details.tags.as_slice(), details.pinned, details.note.as_str()),
        (&["Work".to_owned()][..], true, "n1")
    );
}

#[test]
fn the_tables_are_read_whole() {
    let found = open(TABLE).unwrap();
    assert_eq!(accounts(&found), [a(), steam()]);
    let details = &usable(&found)[0].details;
    assert_eq!(
        (details.tags.as_slice(), details.pinned, details.note.as_str()),
        (&["Work".to_owned()][..], true, "two\nlines")
    );
    let found = open(AUTHENTICATOR_TABLE).unwrap();
    assert_eq!(accounts(&found), [a().renamed(Some("Acme, Mail"), "x")]);
}

#[test]
fn a_table_may_be_ragged_and_have_blank_rows_and_other_items() {
    let table = "\u{feff}folder,favorite,type,name,login_username,login_totp\r\n\r\n,,note,N\r\n,,login,L,u,\r\n\r\n,1,login,Acme Mail,ann@acme.test,mv4g c3lq nrss 243f mnzg k5bn ge,more,cells\r\n";
    let found = open(table).unwrap();
    assert_eq!(accounts(&found), [a()]);
    assert_eq!(skipped(&found), [(1, "a note"), (2, "a login without codes")]);
    assert!(usable(&found)[0].details.pinned);
}

#[test]
fn a_moved_link_is_found_and_names_the_entry_when_the_link_does_not() {
    let header = "folder,favorite,type,name,login_uri,login_totp\n";
    let row = ",,1,Acme, \"M, ail,,otpauth://totp/?secret=MV4GC3LQNRSS243FMNZGK5BNGE,Acme, \"M, ail,30,6\n,,1,Beta,,none\n";
    let found = open(&format!("{header}{row}")).unwrap();
    assert_eq!(accounts(&found), [a().renamed(Some("Acme, \"M, ail"), "")]);
    assert_eq!(skipped(&found), [(2, "a login without codes")]);
}

#[test]
fn labels_that_were_written_as_for_html_are_undone() {
    assert_eq!(accounts(&open(AUTHENTICATOR).unwrap()), [a()]);
    let link = |label: &str, issuer: &str| {
        let found =
            login(&format!("otpauth://totp/{label}?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer={issuer}"), "n");
        accounts(&found).remove(0)
    };
    assert_eq!(link("A%26amp%3BB%3Aann%26lt%3B1", "A%26B"), a().renamed(Some("A&B"), "ann<1"));
    assert_eq!(
        link("ann%26amp%3B", "A"),
        a().renamed(Some("A"), "ann&amp;"),
        "nothing proves that this one was"
    );
}

#[test]
fn names_beside_a_link_fill_in_what_it_lacks() {
    let found = login("otpauth://totp/?secret=MV4GC3LQNRSS243FMNZGK5BNGE", "Acme Mail");
    assert_eq!(accounts(&found), [a().renamed(Some("Acme Mail"), "")]);
    let found =
        login("otpauth://totp/Acme%20Mail:ann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE", "other");
    assert_eq!(accounts(&found), [a()]);
}

#[test]
fn items_of_organisations_and_without_login_are_no_fault() {
    let file = json!({"encrypted": false, "collections": [{"id": "c", "name": "Team"}], "items": [
        {"type": 1, "name": "Acme Mail", "folderId": null, "collectionIds": ["c", "?"],
         "login": {"username": "ann@acme.test", "totp": "MV4GC3LQNRSS243FMNZGK5BNGE"}},
        {"type": 1, "name": "x"}, {"type": 1, "login": {"totp": ""}}, {"type": 3}, {"type": 4}, {"type": 5}, {}, null,
    ]});
    let found = open(&file.to_string()).unwrap();
    assert_eq!(accounts(&found), [a()]);
    assert_eq!(usable(&found)[0].details.tags, ["Team"]);
    let whats: Vec<_> = skipped(&found).into_iter().map(|(_, what)| what).collect();
    let other = "an item of another kind";
    let codeless = "a login without codes";
    assert_eq!(whats, [codeless, codeless, "a card", "an identity", "an SSH key", other, other]);
}

#[test]
fn p3_one_bad_secret_is_named_and_never_shown() {
    let file = json!({"encrypted": false, "items": [
        {"type": 1, "name": "Bad", "login": {"username": "x", "totp": "MV4G!3LQ"}},
        {"type": 1, "name": "Bad", "login": {"totp": "otpauth://totp/x?secret=MV4GC3LQ&digits=0"}},
        {"type": 1, "name": "Acme Mail", "login": {"username": "ann@acme.test", "totp": "MV4GC3LQNRSS243FMNZGK5BNGE"}},
    ]});
    let found = open(&file.to_string()).unwrap();
    assert_eq!(accounts(&found), [a()]);
    assert_eq!(refused(&found), [(1, Field::Secret), (2, Field::Digits)]);
    assert_eq!(refusals(&found)[0].name, "Bad: x");
    assert!(!format!("{:?}", refusals(&found)).contains("MV4G"));
}

#[test]
fn both_password_protected_examples_open() {
    assert_eq!(accounts(&open(PBKDF2).unwrap()), [a()]);
    assert_eq!(accounts(&open(ARGON2ID).unwrap()), [a()]);
}

#[test]
fn p4_password_damage_and_restriction_are_told_apart() {
    for file in [PBKDF2, ARGON2ID] {
        assert_eq!(read(&Source::new(file.as_bytes())), Err(TransferError::NeedsPassword));
        let wrong = Source::new(file.as_bytes()).with_password("Test-pass");
        assert_eq!(read(&wrong), Err(TransferError::WrongPassword));
        let document: Value = serde_json::from_str(file).unwrap();
        let check = document["encKeyValidation_DO_NOT_EDIT"].as_str().unwrap();
        let (rest, _) = document["data"].as_str().unwrap().rsplit_once('|').unwrap();
        let (_, mac) = check.rsplit_once('|').unwrap();
        let forged = changed(file, "data", json!(format!("{rest}|{mac}")));
        assert!(matches!(open(&forged), Err(TransferError::Damaged { .. })), "the password was right");
        for broken in ["0.AAAA|AAAA|AAAA", "2.AAAA", "2.!|!|!", "2.AAAA|AAAA|AAAA", "x"] {
            let broken = changed(file, "data", json!(broken));
            assert!(matches!(open(&broken), Err(TransferError::Damaged { .. })));
        }
    }
    assert!(matches!(open(RESTRICTED), Err(TransferError::Unsupported { .. })));
    let unknown = changed(PBKDF2, "kdfType", json!(2));
    assert!(matches!(open(&unknown), Err(TransferError::Unsupported { .. })));
}

#[test]
fn p5_costs_are_bounded_and_asked_about() {
    let pbkdf2 = |iterations: Value| open(&changed(PBKDF2, "kdfIterations", iterations));
    assert!(matches!(pbkdf2(json!(10_000_001)), Err(TransferError::CostOutOfBounds { .. })));
    assert!(matches!(pbkdf2(json!(10_000_000)), Err(TransferError::Costly { .. })));
    assert!(matches!(pbkdf2(json!(0)), Err(TransferError::CostOutOfBounds { .. })));
    assert!(matches!(pbkdf2(json!(-1)), Err(TransferError::Damaged { .. })));
    // Bitwarden counts memory in MiB: a number that fits says terabytes, and one that does not must not wrap.
    for memory in [1025_u64, 1 << 22, u64::MAX, u64::MAX / 1024 + 1, 0] {
        let file = changed(ARGON2ID, "kdfMemory", json!(memory));
        assert!(matches!(open(&file), Err(TransferError::CostOutOfBounds { .. })), "{memory}");
    }
    let file = changed(ARGON2ID, "kdfMemory", json!(512));
    assert!(matches!(open(&file), Err(TransferError::Costly { memory_mib: 512, .. })));
}

#[test]
fn a_table_may_have_as_many_columns_as_fit_into_a_file() {
    // Looked for in each row again, they would take hours.
    let header = format!("login_totp{}", ",x".repeat(500_000));
    let rows = "MV4GC3LQNRSS243FMNZGK5BNGE\n".repeat(20_000);
    assert_eq!(open(&format!("{header}\n{rows}")).unwrap().items.len(), 20_000);
}

#[test]
fn hostile_bytes_return() {
    any_bytes_return(read, b"{\"encrypted\":false,\"items\":[");
    any_bytes_return(read, b"folder,favorite,type,name,login_uri,login_totp\n");
    any_mutation_returns(read, PLAIN.as_bytes(), 256);
    any_mutation_returns(read, TABLE.as_bytes(), 256);
    any_mutation_returns(read, AUTHENTICATOR_TABLE.as_bytes(), 256);
    any_mutation_returns(read, PBKDF2.as_bytes(), 32);
    any_mutation_returns(read, ARGON2ID.as_bytes(), 16);
}
