//! Raivo: the examples plain and in an archive, and files that are wrong in one place.

use super::read;
use crate::transfer::archive::tests::{Packing, zip};
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, unbase64, usable};
use crate::transfer::{Field, Source, TransferError};

const PLAIN: &str = include_str!("fixtures/plain.json");
const ARCHIVE: &str = include_str!("fixtures/archive.base64");

#[test]
fn plain() {
    let found = read(&Source::new(PLAIN.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [fixtures::a(), fixtures::b()]);
    assert!(usable(&found)[0].details.pinned && !usable(&found)[1].details.pinned);
}

#[test]
fn p4_in_an_archive() {
    let bytes = unbase64(ARCHIVE);
    let found = read(&Source::new(&bytes).with_password(PASSWORD)).unwrap();
    assert_eq!(accounts(&found), [fixtures::a()]);
    assert_eq!(read(&Source::new(&bytes)).err(), Some(TransferError::NeedsPassword));
    let wrong = read(&Source::new(&bytes).with_password("wrong"));
    assert_eq!(wrong.err(), Some(TransferError::WrongPassword));
    let archive =
        zip(&[("raivo-otp-export.html", b"<html>", Packing::Stored), ("x.json", b"[]", Packing::Stored)]);
    assert!(matches!(read(&Source::new(&archive)), Err(TransferError::Damaged { .. })));
}

#[test]
fn texts_for_numbers() {
    let of = |from: &str, to: &str| read(&Source::new(PLAIN.replace(from, to).as_bytes())).unwrap();
    assert_eq!(accounts(&of("\"digits\":\"6\"", "\"digits\":\"\""))[0], fixtures::a());
    for (from, to, field) in [
        ("\"digits\":\"6\"", "\"digits\":\"six\"", Field::Digits),
        ("\"timer\":\"30\"", "\"timer\":\"0\"", Field::Period),
        ("\"kind\":\"TOTP\"", "\"kind\":\"YOTP\"", Field::Type),
        ("\"SHA1\"", "\"SHA224\"", Field::Algorithm),
    ] {
        assert_eq!(refused(&of(from, to)), [(1, field)], "{to}");
    }
}

#[test]
fn what_raivo_says_when_it_failed_is_shown() {
    let error = read(&Source::new(b"{\"message\":\"No access\"}")).unwrap_err();
    assert!(error.to_string().contains("No access"), "{error}");
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"PK\x03\x04");
    fixtures::any_mutation_returns(read, PLAIN.as_bytes(), 200);
    fixtures::any_mutation_returns(read, &unbase64(ARCHIVE), 200);
}
