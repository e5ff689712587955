//! What goes out: exports for other apps, and backups.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{CoreError, CountersignCore, Remark, blocking};
use crate::authenticator as core;
use crate::authenticator::EntryId;

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ExportForm {
    /// Our own sealed backup, with everything. Needs a password.
    Backup,
    /// `otpauth://` links, one a line.
    Links,
    /// QR codes that Google Authenticator reads, as PNG pictures.
    GoogleQr,
    /// Aegis JSON: encrypted with a password, plain without.
    Aegis,
    /// A sheet to print, with QR codes.
    Html,
}

impl From<ExportForm> for core::ExportForm {
    fn from(form: ExportForm) -> Self {
        match form {
            ExportForm::Backup => Self::Backup,
            ExportForm::Links => Self::Links,
            ExportForm::GoogleQr => Self::GoogleQr,
            ExportForm::Aegis => Self::Aegis,
            ExportForm::Html => Self::Html,
        }
    }
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Export {
    /// The files, to be written where the person says.
    pub files: Vec<ExportFile>,
    /// Entries that the form cannot hold, with the reason.
    pub left_out: Vec<Remark>,
}

/// A file of an export. Its content is never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExportFile {
    /// A name to offer, without a folder.
    pub name: String,
    /// Its content. Secret, unless it was sealed with a password.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for ExportFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportFile").field("name", &self.name).finish_non_exhaustive()
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Writes entries, all of them when none is named.
    pub async fn export(
        &self,
        form: ExportForm,
        password: Option<String>,
        entries: Vec<String>,
    ) -> Result<Export, CoreError> {
        let (authenticator, password) = (self.authenticator.clone(), password.map(Zeroizing::new));
        let entries: Vec<EntryId> = entries.iter().map(|id| EntryId::from(id.as_str())).collect();
        blocking(move || {
            let password = password.as_ref().map(|password| password.as_str());
            let exported = authenticator.export(form.into(), password, &entries)?;
            let file =
                |file: core::ExportedFile| ExportFile { content: file.content.to_vec(), name: file.name };
            let left_out = exported.left_out.iter().map(Remark::from).collect();
            Ok(Export { files: exported.files.into_iter().map(file).collect(), left_out })
        })
        .await
    }

    /// Writes a backup into a folder, reads it back, and removes the oldest ones beyond `keep`. Returns its path.
    pub async fn back_up(&self, folder: String, password: String, keep: u16) -> Result<String, CoreError> {
        let (authenticator, password) = (self.authenticator.clone(), Zeroizing::new(password));
        blocking(move || Ok(text(authenticator.back_up(&PathBuf::from(folder), &password, keep)?))).await
    }

    /// Switches on backups that are made by themselves, and writes the first one.
    pub async fn switch_on_backups(
        &self,
        folder: String,
        password: String,
        keep: u16,
    ) -> Result<String, CoreError> {
        let (authenticator, password) = (self.authenticator.clone(), Zeroizing::new(password));
        blocking(move || {
            Ok(text(authenticator.switch_on_backups(&PathBuf::from(folder), &password, keep)?))
        })
        .await
    }

    /// Switches them off. Backups that were written stay where they are.
    pub async fn switch_off_backups(&self) -> Result<(), CoreError> {
        let authenticator = self.authenticator.clone();
        blocking(move || authenticator.switch_off_backups()).await
    }

    /// Writes a backup if one is due: call it after changes, and every minute or so. How it went is in the settings too.
    pub async fn back_up_if_due(&self) -> Result<Option<String>, CoreError> {
        let authenticator = self.authenticator.clone();
        blocking(move || Ok(authenticator.back_up_if_due()?.map(text))).await
    }
}

fn text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}
