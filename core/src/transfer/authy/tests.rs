//! Authy: the examples, names in every field, and files that are wrong in one place.

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, usable};
use crate::transfer::{Field, Found, Source, TransferError, Warning};

const PLAIN: &str = include_str!("fixtures/plain.xml");
const ENCRYPTED: &str = include_str!("fixtures/encrypted.xml");

fn with_password(text: &str) -> Result<Found, TransferError> {
    read(&Source::new(text.as_bytes()).with_password(PASSWORD))
}

#[test]
fn plain_and_encrypted() {
    assert_eq!(accounts(&read(&Source::new(PLAIN.as_bytes())).unwrap()), [fixtures::a()]);
    assert_eq!(accounts(&with_password(ENCRYPTED).unwrap()), [fixtures::a()]);
    let escaped = ENCRYPTED.replace("lLk=", "lLk\\u003d");
    assert_eq!(accounts(&with_password(&escaped).unwrap()), [fixtures::a()]);
    assert_eq!(read(&Source::new(ENCRYPTED.as_bytes())).err(), Some(TransferError::NeedsPassword));
}

#[test]
fn p4_wrong_passwords_and_damage() {
    for number in 0..8 {
        let password = format!("wrong {number}");
        let wrong = read(&Source::new(ENCRYPTED.as_bytes()).with_password(&password));
        assert_eq!(wrong.err(), Some(TransferError::WrongPassword));
    }
    let cut = with_password(&ENCRYPTED.replace("1w6BA9lz6N", "1w6BA9")).unwrap();
    assert_eq!(refused(&cut), [(1, Field::Secret)]);
    // One that opens beside one that does not.
    let token = |text: &str| text.split_once('[').unwrap().1.split_once(']').unwrap().0.to_owned();
    let (good, other) = (token(ENCRYPTED), token(ENCRYPTED).replace("abcdefgh", "hgfedcba"));
    let both = ENCRYPTED.replace(&good, &format!("{good},{other}"));
    let found = with_password(&both).unwrap();
    assert_eq!((accounts(&found).len(), refused(&found)), (1, vec![(2, Field::Secret)]));
}

#[test]
fn p5_iterations_are_bounded_for_all_together() {
    let more = |count: u64| {
        ENCRYPTED.replace(
            "&quot;salt&quot;",
            &format!("&quot;key_derivation_iterations&quot;:{count},&quot;salt&quot;"),
        )
    };
    let beyond = with_password(&more(10_000_001));
    assert!(matches!(beyond, Err(TransferError::CostOutOfBounds { .. })));
    assert!(matches!(with_password(&more(0)), Err(TransferError::CostOutOfBounds { .. })));
    let found = with_password(&more(1000)).unwrap();
    assert_eq!(usable(&found)[0].warnings, [Warning::Unproven]);
}

#[test]
fn names_in_every_field_and_authys_own_accounts() {
    let of = |json: &str| {
        let text = json.replace('"', "&quot;");
        let xml = format!("<map><string name=\"com.authy.storage.tokens.authy.key\">[{text}]</string></map>");
        let found = read(&Source::new(xml.as_bytes())).unwrap();
        let imported = usable(&found)[0].clone();
        (
            imported.otp.issuer().map(str::to_owned),
            imported.otp.account().to_owned(),
            imported.otp.kind().clone(),
        )
    };
    let plain = |rest: &str| of(&format!(r#"{{"decryptedSecret":"MV4GC3LQ","digits":6,{rest}}}"#));
    let expected = (Some("Acme".to_owned()), "ann".to_owned(), Kind::DEFAULT);
    for rest in [
        r#""originalIssuer":"Acme","name":"Acme: ann""#,
        r#""originalName":"Acme:ann","name":"Acme: ann""#,
        r#""name":"Acme - ann""#,
        r#""accountType":"acme","name":"ann""#,
    ] {
        assert_eq!(plain(rest), expected, "{rest}");
    }
    let own = of(r#"{"secretSeed":"00ff10","digits":7,"accountType":"authy","name":"Acme"}"#);
    assert_eq!(own.2, Kind::Totp { algorithm: Algorithm::Sha1, digits: 7, period: 10 });
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"<map><string name=\"com.authy.storage.tokens.a.key\">[");
    fixtures::any_mutation_returns(read, PLAIN.as_bytes(), 200);
    fixtures::any_mutation_returns(read, ENCRYPTED.as_bytes(), 100);
}
