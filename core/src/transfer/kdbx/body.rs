//! From the password to the XML inside: key, authentication, decryption, inflating.

use std::io::Read as _;

use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _, StreamCipher as _, block_padding::Pkcs7};
use flate2::read::GzDecoder;
use ring::digest::{SHA256, SHA512, digest};
use zeroize::Zeroizing;

use super::damaged;
use super::header::{Cipher, Derivation, Header, Version, field, little};
use super::stream::Stream;
use crate::transfer::kdf::{self, Argon2, Derived};
use crate::transfer::source::MAX_INFLATED_BYTES;
use crate::transfer::{Source, TransferError, cipher};

type Bytes = Zeroizing<Vec<u8>>;

/// The XML, and the stream that its protected values are under.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(
    source: &Source<'_>,
    header: &Header<'_>,
    rest: &[u8],
) -> Result<(Bytes, Stream), TransferError> {
    match &header.version {
        Version::Four => open_4(source, header, rest),
        Version::Three { start, stream, stream_key } => {
            let keys = Keys::derive(source, header)?;
            let plain = decrypt(header, &keys.content, rest).ok_or(TransferError::WrongPasswordOrKeyFile)?;
            let blocks = plain.strip_prefix(start).ok_or(TransferError::WrongPasswordOrKeyFile)?;
            let xml =
                inflate(header, hashed_blocks(blocks).ok_or_else(|| damaged("a block of it is changed"))?)?;
            Ok((xml, Stream::new(*stream, stream_key)?))
        }
    }
}

fn open_4(source: &Source<'_>, header: &Header<'_>, rest: &[u8]) -> Result<(Bytes, Stream), TransferError> {
    let broken = || damaged("it is broken off");
    let (hash, rest) = rest.split_at_checked(32).ok_or_else(broken)?;
    let (mac, blocks) = rest.split_at_checked(32).ok_or_else(broken)?;
    if digest(&SHA256, header.bytes).as_ref() != hash {
        return Err(damaged("its header is changed"));
    }
    let keys = Keys::derive(source, header)?;
    if !cipher::hmac_sha256_fits(&keys.of_block(u64::MAX), &[header.bytes], mac) {
        return Err(TransferError::WrongPasswordOrKeyFile);
    }
    let sealed = authenticated_blocks(blocks, &keys).ok_or_else(|| damaged("a block of it is changed"))?;
    let plain =
        decrypt(header, &keys.content, &sealed).ok_or_else(|| damaged("its content does not fit its key"))?;
    let plain = inflate(header, plain)?;
    let (mut rest, mut stream, mut key) = (plain.as_slice(), 0, &[] as &[u8]);
    loop {
        match field(&mut rest, true).ok_or_else(broken)? {
            (0, _) => break,
            (1, id) => stream = little(id).and_then(|id| u32::try_from(id).ok()).ok_or_else(broken)?,
            (2, bytes) => key = bytes,
            _ => {}
        }
    }
    Ok((Zeroizing::new(rest.to_vec()), Stream::new(stream, key)?))
}

struct Keys {
    /// Encrypts the content.
    content: Bytes,
    /// Of which every block's authentication key is made (version 4).
    blocks: Bytes,
}

impl Keys {
    fn derive(source: &Source<'_>, header: &Header<'_>) -> Result<Self, TransferError> {
        let once = Zeroizing::new(digest(&SHA256, source.password()?.as_bytes()).as_ref().to_vec());
        let mut composite: Derived<32> = Zeroizing::new([0; 32]);
        composite.copy_from_slice(digest(&SHA256, &once).as_ref());
        let transformed = match &header.derivation {
            Derivation::Aes { seed, rounds } => {
                let key = kdf::aes_kdf(source, &composite, seed, *rounds)?;
                Zeroizing::new(digest(&SHA256, key.as_slice()).as_ref().to_vec())
            }
            Derivation::Argon2 { id, salt, memory_kib, passes, lanes } => {
                let kind = if *id { Argon2::Id } else { Argon2::D };
                let costs = (*memory_kib, *passes, *lanes);
                let key = kdf::argon2::<32>(source, kind, composite.as_slice(), salt, costs)?;
                Zeroizing::new(key.to_vec())
            }
        };
        let seeded = Zeroizing::new([header.master_seed.as_slice(), &transformed].concat());
        let marked = Zeroizing::new([seeded.as_slice(), &[1]].concat());
        Ok(Self {
            content: Zeroizing::new(digest(&SHA256, &seeded).as_ref().to_vec()),
            blocks: Zeroizing::new(digest(&SHA512, &marked).as_ref().to_vec()),
        })
    }

