//! Archives of every kind that is read, made here, and broken ones.

use std::io::Write as _;

use aes::cipher::{KeyIvInit as _, StreamCipher as _};

use super::protection::Keys;
use super::{members, read};
use crate::transfer::fixtures::PASSWORD;
use crate::transfer::kdf::{self, Hash};
use crate::transfer::{Source, TransferError};

/// How a member is packed.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::transfer) enum Packing {
    Stored,
    Deflated,
    ZipCrypto,
    /// With bit 3: the check byte is one of the time.
    ZipCryptoOfTime,
    Aes(u8),
}

const TIME: u16 = 0x6c21;

/// An archive of these members, protected by [`PASSWORD`] where it is.
pub(in crate::transfer) fn zip(files: &[(&str, &[u8], Packing)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content, packing) in files {
        let (flags, method, extra, data) = packed(content, *packing);
        let crc = if matches!(packing, Packing::Aes(_)) { 0 } else { super::crc(content) };
        let mut head = Vec::new();
        for number in [20, flags, method, TIME, 0x5821] {
            head.extend(number.to_le_bytes());
        }
        for number in [crc, data.len() as u32, content.len() as u32] {
            head.extend(number.to_le_bytes());
        }
        for length in [name.len(), extra.len()] {
            head.extend((length as u16).to_le_bytes());
        }
        directory.extend([b"PK\x01\x02\x14\x00".as_slice(), &head, &[0; 10]].concat());
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend([name.as_bytes(), &extra].concat());
        archive.extend([b"PK\x03\x04".as_slice(), &head, name.as_bytes(), &extra, &data].concat());
    }
    let (start, count) = (archive.len() as u32, (files.len() as u16).to_le_bytes());
    archive.extend(&directory);
    archive.extend([b"PK\x05\x06\x00\x00\x00\x00".as_slice(), &count, &count].concat());
    archive.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0, 0]);
    archive
}

fn packed(content: &[u8], packing: Packing) -> (u16, u16, Vec<u8>, Vec<u8>) {
    match packing {
        Packing::Stored => (0, 0, Vec::new(), content.to_vec()),
        Packing::Deflated => (0, 8, Vec::new(), deflate(content)),
        Packing::ZipCrypto | Packing::ZipCryptoOfTime => {
            let of_time = packing == Packing::ZipCryptoOfTime;
            let check = if of_time { TIME.to_le_bytes()[1] } else { super::crc(content).to_le_bytes()[3] };
            let mut keys = Keys::new(PASSWORD.as_bytes());
            let plain = [&[7; 11], [check].as_slice(), &deflate(content)].concat();
            let data = plain.into_iter().map(|byte| keys.encrypt(byte)).collect();
            (if of_time { 9 } else { 1 }, 8, Vec::new(), data)
        }
        Packing::Aes(strength) => {
            let key = 8 + 8 * usize::from(strength);
            let salt = vec![strength; key / 2];
            let source = Source::new(b"");
            let derived = kdf::pbkdf2::<66>(&source, Hash::Sha1, PASSWORD.as_bytes(), &salt, 1000).unwrap();
            let mut data = content.to_vec();
            let counter = 1_u128.to_le_bytes();
            match strength {
                1 => ctr::Ctr128LE::<aes::Aes128>::new_from_slices(&derived[..key], &counter)
                    .unwrap()
                    .apply_keystream(&mut data),
                2 => ctr::Ctr128LE::<aes::Aes192>::new_from_slices(&derived[..key], &counter)
                    .unwrap()
                    .apply_keystream(&mut data),
                _ => ctr::Ctr128LE::<aes::Aes256>::new_from_slices(&derived[..key], &counter)
                    .unwrap()
                    .apply_keystream(&mut data),
            }
            let mac = ring::hmac::sign(
                &ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &derived[key..2 * key]),
                &data,
            );
            let data = [&salt, &derived[2 * key..2 * key + 2], &data, &mac.as_ref()[..10]].concat();
            (1, 99, vec![0x01, 0x99, 7, 0, 2, 0, b'A', b'E', strength, 0, 0], data)
        }
    }
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

