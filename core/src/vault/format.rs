//! Vault formats 1 and 2: the tables, and every SQL statement of this room, each written once.
//!
//! Format 2 has the tables of format 1. It may have a slot for a recovery phrase, and its manifest is sealed for its number,
//! so that a file of format 2 cannot be passed off as one of format 1.
//!
//! Three tables, no index and no trigger. `vault` is one row: the format, the vault's id, the sealed manifest. `slots`
//! are the ways to unlock, `records` the sealed records. What sealed bytes mean is decided in `contents`; the file
//! around the tables is `file`.

use std::path::Path;

use rusqlite::{Connection, Row as SqlRow, Transaction, params};

use super::file::{self, Header};
use super::password::PasswordCost;
use super::seal::Context;
use super::slots::{Slot, SlotKind};
use super::{Table, VaultError, VaultId};

/// SQLite's application id of a vault: "CSGN".
pub(super) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"CSGN");
/// The format that this code writes, and the newest it reads. The oldest is 1; the first write makes this one of it.
pub(super) const FORMAT: u32 = 2;

/// The tables, letter for letter as SQLite stores them; a file with any other schema is refused. `vault` keeps this
/// shape in every later format, because it tells which format that is.
const SCHEMA: [(&str, &str); 3] = [
    (
        "records",
        "CREATE TABLE records (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, \
         sealed BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID",
    ),
    (
        "slots",
        "CREATE TABLE slots (kind TEXT PRIMARY KEY NOT NULL, memory_kib INTEGER NOT NULL, passes INTEGER NOT NULL, \
         lanes INTEGER NOT NULL, salt BLOB NOT NULL, alias TEXT NOT NULL, wrapped BLOB NOT NULL, \
         checksum BLOB NOT NULL) STRICT, WITHOUT ROWID",
    ),
    (
        "vault",
        "CREATE TABLE vault (one INTEGER PRIMARY KEY NOT NULL, format INTEGER NOT NULL, id BLOB NOT NULL, \
         checksum BLOB NOT NULL, manifest BLOB NOT NULL) STRICT",
    ),
];

/// One row of `records`.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) table: Table,
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) sealed: Vec<u8>,
}

/// The one row of `vault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// 1 to [`FORMAT`].
    pub(super) format: u32,
    pub(super) id: VaultId,
    pub(super) manifest: Vec<u8>,
}

/// Everything in the file at one moment, checked as far as that goes without a key.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) identity: Identity,
    pub(super) slots: Vec<Slot>,
    pub(super) rows: Vec<Row>,
}

impl Image {
    /// Reads the file at `path` in one read transaction; writes nothing. The caller holds the gate.
    ///
    /// # Errors
    /// All that [`super::Vault::open`] says about files.
    pub(super) fn read(path: &Path) -> Result<Self, VaultError> {
        let header = Header::read(path)?;
        Self::read_after(path, header).map_err(|error| header.explain(path, error))
    }

    /// The same after the header was looked at: goes through SQLite only, so it is safe while a lock is held.
    pub(super) fn read_after(path: &Path, header: Header) -> Result<Self, VaultError> {
        let mut connection = file::open_to_read(path, header)?;
        let transaction = connection.transaction().map_err(damaged("reading the vault"))?;
        Self::read_in(&transaction, path)
    }

    /// Reads everything inside a transaction that is already open.
    pub(super) fn read_in(transaction: &Transaction<'_>, path: &Path) -> Result<Self, VaultError> {
        check_length(transaction, path)?;
        check_format(transaction, path)?;
        check_structure(transaction)?;
        let identity = identity(transaction)?;
        let slots = all(transaction, "reading the slots", SELECT_SLOTS, slot_row)?;
        if let Some(slot) = slots.iter().find(|slot| !slot.is_intact(&identity.id)) {
            return Err(VaultError::corrupt(format!("the slot of the {}", slot.kind)));
        }
        let rows = all(transaction, "reading the records", SELECT_RECORDS, record_row)?;
        Ok(Self { identity, slots, rows })
    }
}

pub(super) const SELECT_SLOTS: &str =
    "SELECT kind, memory_kib, passes, lanes, salt, alias, wrapped, checksum FROM slots";
pub(super) const SELECT_RECORDS: &str = "SELECT kind, id, version, sealed FROM records";

/// Makes the tables in an empty file.
pub(super) fn create(transaction: &Transaction<'_>) -> Result<(), VaultError> {
    let write = || {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        SCHEMA.iter().try_for_each(|(_, sql)| transaction.execute_batch(sql))
    };
    write().map_err(damaged("creating the tables"))
}

