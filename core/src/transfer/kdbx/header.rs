//! The outer header: ciphers, seeds and the costs of the password, all readable without it.

use super::damaged;
use crate::transfer::{Format, TransferError};

/// Two signatures, minor and major version.
const START: usize = 12;

/// What encrypts the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes,
    ChaCha20,
    Twofish,
}

/// What makes a key from the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derivation {
    Aes { seed: [u8; 32], rounds: u64 },
    Argon2 { id: bool, salt: Vec<u8>, memory_kib: u64, passes: u64, lanes: u64 },
}

/// What only one of the versions has in its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    Three { start: [u8; 32], stream: u32, stream_key: Vec<u8> },
    Four,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// All of it, as it is authenticated.
    pub(super) bytes: &'a [u8],
    pub(super) version: Version,
    pub(super) cipher: Cipher,
    pub(super) compressed: bool,
    pub(super) master_seed: [u8; 32],
    pub(super) iv: &'a [u8],
    pub(super) derivation: Derivation,
}

const CIPHERS: [([u8; 16], Cipher); 3] = [
    (0x31c1_f2e6_bf71_4350_be58_0521_6afc_5aff_u128.to_be_bytes(), Cipher::Aes),
    (0xd603_8a2b_8b6f_4cb5_a524_339a_31db_b59a_u128.to_be_bytes(), Cipher::ChaCha20),
    (0xad68_f29f_576f_4bb9_a36a_d47a_f965_346c_u128.to_be_bytes(), Cipher::Twofish),
];
const AES_KDF: [u8; 16] = 0xc9d9_f39a_628a_4460_bf74_0d08_c18a_4fea_u128.to_be_bytes();
const ARGON2_D: [u8; 16] = 0xef63_6ddf_8c29_444b_91f7_a9a4_03e3_0a0c_u128.to_be_bytes();
const ARGON2_ID: [u8; 16] = 0x9e29_8b19_56db_4773_b23d_fc3e_c6f0_a1e6_u128.to_be_bytes();

const UNKNOWN_CIPHER: TransferError = TransferError::Unsupported {
    reason: "This KeePass database is encrypted in a way that is not read here. Choose AES-256 and Argon2 in its settings, save it, and choose it again.",
};

impl<'a> Header<'a> {
    /// The header, and what follows it.
    ///
    /// # Errors
    /// [`TransferError::Damaged`], [`TransferError::Unsupported`], [`TransferError::UnsupportedVersion`].
    pub(super) fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), TransferError> {
        let broken = || damaged("its header is broken off");
        let major = bytes.get(10..START).and_then(|pair| pair.first_chunk()).ok_or_else(broken)?;
        let four = match u16::from_le_bytes(*major) {
            3 => false,
            4 => true,
            newer @ 5.. => {
                return Err(TransferError::UnsupportedVersion {
                    format: Format::Kdbx,
                    version: newer.to_string(),
                });
            }
            _ => return Err(UNKNOWN_CIPHER),
        };
        let mut rest = bytes.get(START..).ok_or_else(broken)?;
        let mut fields: [Option<&[u8]>; 12] = [None; 12];
        loop {
            let (id, value) = field(&mut rest, four).ok_or_else(broken)?;
            if id == 0 {
                break;
            }
            if let Some(slot) = fields.get_mut(usize::from(id)) {
                *slot = Some(value);
            }
        }
        let length = bytes.len() - rest.len();
        let get =
            |id: usize| fields.get(id).copied().flatten().ok_or_else(|| damaged("its header lacks a part"));
        let seed =
            |id: usize| get(id)?.try_into().map_err(|_| damaged("its header has a part of a wrong length"));
        let cipher = get(2)?;
        let cipher = CIPHERS.iter().find(|(uuid, _)| uuid == cipher).ok_or(UNKNOWN_CIPHER)?.1;
        let (version, derivation) = if four {
            (Version::Four, dictionary(get(11)?)?)
        } else {
            let rounds = little(get(6)?).ok_or_else(broken)?;
            let stream = little(get(10)?).and_then(|id| u32::try_from(id).ok()).ok_or_else(broken)?;
            let version = Version::Three { start: seed(9)?, stream, stream_key: get(8)?.to_vec() };
            (version, Derivation::Aes { seed: seed(5)?, rounds })
        };
        let header = Self {
            bytes: bytes.get(..length).ok_or_else(broken)?,
            version,
            cipher,
            compressed: match little(get(3)?) {
                Some(0) => false,
                Some(1) => true,
                _ => return Err(UNKNOWN_CIPHER),
            },
            master_seed: seed(4)?,
            iv: get(7)?,
            derivation,
        };
        Ok((header, rest))
    }
}

/// A field: number, length of two or four bytes, value.
pub(super) fn field<'a>(rest: &mut &'a [u8], wide: bool) -> Option<(u8, &'a [u8])> {
    let (id, after) = rest.split_first()?;
    let (length, after) = after.split_at_checked(if wide { 4 } else { 2 })?;
    let (value, after) = after.split_at_checked(usize::try_from(little(length)?).ok()?)?;
    *rest = after;
    Some((*id, value))
}

/// A number of at most eight bytes, lowest first.
pub(super) fn little(bytes: &[u8]) -> Option<u64> {
    let mut padded = [0; 8];
    padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(padded))
}

/// The costs of version 4: a dictionary of typed values.
fn dictionary(bytes: &[u8]) -> Result<Derivation, TransferError> {
    let broken = || damaged("the costs of its password are broken off");
    let mut rest = bytes.get(2..).ok_or_else(broken)?;
    let mut values = Vec::new();
    while let Some((kind, after)) = rest.split_first() {
        if *kind == 0 {
            break;
        }
        rest = after;
        let mut take = || {
            let (length, after) = rest.split_at_checked(4)?;
            let (value, after) = after.split_at_checked(usize::try_from(little(length)?).ok()?)?;
            rest = after;
            Some(value)
        };
        let name = take().ok_or_else(broken)?;
        values.push((name, take().ok_or_else(broken)?));
        if values.len() > 32 {
            return Err(broken());
        }
    }
    let get = |name: &[u8]| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(broken)
    };
    let number = |name: &[u8]| little(get(name)?).ok_or_else(broken);
    let uuid = get(b"$UUID")?;
    if uuid == AES_KDF {
        return Ok(Derivation::Aes {
            seed: get(b"S")?.try_into().map_err(|_| broken())?,
            rounds: number(b"R")?,
        });
    }
    // An older Argon2 (0x10) gives other keys.
    if (uuid != ARGON2_D && uuid != ARGON2_ID) || number(b"V")? != 0x13 {
        return Err(UNKNOWN_CIPHER);
    }
    Ok(Derivation::Argon2 {
        id: uuid == ARGON2_ID,
        salt: get(b"S")?.to_vec(),
        memory_kib: number(b"M")? / 1024,
        passes: number(b"I")?,
        lanes: number(b"P")?,
    })
}
