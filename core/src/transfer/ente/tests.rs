//! Ente Auth: the examples, odd lines, and files that are wrong in one place.

use serde_json::{Value, json};

use super::super::fixtures::{
    PASSWORD, a, accounts, any_bytes_return, any_mutation_returns, b, refused, skipped, usable,
};
use super::super::kdf::{self, Argon2};
use super::super::{Field, Found, Source, TransferError};
use super::{read, secretstream};
use crate::entries::Usage;

const PLAIN: &str = include_str!("fixtures/plain.txt");
const ENCRYPTED: &str = include_str!("fixtures/encrypted.json");
const LINK_A: &str =
    "otpauth://totp/Acme%20Mail:ann%40acme.test?secret=MV4GC3LQNRSS243FMNZGK5BNGE&issuer=Acme%20Mail";
const LINK_B: &str = "otpauth://hotp/Beta:bob?secret=MV4GC3LQNRSS243FMNZGK5BNGI&issuer=Beta&algorithm=sha256&digits=8&counter=7&period=30";

fn open(text: &str) -> Result<Found, TransferError> {
    read(&Source::new(text.as_bytes()).with_password(PASSWORD))
}

fn changed(path: [&str; 2], value: Value) -> Result<Found, TransferError> {
    let mut document: Value = serde_json::from_str(ENCRYPTED).unwrap();
    let [outer, inner] = path;
    let place = if inner.is_empty() { &mut document[outer] } else { &mut document[outer][inner] };
    *place = value;
    open(&document.to_string())
}

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}

/// An encrypted export at a cost of our own, with any tag.
fn sealed(memory: u64, passes: u64, tag: u8, text: &[u8]) -> String {
    let (salt, header) = ([5_u8; 16], [6_u8; 24]);
    let key: kdf::Derived<32> = kdf::argon2(
        &Source::new(b"").even_if_costly(),
        Argon2::Id,
        PASSWORD.as_bytes(),
        &salt,
        (memory / 1024, passes, 1),
    )
    .unwrap();
    json!({
        "version": 1,
        "kdfParams": {"memLimit": memory, "opsLimit": passes, "salt": base64(&salt)},
        "encryptedData": base64(&secretstream::tests::seal(&key, &header, tag, text)),
        "encryptionNonce": base64(&header),
    })
    .to_string()
}

#[test]
fn the_plain_example_is_read_whole() {
    let found = open(PLAIN).unwrap();
    assert_eq!(accounts(&found), [a()]);
    let details = &usable(&found)[0].details;
    assert_eq!(
        (details.tags.as_slice(), details.pinned, details.note.as_str()),
        (&["Work".to_owned()][..], true, "n1")
    );
    assert_eq!(details.position, Some(0));
}

#[test]
fn the_encrypted_example_opens() {
    assert_eq!(accounts(&open(ENCRYPTED).unwrap()), [a()]);
}

#[test]
fn every_line_is_an_entry_of_its_own() {
    let found = open(&format!("\u{feff}{LINK_A}\n\n{LINK_B}\r\n  \nno link\n{LINK_A}&digits=0\n")).unwrap();
    assert_eq!(accounts(&found), [a(), b()]);
    assert_eq!(refused(&found), [(5, Field::Entry), (6, Field::Digits)]);
    // Old files are one line.
    let found = open(&format!("{LINK_A},{LINK_B},{LINK_A}")).unwrap();
    assert_eq!(accounts(&found), [a(), b(), a()]);
}

#[test]
fn what_the_person_made_of_an_account_comes_along() {
    let with = |display: &str| open(&format!("{LINK_A}&codeDisplay={display}")).unwrap();
    let found = with(
        "%7B%22note%22%3A%22two+words%22%2C%22tapCount%22%3A3%2C%22lastUsedAt%22%3A1700000000000000%2C%22tags%22%3A%5B%22Work%22%2C%22Work%22%2C%22%22%5D%7D",
    );
    assert_eq!(accounts(&found), [a()]);
    let details = &usable(&found)[0].details;
    assert_eq!(details.note, "two words");
    assert_eq!(details.used, Usage { times: 3, last_at: 1_700_000_000 });
    assert_eq!(details.tags, ["Work"]);
    assert_eq!(skipped(&with("%7B%22trashed%22%3Atrue%7D")), [(1, "in the bin")]);
    for broken in ["", "%7B", "%FF", "7"] {
        assert_eq!(accounts(&with(broken)), [a()], "{broken}");
    }
    let long = with(&format!("%7B%22note%22%3A%22{}%22%7D", "x".repeat(9000)));
    assert_eq!(usable(&long)[0].details.note.len(), 9000, "a long note does not make the link too long");
    let before = LINK_A.replace("?secret", "?codeDisplay=%7B%22pinned%22%3Atrue%7D&secret");
    let found = open(&before).unwrap();
    assert_eq!((accounts(&found), usable(&found)[0].details.pinned), (vec![a()], true));
}

