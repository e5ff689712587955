//! Stratum: the examples, its database, and files that are wrong in one place.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::super::fixtures::{
    PASSWORD, a, accounts, any_bytes_return, any_mutation_returns, d, e, refusals, refused, unbase64, usable,
};
use super::super::{Field, Found, Source, TransferError, Warning};
use super::read;
use crate::entries::Usage;
use crate::otp::{Algorithm, Kind};

const PLAIN: &str = include_str!("fixtures/plain.json");
const STRONG: &str = include_str!("fixtures/strong.base64");
const LEGACY: &str = include_str!("fixtures/legacy.base64");

fn open(bytes: &[u8]) -> Result<Found, TransferError> {
    read(&Source::new(bytes).with_password(PASSWORD))
}

fn file(entries: &[Value]) -> Found {
    open(json!({"Authenticators": entries, "Categories": null}).to_string().as_bytes()).unwrap()
}

fn entry(kind: i64, with: Value) -> Value {
    let mut entry = json!({"Type": kind, "Issuer": "Acme Mail", "Username": "ann@acme.test",
        "Secret": "MV4GC3LQNRSS243FMNZGK5BNGE", "Algorithm": 0, "Digits": 6, "Period": 30, "Counter": 0});
    let Value::Object(with) = with else { panic!("an object") };
    entry.as_object_mut().unwrap().extend(with);
    entry
}

#[test]
fn the_plain_example_is_read_whole() {
    let found = open(PLAIN.as_bytes()).unwrap();
    assert_eq!(accounts(&found), [a(), e()]);
    assert_eq!(usable(&found)[0].details.tags, ["Work"]);
    assert_eq!(usable(&found)[1].details.position, Some(1));
}

#[test]
fn both_encrypted_examples_open() {
    assert_eq!(accounts(&open(&unbase64(STRONG)).unwrap()), [a().renamed(Some("Acme"), "")]);
    assert_eq!(accounts(&open(&unbase64(LEGACY)).unwrap()), [a().renamed(Some("Acme"), "")]);
}

#[test]
fn p4_what_can_be_told_from_a_wrong_password_is() {
    for (text, wrong) in
        [(STRONG, TransferError::WrongPasswordOrDamaged), (LEGACY, TransferError::WrongPassword)]
    {
        let file = unbase64(text);
        assert_eq!(read(&Source::new(&file)), Err(TransferError::NeedsPassword));
        assert_eq!(read(&Source::new(&file).with_password("test-past")), Err(wrong));
        for length in [16, 20, 40, 51] {
            assert!(matches!(open(&file[..length]), Err(TransferError::Damaged { .. })), "{length}");
        }
    }
    let legacy = unbase64(LEGACY);
    assert!(matches!(open(&legacy[..legacy.len() - 1]), Err(TransferError::Damaged { .. })));
}

#[test]
fn p4_a_wrong_password_whose_padding_fits_by_chance_is_still_one() {
    // Nothing authenticates this form: a changed block in the middle opens, and only its text shows it.
    let mut changed = unbase64(LEGACY);
    changed[60] ^= 1;
    assert_eq!(open(&changed), Err(TransferError::WrongPassword));
}

#[test]
fn every_type_is_read() {
    let kind = |value| accounts(&file(&[value]))[0].kind().clone();
    let (algorithm, digits) = (Algorithm::Sha512, 8);
    let hotp = json!({"Algorithm": 2, "Digits": 8, "Counter": 7});
    assert_eq!(kind(entry(1, hotp)), Kind::Hotp { algorithm, digits, counter: 7 });
    assert_eq!(
        kind(entry(2, json!({"Algorithm": 2, "Digits": 8, "Period": 60}))),
        Kind::Totp { algorithm, digits, period: 60 }
    );
    assert_eq!(kind(entry(4, json!({"Digits": 0, "Period": 0}))), Kind::Steam);
    let yandex =
        json!({"Issuer": "Y", "Username": "dan", "Secret": "MV4GC3LQNRSS26LBNZSGK6BNGE", "Pin": "4321"});
    assert_eq!(accounts(&file(&[entry(5, yandex)])), [d("Y")]);
    let odd = file(&[entry(3, json!({"Secret": "any text, 0189!"}))]);
    assert_eq!(accounts(&odd)[0].secret().expose(), b"any text, 0189!", "the text itself is hashed");
    assert_eq!(usable(&odd)[0].warnings, [Warning::NeedsPin]);
}

