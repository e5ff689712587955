//! andOTP: its plain JSON (`plain`), and both encrypted forms around it, which have no mark of any kind.

mod plain;

#[cfg(test)]
mod tests;

use ring::digest;
use zeroize::Zeroizing;

use super::json::{self, Document};
use super::kdf::{self, Hash};
use super::{Format, Found, Source, TransferError, cipher};

/// `rounds(4) ‖ salt(12)` before `nonce(12) ‖ ciphertext ‖ tag(16)`.
const COUNTED: usize = 16;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Rounds of the newer form: andOTP writes 140 000 to 160 000.
const ROUNDS: std::ops::RangeInclusive<u32> = 1..=10_000_000;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let bytes = source.bytes();
    let document = if json::without_mark(bytes).starts_with(b"[") {
        Document::parse(bytes, Format::AndOtp)?
    } else {
        Document::parse(&open(source)?, Format::AndOtp)?
    };
    Ok(Found::new(Format::AndOtp, plain::items(&document)?))
}

/// What the password opens. The older form costs nothing to try, so it comes first.
fn open(source: &Source<'_>) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    let bytes = source.bytes();
    if bytes.len() < NONCE + TAG {
        return Err(damaged("it is too short"));
    }
    let password = source.password()?.as_bytes();
    let key = digest::digest(&digest::SHA256, password);
    if let Some(plain) = unseal(key.as_ref(), bytes) {
        return Ok(plain);
    }
    let counted = bytes.split_first_chunk::<4>().filter(|_| bytes.len() >= COUNTED + NONCE + TAG);
    let counted = counted.map(|(rounds, rest)| (u32::from_be_bytes(*rounds), rest));
    let Some((rounds, rest)) = counted.filter(|(rounds, _)| ROUNDS.contains(rounds)) else {
        return Err(TransferError::WrongPasswordOrDamaged);
    };
    let (salt, sealed) = rest.split_at_checked(COUNTED - 4).ok_or_else(|| damaged("it is too short"))?;
    let key = kdf::pbkdf2::<32>(source, Hash::Sha1, password, salt, rounds.into())?;
    unseal(key.as_slice(), sealed).ok_or(TransferError::WrongPasswordOrDamaged)
}

fn unseal(key: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    cipher::gcm_open(key, nonce, sealed, b"")
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::AndOtp, what: what.to_owned() }
}
