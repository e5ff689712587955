//! Authenticator Plus: the example in its archive, a database made and encrypted here, and damage.

use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding};
use rusqlite::Connection;

use super::read;
use crate::otp::Kind;
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, unbase64, usable};
use crate::transfer::kdf::{self, Hash};
use crate::transfer::{Field, Source, TransferError};

const ARCHIVE: &str = include_str!("fixtures/archive.base64");

#[test]
fn p4_in_an_archive() {
    let bytes = unbase64(ARCHIVE);
    let found = read(&Source::new(&bytes).with_password(PASSWORD)).unwrap();
    assert_eq!(accounts(&found), [fixtures::a()]);
    assert_eq!(read(&Source::new(&bytes)).err(), Some(TransferError::NeedsPassword));
    let wrong = read(&Source::new(&bytes).with_password("wrong"));
    assert_eq!(wrong.err(), Some(TransferError::WrongPasswordOrDamaged));
}

const SQL: &str = "PRAGMA page_size = 1024;
    CREATE TABLE accounts(_id INTEGER PRIMARY KEY,email TEXT,secret TEXT,counter INTEGER,type INTEGER,issuer TEXT,original_name TEXT,category TEXT);
    INSERT INTO accounts VALUES
        (1,'Acme Mail:ann@acme.test','MV4GC3LQNRSS243FMNZGK5BNGE',0,0,'','','Work'),
        (2,'bob','MV4GC3LQNRSS243FMNZGK5BNGI',7,1,'Beta','','All Accounts'),
        (3,'EU-1','657861',0,2,'Battle.net','',NULL),
        (4,'x','MV4G',0,9,'','',NULL);";

/// A database with 48 bytes reserved on each page, encrypted as SQLCipher 3 does.
fn encrypted() -> Vec<u8> {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SQL).unwrap();
    let plain = with_room(&connection.serialize("main").unwrap());
    let source = Source::new(b"");
    let salt = [9; 16];
    let key = kdf::pbkdf2::<32>(&source, Hash::Sha1, PASSWORD.as_bytes(), &salt, 64_000).unwrap();
    let mac_key = kdf::pbkdf2::<32>(&source, Hash::Sha1, key.as_slice(), &salt.map(|b| b ^ 0x3a), 2).unwrap();
    let mac_key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, mac_key.as_slice());
    let mut bytes = Vec::new();
    for (page, number) in plain.chunks(1024).zip(1_u32..) {
        let start = if number == 1 { 16 } else { 0 };
        let nonce = [number as u8; 16];
        let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(key.as_slice(), &nonce).unwrap();
        let sealed = cipher.encrypt_padded_vec::<NoPadding>(&page[start..1024 - 48]);
        let signed = [sealed.as_slice(), &nonce, &number.to_le_bytes()].concat();
        let mac = ring::hmac::sign(&mac_key, &signed);
        bytes.extend_from_slice(&salt[..start]);
        bytes.extend([sealed.as_slice(), &nonce, mac.as_ref(), &[0; 12]].concat());
    }
    bytes
}

/// The same small database with its cells moved up, so that 48 bytes are free at the end of each page.
fn with_room(plain: &[u8]) -> Vec<u8> {
    let mut plain = plain.to_vec();
    plain[20] = 48;
    for (number, page) in plain.chunks_mut(1024).enumerate() {
        let head = if number == 0 { 100 } else { 0 };
        let half = |page: &[u8], at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
        let (count, content) = (half(page, head + 3), half(page, head + 5));
        page.copy_within(content..1024, content - 48);
        for at in [head + 5].into_iter().chain((0..count).map(|cell| head + 8 + 2 * cell)) {
            let moved = half(page, at) as u16 - 48;
            page[at..at + 2].copy_from_slice(&moved.to_be_bytes());
        }
    }
    plain
}

#[test]
fn p4_in_its_database() {
    let bytes = encrypted();
    let found = read(&Source::new(&bytes).with_password(PASSWORD)).unwrap();
    let entries = accounts(&found);
    assert_eq!(entries[0], fixtures::a());
    assert!(matches!(entries[1].kind(), Kind::Hotp { counter: 7, .. }));
    assert_eq!((entries[2].digits(), entries[2].secret().expose()), (8, b"exa".as_slice()));
    assert_eq!(usable(&found)[0].details.tags, ["Work"]);
    assert!(usable(&found)[1].details.tags.is_empty());
    assert_eq!(refused(&found), [(4, Field::Type)]);
    assert_eq!(read(&Source::new(&bytes).with_password("wrong")).err(), Some(TransferError::WrongPassword));
    let mut changed = bytes.clone();
    changed[1024 + 5] ^= 1;
    let changed = read(&Source::new(&changed).with_password(PASSWORD));
    assert!(matches!(changed, Err(TransferError::Damaged { .. })));
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"PK\x03\x04");
    fixtures::any_mutation_returns(read, &unbase64(ARCHIVE), 200);
}
