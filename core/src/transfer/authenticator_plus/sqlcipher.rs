//! SQLCipher 3: a SQLite file, each page encrypted by AES-256-CBC under an HMAC of its own. Decrypted in memory.

use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _, block_padding::NoPadding};
use zeroize::Zeroizing;

use crate::transfer::kdf::{self, Hash};
use crate::transfer::{Format, Source, TransferError, cipher};

const PAGE: usize = 1024;
/// At a page's end: nonce, HMAC-SHA-1, and twelve bytes of nothing.
const NONCE: usize = 16;
const MAC: usize = 20;
const TAIL: usize = 48;
const SALT: usize = 16;
const ITERATIONS: u64 = 64_000;
/// What SQLite's first page begins with, in the place of the salt.
const MARK: &[u8; SALT] = b"SQLite format 3\0";

/// The plain database.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(source: &Source<'_>) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let damaged =
        |what: &str| TransferError::Damaged { format: Format::AuthenticatorPlus, what: what.to_owned() };
    let bytes = source.bytes();
    let salt = bytes.first_chunk::<SALT>().filter(|_| bytes.len().is_multiple_of(PAGE));
    let salt = salt.ok_or_else(|| damaged("it is broken off"))?;
    let key = kdf::pbkdf2::<32>(source, Hash::Sha1, source.password()?.as_bytes(), salt, ITERATIONS)?;
    let mac_salt = salt.map(|byte| byte ^ 0x3a);
    let mac_key = kdf::pbkdf2::<32>(source, Hash::Sha1, key.as_slice(), &mac_salt, 2)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    for (page, number) in bytes.chunks(PAGE).zip(1_u32..) {
        source.go_on()?;
        // The first page has the salt where the others have content.
        let start = if number == 1 { SALT } else { 0 };
        if number == 1 {
            plain.extend_from_slice(MARK);
        }
        let content =
            decrypt(page.get(start..).unwrap_or_default(), number, key.as_slice(), mac_key.as_slice());
        match content {
            Some(content) => plain.extend_from_slice(&content),
            None if number == 1 => return Err(TransferError::WrongPassword),
            None => return Err(damaged(&format!("its page {number} does not fit its key"))),
        }
        // SQLite is told of the reserved bytes by its header, and does not look at them.
        plain.extend_from_slice(&[0; TAIL]);
    }
    Ok(plain)
}

fn decrypt(page: &[u8], number: u32, key: &[u8], mac_key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (sealed, tail) = page.split_at_checked(page.len().checked_sub(TAIL)?)?;
    let (nonce, rest) = tail.split_at_checked(NONCE)?;
    let mac = rest.get(..MAC)?;
    if !cipher::hmac_sha1_fits(mac_key, &[sealed, nonce, &number.to_le_bytes()], mac) {
        return None;
    }
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(key, nonce).ok()?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    cipher.decrypt_padded::<NoPadding>(&mut plain).ok()?;
    Some(plain)
}
