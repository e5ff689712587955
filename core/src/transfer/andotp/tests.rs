//! andOTP: the examples in all three forms, and files that are wrong in one place.

use super::read;
use crate::otp::Kind;
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, unbase64, usable};
use crate::transfer::{Cancel, Field, Found, Source, TransferError, Warning};

const PLAIN: &str = include_str!("fixtures/plain.json");
const NEW: &str = include_str!("fixtures/new.base64");
const OLD: &str = include_str!("fixtures/old.base64");

fn of(entries: &str) -> Found {
    read(&Source::new(entries.as_bytes())).unwrap()
}

#[test]
fn plain() {
    let found = of(PLAIN);
    assert_eq!(accounts(&found), [fixtures::a(), fixtures::c()]);
    assert_eq!(usable(&found)[0].details.tags, ["Work"]);
}

#[test]
fn both_encrypted_forms() {
    for text in [NEW, OLD] {
        let bytes = unbase64(text);
        let found = read(&Source::new(&bytes).with_password(PASSWORD)).unwrap();
        assert_eq!(accounts(&found), [fixtures::c()]);
        assert_eq!(read(&Source::new(&bytes)).err(), Some(TransferError::NeedsPassword));
        let wrong = read(&Source::new(&bytes).with_password("test-pass "));
        assert_eq!(wrong.err(), Some(TransferError::WrongPasswordOrDamaged));
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        let changed = read(&Source::new(&changed).with_password(PASSWORD));
        assert_eq!(changed.err(), Some(TransferError::WrongPasswordOrDamaged));
    }
}

#[test]
fn p5_rounds_are_bounded_and_long_ones_asked_about() {
    let mut bytes = unbase64(NEW);
    bytes[..4].copy_from_slice(&10_000_000_u32.to_be_bytes());
    let asked = read(&Source::new(&bytes).with_password(PASSWORD));
    assert!(matches!(asked, Err(TransferError::Costly { .. })));
    let cancel = Cancel::default();
    cancel.cancel();
    let agreed = Source::new(&bytes).with_password(PASSWORD).even_if_costly().cancelled_by(cancel);
    assert_eq!(read(&agreed).err(), Some(TransferError::Cancelled));
    bytes[..4].copy_from_slice(&10_000_001_u32.to_be_bytes());
    let beyond = read(&Source::new(&bytes).with_password(PASSWORD).even_if_costly());
    assert_eq!(beyond.err(), Some(TransferError::WrongPasswordOrDamaged));
}

#[test]
fn what_older_files_write() {
    let entry = |label: &str| {
        format!(r#"[{{"secret":"MV4GC3LQNRSS243FMNZGK5BNGE","label":"{label}","type":"TOTP"}}]"#)
    };
    for label in ["Acme Mail - ann@acme.test", "Acme Mail:ann@acme.test"] {
        assert_eq!(accounts(&of(&entry(label))), [fixtures::a()]);
    }
    assert_eq!(usable(&of(&entry("ann")))[0].otp.issuer(), None);
}

#[test]
fn mobile_otp_is_kept_without_its_pin() {
    let found = of(
        r#"[{"secret":"GY2TOOBXGM3DKNRTG4ZDMNJXGQ======","label":"eve","issuer":"Motp","type":"MOTP","digits":9}]"#,
    );
    let read = usable(&found)[0];
    assert_eq!(*read.otp.kind(), Kind::Motp { pin: None });
    assert_eq!(read.otp.secret(), fixtures::e().secret());
    assert_eq!(read.warnings, [Warning::NeedsPin]);
}

#[test]
fn bad_entries_beside_good_ones() {
    let good = r#"{"secret":"MV4GC3LQNRSS243FMNZGK5BNGE======","issuer":"Acme Mail","label":"ann@acme.test","digits":6,"type":"TOTP","algorithm":"SHA1","period":30}"#;
    let list: Vec<_> = [
        ("\"TOTP\"", "\"PUSH\""),
        ("\"digits\":6", "\"digits\":11"),
        ("\"period\":30", "\"period\":-1"),
        ("SHA1", "SHA3"),
        ("MV4G", "MV4!"),
        ("TOTP", "TOTP"),
    ]
    .iter()
    .map(|(from, to)| good.replace(from, to))
    .collect();
    let found = of(&format!("[{}]", list.join(",")));
    let fields = [Field::Type, Field::Digits, Field::Period, Field::Algorithm, Field::Secret];
    assert_eq!(refused(&found), (1..).zip(fields).collect::<Vec<_>>());
    assert_eq!(accounts(&found), [fixtures::a()]);
    let hotp = of(&good.replace("TOTP", "HOTP").replace('{', "[{").replace('}', "}]"));
    assert_eq!(usable(&hotp)[0].warnings, [Warning::CounterMissing]);
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"[{");
    fixtures::any_mutation_returns(read, PLAIN.as_bytes(), 200);
    fixtures::any_mutation_returns(read, &unbase64(OLD), 60);
}
