//! Records as callers see them: tables, rows, changes and their limits.
//!
//! How they are sealed is `contents`, how a change reaches the file is `write`.

use std::fmt;

use zeroize::Zeroizing;

/// Longest row id, in bytes. Row ids are not secret: they stand in the file as they are.
pub const MAX_ID_BYTES: usize = 256;
/// Largest record, in bytes: 1 MiB, an entry with a generous icon.
pub const MAX_RECORD_BYTES: usize = 1_048_576;

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    // In the order of their stored names: the manifest's digest relies on it.
    /// Servers that this device answers to.
    Accounts,
    /// One-time-password entries.
    Entries,
    /// What was approved and denied.
    History,
    /// Software device keys.
    Keys,
    /// Preferences and small state.
    Settings,
}

impl Table {
    /// Every table, in order.
    pub const ALL: [Self; 5] = [Self::Accounts, Self::Entries, Self::History, Self::Keys, Self::Settings];

    /// The name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Entries => "entries",
            Self::History => "history",
            Self::Keys => "keys",
            Self::Settings => "settings",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A decrypted row. Its content is wiped when dropped and is not in `Debug`.
#[derive(Clone)]
pub struct Record {
    /// Unique within its table.
    pub id: String,
    /// Counts the writes of this row, from 1.
    pub version: u64,
    /// The content.
    pub plain: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("bytes", &self.plain.len())
            .finish()
    }
}

/// One step of a write.
#[derive(Clone)]
pub enum Change {
    /// Inserts the row or replaces it.
    Put {
        /// Its table.
        table: Table,
        /// 1 to [`MAX_ID_BYTES`] bytes.
        id: String,
        /// At most [`MAX_RECORD_BYTES`].
        plain: Zeroizing<Vec<u8>>,
    },
    /// Removes the row; nothing happens when it is not there.
    Delete {
        /// Its table.
        table: Table,
        /// Its id.
        id: String,
    },
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { table, id, plain } => f
                .debug_struct("Put")
                .field("table", table)
                .field("id", id)
                .field("bytes", &plain.len())
                .finish(),
            Self::Delete { table, id } => {
                f.debug_struct("Delete").field("table", table).field("id", id).finish()
            }
        }
    }
}