/// Writes the `vault` row, of whose format everything is from now on.
pub(super) fn put_identity(transaction: &Transaction<'_>, identity: &Identity) -> Result<(), VaultError> {
    let Identity { format, id, manifest } = identity;
    transaction.pragma_update(None, "user_version", format).map_err(damaged("writing the format"))?;
    one_row(transaction.execute(
        "INSERT OR REPLACE INTO vault (one, format, id, checksum, manifest) VALUES (1, ?1, ?2, ?3, ?4)",
        params![format, id, identity_checksum(*format, id), manifest],
    ))
}

/// Inserts or replaces a slot.
pub(super) fn put_slot(transaction: &Transaction<'_>, slot: &Slot) -> Result<(), VaultError> {
    let PasswordCost { memory_kib, passes, lanes } = slot.cost;
    one_row(transaction.execute(
        "INSERT OR REPLACE INTO slots (kind, memory_kib, passes, lanes, salt, alias, wrapped, checksum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            slot.kind.name(),
            memory_kib,
            passes,
            lanes,
            slot.salt,
            slot.alias,
            slot.wrapped,
            slot.checksum
        ],
    ))
}

/// Removes a slot that is there.
pub(super) fn delete_slot(transaction: &Transaction<'_>, kind: SlotKind) -> Result<(), VaultError> {
    one_row(transaction.execute("DELETE FROM slots WHERE kind = ?1", [kind.name()]))
}

/// Inserts or replaces a record.
pub(super) fn put_record(transaction: &Transaction<'_>, row: &Row) -> Result<(), VaultError> {
    // SQLite's integers have a sign; 2⁶³ writes of one row are out of reach.
    let version = i64::try_from(row.version).unwrap_or(i64::MAX);
    one_row(transaction.execute(
        "INSERT OR REPLACE INTO records (kind, id, version, sealed) VALUES (?1, ?2, ?3, ?4)",
        params![row.table.name(), row.id, version, row.sealed],
    ))
}

/// Removes a record that is there.
pub(super) fn delete_record(transaction: &Transaction<'_>, table: Table, id: &str) -> Result<(), VaultError> {
    one_row(transaction.execute("DELETE FROM records WHERE kind = ?1 AND id = ?2", [table.name(), id]))
}

/// Commits, then lets `look` read the file through another connection before anybody else can write to it.
///
/// A query that is still open when its connection commits keeps SQLite's shared lock, so no writer comes in between.
/// `look` must not open the file but through SQLite: see [`file::gate`].
///
/// # Errors
/// What the commit gives; when `look` fails, [`VaultError::Unconfirmed`].
pub(super) fn commit_and_look<T>(
    transaction: &Transaction<'_>,
    look: impl FnOnce() -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let doing = "committing to the vault";
    let mut statement = transaction.prepare("SELECT one FROM vault").map_err(damaged(doing))?;
    let mut open = statement.query([]).map_err(damaged(doing))?;
    open.next().map_err(damaged(doing))?;
    transaction.execute_batch("COMMIT").map_err(damaged(doing))?;
    look().map_err(|source| VaultError::Unconfirmed { source: Box::new(source) })
}

/// The id and manifest; small enough to read before each write.
pub(super) fn identity(connection: &Connection) -> Result<Identity, VaultError> {
    let read =
        connection.query_one("SELECT format, id, checksum, manifest FROM vault WHERE one = 1", [], |row| {
            Ok((row.get(0)?, row.get::<_, VaultId>(1)?, row.get::<_, Vec<u8>>(2)?, row.get(3)?))
        });
    let (format, id, checksum, manifest) = read.map_err(damaged("reading the vault's id"))?;
    if checksum != identity_checksum(format, &id) {
        return Err(VaultError::corrupt("the vault's id"));
    }
    if !(1..=FORMAT).contains(&format) {
        return Err(VaultError::UnsupportedVersion { found: format, supported: FORMAT });
    }
    Ok(Identity { format, id, manifest })
}

fn identity_checksum(format: u32, id: &VaultId) -> [u8; 32] {
    Context::new("countersign vault identity").field(&format.to_be_bytes()).field(id).digest()
}

