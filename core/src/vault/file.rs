//! The vault as a file: recognising it, opening it through SQLite, and putting a finished new one in its place.
//!
//! What is inside is `format`. The file is opened anew for each operation and closed after it. So nothing is held at
//! rest (a phone may suspend us at any moment), and a file that was replaced by rename is seen, not written behind.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, ffi};

use super::VaultError;
use super::format::APPLICATION_ID;
use crate::host::Rng;

/// How long an operation waits for another process before it says [`VaultError::Busy`].
const BUSY_WAIT: Duration = if cfg!(test) { Duration::from_millis(150) } else { Duration::from_secs(2) };

static GATE: Mutex<()> = Mutex::new(());

/// Lets one thread of this process at vault files at a time.
///
/// SQLite's locks are POSIX advisory locks, and closing *any* descriptor of a file drops all of a process's locks on
/// it. [`Header::read`] opens and closes such a descriptor, so it must never run while another thread is inside a
/// transaction (see "How To Corrupt An SQLite Database File", section 2.2, on sqlite.org).
pub(super) fn gate() -> MutexGuard<'static, ()> {
    // The gate guards no data, so a panic inside it leaves nothing broken behind.
    GATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first 16 bytes of every SQLite 3 database (sqlite.org/fileformat2.html, section 1.3, like the offsets below).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const HEADER_BYTES: usize = 100;
const PAGE_SIZE_AT: usize = 16;
const JOURNAL_KIND_AT: usize = 18;
const PAGE_COUNT_AT: usize = 28;
const APPLICATION_ID_AT: usize = 68;
/// Read and write version 1: a rollback journal. 2 would be WAL, which leaves files beside the vault.
const ROLLBACK_JOURNAL: [u8; 2] = [1, 1];

/// What the first 100 bytes say, read without SQLite so that a file that is not ours is never handed to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// Whether the application id is ours.
    pub(super) ours: bool,
    length: u64,
    promised: Option<u64>,
}

impl Header {
    /// Looks at the file; the caller holds the [`gate`].
    ///
    /// # Errors
    /// `NotFound`, `NotAVault`, `Truncated` (no room for a header), `Corrupt` (ours, but the header is damaged), `Io`.
    pub(super) fn read(path: &Path) -> Result<Self, VaultError> {
        let io = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => VaultError::NotFound { path: path.to_owned() },
            _ => VaultError::Io { doing: "reading the vault file", source },
        };
        let not_a_vault = || VaultError::NotAVault { path: path.to_owned() };
        let facts = fs::metadata(path).map_err(io)?;
        if !facts.is_file() {
            return Err(not_a_vault());
        }
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        fs::File::open(path).map_err(io)?.take(HEADER_BYTES as u64).read_to_end(&mut bytes).map_err(io)?;
        let length = facts.len();
        let Some(bytes) = bytes.first_chunk::<HEADER_BYTES>() else {
            let cut = bytes.iter().zip(MAGIC).all(|(found, wanted)| found == wanted);
            return Err(if cut {
                VaultError::Truncated { found: length, expected: None }
            } else {
                not_a_vault()
            });
        };
        let ours = field::<4>(bytes, APPLICATION_ID_AT) == APPLICATION_ID.to_be_bytes();
        if !bytes.starts_with(MAGIC) || field(bytes, JOURNAL_KIND_AT) != ROLLBACK_JOURNAL {
            return Err(if ours { VaultError::corrupt("the file header") } else { not_a_vault() });
        }
        // SQLite would play it into the file although the header says that there is none.
        if ours && beside(path, "-wal").exists() {
            return Err(VaultError::corrupt("a write-ahead log that is not ours lies beside it"));
        }
        // 1 stands for 65 536, which does not fit the two bytes.
        let page = match u16::from_be_bytes(field(bytes, PAGE_SIZE_AT)) {
            1 => 65_536,
            size => u64::from(size),
        };
        let pages = u64::from(u32::from_be_bytes(field(bytes, PAGE_COUNT_AT)));
        Ok(Self { ours, length, promised: Some(page * pages).filter(|bytes| *bytes > 0) })
    }

    /// Says why SQLite found the contents malformed: the end of the file is missing, it is not ours, or `error` as is.
    ///
    /// Only asked once SQLite failed: before that, another process could be between writing header and pages.
    pub(super) fn explain(self, path: &Path, error: VaultError) -> VaultError {
        match (&error, self.promised) {
            // Damage that we noticed ourselves (no source) is only looked for once the file was recognised.
            (VaultError::Corrupt { source: Some(_), .. } | VaultError::Truncated { .. }, _) if !self.ours => {
                VaultError::NotAVault { path: path.to_owned() }
            }
            (VaultError::Corrupt { .. }, Some(promised)) if self.length < promised => {
                VaultError::Truncated { found: self.length, expected: Some(promised) }
            }
            _ => error,
        }
    }
}

