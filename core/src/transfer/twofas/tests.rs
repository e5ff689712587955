//! 2FAS: the examples, what the schemas differ in, and files that are wrong in one place.

use serde_json::{Value, json};

use super::super::fixtures::{
    PASSWORD, a, accounts, any_bytes_return, any_mutation_returns, b, refusals, refused, usable,
};
use super::super::{Field, Found, Source, TransferError, Warning};
use super::read;
use crate::otp::{Algorithm, Kind};

const PLAIN: &str = include_str!("fixtures/plain.json");
const ENCRYPTED: &str = include_str!("fixtures/encrypted.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn open(document: &Value) -> Result<Found, TransferError> {
    read(&Source::new(document.to_string().as_bytes()).with_password(PASSWORD))
}

/// A backup of one service with this `otp`.
fn backup(schema: u64, otp: Value) -> Value {
    let service = json!({"name": "Acme Mail", "secret": "mv4gc3lqnrss243fmnzgk5bnge", "otp": otp});
    json!({"schemaVersion": schema, "services": [service]})
}

fn kind(otp: Value) -> Kind {
    accounts(&open(&backup(4, otp)).unwrap())[0].kind().clone()
}

#[test]
fn the_plain_example_is_read_whole() {
    let found = read(&Source::new(PLAIN.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [a(), b()]);
    let details: Vec<_> =
        usable(&found).into_iter().map(|it| (it.details.tags.clone(), it.details.position)).collect();
    assert_eq!(details, [(vec!["Work".to_owned()], Some(0)), (Vec::new(), Some(1))]);
}

#[test]
fn the_encrypted_example_opens() {
    assert_eq!(accounts(&open(&parsed(ENCRYPTED)).unwrap()), [b()]);
}

#[test]
fn p4_password_and_damage_are_told_apart() {
    let source = Source::new(ENCRYPTED.as_bytes());
    assert_eq!(read(&source), Err(TransferError::NeedsPassword));
    assert_eq!(read(&source.clone().with_password("test-pass2")), Err(TransferError::WrongPassword));

    let flipped = |key: &str| {
        let mut changed = parsed(ENCRYPTED);
        let sealed = changed[key].as_str().unwrap().to_owned();
        let (first, rest) = sealed.split_at(1);
        changed[key] = json!(format!("{}{rest}", if first == "A" { "B" } else { "A" }));
        changed
    };
    assert!(matches!(open(&flipped("servicesEncrypted")), Err(TransferError::Damaged { .. })));
    assert_eq!(open(&flipped("reference")), Err(TransferError::WrongPassword));

    let mut without = flipped("servicesEncrypted");
    without.as_object_mut().unwrap().remove("reference");
    assert_eq!(
        open(&without),
        Err(TransferError::WrongPasswordOrDamaged),
        "nothing is there that could tell"
    );

    for broken in ["AAAA", "AAAA:AAAA", "AAAA:AAAA:AAAA", "A!:AAAA:AAAAAAAAAAAAAAAA", "::"] {
        let mut changed = parsed(ENCRYPTED);
        changed["servicesEncrypted"] = json!(broken);
        assert!(matches!(open(&changed), Err(TransferError::Damaged { .. })), "{broken}");
    }
}

#[test]
fn each_schema_is_read() {
    // The first has the issuer before the account, and no numbers.
    let found = open(&backup(1, json!({"label": "Acme Mail:ann@acme.test"}))).unwrap();
    assert_eq!(accounts(&found), [a()]);
    let found =
        open(&backup(2, json!({"account": "ann@acme.test", "digits": null, "period": null}))).unwrap();
    assert_eq!(accounts(&found), [a()]);
    let found =
        open(&backup(3, json!({"issuer": "Acme Mail", "label": "ann@acme.test", "tokenType": "TOTP"})))
            .unwrap();
    assert_eq!(accounts(&found), [a()]);
    assert!(matches!(open(&backup(5, json!({}))), Err(TransferError::UnsupportedVersion { .. })));
    assert!(matches!(open(&backup(0, json!({}))), Err(TransferError::Damaged { .. })));
}

#[test]
fn the_old_link_fills_in_what_the_service_does_not_say() {
    let masked = "otpauth://totp/x?secret=[hidden]&digits=8&period=60&algorithm=SHA256";
    let (algorithm, sha1) = (Algorithm::Sha256, Algorithm::Sha1);
    assert_eq!(kind(json!({"link": masked})), Kind::Totp { algorithm, digits: 8, period: 60 });
    let own = json!({"link": masked, "digits": 7, "period": 30, "algorithm": "SHA1"});
    assert_eq!(kind(own), Kind::Totp { algorithm: sha1, digits: 7, period: 30 });
    let found = open(&backup(4, json!({"link": "otpauth://totp/x?digits=six"}))).unwrap();
    assert_eq!(refused(&found), [(1, Field::Digits)]);
}

#[test]
fn types_are_told_apart() {
    assert_eq!(kind(json!({"tokenType": "STEAM", "digits": 5})), Kind::Steam);
    assert_eq!(kind(json!({"tokenType": "TOTP", "issuer": "Steam"})), Kind::Steam, "Steam in disguise");
    let six = Kind::Totp { algorithm: Algorithm::Sha1, digits: 6, period: 30 };
    assert_eq!(kind(json!({"issuer": "Steam", "digits": 6})), six);
    let found = open(&backup(4, json!({"tokenType": "HOTP"}))).unwrap();
    assert_eq!(usable(&found)[0].warnings, [Warning::CounterMissing]);
    assert_eq!(refused(&open(&backup(4, json!({"tokenType": "MOTP"}))).unwrap()), [(1, Field::Type)]);
    assert_eq!(refused(&open(&backup(4, json!({"algorithm": "SHA384"}))).unwrap()), [(1, Field::Algorithm)]);
}

#[test]
fn p3_one_bad_service_is_named_and_the_others_are_read() {
    let mut file = parsed(PLAIN);
    file["services"]
        .as_array_mut()
        .unwrap()
        .insert(1, json!({"name": "Bad", "secret": "MV4G0", "otp": {"account": "x"}}));
    file["services"].as_array_mut().unwrap().push(json!("no service"));
    let found = open(&file).unwrap();
    assert_eq!(accounts(&found), [a(), b()]);
    assert_eq!(refused(&found), [(2, Field::Secret), (4, Field::Secret)]);
    let refusal = refusals(&found)[0];
    assert_eq!((refusal.name.as_str(), refusal.reason.sentence().contains("MV4G")), ("Bad: x", false));
    assert!(matches!(open(&json!({"schemaVersion": 4, "services": {}})), Err(TransferError::Damaged { .. })));
}

#[test]
fn hostile_bytes_return() {
    any_bytes_return(read, b"{\"schemaVersion\":4,\"services\":[");
    any_mutation_returns(read, PLAIN.as_bytes(), 256);
    any_mutation_returns(read, ENCRYPTED.as_bytes(), 48);
}
