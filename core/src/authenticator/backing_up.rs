//! Backups in a folder: when the person asks, and by themselves after changes.
//!
//! For those that are made by themselves the vault keeps the *backup key*, which the password gave when they were
//! switched on; the password itself is kept nowhere. What is written and how is `transfer::backup`'s subject.

use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::preferences::{LAST_BACKUP, put_settings};
use super::records::to_plain;
use super::{Authenticator, AuthenticatorError};
use crate::entries::{Kept, Usage};
use crate::settings::{BackupPlan, Settings};
use crate::transfer::ExportError;
use crate::transfer::backup::{BackupKey, Contents, folder, open_with, seal};
use crate::vault::{Change, PasswordCost, Table};

/// The row of the backup key.
const KEY: &str = "backup-key";
/// The row that says how the last attempt went.
const STATE: &str = "backup-state";
/// Seconds between two backups that are made by themselves, at least.
const PAUSE: u64 = 60;

/// How backups that are made by themselves stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BackupState {
    /// A digest of what the last good one held.
    pub(super) held: String,
    /// When one was last tried, seconds since 1970 by this device's clock.
    pub(super) tried_at: u64,
    /// Why the last attempt failed.
    pub(super) trouble: Option<BackupTrouble>,
}

/// Backups have stopped. The person must be told (P7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupTrouble {
    /// Since when, seconds since 1970 by this device's clock.
    pub since: u64,
    /// A stable word for programs.
    pub code: String,
    /// A sentence that says what to do.
    pub reason: String,
}

impl Authenticator {
    /// Writes a backup into `folder`, opens it again, and removes the oldest ones of this vault beyond `keep` (P2, P7).
    ///
    /// # Errors
    /// [`AuthenticatorError::Export`]: no folder, no room, no password, not read back; [`AuthenticatorError::Vault`].
    pub fn back_up(&self, folder: &Path, password: &str, keep: u16) -> Result<PathBuf, AuthenticatorError> {
        let key = self.backup_key(password)?;
        let written = self.write_backup(folder, keep, &key)?;
        self.put_row(LAST_BACKUP, &self.inner.clock.unix_seconds())?;
        Ok(written)
    }

    /// Switches on backups that are made by themselves, and writes the first one at once: a folder or password that does
    /// not work is an error now and not later.
    ///
    /// # Errors
    /// As [`Authenticator::back_up`], and [`AuthenticatorError::Setting`]; nothing is switched on then.
    pub fn switch_on_backups(
        &self,
        folder: &Path,
        password: &str,
        keep: u16,
    ) -> Result<PathBuf, AuthenticatorError> {
        let plan = BackupPlan { folder: folder.to_string_lossy().into_owned(), keep };
        let settings = Settings { backup: Some(plan), ..self.settings()? };
        settings.check()?;
        let key = self.backup_key(password)?;
        let written = self.write_backup(folder, keep, &key)?;
        let now = self.inner.clock.unix_seconds();
        let state = BackupState { held: self.held(&settings)?, tried_at: now, trouble: None };
        let put = |id: &str, plain| Change::Put { table: Table::Settings, id: id.to_owned(), plain };
        let _writing = self.inner.writing();
        self.inner.vault.write(vec![
            put(KEY, key.to_bytes()),
            put(STATE, to_plain(&state)),
            put(LAST_BACKUP, to_plain(&now)),
            put_settings(&settings),
        ])?;
        Ok(written)
    }

