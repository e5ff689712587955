//! Where the members of an archive lie (PKWARE APPNOTE 6.3.10, §4.3): its central directory, read from the end.

use super::protection::Protection;
use super::{Member, Method};
use crate::transfer::TransferError;

/// Most members of an archive; exports have two.
const MAX_MEMBERS: usize = 1000;
/// Longest name of one, in bytes.
const MAX_NAME: usize = 1024;
/// The end record without its comment, and the longest comment.
const END: usize = 22;
const MAX_COMMENT: usize = 65_535;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const LAST: &[u8] = b"PK\x05\x06";

/// The members of an archive, in the order of its directory, without folders.
///
/// # Errors
/// [`TransferError::Empty`] without any, [`TransferError::DamagedArchive`], [`TransferError::TooLarge`],
/// [`TransferError::Unsupported`].
pub(in crate::transfer) fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>, TransferError> {
    let (count, directory) = end(bytes).ok_or_else(|| damaged("its end is missing"))?;
    if count == 0 {
        return Err(TransferError::Empty);
    }
    if count > MAX_MEMBERS {
        return Err(TransferError::TooLarge { what: "an archive of more than 1000 files" });
    }
    let mut rest = bytes.get(directory..).ok_or_else(|| damaged("its directory is missing"))?;
    let mut members = Vec::new();
    let mut places = Vec::new();
    for _ in 0..count {
        let entry = Entry::take(&mut rest).ok_or_else(|| damaged("its directory is broken off"))?;
        let (from, to) = entry.place(bytes).ok_or_else(|| damaged("a file in it is broken off"))?;
        if entry.name.len() > MAX_NAME {
            return Err(TransferError::TooLarge { what: "a name in an archive of more than 1024 bytes" });
        }
        let data = bytes.get(to - entry.size..to).ok_or_else(|| damaged("a file in it is broken off"))?;
        places.push((from, to));
        let name = String::from_utf8_lossy(entry.name).into_owned();
        if !name.ends_with('/') {
            members.push(entry.member(name, data)?);
        }
    }
    places.sort_unstable();
    let apart = places.windows(2).all(|pair| matches!(pair, [(_, end), (next, _)] if end <= next));
    if !apart || places.last().is_some_and(|(_, end)| *end > directory) {
        return Err(damaged("files in it lie over each other"));
    }
    if members.is_empty() { Err(TransferError::Empty) } else { Ok(members) }
}

/// How many members there are, and where their directory begins.
fn end(bytes: &[u8]) -> Option<(usize, usize)> {
    let lowest = bytes.len().saturating_sub(END + MAX_COMMENT);
    let at =
        (lowest..=bytes.len().checked_sub(END)?).rev().find(|at| bytes.get(*at..*at + 4) == Some(LAST))?;
    let record = bytes.get(at..)?;
    Some((half(record, 10)?, word(record, 16)?))
}

/// One entry of the directory.
struct Entry<'a> {
    flags: usize,
    method: usize,
    time: usize,
    crc: u32,
    /// Bytes in the archive.
    size: usize,
    /// Bytes after inflating.
    inflated: usize,
    local: usize,
    name: &'a [u8],
    extra: &'a [u8],
}

impl<'a> Entry<'a> {
    fn take(rest: &mut &'a [u8]) -> Option<Self> {
        let (head, after) = rest.split_at_checked(46)?;
        if !head.starts_with(CENTRAL) {
            return None;
        }
        let (name, after) = after.split_at_checked(half(head, 28)?)?;
        let (extra, after) = after.split_at_checked(half(head, 30)?)?;
        *rest = after.get(half(head, 32)?..)?;
        Some(Self {
            flags: half(head, 8)?,
            method: half(head, 10)?,
            time: half(head, 12)?,
            crc: u32::try_from(word(head, 16)?).ok()?,
            size: word(head, 20)?,
            inflated: word(head, 24)?,
            local: word(head, 42)?,
            name,
            extra,
        })
    }

    /// From its own head to the end of its data. Sizes of 2³² − 1 (ZIP64) are beyond every file that is read.
    fn place(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let head = bytes.get(self.local..self.local.checked_add(30)?)?;
        if !head.starts_with(LOCAL) {
            return None;
        }
        let end = self.local + 30 + half(head, 26)? + half(head, 28)?;
        Some((self.local, end.checked_add(self.size).filter(|end| *end <= bytes.len())?))
    }

    fn member(&self, name: String, data: &'a [u8]) -> Result<Member<'a>, TransferError> {
        let (protection, method) = Protection::of(self.flags, self.method, self.extra, self.crc, self.time)?;
        let method = match method {
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => {
                return Err(TransferError::Unsupported {
                    reason: "This ZIP archive is packed in a way that is not read here. Unpack it, and choose the file in it.",
                });
            }
        };
        Ok(Member { name, protection, method, size: self.inflated, crc: self.crc, data })
    }
}

pub(super) fn damaged(what: &'static str) -> TransferError {
    TransferError::DamagedArchive { what }
}

/// Two bytes, lowest first.
pub(super) fn half(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(usize::from(u16::from_le_bytes(*bytes)))
}

/// Four bytes, lowest first.
fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}
