//! Duo: the example, and files that are wrong in one place.

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, accounts, refused, skipped, usable};
use crate::transfer::{Field, Source, Warning};

const ACCOUNTS: &str = include_str!("fixtures/accounts.json");

#[test]
fn the_example() {
    let found = read(&Source::new(ACCOUNTS.as_bytes())).unwrap();
    let entries = accounts(&found);
    assert_eq!(entries[0], fixtures::a().renamed(None, "ann"));
    assert_eq!(*entries[1].kind(), Kind::Hotp { algorithm: Algorithm::Sha1, digits: 6, counter: 7 });
    assert_eq!(entries[1].secret(), fixtures::b().secret());
    assert_eq!(usable(&found)[1].warnings, [Warning::Unproven]);
}

#[test]
fn push_accounts_are_left_aside_and_bad_ones_refused() {
    let text = r#"[{"name":"push","pkey":"x"},{"name":"bad","otpGenerator":{"otpSecret":"1"}},{"otpGenerator":{"otpSecret":"MV4G","counter":-1}}]"#;
    let found = read(&Source::new(text.as_bytes())).unwrap();
    assert_eq!(skipped(&found), [(1, "a push account")]);
    assert_eq!(refused(&found), [(2, Field::Secret), (3, Field::Counter)]);
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"[{\"otpGenerator\":");
    fixtures::any_mutation_returns(read, ACCOUNTS.as_bytes(), 200);
}