#[test]
fn times_are_read_in_any_of_their_units() {
    for stamp in ["1700000000", "1700000000000", "1700000000000000"] {
        let found = open(&format!("{LINK_A}&codeDisplay=%7B%22lastUsedAt%22%3A{stamp}%7D")).unwrap();
        assert_eq!(usable(&found)[0].details.used.last_at, 1_700_000_000, "{stamp}");
    }
    let found =
        open(&format!("{LINK_A}&codeDisplay=%7B%22lastUsedAt%22%3A-5%2C%22tapCount%22%3A-1%7D")).unwrap();
    assert_eq!(usable(&found)[0].details.used, Usage::default());
}

#[test]
fn the_old_json_is_read() {
    let file = json!({"items": [
        {"rawData": LINK_A, "display": {"pinned": true, "tags": ["Work"]}},
        {"rawData": LINK_B, "display": {"trashed": true}}, {"display": {}},
    ]});
    let found = open(&file.to_string()).unwrap();
    assert_eq!(accounts(&found), [a()]);
    assert!(usable(&found)[0].details.pinned);
    assert_eq!(skipped(&found), [(2, "in the bin")]);
    assert_eq!(refused(&found).len(), 1);
}

#[test]
fn p4_what_can_be_told_from_a_wrong_password_is() {
    assert_eq!(read(&Source::new(ENCRYPTED.as_bytes())), Err(TransferError::NeedsPassword));
    let wrong = Source::new(ENCRYPTED.as_bytes()).with_password("test-pas");
    assert_eq!(read(&wrong), Err(TransferError::WrongPasswordOrDamaged));
    for (path, value) in [
        (["encryptionNonce", ""], json!("AAAA")),
        (["encryptedData", ""], json!("AAAA")),
        (["encryptedData", ""], json!("no base64!")),
        (["kdfParams", "salt"], json!("AAAA")),
        (["kdfParams", "memLimit"], json!("x")),
        (["kdfParams", "opsLimit"], json!(-1)),
        (["version", ""], json!(null)),
    ] {
        assert!(matches!(changed(path, value), Err(TransferError::Damaged { .. })), "{path:?}");
    }
    assert!(matches!(changed(["version", ""], json!(2)), Err(TransferError::UnsupportedVersion { .. })));
    // Authentic, but a message before the last; or no text.
    for file in [sealed(65_536, 1, 0, LINK_A.as_bytes()), sealed(65_536, 1, 3, b"\xff\xfe")] {
        assert!(matches!(open(&file), Err(TransferError::Damaged { .. })));
    }
}

#[test]
fn p5_costs_are_bounded_and_asked_about() {
    let memory = |bytes: u64| changed(["kdfParams", "memLimit"], json!(bytes));
    let passes = |count: u64| changed(["kdfParams", "opsLimit"], json!(count));
    for bytes in [0, 8191, (1 << 30) + 1024, 4 << 40, u64::MAX] {
        assert!(matches!(memory(bytes), Err(TransferError::CostOutOfBounds { .. })), "{bytes}");
    }
    for count in [0, u64::MAX, 1 << 40] {
        assert!(matches!(passes(count), Err(TransferError::CostOutOfBounds { .. })), "{count}");
    }
    // What Ente itself writes where there is memory enough.
    let mut document: Value = serde_json::from_str(ENCRYPTED).unwrap();
    document["kdfParams"]["memLimit"] = json!(1_u64 << 30);
    document["kdfParams"]["opsLimit"] = json!(4);
    assert!(matches!(open(&document.to_string()), Err(TransferError::Costly { memory_mib: 1024, .. })));
}

#[test]
fn little_memory_is_counted_in_kib() {
    for memory in [8192, 10_240, 65_536] {
        assert_eq!(accounts(&open(&sealed(memory, 1, 3, LINK_A.as_bytes())).unwrap()), [a()], "{memory}");
    }
}

#[test]
fn a_costly_file_opens_once_that_was_agreed_to() {
    let file = sealed(300 << 20, 1, 3, LINK_A.as_bytes());
    let source = Source::new(file.as_bytes()).with_password(PASSWORD);
    assert!(matches!(read(&source), Err(TransferError::Costly { memory_mib: 300, .. })));
    assert_eq!(accounts(&read(&source.even_if_costly()).unwrap()), [a()]);
}

#[test]
fn hostile_bytes_return() {
    any_bytes_return(read, b"otpauth://totp/");
    any_bytes_return(read, b"{\"version\":1,\"kdfParams\":{\"memLimit\":65536,\"opsLimit\":1,");
    any_mutation_returns(read, PLAIN.as_bytes(), 256);
    any_mutation_returns(read, ENCRYPTED.as_bytes(), 64);
}
