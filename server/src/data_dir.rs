//! The data directory: master key, the SQLite database unless there is a PostgreSQL one, and the lock that keeps a
//! second server out.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::id::TenantId;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::host::{Rng, random};
use crate::seal::{MasterKey, Place, SealError};
use crate::store::postgres::{Postgres, Settings};
use crate::store::sqlite::Sqlite;
use crate::store::{Store, StoreError};

/// What the master key is recognised by. It stands in no tenant's row.
const CHECK: (Place, &[u8]) = (
    Place { tenant: TenantId(Uuid::nil()), column: "master_key.sealed", row: Uuid::nil() },
    b"the key of this database",
);

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made or written to.
    #[error(
        "the data directory {path} cannot be used: {source}. Give the server's user write access, or set data_dir"
    )]
    Unusable {
        /// Which file or directory.
        path: PathBuf,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// Another server is running on it.
    #[error("another server is already using the data directory {0}; stop it first, or set another data_dir")]
    InUse(PathBuf),
    /// The key file is not what was written.
    #[error(
        "{0} is not a master key (32 bytes in base64); restore it from the backup: the sealed data needs that one"
    )]
    BadKey(PathBuf),
    /// The key file is gone, and the database is there.
    #[error(
        "{0} is missing beside an existing database; restore it from the backup: the sealed data needs that one"
    )]
    KeyMissing(PathBuf),
    /// The key file is gone, or was never here, and the PostgreSQL database was made with one.
    #[error(
        "{0} is missing, and the database was made with a master key; copy that key here, from another server on the \
         same database or from the backup"
    )]
    KeyElsewhere(PathBuf),
    /// The database was made with another key.
    #[error(
        "the database was made with another master key than {0}; put that key there, from another server on the same \
         database or from the backup"
    )]
    OtherKey(PathBuf),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key could not be tried.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No randomness for a new key.
    #[error(transparent)]
    Randomness(#[from] crate::host::NoRandomness),
}

/// An open data directory.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// The database.
    pub store: Store,
    /// The key to what is sealed in it.
    pub master: MasterKey,
}

impl DataDir {
    /// Opens the directory and the database, or makes them with a new master key, brings the tables up to date and sees
    /// that the master key is the database's.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub async fn open_checked(
        path: &Path,
        database: Option<&Settings>,
        rng: &dyn Rng,
    ) -> Result<Self, DataDirError> {
        let data = match database {
            None => Self::open(path, rng)?,
            Some(settings) => {
                make_dir(path)?;
                Postgres::migrate(settings).await?;
                let store = Store::new(Arc::new(Postgres::new(settings)?));
                let made_before = store.master_check().await?.is_some();
                let master = master(&path.join("master.key"), rng, |key| {
                    if made_before { Err(DataDirError::KeyElsewhere(key)) } else { Ok(()) }
                })?;
                Self { path: path.to_owned(), store, master }
            }
        };
        data.check_master(rng).await?;
        Ok(data)
    }

    /// Opens the directory, or makes it with a new master key and an empty SQLite database.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn open(path: &Path, rng: &dyn Rng) -> Result<Self, DataDirError> {
        make_dir(path)?;
        let database = path.join("countersign.db");
        let master = master(&path.join("master.key"), rng, |key| {
            if database.exists() { Err(DataDirError::KeyMissing(key)) } else { Ok(()) }
        })?;
        let store = Store::new(Arc::new(Sqlite::open(&database)?));
        Ok(Self { path: path.to_owned(), store, master })
    }

    /// The directory's key beside a PostgreSQL database that [`open_checked`](Self::open_checked) has seen already.
    ///
    /// # Errors
    /// [`DataDirError`].
    pub fn open_beside(path: &Path, database: &Settings) -> Result<Self, DataDirError> {
        let key_path = path.join("master.key");
        let secret = read_key(&key_path)?.ok_or_else(|| DataDirError::KeyElsewhere(key_path.clone()))?;
        let master = MasterKey::new(&secret).ok_or(DataDirError::BadKey(key_path))?;
        Ok(Self { path: path.to_owned(), store: Store::new(Arc::new(Postgres::new(database)?)), master })
    }

    /// A new database takes the key that is here; every other one must have been made with it.
    async fn check_master(&self, rng: &dyn Rng) -> Result<(), DataDirError> {
        let (place, plain) = CHECK;
        let sealed = match self.store.master_check().await? {
            Some(sealed) => sealed,
            None => {
                self.store.keep_master_check(self.master.seal(rng, place, plain)?).await?;
                // Another server may have been faster, with another key.
                self.store.master_check().await?.ok_or(StoreError::Shape("master_key"))?
            }
        };
        match self.master.open(place, &sealed) {
            Ok(opened) if opened.as_slice() == plain => Ok(()),
            _ => Err(DataDirError::OtherKey(self.path.join("master.key"))),
        }
    }

    /// Takes the lock that a running server holds. Commands do not take it: they work beside a running server.
    ///
    /// # Errors
    /// [`DataDirError::InUse`].
    pub fn lock(path: &Path) -> Result<File, DataDirError> {
        let lock_path = path.join("server.lock");
        let unusable = |source| DataDirError::Unusable { path: lock_path.clone(), source };
        make_dir(path)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&lock_path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => Err(DataDirError::InUse(path.to_owned())),
            Err(fs::TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn make_dir(path: &Path) -> Result<(), DataDirError> {
    let unusable = |source| DataDirError::Unusable { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)
}

/// The key that is there, or a new one if `may_make` does not object.
fn master(
    path: &Path,
    rng: &dyn Rng,
    may_make: impl FnOnce(PathBuf) -> Result<(), DataDirError>,
) -> Result<MasterKey, DataDirError> {
    let secret = match read_key(path)? {
        Some(secret) => secret,
        None => {
            may_make(path.to_owned())?;
            make_key(path, rng).map_err(|error| match error {
                MakeKey::Io(source) => DataDirError::Unusable { path: path.to_owned(), source },
                MakeKey::Randomness(error) => error.into(),
            })?
        }
    };
    MasterKey::new(&secret).ok_or_else(|| DataDirError::BadKey(path.to_owned()))
}

fn read_key(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, DataDirError> {
    let mut text = Zeroizing::new(String::new());
    match File::open(path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            return Err(DataDirError::BadKey(path.to_owned()));
        }
        Err(source) => return Err(DataDirError::Unusable { path: path.to_owned(), source }),
    }
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).unwrap_or_default());
    let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| DataDirError::BadKey(path.to_owned()))?;
    Ok(Some(Zeroizing::new(secret)))
}

