//! Microsoft: the example as a database made here, and databases that are programs.

use rusqlite::Connection;

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, accounts, refused, skipped};
use crate::transfer::{Field, Source, TransferError};

const TABLE: &str = "CREATE TABLE accounts(_id INTEGER PRIMARY KEY,name TEXT,username TEXT,oath_secret_key TEXT,account_type INTEGER,encrypted_oath_secret_key TEXT);";
const ROWS: &str = "INSERT INTO accounts VALUES(1,'Acme Mail','ann@acme.test','MV4GC3LQNRSS243FMNZGK5BNGE',0,''),(2,'Microsoft','bob','ZXhhbXBsZS1zZWNyZXQtMg==',1,''),(3,'Work','eve','',2,'');";

fn file(sql: &str) -> Vec<u8> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection.serialize("main").unwrap().to_vec()
}

#[test]
fn the_example() {
    let found = read(&Source::new(&file(&[TABLE, ROWS].concat()))).unwrap();
    let entries = accounts(&found);
    assert_eq!(entries[0], fixtures::a());
    assert_eq!(entries[1].secret(), fixtures::b().secret());
    assert_eq!(*entries[1].kind(), Kind::Totp { algorithm: Algorithm::Sha1, digits: 8, period: 30 });
    assert_eq!(skipped(&found), [(3, "a push account")]);
}

#[test]
fn an_empty_table_and_secrets_of_the_device() {
    assert!(matches!(read(&Source::new(&file(TABLE))), Err(TransferError::Unsupported { .. })));
    let sealed =
        "INSERT INTO accounts VALUES(1,'A','b','',0,'xyz'),(2,'A','b','0',0,''),(3,'A','b','',NULL,'');";
    let found = read(&Source::new(&file(&[TABLE, sealed].concat()))).unwrap();
    assert_eq!(refused(&found), [(1, Field::Secret), (2, Field::Secret), (3, Field::Type)]);
}

#[test]
fn what_is_no_plain_table_is_refused() {
    let rows = "CREATE TABLE t(name,username,oath_secret_key,account_type,encrypted_oath_secret_key);";
    for sql in [
        "CREATE VIEW accounts AS SELECT * FROM t;",
        "CREATE TABLE accounts(name, username, oath_secret_key AS (upper(name)), account_type);",
        "CREATE TABLE other(a);",
    ] {
        let file = file(&[rows, sql].concat());
        assert!(matches!(read(&Source::new(&file)), Err(TransferError::Damaged { .. })), "{sql}");
    }
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"SQLite format 3\0");
    fixtures::any_mutation_returns(read, &file(&[TABLE, ROWS].concat()), 200);
}
