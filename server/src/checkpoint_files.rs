//! The newest checkpoint of each tenant's log, kept outside the database: whoever can write to the database alone
//! cannot cut off the end of a log together with the checkpoints of that end.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use countersign_protocol::id::TenantId;
use countersign_protocol::jws::MAX_LEN;

/// A directory with one file for each tenant: `ten_….jws`.
#[derive(Debug, Clone)]
pub struct CheckpointFiles {
    directory: PathBuf,
}

/// A checkpoint file could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint file {path} cannot be used: {why}")]
pub struct CheckpointFileError {
    path: PathBuf,
    why: String,
}

impl CheckpointFiles {
    /// The files in this directory. It is made when the first one is written.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Where a tenant's checkpoint is kept.
    #[must_use]
    pub fn path(&self, tenant: TenantId) -> PathBuf {
        self.directory.join(format!("{tenant}.jws"))
    }

    /// A tenant's checkpoint, if there is one.
    ///
    /// # Errors
    /// [`CheckpointFileError`].
    pub fn read(&self, tenant: TenantId) -> Result<Option<String>, CheckpointFileError> {
        let path = self.path(tenant);
        let failed = |why: String| Err(CheckpointFileError { path: path.clone(), why });
        match fs::read(&path) {
            Ok(bytes) if bytes.len() > MAX_LEN => failed("it is too long to be a checkpoint".to_owned()),
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => failed(error.to_string()),
        }
    }

    /// Replaces a tenant's checkpoint, so that a crash leaves either the old one or the new one.
    ///
    /// # Errors
    /// [`CheckpointFileError`].
    pub fn write(&self, tenant: TenantId, jws: &str) -> Result<(), CheckpointFileError> {
        let path = self.path(tenant);
        replace(&self.directory, &path, jws)
            .map_err(|error| CheckpointFileError { path, why: error.to_string() })
    }

    /// The tenants of which there is a checkpoint.
    ///
    /// # Errors
    /// [`CheckpointFileError`].
    pub fn tenants(&self) -> Result<Vec<TenantId>, CheckpointFileError> {
        let failed = |error: std::io::Error| CheckpointFileError {
            path: self.directory.clone(),
            why: error.to_string(),
        };
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut tenants = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let tenant: Option<TenantId> =
                name.to_str().and_then(|name| name.strip_suffix(".jws")?.parse().ok());
            tenants.extend(tenant);
        }
        Ok(tenants)
    }
}

fn replace(directory: &Path, path: &Path, jws: &str) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let unique = path.with_extension(format!("new.{}", std::process::id()));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unique)?;
    file.write_all(format!("{jws}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&unique, path)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_newest_is_kept_and_half_written_ones_are_not_seen() {
        let dir = tempfile::tempdir().unwrap();
        let files = CheckpointFiles::new(dir.path().join("checkpoints"));
        let (a, b) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        assert_eq!((files.read(a), files.tenants()), (Ok(None), Ok(vec![])));
        files.write(a, "one").unwrap();
        files.write(a, "two").unwrap();
        fs::write(files.path(b).with_extension("new.7"), "half").unwrap();
        assert_eq!(files.read(a), Ok(Some("two".to_owned())));
        assert_eq!((files.read(b), files.tenants()), (Ok(None), Ok(vec![a])));
        fs::write(files.path(b), "x".repeat(MAX_LEN + 1)).unwrap();
        assert!(files.read(b).unwrap_err().to_string().contains("too long"));
    }
}
