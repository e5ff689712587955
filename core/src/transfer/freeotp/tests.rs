//! FreeOTP: the examples of three versions, and files that are wrong in one place.

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, unbase64, usable};
use crate::transfer::{Field, Source, TransferError, Warning};

const TOKENS: &str = include_str!("fixtures/tokens.xml");
const PLUS: &str = include_str!("fixtures/plus.json");
const BACKUP: &str = include_str!("fixtures/backup.base64");

#[test]
fn version_1_counts_what_was_used_and_writes_signed_bytes() {
    let found = read(&Source::new(TOKENS.as_bytes())).unwrap();
    let entry = &accounts(&found)[0];
    assert_eq!((entry.issuer(), entry.account()), (Some("Beta"), "bob"));
    assert_eq!(*entry.kind(), Kind::Hotp { algorithm: Algorithm::Sha256, digits: 8, counter: 7 });
    assert_eq!(entry.secret().expose(), b"\xff\x80\x7fmple-secret-2");
}

#[test]
fn plus_is_sorted_and_loses_nothing() {
    let found = read(&Source::new(PLUS.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [fixtures::b(), fixtures::a()]);
    let turned = PLUS.replace(r#"["Beta:bob","Acme Mail:ann@acme.test"]"#, r#"["Acme Mail:ann@acme.test"]"#);
    let found = read(&Source::new(turned.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [fixtures::a(), fixtures::b()]);
}

#[test]
fn what_tokens_say_of_themselves() {
    let of = |from: &str, to: &str| read(&Source::new(PLUS.replace(from, to).as_bytes())).unwrap();
    let fresh = of("\"counter\":6", "\"counter\":-1");
    assert!(matches!(accounts(&fresh)[0].kind(), Kind::Hotp { counter: 0, .. }));
    let missing = of("\"counter\":6,", "");
    assert_eq!(usable(&missing)[0].warnings, [Warning::CounterMissing]);
    let steam = of("\"issuerExt\":\"Acme Mail\"", "\"issuerExt\":\"Steam\"");
    assert!(accounts(&steam).iter().any(|entry| *entry.kind() == Kind::Steam));
    let edited = of("\"label\":\"bob\"", "\"label\":\"bob\",\"labelAlt\":\"rob\",\"issuerAlt\":\"Gamma\"");
    let edited = accounts(&edited);
    assert!(edited.iter().any(|entry| (entry.issuer(), entry.account()) == (Some("Gamma"), "rob")));
    for (from, to, field) in [
        ("\"counter\":6", "\"counter\":-2", Field::Counter),
        ("\"digits\":8", "\"digits\":0", Field::Digits),
        ("SHA256", "MD5", Field::Algorithm),
        ("\"HOTP\"", "\"OTHER\"", Field::Type),
        ("[101,120,97,109,112,108,101,45,115,101,99,114,101,116,45,50]", "[128]", Field::Secret),
        ("[101,120,97,109,112,108,101,45,115,101,99,114,101,116,45,50]", "[]", Field::Secret),
    ] {
        assert_eq!(refused(&of(from, to)), [(1, field)], "{to}");
    }
}

#[test]
fn version_2() {
    let bytes = unbase64(BACKUP);
    let found = read(&Source::new(&bytes).with_password(PASSWORD)).unwrap();
    assert_eq!(accounts(&found), [fixtures::a()]);
    assert_eq!(read(&Source::new(&bytes)).err(), Some(TransferError::NeedsPassword));
    let wrong = read(&Source::new(&bytes).with_password("wrong"));
    assert_eq!(wrong.err(), Some(TransferError::WrongPassword));
    let cut = read(&Source::new(&bytes[..bytes.len() - 1]).with_password(PASSWORD));
    assert!(matches!(cut, Err(TransferError::Damaged { .. })));
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + to.len()..]].concat()
}

#[test]
fn version_2_with_one_token_damaged_or_halved() {
    let bytes = unbase64(BACKUP);
    let read = |bytes: &[u8]| read(&Source::new(bytes).with_password(PASSWORD));
    let changed = read(&replaced(&bytes, b"[-86,", b"[-87,")).unwrap();
    assert_eq!(refused(&changed), [(1, Field::Secret)]);
    let halved = read(&replaced(&bytes, b"-token", b"-other")).unwrap();
    assert_eq!(refused(&halved), [(1, Field::Entry), (2, Field::Entry)]);
    let unnamed = read(&replaced(&bytes, b"masterKey", b"masterHey"));
    assert!(matches!(unnamed, Err(TransferError::Damaged { .. })));
}

#[test]
fn p5_iterations_are_bounded() {
    let bytes = unbase64(BACKUP);
    let none = replaced(&bytes, b"\"mIterations\":1000", b"\"mIterations\":0000");
    assert!(matches!(read(&Source::new(&none).with_password(PASSWORD)), Err(TransferError::Damaged { .. })));
    let none = replaced(&bytes, b"\"mIterations\":1000", b"\"mIterations\":0   ");
    let none = read(&Source::new(&none).with_password(PASSWORD));
    assert!(matches!(none, Err(TransferError::CostOutOfBounds { .. })));
    let many = replaced(&bytes, b"\"mIterations\":1000", b"\"mIterations\": 9e9");
    assert!(read(&Source::new(&many).with_password(PASSWORD)).is_err());
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"<map><string name=\"a\">");
    fixtures::any_bytes_return(read, &unbase64(BACKUP)[..100]);
    fixtures::any_mutation_returns(read, TOKENS.as_bytes(), 200);
    fixtures::any_mutation_returns(read, PLUS.as_bytes(), 200);
    fixtures::any_mutation_returns(read, &unbase64(BACKUP), 200);
}