/// SQLite reads what is missing in the last page as zeros; here it is noticed.
///
/// Inside a read transaction no writer can be in the middle of making the file longer.
fn check_length(transaction: &Transaction<'_>, path: &Path) -> Result<(), VaultError> {
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, u32>(0).map(u64::from));
    let promised = pragma("page_count").and_then(|pages| Ok(pages.saturating_mul(pragma("page_size")?)));
    let promised = promised.map_err(damaged("reading the file header"))?;
    let found = std::fs::metadata(path)
        .map_err(|source| VaultError::Io { doing: "reading the size of the vault file", source })?
        .len();
    if found < promised {
        return Err(VaultError::Truncated { found, expected: Some(promised) });
    }
    Ok(())
}

/// Ours, and of a format that this code knows?
///
/// The format stands twice, in the header and in a row with a checksum. So a damaged number is told apart from a newer
/// vault, and a damaged application id from somebody else's database.
fn check_format(transaction: &Transaction<'_>, path: &Path) -> Result<(), VaultError> {
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let numbers = pragma("application_id").and_then(|id| Ok((id, pragma("user_version")?)));
    let (application, version) = numbers.map_err(damaged("reading the file header"))?;
    let row = identity(transaction);
    match (application == APPLICATION_ID, row) {
        (true, Ok(identity)) if version == identity.format => Ok(()),
        (true, Err(VaultError::UnsupportedVersion { found, supported })) if version == found => {
            Err(VaultError::UnsupportedVersion { found, supported })
        }
        (false, Err(VaultError::Corrupt { .. })) => Err(VaultError::NotAVault { path: path.to_owned() }),
        (true, Err(error @ VaultError::Corrupt { .. })) => Err(error),
        (_, Err(error @ (VaultError::Busy | VaultError::Storage { .. }))) => Err(error),
        _ => Err(VaultError::corrupt("the file header")),
    }
}

/// Exactly our tables, and SQLite's own check of its pages.
fn check_structure(transaction: &Transaction<'_>) -> Result<(), VaultError> {
    let found =
        all(transaction, "reading the schema", "SELECT name, sql FROM sqlite_schema ORDER BY name", |row| {
            Ok(Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        })?;
    if !found.iter().map(|(name, sql)| (name.as_str(), sql.as_str())).eq(SCHEMA) {
        return Err(VaultError::corrupt("the schema"));
    }
    let verdict = transaction.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    match verdict.map_err(damaged("checking the pages"))? {
        verdict if verdict == "ok" => Ok(()),
        verdict => Err(VaultError::corrupt(verdict)),
    }
}

/// Every row of a query. The inner error is for values that SQLite accepts and the format does not.
fn all<T>(
    connection: &Connection,
    doing: &'static str,
    sql: &str,
    read: impl Fn(&SqlRow<'_>) -> rusqlite::Result<Result<T, VaultError>>,
) -> Result<Vec<T>, VaultError> {
    let mut statement = connection.prepare(sql).map_err(damaged(doing))?;
    let rows = statement.query_map([], read).map_err(damaged(doing))?;
    rows.map(|row| row.map_err(damaged(doing))?).collect()
}

pub(super) fn slot_row(row: &SqlRow<'_>) -> rusqlite::Result<Result<Slot, VaultError>> {
    let kind: String = row.get(0)?;
    let Some(kind) = SlotKind::from_name(&kind) else {
        return Ok(Err(VaultError::corrupt("a slot of an unknown kind")));
    };
    Ok(Ok(Slot {
        kind,
        cost: PasswordCost { memory_kib: row.get(1)?, passes: row.get(2)?, lanes: row.get(3)? },
        salt: row.get(4)?,
        alias: row.get(5)?,
        wrapped: row.get(6)?,
        checksum: row.get(7)?,
    }))
}

pub(super) fn record_row(row: &SqlRow<'_>) -> rusqlite::Result<Result<Row, VaultError>> {
    let table: String = row.get(0)?;
    let Some(table) = Table::from_name(&table) else {
        return Ok(Err(VaultError::corrupt("a record of an unknown kind")));
    };
    let Ok(version) = u64::try_from(row.get::<_, i64>(2)?) else {
        return Ok(Err(VaultError::corrupt("a record with a negative version")));
    };
    Ok(Ok(Row { table, id: row.get(1)?, version, sealed: row.get(3)? }))
}

/// A statement that must touch exactly one row.
fn one_row(done: rusqlite::Result<usize>) -> Result<(), VaultError> {
    match done.map_err(damaged("writing the vault"))? {
        1 => Ok(()),
        _ => Err(VaultError::corrupt("a row that should be there is not")),
    }
}

pub(super) fn damaged(doing: &'static str) -> impl Fn(rusqlite::Error) -> VaultError {
    move |source| VaultError::sqlite(doing, source)
}
