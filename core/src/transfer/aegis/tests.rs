//! Aegis: the examples, the older versions of its vault, and files that are wrong in one place.

use serde_json::{Value, json};

use super::super::fixtures::{
    self, PASSWORD, a, accounts, any_bytes_return, any_mutation_returns, d, e, refusals, refused, usable,
};
use super::super::{Field, Found, Source, TransferError, Warning, cipher, kdf};
use super::read;
use crate::otp::{Algorithm, Kind};

const PLAIN: &str = include_str!("fixtures/plain.json");
const ENCRYPTED: &str = include_str!("fixtures/encrypted.json");

fn plain(document: &Value) -> Result<Found, TransferError> {
    read(&Source::new(document.to_string().as_bytes()))
}

fn encrypted(document: &Value) -> Result<Found, TransferError> {
    read(&Source::new(document.to_string().as_bytes()).with_password(PASSWORD))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A vault of one entry, with the members of `with` in place of its own.
fn vault(with: Value) -> Value {
    let mut entry = json!({
        "type": "totp", "name": "ann@acme.test", "issuer": "Acme Mail", "note": "", "icon": null,
        "info": {"secret": "MV4GC3LQNRSS243FMNZGK5BNGE", "algo": "SHA1", "digits": 6, "period": 30},
    });
    let Value::Object(with) = with else { panic!("an object") };
    entry.as_object_mut().unwrap().extend(with);
    let header = json!({"slots": null, "params": null});
    json!({"version": 1, "header": header, "db": {"version": 2, "entries": [entry]}})
}

fn vault_with_info(info: Value) -> Value {
    vault(json!({"info": info}))
}

#[test]
fn the_plain_example_is_read_whole() {
    let found = read(&Source::new(PLAIN.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [a(), e()]);
    let details = &usable(&found)[0].details;
    assert_eq!(
        (details.tags.as_slice(), details.pinned, details.note.as_str()),
        (&["Work".to_owned()][..], true, "n1")
    );
    assert_eq!(usable(&found)[1].details, crate::entries::Details::default());
}

#[test]
fn the_encrypted_example_opens() {
    let found = read(&Source::new(ENCRYPTED.as_bytes()).with_password(PASSWORD)).unwrap();
    assert_eq!(accounts(&found), [a()]);
}

#[test]
fn p4_password_and_damage_are_told_apart() {
    let source = Source::new(ENCRYPTED.as_bytes());
    assert_eq!(read(&source), Err(TransferError::NeedsPassword));
    for wrong in ["test-pasS", "test-pass ", ""] {
        assert_eq!(read(&source.clone().with_password(wrong)), Err(TransferError::WrongPassword), "{wrong}");
    }
    let mut changed = parsed(ENCRYPTED);
    changed["header"]["params"]["tag"] = json!("00000000000000000000000000000000");
    assert!(matches!(encrypted(&changed), Err(TransferError::Damaged { .. })));
    for (place, value) in
        [("nonce", json!("00")), ("tag", json!("zz0000000000000000000000000000zz")), ("tag", json!(null))]
    {
        let mut changed = parsed(ENCRYPTED);
        changed["header"]["slots"][0]["key_params"][place] = value;
        assert!(matches!(encrypted(&changed), Err(TransferError::Damaged { .. })), "{place}");
    }
    let mut changed = parsed(ENCRYPTED);
    changed["db"] = json!("not base64!");
    assert!(matches!(encrypted(&changed), Err(TransferError::Damaged { .. })));
}

#[test]
fn p5_costs_are_bounded_and_asked_about() {
    let at = |n: Value, r: Value, p: Value| {
        let mut changed = parsed(ENCRYPTED);
        let slot = &mut changed["header"]["slots"][0];
        (slot["n"], slot["r"], slot["p"]) = (n, r, p);
        encrypted(&changed)
    };
    for (n, r, p) in
        [(1_u64 << 40, 8, 1), (1023, 8, 1), (1 << 20, 9, 1), (1024, 8, 17), (0, 8, 1), (1024, 0, 1)]
    {
        let refused = at(json!(n), json!(r), json!(p));
        assert!(matches!(refused, Err(TransferError::CostOutOfBounds { .. })), "{n} {r} {p}: {refused:?}");
    }
    assert!(matches!(at(json!(-1), json!(8), json!(1)), Err(TransferError::Damaged { .. })));
    assert!(matches!(
        at(json!(1 << 19), json!(8), json!(1)),
        Err(TransferError::Costly { memory_mib: 512, .. })
    ));
    let mut many = parsed(ENCRYPTED);
    let slot = many["header"]["slots"][0].clone();
    many["header"]["slots"] = json!(vec![slot; 9]);
    assert!(matches!(encrypted(&many), Err(TransferError::TooLarge { .. })));
}

#[test]
fn any_password_slot_opens_the_vault_and_other_slots_are_passed_over() {
    let mut changed = parsed(ENCRYPTED);
    let slots = changed["header"]["slots"].as_array_mut().unwrap();
    let mut other = slots[0].clone();
    other["salt"] = json!("00".repeat(32));
    slots.insert(0, other);
    slots.insert(0, json!({"type": 2, "key": "00"}));
    assert_eq!(accounts(&encrypted(&changed).unwrap()), [a()]);
    changed["header"]["slots"] = json!([{"type": 2}]);
    assert!(matches!(encrypted(&changed), Err(TransferError::Unsupported { .. })));
}

/// The plain example, sealed with a password of any bytes.
fn sealed(password: &[u8], n: u64, repaired: bool) -> Value {
    let (salt, nonce, master) = ([7_u8; 32], [8_u8; 12], [9_u8; 32]);
    let key: kdf::Derived<32> = kdf::scrypt(&Source::new(b""), password, &salt, (n, 8, 1)).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let seal = |key: &[u8], plain: &[u8]| {
        let sealed = cipher::gcm_seal(key, &nonce, plain, &[]).unwrap();
        let (text, tag) = sealed.split_at(sealed.len() - 16);
        (text.to_vec(), json!({"nonce": hex(&nonce), "tag": hex(tag)}))
    };
    let (slot_key, key_params) = seal(key.as_slice(), &master);
    let (db, params) = seal(&master, parsed(PLAIN)["db"].to_string().as_bytes());
    let slot = json!({"type": 1, "key": hex(&slot_key), "key_params": key_params, "n": n, "r": 8, "p": 1,
        "salt": hex(&salt), "repaired": repaired});
    let db = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, db);
    json!({"version": 1, "header": {"slots": [slot], "params": params}, "db": db})
}

#[test]
fn a_vault_at_the_costs_that_aegis_writes_opens() {
    let file = sealed(PASSWORD.as_bytes(), 32_768, true);
    assert_eq!(accounts(&encrypted(&file).unwrap()), [a(), e()]);
}

#[test]
fn long_passwords_open_vaults_from_before_they_were_mended() {
    let long = "p".repeat(70);
    let padded = [long.as_bytes(), &[0; 7]].concat();
    let read_with = |file: Value| read(&Source::new(file.to_string().as_bytes()).with_password(&long));
    assert_eq!(accounts(&read_with(sealed(&padded, 2, false)).unwrap()), [a(), e()]);
    assert_eq!(accounts(&read_with(sealed(long.as_bytes(), 2, false)).unwrap()), [a(), e()]);
    assert_eq!(read_with(sealed(&padded, 2, true)), Err(TransferError::WrongPassword));
}

#[test]
fn older_vaults_name_their_group() {
    let found = plain(&vault(json!({"group": "Work"}))).unwrap();
    assert_eq!(usable(&found)[0].details.tags, ["Work"]);
    let found = plain(&vault(json!({"group": "Old", "groups": ["99"]}))).unwrap();
    assert!(
        usable(&found)[0].details.tags.is_empty(),
        "ids of no group are dropped, and the name no longer counts"
    );
}

#[test]
fn every_type_is_read() {
    let secret = "MV4GC3LQNRSS26LBNZSGK6BNGE";
    let of = |kind: &str, info: Value| {
        let vault = vault(json!({"type": kind, "issuer": "Y", "name": "dan", "info": info}));
        fixtures::accounts(&plain(&vault).unwrap()).remove(0)
    };
    assert_eq!(of("yandex", json!({"secret": secret, "pin": "4321"})), d("Y"));
    assert_eq!(of("steam", json!({"secret": secret, "digits": 0, "period": 0})).kind(), &Kind::Steam);
    let hotp = of("hotp", json!({"secret": secret, "algo": "SHA512", "digits": 8, "counter": 7}));
    assert_eq!(hotp.kind(), &Kind::Hotp { algorithm: Algorithm::Sha512, digits: 8, counter: 7 });
    let old = of("totp", json!({"secret": secret, "algo": "MD5"}));
    assert_eq!(old.kind(), &Kind::DEFAULT, "an old fault wrote MD5 where SHA-1 was used");
}

#[test]
fn what_is_missing_is_warned_of() {
    let warnings = |vault: Value| usable(&plain(&vault).unwrap())[0].warnings.clone();
    let info = json!({"secret": "MV4GC3LQNRSS26LBNZSGK6BNGE"});
    assert_eq!(warnings(vault(json!({"type": "motp", "info": info}))), [Warning::NeedsPin]);
    assert_eq!(warnings(vault(json!({"type": "hotp", "info": info}))), [Warning::CounterMissing]);
    assert_eq!(warnings(vault(json!({"icon": "!", "icon_mime": "image/png"}))), [Warning::IconLeftOut]);
    let large = "AAAA".repeat(400_000);
    assert_eq!(warnings(vault(json!({"icon": large}))), [Warning::IconLeftOut]);
    assert_eq!(warnings(vault(json!({"groups": ["no such"], "icon": "iVBORw0KGgo="}))), []);
}

#[test]
fn p3_one_bad_entry_is_named_and_the_others_are_read() {
    let secret = "MV4GC3LQNRSS243FMNZGK5BNGE";
    for (bad, field) in [
        (json!({"secret": secret, "digits": 0}), Field::Digits),
        (json!({"secret": secret, "digits": 11}), Field::Digits),
        (json!({"secret": secret, "period": 0}), Field::Period),
        (json!({"secret": secret, "period": -30}), Field::Period),
        (json!({"secret": secret, "algo": "SHA224"}), Field::Algorithm),
        (json!({"secret": "MV4G!"}), Field::Secret),
        (json!({"secret": ""}), Field::Secret),
        (json!({}), Field::Secret),
    ] {
        let mut file = vault_with_info(bad.clone());
        let good = vault(json!({}))["db"]["entries"][0].clone();
        file["db"]["entries"].as_array_mut().unwrap().push(good);
        let found = plain(&file).unwrap();
        assert_eq!(accounts(&found), [a()], "{bad}");
        assert_eq!(refused(&found), [(1, field)], "{bad}");
        assert_eq!(refusals(&found)[0].name, "Acme Mail: ann@acme.test");
        assert!(!format!("{found:?}").contains("MV4G"), "{bad}");
    }
    let found = plain(&vault(json!({"type": "sms"}))).unwrap();
    assert_eq!(refused(&found), [(1, Field::Type)]);
    let mut file = vault(json!({}));
    file["db"]["entries"] = json!([7, null, "x", []]);
    assert_eq!(refused(&plain(&file).unwrap()).len(), 4);
}

#[test]
fn newer_versions_and_broken_frames_are_file_errors() {
    let mut file = vault(json!({}));
    file["version"] = json!(2);
    assert!(matches!(plain(&file), Err(TransferError::UnsupportedVersion { .. })));
    let mut file = vault(json!({}));
    file["db"]["version"] = json!(4);
    assert!(matches!(plain(&file), Err(TransferError::UnsupportedVersion { .. })));
    for broken in [
        json!({"version": 1, "header": {}, "db": {"version": 1}}),
        json!({"version": 1, "header": {}, "db": "AAAA"}),
        json!({"version": 1, "header": {"slots": []}, "db": {"version": 1, "entries": []}}),
        json!({"version": "x", "header": {}, "db": {}}),
    ] {
        assert!(matches!(plain(&broken), Err(TransferError::Damaged { .. })), "{broken}");
    }
    assert!(matches!(read(&Source::new(&PLAIN.as_bytes()[..300])), Err(TransferError::Damaged { .. })));
}

#[test]
fn hostile_bytes_return() {
    any_bytes_return(read, b"{\"version\":1,");
    any_mutation_returns(read, PLAIN.as_bytes(), 256);
    any_mutation_returns(read, ENCRYPTED.as_bytes(), 48);
}
