//! Giving out what is kept: our own sealed backup, and forms that other apps read. The folder of backups is
//! `backing_up`'s subject.

use zeroize::Zeroizing;

use super::{Authenticator, AuthenticatorError, EntryId};
use crate::entries::Kept;
use crate::remark::Remark;
use crate::settings::Settings;
use crate::transfer::backup::{BackupKey, Contents, seal};
use crate::transfer::export::{self, Uuids, Written};
use crate::transfer::{self, ExportError, Found, Item, Source};
use crate::vault::PasswordCost;

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// Our own sealed backup, with everything (docs/backup-format.md). Needs a password.
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

impl ExportForm {
    /// The name that is offered for its files, and their ending.
    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Backup => ("countersign", "backup"),
            Self::Links => ("countersign-links", "txt"),
            Self::GoogleQr => ("countersign-google", "png"),
            Self::Aegis => ("countersign-aegis", "json"),
            Self::Html => ("countersign-sheet", "html"),
        }
    }
}

/// A file of an export.
#[derive(Clone)]
pub struct ExportedFile {
    /// A name to offer, without a folder.
    pub name: String,
    /// Its content; wiped when dropped.
    pub content: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ExportedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportedFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What an export came to.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The files: one, or as many pictures as are needed; none when the form can hold none of the entries.
    pub files: Vec<ExportedFile>,
    /// Entries that the form cannot hold, with the reason: sentences. They are not in the files.
    pub left_out: Vec<Remark>,
}

impl Authenticator {
    /// Writes entries (all of them when `which` is empty) in a form. What is sealed is opened again and compared before
    /// it is given out (P7). Only the backup holds everything; of what the other forms leave out, notes and tags are not
    /// reported.
    ///
    /// # Errors
    /// [`AuthenticatorError::Export`], [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`],
    /// [`AuthenticatorError::Record`].
    pub fn export(
        &self,
        form: ExportForm,
        password: Option<&str>,
        which: &[EntryId],
    ) -> Result<Exported, AuthenticatorError> {
        let password = password.filter(|password| !password.is_empty());
        let entries = self.chosen(which)?;
        let entries: Vec<&Kept> = entries.iter().collect();
        let uuids = Uuids(&*self.inner.rng);
        let written = match form {
            ExportForm::Backup => {
                let password = password.ok_or(ExportError::NoPassword)?;
                Written {
                    files: vec![Zeroizing::new(self.sealed(password, &entries)?)],
                    ..Written::default()
                }
            }
            ExportForm::Links => export::links(&entries),
            ExportForm::GoogleQr => export::google(&entries, i32::from_be_bytes(self.inner.random()?)),
            ExportForm::Aegis => match password {
                None => export::aegis_plain(&entries, &uuids).map_err(ExportError::from)?,
                Some(password) => {
                    let written = export::aegis_encrypted(&entries, &uuids, password)?;
                    for file in &written.files {
                        let kept = entries.len() - written.left_out.len();
                        reads_as(file, password, |found| found.items.len() == kept)?;
                    }
                    written
                }
            },
            ExportForm::Html => export::html(&entries),
        };
        let (name, ending) = form.name();
        let several = written.files.len() > 1;
        let file = |(number, content)| ExportedFile {
            name: if several { format!("{name}-{number}.{ending}") } else { format!("{name}.{ending}") },
            content,
        };
        Ok(Exported { files: (1..).zip(written.files).map(file).collect(), left_out: written.left_out })
    }

    fn chosen(&self, which: &[EntryId]) -> Result<Vec<Kept>, AuthenticatorError> {
        let shelf = self.inner.shelf()?.value;
        let chosen: Vec<Kept> = if which.is_empty() {
            shelf.entries.iter().map(|entry| entry.kept.clone()).collect()
        } else {
            which
                .iter()
                .map(|id| Ok(shelf.get(id)?.kept.clone()))
                .collect::<Result<_, AuthenticatorError>>()?
        };
        if chosen.is_empty() { Err(ExportError::Nothing.into()) } else { Ok(chosen) }
    }

    /// A backup of these entries under a password, opened again with it.
    fn sealed(&self, password: &str, entries: &[&Kept]) -> Result<Vec<u8>, AuthenticatorError> {
        let cost = PasswordCost::default();
        let salt = self.inner.random()?;
        let key = BackupKey::from_password(password, cost, salt).map_err(ExportError::from)?;
        let settings = self.settings()?;
        let made_at = self.inner.clock.unix_seconds();
        let json = Contents { made_at, entries, settings: &settings }.to_json();
        let file = seal(&key, &json, self.inner.random()?);
        reads_as(&file, password, |found| same(found, entries, &settings))?;
        Ok(file)
    }
}

/// Opens what was sealed, as the person will one day (P7).
fn reads_as(file: &[u8], password: &str, right: impl FnOnce(&Found) -> bool) -> Result<(), ExportError> {
    let source = Source::new(file).with_password(password).even_if_costly();
    match transfer::read(&source) {
        Ok(found) if right(&found) => Ok(()),
        _ => Err(ExportError::NotReadBack),
    }
}

/// Whether a backup gives exactly these entries and settings.
fn same(found: &Found, entries: &[&Kept], settings: &Settings) -> bool {
    let equal = |(item, kept): (&Item, &&Kept)| matches!(item, Item::Usable(read) if read.otp == kept.otp && read.details == kept.details);
    found.items.len() == entries.len()
        && found.items.iter().zip(entries).all(equal)
        && found.settings.as_ref() == Some(settings)
}
