//! What the vault promises, each promise by name. Here: the hands that the tests share.

mod attacks;
mod basics;
mod damage;
mod earlier;
mod formats;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(unix)]
mod killed;
#[cfg(target_os = "linux")]
mod memory;
mod passwords;
mod phrases;
mod processes;
mod recovering;
mod renewing;
mod slots;
mod tamper;
mod together;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Change, PasswordCost, Table, Vault, VaultError};
use crate::host::{Rng, SystemRng};

/// The least that Argon2id takes: these tests are about the vault, not about time.
const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
const PASSWORD: &str = "correct horse";

fn rng() -> Arc<dyn Rng> {
    Arc::new(SystemRng)
}

/// A directory of its own, and the path of a vault in it that is not there yet.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("vault.db")
    }

    /// A vault with three entries and one setting.
    fn filled(&self) -> Vault {
        let vault = Vault::create(&self.path(), PASSWORD, CHEAP, rng()).unwrap();
        vault
            .write(vec![
                put(Table::Entries, "a", b"alpha"),
                put(Table::Entries, "b", b"beta"),
                put(Table::Entries, "c", b"gamma"),
                put(Table::Settings, "a", b"setting"),
            ])
            .unwrap();
        vault
    }

    fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(&self.path(), PASSWORD, rng())
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    /// Every name in the directory but those of earlier states: one file at rest means one name.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.contains(".gen-")).collect()
    }

    /// The numbers of the earlier states, newest first.
    fn earlier(&self) -> Vec<u64> {
        Vault::earlier_states(&self.path()).unwrap().iter().map(|state| state.generation).collect()
    }

    /// The vault's file as anybody can open it who has no key.
    fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }
}

fn put(table: Table, id: &str, plain: &[u8]) -> Change {
    Change::Put { table, id: id.into(), plain: Zeroizing::new(plain.to_vec()) }
}

fn delete(table: Table, id: &str) -> Change {
    Change::Delete { table, id: id.into() }
}

/// Everything in a vault, to compare.
fn contents(vault: &Vault) -> Vec<(Table, String, u64, Vec<u8>)> {
    let mut all = Vec::new();
    for table in Table::ALL {
        let records = vault.list(table).unwrap();
        all.extend(records.into_iter().map(|r| (table, r.id, r.version, r.plain.to_vec())));
    }
    all
}

fn text(vault: &Vault, table: Table, id: &str) -> Option<String> {
    vault.get(table, id).unwrap().map(|plain| String::from_utf8(plain.to_vec()).unwrap())
}

/// Bytes in a file of their own.
fn write_file(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