const EVERY: [Packing; 7] = [
    Packing::Stored,
    Packing::Deflated,
    Packing::ZipCrypto,
    Packing::ZipCryptoOfTime,
    Packing::Aes(1),
    Packing::Aes(2),
    Packing::Aes(3),
];

#[test]
fn every_way_of_packing_is_read() {
    for packing in EVERY {
        let archive =
            zip(&[("folder/", b"", Packing::Stored), ("folder/a.txt", b"some text, some text", packing)]);
        let members = members(&archive).unwrap();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].name, "folder/a.txt");
        let source = Source::new(&archive).with_password(PASSWORD);
        assert_eq!(read(&members[0], &source).unwrap().as_slice(), b"some text, some text");
        let open = matches!(packing, Packing::Stored | Packing::Deflated);
        let without = read(&members[0], &Source::new(&archive));
        assert_eq!(without.err(), (!open).then_some(TransferError::NeedsPassword));
    }
}

#[test]
fn p4_wrong_passwords_and_damage_are_told_apart_where_they_can_be() {
    let tried = |packing, change: bool, password| {
        let mut archive = zip(&[("a", b"some text, some text", packing)]);
        if change {
            // In the data: behind head, name, extra field, salt and verifier; before any MAC.
            archive[70] ^= 1;
        }
        let members = members(&archive).unwrap();
        read(&members[0], &Source::new(&archive).with_password(password)).unwrap_err()
    };
    assert_eq!(tried(Packing::Aes(3), false, "wrong"), TransferError::WrongPassword);
    assert!(matches!(tried(Packing::Aes(3), true, PASSWORD), TransferError::DamagedArchive { .. }));
    assert_eq!(tried(Packing::ZipCrypto, false, "wrong"), TransferError::WrongPasswordOrDamaged);
}

#[test]
fn hostile_archives_are_refused_before_work() {
    let good = zip(&[("a", b"text", Packing::Deflated), ("b", b"text", Packing::Deflated)]);
    let directory = good.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let second = directory + 46 + 1;
    // The second member lies where the first one does.
    let mut over = good.clone();
    over.copy_within(directory + 42..directory + 46, second + 42);
    assert!(matches!(members(&over), Err(TransferError::DamagedArchive { .. })));
    // It claims to inflate to 4 GiB, or to more than such bytes can.
    for size in [u32::MAX, 60 << 20] {
        let mut bomb = good.clone();
        bomb[directory + 24..directory + 28].copy_from_slice(&size.to_le_bytes());
        assert!(read(&members(&bomb).unwrap()[0], &Source::new(&bomb)).is_err());
    }
    // It inflates to more than it says.
    let mut longer = good.clone();
    longer[directory + 24] = 3;
    assert!(read(&members(&longer).unwrap()[0], &Source::new(&longer)).is_err());
    // More members than there can be.
    let names: Vec<_> = (0..1001).map(|number| number.to_string()).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), b"".as_slice(), Packing::Stored)).collect();
    assert!(matches!(members(&zip(&many)), Err(TransferError::TooLarge { .. })));
    assert_eq!(members(&zip(&[])).err(), Some(TransferError::Empty));
    for cut in 0..good.len() {
        assert!(members(&good[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn any_change_returns() {
    use proptest::prelude::*;
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    let good = zip(&EVERY.map(|packing| ("name.txt", b"some text, some text".as_slice(), packing)));
    proptest!(config, |(changes in prop::collection::vec((0..good.len(), any::<u8>()), 1..6))| {
        let mut bytes = good.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        for member in members(&bytes).unwrap_or_default() {
            let _ = read(&member, &Source::new(&bytes).with_password(PASSWORD));
        }
    });
}
