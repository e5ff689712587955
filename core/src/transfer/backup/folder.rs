//! The folder of backups: written whole or not at all, read back, and the oldest removed (P2, P7).
//!
//! A backup is written under a hidden name, synced, renamed, and read again from its place. Files are ours by their whole
//! name, which holds the vault's id: several vaults can share a folder, and nothing else in it is ever touched.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::transfer::export::ExportError;
use crate::vault::VaultId;

const END: &str = ".backup";
const UNFINISHED: &str = ".unfinished";

/// Writes `file` into `folder`, checks what is there then, and removes the oldest beyond `keep`. `unique` names the
/// unfinished file.
///
/// # Errors
/// [`ExportError::FolderMissing`], [`ExportError::Disk`], and what `check` gives; nothing of this backup is there then.
pub(crate) fn write(
    folder: &Path,
    (vault, made_at): (&VaultId, u64),
    keep: u16,
    unique: [u8; 8],
    file: &[u8],
    check: impl FnOnce(&[u8]) -> Result<(), ExportError>,
) -> Result<PathBuf, ExportError> {
    if !folder.is_dir() {
        return Err(ExportError::FolderMissing { path: folder.to_owned() });
    }
    let disk = |source| ExportError::Disk { path: folder.to_owned(), source };
    let start = format!("countersign-{:08x}-", u128::from_be_bytes(*vault) >> 96);
    remove_unfinished(folder, &start);
    let unfinished = folder.join(format!(".{start}{:016x}{UNFINISHED}", u64::from_be_bytes(unique)));
    let name = free_name(folder, &start, made_at);
    if let Err(error) = put(folder, &unfinished, &name, file) {
        let _ = fs::remove_file(&unfinished);
        return Err(disk(error));
    }
    let read = fs::read(&name).map_err(disk);
    if let Err(error) = read.and_then(|read| check(&read)) {
        let _ = fs::remove_file(&name);
        return Err(error);
    }
    rotate(folder, &start, &name, keep.into());
    Ok(name)
}

fn put(folder: &Path, unfinished: &Path, name: &Path, file: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(unfinished)?;
    // Held until it has its name: what is not locked was left by a process that is gone.
    out.lock()?;
    out.write_all(file)?;
    out.sync_all()?;
    fs::rename(unfinished, name)?;
    // The name is on the disk only once the folder is. Some systems cannot open folders; there it is the rename's matter.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A name that is not taken, by the time; several in a second are numbered.
fn free_name(folder: &Path, start: &str, made_at: u64) -> PathBuf {
    let stamp = stamp(made_at);
    let names = (1_u32..).map(|n| match n {
        1 => folder.join(format!("{start}{stamp}{END}")),
        n => folder.join(format!("{start}{stamp}-{n:03}{END}")),
    });
    names
        .take(1000)
        .find(|name| !name.exists())
        .unwrap_or_else(|| folder.join(format!("{start}{stamp}{END}")))
}

/// What a process that was killed has left.
fn remove_unfinished(folder: &Path, start: &str) {
    for name in names(folder) {
        let left = name.strip_prefix('.').and_then(|name| name.strip_prefix(start)).is_some_and(|rest| {
            rest.strip_suffix(UNFINISHED).is_some_and(|hex| hex.len() == 16 && is_hex(hex))
        });
        let path = folder.join(&name);
        if left && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes the oldest beyond `keep`, never `newest`. One that cannot be removed is no reason to fail: the backup is there.
fn rotate(folder: &Path, start: &str, newest: &Path, keep: usize) {
    let mut ours: Vec<PathBuf> = names(folder)
        .filter(|name| is_ours(name, start))
        .map(|name| folder.join(name))
        .filter(|path| path != newest)
        .collect();
    // The stamp makes the order of names that of time; without their ending, for `-` would come before `.`.
    ours.sort_by_cached_key(|path| path.with_extension(""));
    let surplus = (ours.len() + 1).saturating_sub(keep.max(1));
    for old in ours.iter().take(surplus) {
        let _ = fs::remove_file(old);
    }
}

fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
}

/// `countersign-1a2b3c4d-20261122-101112.backup`, or with `-002` when there were several in that second.
fn is_ours(name: &str, start: &str) -> bool {
    let Some(stamp) = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(END)) else { return false };
    let parts: Vec<&str> = stamp.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    matches!(lengths.as_slice(), [8, 6] | [8, 6, 3])
        && parts.iter().all(|part| part.bytes().all(|c| c.is_ascii_digit()))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|c| c.is_ascii_hexdigit())
}

/// `20261122-101112`, in UTC, so that names sort by time also when the person travels.
fn stamp(seconds: u64) -> String {
    // The year 9999 is enough, and keeps the names of one length.
    let seconds = seconds.min(253_402_300_799);
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // Days to a date of the Gregorian calendar, counted in eras of 400 years from 1 March of the year 0.
    let since = days + 719_468;
    let (era, of_era) = (since / 146_097, since % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}
