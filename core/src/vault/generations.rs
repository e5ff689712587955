//! Earlier states of a vault, kept as whole files beside it (P2): `vault.db.gen-7` is the vault as its seventh write left
//! it, with the same seals and the same ways to unlock.
//!
//! One is kept before a write that adds or removes much, before new keys and a new format, and once a day before the
//! first write. The newest [`KEPT`] stay. Each is a vault of its own: going back to one is [`super::Vault::restore`], and
//! when the vault itself is damaged, [`super::Recovery`] opens one like any other file.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::Transaction;

use super::contents::Contents;
use super::file::{self, beside, sync_directory_of};
use super::format::{self, Image};
use super::manifest::Manifest;
use super::write::Plan;
use super::{Vault, VaultError};

/// How many earlier states are kept.
pub const KEPT: usize = 8;
/// Between two states that are kept only because time has passed.
const A_DAY: Duration = Duration::from_secs(86_400);
/// Stands between the vault's name and the number.
const MARK: &str = ".gen-";

/// An earlier state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierState {
    /// Which write made this state.
    pub generation: u64,
    /// Its file.
    pub path: PathBuf,
    /// When it was put aside, by the clock of the device; `None` when the file system does not say.
    pub kept_at: Option<SystemTime>,
}

/// The earlier states of the vault at `path`, newest first.
///
/// # Errors
/// `Io`.
pub(super) fn list(path: &Path) -> Result<Vec<EarlierState>, VaultError> {
    let io = |source| VaultError::Io { doing: "looking for earlier states of the vault", source };
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for file in fs::read_dir(folder).map_err(io)? {
        let file = file.map_err(io)?;
        let number = file.file_name().to_str().and_then(|file| {
            let digits = file.strip_prefix(name)?.strip_prefix(MARK)?;
            // Exactly as it is written by us, so that one state never has two names.
            digits.parse::<u64>().ok().filter(|number| number.to_string() == digits)
        });
        if let Some(generation) = number {
            let kept_at = file.metadata().and_then(|facts| facts.modified()).ok();
            found.push(EarlierState { generation, path: file.path(), kept_at });
        }
    }
    found.sort_unstable_by_key(|state| std::cmp::Reverse(state.generation));
    Ok(found)
}

/// Whether the last state was put aside more than a day before the vault was last written.
///
/// Both are times of files on one disk, so no clock is asked. A time that went backwards counts as a day.
pub(super) fn is_due(path: &Path) -> Result<bool, VaultError> {
    let written = fs::metadata(path).and_then(|facts| facts.modified()).ok();
    let newest = list(path)?.into_iter().next().and_then(|state| state.kept_at);
    let (Some(written), Some(newest)) = (written, newest) else { return Ok(true) };
    // A state is put aside just before the write that follows it, so it may be newer than the vault by that much.
    let apart = written.duration_since(newest).unwrap_or_else(|early| {
        if early.duration() < Duration::from_secs(3_600) { Duration::ZERO } else { A_DAY }
    });
    Ok(apart >= A_DAY)
}

/// Puts the vault at `path` aside as it is inside `transaction`, which has the vault for itself and has not changed it,
/// and removes the oldest states beyond [`KEPT`].
///
/// # Errors
/// `Io`, `Storage`: nothing was changed then.
pub(super) fn keep(transaction: &Transaction<'_>, path: &Path, generation: u64) -> Result<(), VaultError> {
    let io = |source| VaultError::Io { doing: "keeping the earlier state of the vault", source };
    // Through SQLite, since opening the vault's file ourselves would drop its locks: see `file::gate`.
    let bytes = transaction.serialize("main").map_err(format::damaged("reading the earlier state"))?;
    let target = of(path, generation);
    let draft = beside(path, ".gen.new");
    // Whoever has the vault for itself is the only one who writes this name, so what lies there is from a crash.
    let _none_there = fs::remove_file(&draft);
    let written = write(&draft, &bytes).and_then(|()| fs::rename(&draft, &target));
    if let Err(error) = written.and_then(|()| sync_directory_of(&target)) {
        let _gone_already = fs::remove_file(&draft);
        return Err(io(error));
    }
    for old in list(path)?.iter().skip(KEPT) {
        fs::remove_file(&old.path).map_err(io)?;
    }
    Ok(())
}

/// Removes every earlier state.
///
/// # Errors
/// `Io`.
pub(super) fn forget(path: &Path) -> Result<(), VaultError> {
    let io = |source| VaultError::Io { doing: "removing the earlier states of the vault", source };
    list(path)?.iter().try_for_each(|state| fs::remove_file(&state.path)).map_err(io)?;
    sync_directory_of(path).map_err(io)
}

/// The file of an earlier state.
pub(super) fn of(path: &Path, generation: u64) -> PathBuf {
    beside(path, &format!("{MARK}{generation}"))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = file::own().open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl Vault {
    /// The earlier states that are kept beside the vault at `path`, newest first. Needs no key.
    ///
    /// # Errors
    /// `Io`.
    pub fn earlier_states(path: &Path) -> Result<Vec<EarlierState>, VaultError> {
        list(&super::absolute(path)?)
    }

    /// Makes the records what they were after write number `generation`, in one write that is a new state itself: the
    /// present one is kept, other handles load it, and nothing counts as rolled back. Ways to unlock stay as they are.
    /// Counters of codes go back too; a server may then want the next code.
    ///
    /// # Errors
    /// `NotFound` when that state is not kept; `FormerKeys`; `Moved`; and what [`Vault::open`] says about its file.
    pub fn restore(&self, generation: u64) -> Result<(), VaultError> {
        self.with(|unlocked| {
            let earlier = {
                let _gate = file::gate();
                Image::read(&of(&self.path, generation))?
            };
            if earlier.identity.id != self.id {
                return Err(VaultError::Replaced { path: of(&self.path, generation) });
            }
            Manifest::open(&earlier.identity, &unlocked.data)
                .map_err(|_| VaultError::FormerKeys { generation })?;
            let earlier = Contents::open(earlier, &unlocked.data)?;
            let mut plan = Plan { keep_before: true, only_upon_the_same: true, ..Plan::default() };
            let gone = unlocked.contents.records.keys().map(|row| (row.clone(), None));
            let back = earlier.records.into_iter().map(|(row, held)| (row, Some(held.plain)));
            plan.records = gone.chain(back).collect();
            self.run(unlocked, plan)
        })
    }

    /// Removes every earlier state: they open with the passwords and phrases that they had, which may be why those were
    /// changed.
    ///
    /// # Errors
    /// `Locked`, `Io`.
    pub fn forget_earlier_states(&self) -> Result<(), VaultError> {
        self.with(|_| forget(&self.path))
    }
}
