//! Writing results into new files: for their owner only, whole or not at all, never over a file that is there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::exit::Failure;

/// Writes `content` into a new file that only its owner can read (mode 0600), and waits until it is on the disk.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let unwritable = |e: io::Error| match e.kind() {
        io::ErrorKind::AlreadyExists => taken(path),
        _ => refused(path, &e.to_string()),
    };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(unwritable)?;
    let written = file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    if written.is_err() {
        // Half a file would look like a whole one.
        let _gone = std::fs::remove_file(path);
    }
    written.map_err(unwritable)
}

/// There is a file already, and it stays as it is.
pub(crate) fn taken(path: &Path) -> Failure {
    refused(path, "there is a file of this name already")
}

fn refused(path: &Path, reason: &str) -> Failure {
    let sentence = format!("{} could not be written ({reason}); name another, new file", path.display());
    Failure::failed("output", sentence)
}

/// A new file's name is on the disk only when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn p9_a_new_file_is_its_owners_only_and_nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.json");
        write(&path, b"first").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let failure = write(&path, b"second").unwrap_err();
        assert_eq!((failure.exit(), failure.code()), (1, "output"));
        assert!(failure.sentence().contains("already"), "{}", failure.sentence());
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(&folder.path().join("no/such"), b"x").unwrap_err().code(), "output");
    }
}
