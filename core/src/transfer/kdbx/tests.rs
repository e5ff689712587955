//! KeePass: the example, databases of every cipher and key derivation made here, and damage.

use std::io::Write as _;

use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, StreamCipher as _, block_padding::Pkcs7};
use ring::digest::{SHA256, SHA512, digest};

use super::read;
use crate::otp::{Algorithm, Kind};
use crate::transfer::fixtures::{self, PASSWORD, accounts, refused, skipped, unbase64, usable};
use crate::transfer::kdf::{self, Argon2};
use crate::transfer::{Field, Found, Source, TransferError};

const FOUR: &str = include_str!("fixtures/four.base64");

const AES: u128 = 0x31c1_f2e6_bf71_4350_be58_0521_6afc_5aff;
const CHACHA20: u128 = 0xd603_8a2b_8b6f_4cb5_a524_339a_31db_b59a;
const TWOFISH: u128 = 0xad68_f29f_576f_4bb9_a36a_d47a_f965_346c;
const ARGON2_D: u128 = 0xef63_6ddf_8c29_444b_91f7_a9a4_03e3_0a0c;
const ARGON2_ID: u128 = 0x9e29_8b19_56db_4773_b23d_fc3e_c6f0_a1e6;

fn open(bytes: &[u8]) -> Result<Found, TransferError> {
    read(&Source::new(bytes).with_password(PASSWORD))
}

#[test]
fn the_example() {
    let bytes = unbase64(FOUR);
    let found = open(&bytes).unwrap();
    let entries = accounts(&found);
    assert_eq!(entries.len(), 2);
    assert!(
        entries
            .iter()
            .any(|entry| entry.secret() == fixtures::a().secret() && *entry.kind() == Kind::DEFAULT)
    );
    assert!(
        entries.iter().any(|entry| entry.secret() == fixtures::c().secret() && *entry.kind() == Kind::Steam)
    );
    assert_eq!(read(&Source::new(&bytes)).err(), Some(TransferError::NeedsPassword));
    let wrong = read(&Source::new(&bytes).with_password("wrong"));
    assert_eq!(wrong.err(), Some(TransferError::WrongPasswordOrKeyFile));
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    digest(&SHA256, &parts.concat()).as_ref().to_vec()
}

fn encrypted(cipher: u128, key: &[u8], iv: &[u8], plain: &[u8]) -> Vec<u8> {
    match cipher {
        AES => cbc::Encryptor::<aes::Aes256>::new_from_slices(key, iv)
            .unwrap()
            .encrypt_padded_vec::<Pkcs7>(plain),
        TWOFISH => cbc::Encryptor::<twofish::Twofish>::new_from_slices(key, iv)
            .unwrap()
            .encrypt_padded_vec::<Pkcs7>(plain),
        _ => {
            let mut body = plain.to_vec();
            chacha20::ChaCha20::new_from_slices(key, iv).unwrap().apply_keystream(&mut body);
            body
        }
    }
}

fn field(id: u8, value: &[u8], wide: bool) -> Vec<u8> {
    let length = (value.len() as u32).to_le_bytes();
    [&[id], &length[..if wide { 4 } else { 2 }], value].concat()
}

fn composite() -> Vec<u8> {
    hash(&[&hash(&[PASSWORD.as_bytes()])])
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// The XML of a database, written with the cipher that seals its protected texts.
type Document<'a> = dyn Fn(&mut dyn FnMut(&str) -> String) -> String + 'a;

/// A database of version 4 with compressed content and an inner stream of ChaCha20.
fn four(cipher: u128, derivation: u128, xml: &Document<'_>) -> Vec<u8> {
    let (seed, salt) = ([1; 32], [2; 32]);
    let iv = vec![3; if cipher == CHACHA20 { 12 } else { 16 }];
    let item = |kind: u8, name: &str, value: &[u8]| {
        [field(kind, name.as_bytes(), true), (value.len() as u32).to_le_bytes().to_vec(), value.to_vec()]
            .concat()
    };
    let costs = [
        vec![0, 1],
        item(0x42, "$UUID", &derivation.to_be_bytes()),
        item(0x42, "S", &salt),
        item(5, "I", &2_u64.to_le_bytes()),
        item(5, "M", &65_536_u64.to_le_bytes()),
        item(4, "P", &1_u32.to_le_bytes()),
        item(4, "V", &0x13_u32.to_le_bytes()),
        vec![0],
    ]
    .concat();
    let header = [
        unbase64("A9mimmf7S7UAAAQA"),
        field(2, &cipher.to_be_bytes(), true),
        field(3, &[1, 0, 0, 0], true),
        field(4, &seed, true),
        field(7, &iv, true),
        field(11, &costs, true),
        field(0, b"\r\n\r\n", true),
    ]
    .concat();
    let kind = if derivation == ARGON2_ID { Argon2::Id } else { Argon2::D };
    let key = kdf::argon2::<32>(&Source::new(b""), kind, &composite(), &salt, (64, 2, 1)).unwrap();
    let content_key = hash(&[&seed, key.as_slice()]);
    let blocks = digest(&SHA512, &[&seed, key.as_slice(), &[1]].concat()).as_ref().to_vec();
    let mac = |number: u64, parts: &[&[u8]]| {
        let key = digest(&SHA512, &[number.to_le_bytes().as_slice(), &blocks].concat());
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.as_ref());
        ring::hmac::sign(&key, &parts.concat()).as_ref().to_vec()
    };
    let stream_key = [5; 64];
    let inner = digest(&SHA512, &stream_key).as_ref().to_vec();
    let mut stream = chacha20::ChaCha20::new_from_slices(&inner[..32], &inner[32..44]).unwrap();
    let xml = xml(&mut |value| protected(value, &mut stream));
    let inner = [
        field(1, &3_u32.to_le_bytes(), true),
        field(2, &stream_key, true),
        field(3, b"\0binary", true),
        field(0, b"", true),
        xml.into_bytes(),
    ];
    let sealed = encrypted(cipher, &content_key, &iv, &gzip(&inner.concat()));
    let mut file = [header.clone(), hash(&[&header]), mac(u64::MAX, &[&header])].concat();
    for (data, number) in [sealed.as_slice(), b""].into_iter().zip(0_u64..) {
        let length = (data.len() as u32).to_le_bytes();
        file.extend(mac(number, &[&number.to_le_bytes(), &length, data]));
        file.extend([&length, data].concat());
    }
    file
}