enum MakeKey {
    Io(std::io::Error),
    Randomness(crate::host::NoRandomness),
}

impl From<std::io::Error> for MakeKey {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes a new key under another name first, so that a crash leaves either the whole key or none; and never over an
/// existing one, so that two first starts at once end up with the same key.
fn make_key(path: &Path, rng: &dyn Rng) -> Result<Zeroizing<[u8; 32]>, MakeKey> {
    let secret = Zeroizing::new(random::<32>(rng).map_err(MakeKey::Randomness)?);
    let text = Zeroizing::new(STANDARD.encode(secret.as_slice()));
    let unique = path.with_extension(format!("new.{}", std::process::id()));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unique)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&unique, path);
    fs::remove_file(&unique)?;
    match linked {
        Ok(()) => {
            File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            read_key(path).ok().flatten().ok_or(MakeKey::Io(error))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::System;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn the_first_start_makes_private_files_and_the_second_finds_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        DataDir::open(&path, &System).unwrap().store.close().await;
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("master.key")), 0o600);
        let before = fs::read(path.join("master.key")).unwrap();
        DataDir::open(&path, &System).unwrap().store.close().await;
        assert_eq!(fs::read(path.join("master.key")).unwrap(), before);
        assert_eq!(
            fs::read_dir(&path)
                .unwrap()
                .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().contains("new"))
                .count(),
            0
        );
    }

    #[tokio::test]
    async fn a_lost_or_damaged_key_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        DataDir::open(dir.path(), &System).unwrap().store.close().await;
        let key = dir.path().join("master.key");
        fs::write(&key, "short").unwrap();
        assert!(matches!(DataDir::open(dir.path(), &System), Err(DataDirError::BadKey(_))));
        fs::remove_file(&key).unwrap();
        assert!(matches!(DataDir::open(dir.path(), &System), Err(DataDirError::KeyMissing(_))));
        assert!(!key.exists());
    }

    #[test]
    fn a_second_server_is_kept_out() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::lock(dir.path()).unwrap();
        assert!(matches!(DataDir::lock(dir.path()), Err(DataDirError::InUse(_))));
        drop(first);
        DataDir::lock(dir.path()).unwrap();
    }
}
