//! The person's settings: kept in the vault as one row, checked before they are.

use super::records::{parse, to_plain};
use super::views::SettingsView;
use super::{Authenticator, AuthenticatorError};
use crate::settings::Settings;
use crate::vault::{Change, SlotKind, Table};

/// The row of the settings.
const ROW: &str = "settings";
/// The row that says when the password was last typed, in seconds since 1970 by this device's clock.
const PASSWORD_TYPED: &str = "password-typed";
/// The row that says when the last backup was written, likewise.
pub(super) const LAST_BACKUP: &str = "last-backup";

const DAY: u64 = 86_400;

impl Authenticator {
    /// The settings; what was never chosen is as [`Settings::default`] says.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn settings(&self) -> Result<Settings, AuthenticatorError> {
        self.row(ROW).map(Option::unwrap_or_default)
    }

    /// Keeps other settings.
    ///
    /// # Errors
    /// [`AuthenticatorError::Setting`] for one out of its range, and nothing is kept; [`AuthenticatorError::Vault`].
    pub fn set_settings(&self, settings: &Settings) -> Result<(), AuthenticatorError> {
        settings.check()?;
        if self.settings()? == *settings {
            return Ok(());
        }
        self.put_row(ROW, settings)
    }

    /// The page of settings.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn settings_view(&self) -> Result<SettingsView, AuthenticatorError> {
        let settings = self.settings()?;
        let ways = self.inner.vault.slot_kinds()?;
        let password_due = ways.contains(&SlotKind::Password) && self.password_due(&settings)?;
        Ok(SettingsView::of(
            settings,
            &ways,
            self.row(LAST_BACKUP)?,
            self.backup_state()?.trouble,
            password_due,
        ))
    }

    /// Notes that the person has just typed the password, for the reminder. Call it after unlocking with it; it writes
    /// at most once a day.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn password_typed(&self) -> Result<(), AuthenticatorError> {
        let now = self.inner.clock.unix_seconds();
        match self.row::<u64>(PASSWORD_TYPED)? {
            Some(at) if now.abs_diff(at) < DAY => Ok(()),
            _ => self.put_row(PASSWORD_TYPED, &now),
        }
    }

    fn password_due(&self, settings: &Settings) -> Result<bool, AuthenticatorError> {
        let days = u64::from(settings.remind_of_password_days);
        if days == 0 || self.inner.vault.has_presence() {
            return Ok(false);
        }
        // A clock that was set back is as good a reason to ask as one that went on.
        let typed = self.row::<u64>(PASSWORD_TYPED)?;
        let now = self.inner.clock.unix_seconds();
        Ok(typed.is_none_or(|at| now.abs_diff(at) >= days * DAY))
    }

    pub(super) fn row<T: serde::de::DeserializeOwned>(
        &self,
        row: &str,
    ) -> Result<Option<T>, AuthenticatorError> {
        let plain = self.inner.vault.get(Table::Settings, row)?;
        plain.map(|plain| parse(Table::Settings, row, &plain)).transpose()
    }

    pub(super) fn put_row<T: serde::Serialize>(
        &self,
        row: &str,
        value: &T,
    ) -> Result<(), AuthenticatorError> {
        let _writing = self.inner.writing();
        self.write_row(row, value)
    }

    /// Writes what `change` makes of a row; none leaves it as it is.
    pub(super) fn change_row<T: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        row: &str,
        change: impl FnOnce(Option<T>) -> Option<T>,
    ) -> Result<(), AuthenticatorError> {
        let _writing = self.inner.writing();
        change(self.row(row)?).map_or(Ok(()), |value| self.write_row(row, &value))
    }

    fn write_row<T: serde::Serialize>(&self, row: &str, value: &T) -> Result<(), AuthenticatorError> {
        let change = Change::Put { table: Table::Settings, id: row.to_owned(), plain: to_plain(value) };
        self.inner.vault.write(vec![change])?;
        self.inner.content_changed();
        Ok(())
    }
}

/// The change that stores settings beside other changes.
pub(super) fn put_settings(settings: &Settings) -> Change {
    Change::Put { table: Table::Settings, id: ROW.to_owned(), plain: to_plain(settings) }
}