#[test]
fn categories_pictures_and_counts_come_along() {
    let secret = "MV4GC3LQNRSS243FMNZGK5BNGE";
    let link = |id: &str| json!({"CategoryId": id, "AuthenticatorSecret": secret});
    let with = |icon: &str| entry(2, json!({"Icon": icon, "CopyCount": 9, "Ranking": 4}));
    let document = json!({
        "Authenticators": [with("@1"), with("@2"), with("@3"), with("google")],
        "Categories": [{"Id": "a", "Name": "Work"}, {"Id": "b", "Name": "Home"}],
        "AuthenticatorCategories": [link("b"), link("a"), link("?"), link("a")],
        "CustomIcons": [{"Id": "1", "Data": "iVBORw0KGgo="}, {"Id": "2", "Data": "AAAA"}],
    });
    let found = open(document.to_string().as_bytes()).unwrap();
    let entries = usable(&found);
    assert!(
        entries.iter().all(|it| it.details.tags == ["Home", "Work"]),
        "entries with one secret share them"
    );
    assert_eq!(entries[0].details.used, Usage { times: 9, last_at: 0 });
    assert_eq!(entries[0].details.position, Some(4));
    assert_eq!(entries[0].details.icon.as_ref().unwrap().mime, "image/png");
    let warnings: Vec<_> = entries.iter().map(|it| it.warnings.clone()).collect();
    assert_eq!(warnings, [vec![], vec![Warning::IconLeftOut], vec![], vec![]]);
}

#[test]
fn what_entries_share_cannot_fill_the_memory() {
    use base64::Engine as _;
    let picture = [b"\x89PNG".as_slice(), &[0; 250_000]].concat();
    let picture = base64::engine::general_purpose::STANDARD.encode(picture);
    let secret = "MV4GC3LQNRSS243FMNZGK5BNGE";
    let category = |at: usize| json!({"Id": at.to_string(), "Name": format!("{at:0100}")});
    let link = |at: usize| json!({"CategoryId": at.to_string(), "AuthenticatorSecret": secret});
    let document = json!({
        "Authenticators": vec![entry(2, json!({"Icon": "@i"})); 1000],
        "Categories": (0..1000).map(category).collect::<Vec<_>>(),
        "AuthenticatorCategories": (0..1000).map(link).collect::<Vec<_>>(),
        "CustomIcons": [{"Id": "i", "Data": picture}],
    });
    let found = open(document.to_string().as_bytes()).unwrap();
    let entries = usable(&found);
    let pictures = entries.iter().filter(|it| it.details.icon.is_some()).count();
    assert_eq!(pictures, 67_108_864 / picture.len());
    assert_eq!(entries[999].warnings, [Warning::IconLeftOut]);
    assert!(entries.iter().all(|it| it.details.tags.len() == 1 && it.details.tags[0].len() == 64));
}

#[test]
fn p3_one_bad_entry_is_named_and_the_others_are_read() {
    let found = file(&[
        entry(2, json!({"Digits": 0})),
        entry(2, json!({"Period": "soon"})),
        entry(2, json!({})),
        entry(2, json!({"Algorithm": 3})),
        entry(6, json!({})),
        entry(2, json!({"Secret": "MV4G!"})),
        entry(3, json!({"Secret": ""})),
        entry(5, json!({"Secret": "MV4GC3LQ"})),
        json!("x"),
    ]);
    assert_eq!(accounts(&found), [a()]);
    let secrets = [(6, Field::Secret), (7, Field::Secret), (8, Field::Secret)];
    let fields = [(1, Field::Digits), (2, Field::Period), (4, Field::Algorithm), (5, Field::Type)];
    assert_eq!(refused(&found), [&fields[..], &secrets[..], &[(9, Field::Type)]].concat());
    assert_eq!(refusals(&found)[0].name, "Acme Mail: ann@acme.test");
    assert!(!format!("{found:?}").contains("MV4G"));
    assert!(matches!(open(b"{\"Authenticators\":7}"), Err(TransferError::Damaged { .. })));
}