    /// Switches them off and forgets the backup key. Backups that were written stay where they are.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn switch_off_backups(&self) -> Result<(), AuthenticatorError> {
        let settings = Settings { backup: None, ..self.settings()? };
        let delete = |id: &str| Change::Delete { table: Table::Settings, id: id.to_owned() };
        let _writing = self.inner.writing();
        Ok(self.inner.vault.write(vec![delete(KEY), delete(STATE), put_settings(&settings)])?)
    }

    /// Whether a backup is due: they are switched on, something but the usage of codes has changed since the last one,
    /// and the last attempt was not less than a minute ago.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn backup_due(&self) -> Result<bool, AuthenticatorError> {
        let settings = self.settings()?;
        if settings.backup.is_none() || self.inner.shelf()?.value.entries.is_empty() {
            return Ok(false);
        }
        let state = self.backup_state()?;
        let now = self.inner.clock.unix_seconds();
        Ok(now.abs_diff(state.tried_at) >= PAUSE
            && (state.trouble.is_some() || state.held != self.held(&settings)?))
    }

    /// Writes a backup if one is due. Call it after changes, and every minute or so while the vault is open. How it went
    /// is also in the settings' view, until one succeeds.
    ///
    /// # Errors
    /// As [`Authenticator::back_up`], and [`ExportError::NotSwitchedOn`] when the backup key is gone.
    pub fn back_up_if_due(&self) -> Result<Option<PathBuf>, AuthenticatorError> {
        if !self.backup_due()? {
            return Ok(None);
        }
        // What is written may be newer than this, never older: then another one is due, and none is missed.
        let held = self.held(&self.settings()?)?;
        let now = self.inner.clock.unix_seconds();
        let before = self.backup_state()?;
        match self.planned_backup() {
            Ok(written) => {
                self.put_row(STATE, &BackupState { held, tried_at: now, trouble: None })?;
                self.put_row(LAST_BACKUP, &now)?;
                Ok(Some(written))
            }
            Err(error) => {
                let since = before.trouble.as_ref().map_or(now, |trouble| trouble.since);
                let trouble =
                    BackupTrouble { since, code: error.code().to_owned(), reason: error.to_string() };
                self.put_row(STATE, &BackupState { trouble: Some(trouble), tried_at: now, ..before })?;
                Err(error)
            }
        }
    }

    pub(super) fn backup_state(&self) -> Result<BackupState, AuthenticatorError> {
        Ok(self.row(STATE)?.unwrap_or_default())
    }

    fn planned_backup(&self) -> Result<PathBuf, AuthenticatorError> {
        let plan = self.settings()?.backup.ok_or(ExportError::NotSwitchedOn)?;
        let key = self.inner.vault.get(Table::Settings, KEY)?;
        let key = key.and_then(|key| BackupKey::from_bytes(&key)).ok_or(ExportError::NotSwitchedOn)?;
        self.write_backup(Path::new(&plan.folder), plan.keep, &key)
    }

    fn backup_key(&self, password: &str) -> Result<BackupKey, AuthenticatorError> {
        if password.is_empty() {
            return Err(ExportError::NoPassword.into());
        }
        let (cost, salt) = (PasswordCost::default(), self.inner.random()?);
        Ok(BackupKey::from_password(password, cost, salt).map_err(ExportError::from)?)
    }

    pub(super) fn write_backup(
        &self,
        folder: &Path,
        keep: u16,
        key: &BackupKey,
    ) -> Result<PathBuf, AuthenticatorError> {
        let shelf = self.inner.shelf()?.value;
        let entries: Vec<&Kept> = shelf.entries.iter().map(|entry| &entry.kept).collect();
        if entries.is_empty() {
            return Err(ExportError::Nothing.into());
        }
        let settings = self.settings()?;
        let made_at = self.inner.clock.unix_seconds();
        let json = Contents { made_at, entries: &entries, settings: &settings }.to_json();
        let file = seal(key, &json, self.inner.random()?);
        let right = |read: &[u8]| match open_with(key, read) {
            Ok(opened) if opened == json => Ok(()),
            _ => Err(ExportError::NotReadBack),
        };
        let vault = (&self.inner.vault.id(), made_at);
        Ok(folder::write(folder, vault, keep, self.inner.random()?, &file, right)?)
    }

    /// A digest of what a backup would hold, without how often codes were used: copying a code is no change.
    fn held(&self, settings: &Settings) -> Result<String, AuthenticatorError> {
        let shelf = self.inner.shelf()?.value;
        let unused = |kept: &Kept| {
            let mut kept = kept.clone();
            kept.details.used = Usage::default();
            kept
        };
        let entries: Vec<Kept> = shelf.entries.iter().map(|entry| unused(&entry.kept)).collect();
        let contents = Contents { made_at: 0, entries: &entries.iter().collect::<Vec<_>>(), settings };
        let digest = digest(&SHA256, &contents.to_json());
        Ok(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