fn protected(value: &str, stream: &mut impl aes::cipher::StreamCipher) -> String {
    use base64::Engine as _;
    let mut bytes = value.as_bytes().to_vec();
    stream.apply_keystream(&mut bytes);
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A database of version 3.1 with AES-KDF and an inner stream of Salsa20.
fn three(xml: &Document<'_>) -> Vec<u8> {
    let (seed, transform, iv, start, stream_key) = ([1; 32], [2; 32], [3; 16], [4; 32], [5; 32]);
    let header = [
        unbase64("A9mimmf7S7UBAAMA"),
        field(2, &AES.to_be_bytes(), false),
        field(3, &[1, 0, 0, 0], false),
        field(4, &seed, false),
        field(5, &transform, false),
        field(6, &100_u64.to_le_bytes(), false),
        field(7, &iv, false),
        field(8, &stream_key, false),
        field(9, &start, false),
        field(10, &2_u32.to_le_bytes(), false),
        field(0, b"\r\n\r\n", false),
    ]
    .concat();
    let composite: [u8; 32] = composite().try_into().unwrap();
    let key = kdf::aes_kdf(&Source::new(b""), &composite, &transform, 100).unwrap();
    let key = hash(&[&seed, &hash(&[key.as_slice()])]);
    let nonce = [0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a];
    let mut stream = salsa20::Salsa20::new_from_slices(&hash(&[&stream_key]), &nonce).unwrap();
    let xml = gzip(xml(&mut |value| protected(value, &mut stream)).as_bytes());
    let length = (xml.len() as u32).to_le_bytes();
    let blocks = [&[0; 4], hash(&[&xml]).as_slice(), &length, &xml, &[1, 0, 0, 0], &[0; 36]].concat();
    [header, encrypted(AES, &key, &iv, &[start.as_slice(), &blocks].concat())].concat()
}

/// A field of an entry.
fn string(key: &str, value: &str) -> String {
    format!("<String><Key>{key}</Key><Value>{value}</Value></String>")
}

/// Entries of each program's kind, with protected values in a history and in the bin.
fn everything(protect: &mut dyn FnMut(&str) -> String) -> String {
    let mut hidden = |key: &str, value: &str| {
        format!("<String><Key>{key}</Key><Value Protected=\"True\">{}</Value></String>", protect(value))
    };
    let entries = [
        string("Title", "Acme Mail")
            + &string("UserName", "ann@acme.test")
            + &hidden("Password", "pw")
            + &hidden("TOTP Seed", "MV4GC3LQNRSS243FMNZGK5BNGE")
            + &string("Notes", "n1"),
        string("Title", "Beta")
            + &hidden("otp", "otpauth://totp/Gamma:none?secret=MV4GC3LQ&issuer=Gamma&period=45&digits=8")
            + &string("UserName", "bob"),
        string("Title", "KeeOtp") + &hidden("otp", "key=MV4GC3LQ%3d&step=60&size=8&otpHashMode=SHA256"),
        string("Title", "Time")
            + &hidden("TimeOtp-Secret-Hex", "6578")
            + &string("TimeOtp-Length", "8")
            + &string("TimeOtp-Algorithm", "HMAC-SHA-512"),
        string("Title", "Count") + &hidden("HmacOtp-Secret", "ex") + &string("HmacOtp-Counter", "7"),
        string("Title", "Steam")
            + &string("UserName", "cat")
            + &hidden("TOTP Seed", "MV4GC3LQNRSS243UMVQW2LLTMVRXEZLU")
            + &string("TOTP Settings", "30;S"),
        string("Title", "Ref") + &string("otp", "{REF:P@I:00}"),
        string("Title", "Bad") + &hidden("TOTP Seed", "MV4G!"),
        string("Title", "Plain") + &hidden("Password", "pw"),
    ];
    let entries: String = entries.map(|fields| format!("<Entry><Tags>mine</Tags>{fields}</Entry>")).concat();
    let binned = format!(
        "<Group><UUID>AQI=</UUID><Name>Bin</Name><Group><Entry>{}</Entry></Group></Group>",
        hidden("otp", "x")
    );
    // What is in a history moves the stream on, and is no entry.
    let old = format!(
        "<Entry>{}<History><Entry>{}</Entry></History></Entry>",
        string("Title", "Old"),
        hidden("TOTP Seed", "MV4GC3LQ")
    );
    let last = format!("<Entry>{}</Entry>", hidden("TOTP Seed", "MV4GC3LQNRSS243FMNZGK5BNGE"));
    let groups = format!(
        "<Group><UUID>AAE=</UUID><Name>Root</Name><Group><Name>Work</Name>{entries}</Group>{binned}{old}{last}</Group>"
    );
    format!(
        "<KeePassFile><Meta><RecycleBinUUID>AQI=</RecycleBinUUID></Meta><Root>{groups}</Root></KeePassFile>"
    )
}

fn check(found: &Found) {
    let entries = accounts(found);
    assert_eq!(entries[0], fixtures::a());
    assert_eq!(usable(found)[0].details.tags, ["Work", "mine"]);
    assert_eq!(usable(found)[0].details.note, "n1");
    assert_eq!(
        (entries[1].issuer(), entries[1].account(), entries[1].period()),
        (Some("Gamma"), "bob", Some(45))
    );
    let totp = |algorithm, period| Kind::Totp { algorithm, digits: 8, period };
    assert_eq!(*entries[2].kind(), totp(Algorithm::Sha256, 60));
    assert_eq!(*entries[3].kind(), totp(Algorithm::Sha512, 30));
    assert_eq!(*entries[4].kind(), Kind::Hotp { algorithm: Algorithm::Sha1, digits: 6, counter: 7 });
    assert_eq!(entries[3].secret(), entries[4].secret());
    assert_eq!(entries[5], fixtures::c());
    assert_eq!(entries[6].secret(), fixtures::a().secret());
    assert_eq!(entries.len(), 7);
    assert_eq!(refused(found), [(7, Field::Entry), (8, Field::Secret)]);
    assert_eq!(skipped(found), [(9, "in the bin")]);
}

#[test]
fn every_cipher_and_derivation_of_version_4() {
    for (cipher, derivation) in [(AES, ARGON2_D), (CHACHA20, ARGON2_ID), (TWOFISH, ARGON2_ID)] {
        check(&open(&four(cipher, derivation, &everything)).unwrap());
    }
}

#[test]
fn version_3() {
    let bytes = three(&everything);
    check(&open(&bytes).unwrap());
    let wrong = read(&Source::new(&bytes).with_password("wrong"));
    assert_eq!(wrong.err(), Some(TransferError::WrongPasswordOrKeyFile));
}

#[test]
fn p4_damage_is_no_wrong_password() {
    let bytes = unbase64(FOUR);
    for at in [13, bytes.len() - 100] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(matches!(open(&changed), Err(TransferError::Damaged { .. })), "{at}");
    }
    let mut newer = bytes.clone();
    newer[10] = 5;
    assert!(matches!(open(&newer), Err(TransferError::UnsupportedVersion { .. })));
    let none = open(&three(&|_| "<KeePassFile><Root/></KeePassFile>".to_owned()));
    assert!(matches!(none, Err(TransferError::Unsupported { .. })));
}

#[test]
fn p5_costs_are_bounded() {
    let mut bytes = four(AES, ARGON2_ID, &everything);
    let memory = bytes.windows(8).position(|window| window == 65_536_u64.to_le_bytes()).unwrap();
    let end = bytes.windows(8).position(|window| window == b"\x04\0\0\0\r\n\r\n").unwrap() + 8;
    for (bytes_of_memory, costly) in [(1_u64 << 40, false), (1 << 30, true)] {
        bytes[memory..memory + 8].copy_from_slice(&bytes_of_memory.to_le_bytes());
        let hash = hash(&[&bytes[..end]]);
        bytes[end..end + 32].copy_from_slice(&hash);
        match open(&bytes) {
            Err(TransferError::Costly { .. }) => assert!(costly),
            Err(TransferError::CostOutOfBounds { .. }) => assert!(!costly),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_panics() {
    let bytes = unbase64(FOUR);
    fixtures::any_bytes_return(read, &bytes[..12]);
    fixtures::any_mutation_returns(read, &bytes, 100);
    fixtures::any_mutation_returns(read, &three(&everything), 60);
}