const TABLES: &str = "
    CREATE TABLE authenticator(type INTEGER, icon TEXT, issuer TEXT, username TEXT, secret TEXT PRIMARY KEY,
        pin TEXT, algorithm INTEGER, digits INTEGER, period INTEGER, counter INTEGER, ranking INTEGER);
    CREATE TABLE category(id TEXT, name TEXT, ranking INTEGER);
    CREATE TABLE authenticatorcategory(categoryId TEXT, authenticatorSecret TEXT, ranking INTEGER);
    CREATE TABLE customicon(id TEXT, data BLOB);";
const ROWS: &str = "
    INSERT INTO authenticator VALUES (3, NULL, 'Motp', 'eve', '6578736563726574', '1234', 0, 6, 30, 0, 1);
    INSERT INTO authenticator VALUES
        (2, '@i', 'Acme Mail', 'ann@acme.test', 'MV4GC3LQNRSS243FMNZGK5BNGE', NULL, 0, 6, 30, 0, 0);
    INSERT INTO authenticator VALUES (9, NULL, 'Bad', 'x', 'A', NULL, 0, 6, 30, 0, 2);
    INSERT INTO category VALUES ('00040bab', 'Work', 0);
    INSERT INTO authenticatorcategory VALUES ('00040bab', 'MV4GC3LQNRSS243FMNZGK5BNGE', 0);
    INSERT INTO customicon VALUES ('i', x'89504e470d0a1a0a');";

fn database(sql: &str) -> Vec<u8> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection.serialize("main").unwrap().to_vec()
}

#[test]
fn the_database_is_read_whole() {
    let mut bytes = database(&format!("{TABLES}{ROWS}"));
    // As phones leave it: with the mark of a log beside the file.
    for mark in [1, 2] {
        (bytes[18], bytes[19]) = (mark, mark);
        let found = open(&bytes).unwrap();
        assert_eq!(accounts(&found), [e(), a()]);
        assert_eq!(refused(&found), [(3, Field::Type)]);
        let details = &usable(&found)[1].details;
        assert_eq!((details.tags.as_slice(), details.position), (&["Work".to_owned()][..], Some(0)));
        assert_eq!(details.icon.as_ref().unwrap().mime, "image/png");
    }
}

#[test]
fn a_database_that_computes_is_refused() {
    let plain = TABLES.replace("customicon", "unused");
    assert!(open(&database(&plain)).unwrap().items.is_empty(), "tables beside the first may be missing");
    let columns = "type, icon, issuer, username, secret, pin, algorithm, digits, period, counter, ranking";
    for hostile in [
        "CREATE TABLE other(x)".to_owned(),
        format!("CREATE TABLE t({columns}); CREATE VIEW authenticator AS SELECT * FROM t;"),
        TABLES.replace("username TEXT", "username TEXT AS (printf('%.*c', 100000000, 'x'))"),
        format!(
            "{TABLES} DROP TABLE customicon; CREATE VIEW customicon AS SELECT 1 AS id, zeroblob(9) AS data;"
        ),
        format!("CREATE VIRTUAL TABLE authenticator USING fts5({columns});"),
    ] {
        let read = open(&database(&hostile));
        assert!(matches!(read, Err(TransferError::Damaged { .. })), "{hostile}: {read:?}");
    }
    assert!(matches!(open(b"SQLite format 3\0"), Err(TransferError::Damaged { .. })));
}

#[test]
fn hostile_bytes_return() {
    any_bytes_return(read, b"SQLite format 3\0");
    any_bytes_return(read, b"{\"Authenticators\":[{\"Type\":");
    any_mutation_returns(read, PLAIN.as_bytes(), 256);
    any_mutation_returns(read, &database(&format!("{TABLES}{ROWS}")), 64);
    any_mutation_returns(read, &unbase64(LEGACY), 4);
    any_mutation_returns(read, &unbase64(STRONG), 2);
}
