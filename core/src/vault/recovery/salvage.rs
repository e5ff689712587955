//! Rows out of a file that SQLite would refuse: as many as its pages still give.
//!
//! Works on a copy in memory. The first page, which holds the file's header and schema, is the same in every vault but
//! for a few numbers, so the one of a new vault takes its place; damage there costs nothing. The rows are read from both
//! ends, because SQLite stops at a page that it cannot read; what it no longer finds is read from the pages themselves.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::super::VaultError;
use super::super::file;
use super::super::format::{self, Identity, Image, Row};
use super::pages::{self, PAGE};

/// Largest file that is read: far more than ten thousand entries with icons.
const LARGEST: u64 = 1 << 30;
/// Where the header counts the pages (sqlite.org/fileformat2.html, section 1.3).
const PAGE_COUNT: std::ops::Range<usize> = 28..32;

/// What can be read of the file at `path`, and whether that is all pages.
pub(super) fn read(path: &Path) -> Result<(Image, bool), VaultError> {
    let bytes = read_file(path)?;
    let ours = bytes.get(68..72) == Some(&format::APPLICATION_ID.to_be_bytes()[..]);
    match Salvage::from(&with_first_page(&bytes)?) {
        Err(VaultError::Corrupt { .. }) if !ours => Err(VaultError::NotAVault { path: path.to_owned() }),
        read => read,
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, VaultError> {
    let io = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => VaultError::NotFound { path: path.to_owned() },
        _ => VaultError::Io { doing: "reading the vault file", source },
    };
    let _gate = file::gate();
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(VaultError::NotAVault { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(VaultError::NotAVault { path: path.to_owned() });
    }
    Ok(bytes)
}

/// The same pages behind the first page of a new vault, without a cut-off page at the end.
fn with_first_page(bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
    let sql = format::damaged("making room for what is left");
    let mut fresh = Connection::open_in_memory().map_err(&sql)?;
    let transaction = fresh.transaction().map_err(&sql)?;
    format::create(&transaction)?;
    transaction.commit().map_err(&sql)?;
    let mut all = fresh.serialize("main").map_err(&sql)?.get(..PAGE).unwrap_or_default().to_vec();
    all.extend_from_slice(bytes.get(PAGE..).unwrap_or_default());
    // A page that was cut in the middle is tried with zeros behind it.
    all.resize(all.len().next_multiple_of(PAGE), 0);
    let pages = u32::try_from(all.len() / PAGE).unwrap_or(u32::MAX);
    if let Some(count) = all.get_mut(PAGE_COUNT) {
        count.copy_from_slice(&pages.to_be_bytes());
    }
    Ok(all)
}

struct Salvage {
    connection: Connection,
    all_pages_read: bool,
}

impl Salvage {
    fn from(bytes: &[u8]) -> Result<(Image, bool), VaultError> {
        let sql = format::damaged("reading what is left of the vault");
        let mut connection = Connection::open_in_memory().map_err(&sql)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).map_err(&sql)?;
        connection.execute_batch("PRAGMA cell_size_check = ON;").map_err(&sql)?;
        let length = bytes.len();
        connection.deserialize_read_exact("main", bytes, length, true).map_err(&sql)?;
        let mut salvage = Self { connection, all_pages_read: true };
        let identity = salvage.identity()?;
        let slots = salvage.rows(format::SELECT_SLOTS, format::slot_row);
        let mut rows: BTreeMap<_, Row> = BTreeMap::new();
        for direction in ["ASC", "DESC"] {
            let sql = format!("{} ORDER BY kind {direction}, id {direction}", format::SELECT_RECORDS);
            for row in salvage.rows(&sql, format::record_row) {
                rows.insert((row.table, row.id.clone()), row);
            }
        }
        if !salvage.all_pages_read {
            for row in pages::records(bytes) {
                let found = rows.entry((row.table, row.id.clone())).or_insert_with(|| row.clone());
                // A page that is no longer part of the table may hold an older state.
                if found.version < row.version {
                    *found = row;
                }
            }
        }
        Ok((Image { identity, slots, rows: rows.into_values().collect() }, salvage.all_pages_read))
    }

    /// The id, whatever its checksum says: whether it is right shows when a slot opens.
    fn identity(&self) -> Result<Identity, VaultError> {
        match format::identity(&self.connection) {
            Err(VaultError::Corrupt { .. }) => {
                let found = self.connection.query_one("SELECT id, manifest FROM vault", [], |row| {
                    Ok(Identity { format: format::FORMAT, id: row.get(0)?, manifest: row.get(1)? })
                });
                found.map_err(format::damaged("reading the vault's id"))
            }
            identity => identity,
        }
    }

    /// The rows until SQLite finds a page that it cannot read.
    fn rows<T>(
        &mut self,
        sql: &str,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Result<T, VaultError>>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        let whole = self.connection.prepare(sql).and_then(|mut statement| {
            let mut rows = statement.query([])?;
            let mut whole = true;
            while let Some(row) = rows.next()? {
                match read(row) {
                    Ok(Ok(row)) => found.push(row),
                    _ => whole = false,
                }
            }
            Ok(whole)
        });
        self.all_pages_read &= whole.unwrap_or(false);
        found
    }
}