/// `N` bytes at `at`; zeros where there are none, which no caller asks for.
fn field<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().unwrap_or([0; N])
}

/// Opens for reading only; SQLite cannot write through this connection.
///
/// The one exception to "reading does not write" is SQLite's own crash recovery: when a writer died in the middle of
/// a commit, its journal is rolled back first, because until then the file is not a vault but half of two.
pub(super) fn open_to_read(path: &Path, header: Header) -> Result<Connection, VaultError> {
    let doing = "opening the vault";
    let first_look = |connection: &Connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
    };
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, doing)?;
    match first_look(&connection) {
        Err(rusqlite::Error::SqliteFailure(error, _))
            if error.extended_code == ffi::SQLITE_READONLY_ROLLBACK && header.ours =>
        {
            let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, doing)?;
            first_look(&writer)
                .map_err(|source| VaultError::sqlite("rolling back a broken write", source))?;
        }
        _ => {} // Any other failure shows again in the transaction that reads everything.
    }
    Ok(connection)
}

/// Opens an existing file for writing, with the settings that make a commit durable and leave no plaintext behind.
pub(super) fn open_to_write(path: &Path) -> Result<Connection, VaultError> {
    let doing = "opening the vault for writing";
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, doing)?;
    // EXTRA also syncs the directory after the journal was removed, which is the moment a commit takes effect;
    // fullfsync makes Apple's drives really write. Sealed rows that were replaced are overwritten with zeros.
    connection
        .execute_batch(
            "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON; \
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
        )
        .map_err(|source| VaultError::sqlite(doing, source))?;
    Ok(connection)
}

fn connect(path: &Path, access: OpenFlags, doing: &'static str) -> Result<Connection, VaultError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let set_up = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_WAIT)?;
        // The file is not trusted: no code in its schema, no writing to internals, cells checked before use.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;")?;
        Ok(connection)
    };
    set_up().map_err(|source| VaultError::sqlite(doing, source))
}

/// For making a file that was not there and that only its owner can read.
pub(super) fn own() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The path with `suffix` at its end, as SQLite names its journals and we the earlier states.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Says `AlreadyExists` when the target of a new vault or a leftover journal of it is there: SQLite would play such a
/// journal into the new vault.
pub(super) fn refuse_existing(target: &Path) -> Result<(), VaultError> {
    let mut paths = [target.to_owned(), beside(target, "-journal")].into_iter();
    match paths.find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(VaultError::AlreadyExists { path }),
        None => Ok(()),
    }
}

/// A new vault while it is built: a file of its own beside the target, removed again unless it is published.
///
/// Built apart, so that a crash at any moment leaves either no vault or a whole one.
#[derive(Debug)]
pub(super) struct Draft {
    target: PathBuf,
    pub(super) path: PathBuf,
}

impl Draft {
    /// Makes an empty file that only its owner can read.
    ///
    /// # Errors
    /// `AlreadyExists` (see [`refuse_existing`]), `Io`, `NoRandomness`.
    pub(super) fn begin(target: &Path, rng: &dyn Rng) -> Result<Self, VaultError> {
        refuse_existing(target)?;
        let mut random = [0; 8];
        rng.fill(&mut random)?;
        let path = beside(target, &format!(".{:016x}.new", u64::from_be_bytes(random)));
        own().open(&path).map_err(|source| VaultError::Io { doing: "creating the vault file", source })?;
        Ok(Self { target: target.to_owned(), path })
    }

    /// Gives the finished file its name.
    ///
    /// # Errors
    /// `AlreadyExists`, `Io`.
    pub(super) fn publish(self) -> Result<(), VaultError> {
        let doing = "putting the new vault in its place";
        let io = |source| VaultError::Io { doing, source };
        let exists = || VaultError::AlreadyExists { path: self.target.clone() };
        match fs::hard_link(&self.path, &self.target) {
            Ok(()) => {} // Dropping the draft removes its first name.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists()),
            // Android forbids hard links. Renaming replaces what is there, so look first; two processes that create
            // the same vault within these two lines are not told apart on such a system.
            Err(_) if self.target.symlink_metadata().is_ok() => return Err(exists()),
            Err(_) => fs::rename(&self.path, &self.target).map_err(io)?,
        }
        sync_directory_of(&self.target).map_err(io)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Nothing more can be done about a draft that cannot be removed; its random name is in nobody's way.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(beside(&self.path, "-journal"));
    }
}

/// Makes a new name survive a power cut.
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) if cfg!(unix) => fs::File::open(directory)?.sync_all(),
        _ => Ok(()), // Other systems cannot open a directory; NTFS journals its names.
    }
}
