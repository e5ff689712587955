//! Everything that can go wrong with a vault, each cause its own variant (P4), each text saying what to do next.
//!
//! How a cause is told apart is decided in `file` (what the file looks like) and `format` (what is in it).

use std::path::PathBuf;

use super::{PhraseError, SlotKind, Table};
use crate::host::RngError;
use crate::keys::KeyError;

/// Why a vault could not be created, opened, read or written. Unless a variant says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// No file at this path. An empty vault is never made in its place.
    #[error("there is no vault at {}; check the path, restore a backup or create a new vault", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Creating would have overwritten something.
    #[error("{} is already there; open it, or choose another place for the new vault", path.display())]
    AlreadyExists {
        /// What is in the way: the file itself or its leftover journal.
        path: PathBuf,
    },
    /// The file is something else: a text, a picture, another program's database.
    #[error("{} is not a Countersign vault; choose the right file", path.display())]
    NotAVault {
        /// The file that was looked at.
        path: PathBuf,
    },
    /// The end of the file is missing: it is empty, or shorter than its own header says.
    #[error(
        "the vault file is cut short ({found} bytes of {}); keep it as it is and restore a backup",
        expected.map_or_else(|| String::from("an unknown number"), |bytes| bytes.to_string())
    )]
    Truncated {
        /// Bytes that are there.
        found: u64,
        /// Bytes that the header promises, when the header itself is whole.
        expected: Option<u64>,
    },
    /// The file is a vault and has its length, but something in it was damaged or tampered with.
    #[error("the vault is damaged ({what}); keep the file as it is and restore a backup")]
    Corrupt {
        /// Which part did not check.
        what: String,
        /// What SQLite said, when it was SQLite that noticed.
        source: Option<rusqlite::Error>,
    },
    /// Written by a newer Countersign.
    #[error(
        "the vault has format {found} and this Countersign reads up to {supported}; update Countersign and open it again"
    )]
    UnsupportedVersion {
        /// The format number in the file.
        found: u32,
        /// The newest format number this code reads.
        supported: u32,
    },
    /// The password does not open its slot, and the slot itself is undamaged.
    #[error("the password is wrong; try again")]
    WrongPassword,
    /// The recovery phrase is well formed and not the one of this vault; the slot itself is undamaged.
    #[error("this recovery phrase belongs to another vault or was replaced since; try another one")]
    WrongPhrase,
    /// What was typed is no recovery phrase, or not the one that was shown.
    #[error(transparent)]
    Phrase(#[from] PhraseError),
    /// A password of no characters protects nothing.
    #[error("the password is empty; choose one")]
    EmptyPassword,
    /// The platform's key is gone or was invalidated, for example because fingerprints were enrolled anew (P10).
    #[error(
        "this device no longer has the key to the vault; unlock with the password, then turn device unlock on again"
    )]
    KeyLost {
        /// What the key store said.
        source: KeyError,
    },
    /// The key store still has the key but did not use it: cancelled, locked, not available now.
    #[error("the device did not unlock the vault: {source}")]
    KeyRefused {
        /// What the key store said.
        source: KeyError,
    },
    /// The vault cannot be unlocked in this way.
    #[error("this vault has no {kind} to unlock it with; use another way to unlock")]
    NoSuchSlot {
        /// The way that was asked for.
        kind: SlotKind,
    },
    /// Removing this slot would leave nothing, or nothing but the recovery phrase, to unlock with.
    #[error("this is the only way to unlock the vault from day to day; add another one before removing it")]
    LastSlot,
    /// The presence key is needed, and only what the person types brings it.
    #[error("this needs the password; lock the vault and unlock it with the password or the recovery phrase")]
    PasswordRequired,
    /// Key derivation costs outside the bounds, asked for by a file or by the caller.
    #[error(
        "checking the password would take {memory_kib} KiB, {passes} passes and {lanes} lanes, which is outside \
         what is allowed; restore a backup or choose other costs"
    )]
    CostOutOfBounds {
        /// Argon2id memory in KiB.
        memory_kib: u32,
        /// Argon2id passes.
        passes: u32,
        /// Argon2id lanes.
        lanes: u32,
    },
    /// The device does not have the memory that the password check needs.
    #[error(
        "there are not {memory_kib} KiB of free memory to check the password; close other apps and try again"
    )]
    NotEnoughMemory {
        /// Argon2id memory in KiB.
        memory_kib: u32,
    },
    /// Another process held the file for longer than the wait.
    #[error("another process is using the vault; let it finish or close it, then try again")]
    Busy,
    /// Someone else changed a row that this write names since it was read here. The newer rows are loaded now.
    #[error("{table} {id} was changed by another process; look at it again and repeat the change")]
    Changed {
        /// The row's table.
        table: Table,
        /// The row's id.
        id: String,
    },
    /// A slot was changed by another process while this one was changing it. The newer slots are loaded now.
    #[error("the {kind} was changed by another process; look again and repeat the change")]
    SlotChanged {
        /// The slot that both wanted to change.
        kind: SlotKind,
    },
    /// Someone else changed something since it was read here, so what was decided upon that may no longer be right. The
    /// newer state is loaded now.
    #[error("the vault was changed meanwhile, by another process; look again and repeat the change")]
    Moved,
    /// Another vault now lies at the path of this one, or another process gave it new keys.
    #[error(
        "another vault now lies at {}, or this one was given new keys; lock and open again",
        path.display()
    )]
    Replaced {
        /// Where both were.
        path: PathBuf,
    },
    /// The vault's file is an older state of itself than one that was seen before.
    #[error(
        "the vault at this place is an older copy (its write number {found}, and {seen} was seen before); put the newest file back, or go on with the old one only if you restored it yourself"
    )]
    RolledBack {
        /// The newest generation that was seen.
        seen: u64,
        /// The generation in the file.
        found: u64,
    },
    /// The vault was locked; its secrets are no longer in memory.
    #[error("the vault is locked; unlock it first")]
    Locked,
    /// This is what is left of a damaged vault.
    #[error("this is what is left of a damaged vault, and it can only be read; save it as a new vault first")]
    ReadOnly,
    /// A row id that is empty or longer than [`super::MAX_ID_BYTES`].
    #[error("a row id must have 1 to {} bytes; choose another", super::MAX_ID_BYTES)]
    BadId,
    /// A record above [`super::MAX_RECORD_BYTES`].
    #[error(
        "{table} {id} has {bytes} bytes, more than the {} a record may have; make it smaller",
        super::MAX_RECORD_BYTES
    )]
    TooLarge {
        /// The row's table.
        table: Table,
        /// The row's id.
        id: String,
        /// How large it is.
        bytes: usize,
    },
    /// An earlier state was sealed before the vault got new keys, so the keys at hand do not open it.
    #[error(
        "earlier state {generation} was sealed under former keys; open it in recovery with the password of that time"
    )]
    FormerKeys {
        /// The state that was asked for.
        generation: u64,
    },
    /// The change was committed, but reading it back failed (P2). It may or may not be there: look before repeating.
    #[error(
        "the change was written but could not be read back; open the vault again and look before repeating it"
    )]
    Unconfirmed {
        /// Why it could not be read back.
        source: Box<VaultError>,
    },
    /// The operating system refused a file operation.
    #[error("{doing} failed; check the disk and the permissions, then try again")]
    Io {
        /// The operation.
        doing: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// SQLite refused for a reason outside the file's contents: disk full, no permission, read-only file system.
    #[error("{doing} failed; check free space and permissions, then try again")]
    Storage {
        /// The operation.
        doing: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] RngError),
}

impl VaultError {
    /// Damage that this code noticed itself.
    pub(super) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into(), source: None }
    }

    /// Sorts what SQLite said into: someone else is at it, the disk refuses, or the contents are damaged.
    ///
    /// Errors that come from the contents (a missing column, a wrong type, bad UTF-8) are damage, because every
    /// statement in this room fits the format; so anything not known to be the disk's fault lands there.
    pub(super) fn sqlite(doing: &'static str, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match source.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(
                Code::PermissionDenied
                | Code::OutOfMemory
                | Code::ReadOnly
                | Code::SystemIoFailure
                | Code::DiskFull
                | Code::CannotOpen
                | Code::FileLockingProtocolFailed
                | Code::NoLargeFileSupport,
            ) => Self::Storage { doing, source },
            _ => Self::Corrupt { what: format!("{doing} failed"), source: Some(source) },
        }
    }
}
