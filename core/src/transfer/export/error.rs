//! Why nothing was exported, or no backup written.

use std::path::PathBuf;

use crate::host::RngError;
use crate::transfer::TransferError;

/// Why there is no export or backup. `Display` is a whole sentence that says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The vault holds no entry.
    #[error("There are no entries to export. Add one first.")]
    Nothing,
    /// The form is sealed, and no password was chosen.
    #[error(
        "This form is sealed with a password, and none was chosen. Choose one that you will still know in a year."
    )]
    NoPassword,
    /// Sealing failed.
    #[error(transparent)]
    Sealing(#[from] TransferError),
    /// No randomness.
    #[error(transparent)]
    Rng(#[from] RngError),
    /// What was written does not read back as what was to be written (P7).
    #[error(
        "What was written cannot be read back, so it was thrown away. Try again, and elsewhere if it happens again."
    )]
    NotReadBack,
    /// No folder is there.
    #[error("The folder {} is not there. Connect its drive, or choose another folder for backups.", path.display())]
    FolderMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("No backup could be written into {}: {source}. Make room there, or choose another folder.", path.display())]
    Disk {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Backups that are made by themselves were not switched on, or with a key that is gone.
    #[error(
        "Automatic backups are not switched on in this vault. Switch them on with a folder and a password."
    )]
    NotSwitchedOn,
}

impl ExportError {
    /// A stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "export_nothing",
            Self::NoPassword => "export_needs_password",
            Self::Sealing(error) => error.code(),
            Self::Rng(_) => "no_randomness",
            Self::NotReadBack => "export_not_read_back",
            Self::FolderMissing { .. } => "backup_folder_missing",
            Self::Disk { .. } => "backup_disk",
            Self::NotSwitchedOn => "backup_not_switched_on",
        }
    }
}
