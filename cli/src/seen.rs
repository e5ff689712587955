//! The newest state of each vault that was seen on this machine, kept beside it in the state folder: a file cannot tell
//! that the whole of it was replaced by an older copy.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use countersign_core::vault::VaultId;

/// The number of the newest state that was seen; 0 when none was, or what is there cannot be read.
pub(crate) fn newest(folder: &Path, vault: &VaultId) -> u64 {
    std::fs::read_to_string(file(folder, vault)).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Remembers a state.
///
/// # Errors
/// Those of the file system; what was remembered before stays.
pub(crate) fn remember(folder: &Path, vault: &VaultId, generation: u64) -> io::Result<()> {
    let place = file(folder, vault);
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Whole or not at all: a number that was cut off is another number.
    let half = place.with_extension(format!("{}.new", std::process::id()));
    let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
    new.write_all(format!("{generation}\n").as_bytes())?;
    std::fs::rename(half, place)
}

fn file(folder: &Path, vault: &VaultId) -> PathBuf {
    let id: String = vault.iter().map(|byte| format!("{byte:02x}")).collect();
    folder.join(format!("seen-{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vault_has_its_own_number() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deep/state");
        assert_eq!(newest(&folder, &[1; 16]), 0);
        remember(&folder, &[1; 16], 41).unwrap();
        remember(&folder, &[1; 16], 42).unwrap();
        remember(&folder, &[2; 16], 7).unwrap();
        assert_eq!((newest(&folder, &[1; 16]), newest(&folder, &[2; 16])), (42, 7));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "nothing half-written is left");
    }
}
