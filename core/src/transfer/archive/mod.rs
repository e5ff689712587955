//! ZIP archives, of which other apps make their exports: a small reader for what those really contain.
//!
//! Stored and deflated members, plain or encrypted in the two ways that occur (`protection`); where they lie is
//! `directory`'s subject. Everything is bounded before work: members, their names, what they inflate to; members that
//! lie over each other are refused.

mod directory;
mod protection;

#[cfg(test)]
pub(super) mod tests;

use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zeroize::Zeroizing;

pub(super) use directory::members;
use protection::Protection;

use super::source::MAX_INFLATED_BYTES;
use super::{Source, TransferError};

/// A member that can be read. Its name is the archive's, never a path to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member<'a> {
    /// As the archive writes it, with `/` between folders.
    pub(super) name: String,
    protection: Protection,
    method: Method,
    /// Bytes after inflating, as the archive says.
    size: usize,
    crc: u32,
    data: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Stored,
    Deflated,
}

/// What a member holds, decrypted and inflated.
///
/// # Errors
/// [`TransferError::NeedsPassword`], [`TransferError::WrongPassword`], [`TransferError::WrongPasswordOrDamaged`],
/// [`TransferError::DamagedArchive`], [`TransferError::TooLarge`].
pub(super) fn read(member: &Member<'_>, source: &Source<'_>) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    if member.size > MAX_INFLATED_BYTES {
        return Err(TransferError::TooLarge { what: "more than 64 MiB after inflating" });
    }
    let plain = member.protection.remove(member.data, source)?;
    let inflated = match member.method {
        Method::Stored => Some(plain).filter(|plain| plain.len() == member.size),
        Method::Deflated => inflate(&plain, member.size),
    };
    let whole =
        inflated.filter(|bytes| !member.protection.leaves_check_to_content() || crc(bytes) == member.crc);
    whole.ok_or_else(|| member.protection.does_not_fit())
}

/// Exactly `size` bytes, which is not believed beyond what deflate can make of so many bytes (1032 to 1).
fn inflate(deflated: &[u8], size: usize) -> Option<Zeroizing<Vec<u8>>> {
    if size / 1032 > deflated.len() {
        return None;
    }
    // All of it beforehand: growing would leave copies of secrets behind.
    let mut bytes = Zeroizing::new(vec![0; size]);
    let mut decoder = DeflateDecoder::new(deflated);
    decoder.read_exact(&mut bytes).ok()?;
    (decoder.read(&mut [0]).ok()? == 0).then_some(bytes)
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