    /// The authentication key of a block; the header is the one with the highest number.
    fn of_block(&self, number: u64) -> Bytes {
        let input = Zeroizing::new([number.to_le_bytes().as_slice(), &self.blocks].concat());
        Zeroizing::new(digest(&SHA512, &input).as_ref().to_vec())
    }
}

/// Version 4: `mac(32) ‖ length(4) ‖ data`, until one without data.
fn authenticated_blocks(blocks: &[u8], keys: &Keys) -> Option<Bytes> {
    let mut all = Zeroizing::new(Vec::with_capacity(blocks.len()));
    let mut rest = blocks;
    for number in 0_u64.. {
        let (mac, after) = rest.split_at_checked(32)?;
        let (length, after) = after.split_at_checked(4)?;
        let (data, after) = after.split_at_checked(usize::try_from(little(length)?).ok()?)?;
        if !cipher::hmac_sha256_fits(&keys.of_block(number), &[&number.to_le_bytes(), length, data], mac) {
            return None;
        }
        if data.is_empty() {
            break;
        }
        all.extend_from_slice(data);
        rest = after;
    }
    Some(all)
}

/// Version 3: `number(4) ‖ sha256(32) ‖ length(4) ‖ data`, until one without data.
fn hashed_blocks(blocks: &[u8]) -> Option<Bytes> {
    let mut all = Zeroizing::new(Vec::with_capacity(blocks.len()));
    let mut rest = blocks;
    for number in 0_u64.. {
        let (place, after) = rest.split_at_checked(4)?;
        let (hash, after) = after.split_at_checked(32)?;
        let (length, after) = after.split_at_checked(4)?;
        let (data, after) = after.split_at_checked(usize::try_from(little(length)?).ok()?)?;
        if little(place)? != number {
            return None;
        }
        if data.is_empty() {
            break;
        }
        if digest(&SHA256, data).as_ref() != hash {
            return None;
        }
        all.extend_from_slice(data);
        rest = after;
    }
    Some(all)
}

fn decrypt(header: &Header<'_>, key: &[u8], sealed: &[u8]) -> Option<Bytes> {
    match header.cipher {
        Cipher::Aes => cipher::cbc_open(key, header.iv, sealed),
        Cipher::Twofish => {
            let cipher = cbc::Decryptor::<twofish::Twofish>::new_from_slices(key, header.iv).ok()?;
            let mut body = Zeroizing::new(sealed.to_vec());
            let length = cipher.decrypt_padded::<Pkcs7>(&mut body).ok()?.len();
            body.truncate(length);
            Some(body)
        }
        Cipher::ChaCha20 => {
            let mut cipher = chacha20::ChaCha20::new_from_slices(key, header.iv).ok()?;
            let mut body = Zeroizing::new(sealed.to_vec());
            cipher.try_apply_keystream(&mut body).ok()?;
            Some(body)
        }
    }
}

fn inflate(header: &Header<'_>, plain: Bytes) -> Result<Bytes, TransferError> {
    if !header.compressed {
        return Ok(plain);
    }
    let limit = u64::try_from(MAX_INFLATED_BYTES).unwrap_or(u64::MAX);
    // Its end says its length: growing would leave copies of secrets behind.
    let length = plain.last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    let room = usize::try_from(length).unwrap_or(0).min(MAX_INFLATED_BYTES);
    let mut inflated = Zeroizing::new(Vec::with_capacity(room + 1));
    let mut decoder = GzDecoder::new(plain.as_slice()).take(limit + 1);
    decoder.read_to_end(&mut inflated).map_err(|_| damaged("its content is no gzip"))?;
    if inflated.len() > MAX_INFLATED_BYTES {
        return Err(TransferError::TooLarge { what: "more than 64 MiB after inflating" });
    }
    Ok(inflated)
}
