//! Both encrypted forms of Stratum's JSON, at costs that the files do not say. Each begins behind its mark.

use super::super::json::Document;
use super::super::kdf::{self, Argon2, Derived, Hash};
use super::super::{Format, Source, TransferError, cipher};
use super::damaged;

/// Memory in KiB, passes and lanes of Argon2id.
const COSTS: (u64, u64, u64) = (65_536, 3, 4);
/// Iterations of PBKDF2-HMAC-SHA1.
const LEGACY_ITERATIONS: u64 = 64_000;
const TAG_BYTES: usize = 16;
const BLOCK_BYTES: usize = 16;

/// `salt (16) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`: AES-256-GCM, which does not tell a wrong password from damage.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open(source: &Source<'_>, sealed: &[u8]) -> Result<Document, TransferError> {
    let short = || damaged("it is cut off");
    let (salt, rest) = sealed.split_first_chunk::<16>().ok_or_else(short)?;
    let (nonce, text) = rest.split_first_chunk::<12>().ok_or_else(short)?;
    if text.len() < TAG_BYTES {
        return Err(short());
    }
    let password = source.password()?.as_bytes();
    let key: Derived<32> = kdf::argon2(source, Argon2::Id, password, salt, COSTS)?;
    let plain =
        cipher::gcm_open(key.as_slice(), nonce, text, &[]).ok_or(TransferError::WrongPasswordOrDamaged)?;
    Document::parse(&plain, Format::Stratum)
}

/// `salt (20) ‖ iv (16) ‖ ciphertext`: AES-256-CBC without anything that authenticates it. A wrong password shows in
/// its padding, and in one of 256 cases only in what comes out.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn open_legacy(source: &Source<'_>, sealed: &[u8]) -> Result<Document, TransferError> {
    let short = || damaged("it is cut off");
    let (salt, rest) = sealed.split_first_chunk::<20>().ok_or_else(short)?;
    let (iv, text) = rest.split_first_chunk::<16>().ok_or_else(short)?;
    if text.is_empty() || text.len() % BLOCK_BYTES != 0 {
        return Err(short());
    }
    let password = source.password()?.as_bytes();
    let key: Derived<32> = kdf::pbkdf2(source, Hash::Sha1, password, salt, LEGACY_ITERATIONS)?;
    let plain = cipher::cbc_open(key.as_slice(), iv, text).ok_or(TransferError::WrongPassword)?;
    let document = Document::parse(&plain, Format::Stratum).map_err(|_| TransferError::WrongPassword)?;
    if document.get("Authenticators").is_some() { Ok(document) } else { Err(TransferError::WrongPassword) }
}
