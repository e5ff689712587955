//! The person's choices, and when the vault locks itself.

use super::codes::CodesOrder;
use super::error::sentence;
use super::{CoreError, CountersignCore, WayToUnlock, blocking};
use crate::authenticator as core;
use crate::autolock::LockVerdict;
use crate::settings::{LockAfter, Settings};

/// The page of settings.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SettingsPage {
    /// The choices.
    pub settings: AppSettings,
    /// Seconds until a copied code is wiped, that may be chosen.
    pub clipboard_seconds: AllowedNumbers,
    /// Seconds without a touch until the vault locks; 0, for never, is possible besides.
    pub lock_idle_seconds: AllowedNumbers,
    /// Days after which the password is asked for; 0, for never, is possible besides.
    pub remind_of_password_days: AllowedNumbers,
    /// Backups that may be kept.
    pub backups_kept: AllowedNumbers,
    /// The ways to unlock this vault.
    pub ways_to_unlock: Vec<WayToUnlock>,
    /// The folder of backups that are made by themselves; none when they are switched off.
    pub backup_folder: Option<String>,
    /// When the last backup was written, seconds since 1970.
    pub last_backup_at: Option<u64>,
    /// Why backups that should be made by themselves have stopped. The person must be told.
    pub backup_trouble: Option<BackupFault>,
    /// Whether it is time to type the password once, so that it is not forgotten.
    pub password_due: bool,
    /// The version of the core.
    pub version: String,
}

/// The choices. Backups are switched on and off by calls of their own.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AppSettings {
    /// How codes are ordered.
    pub order: CodesOrder,
    /// Codes are hidden until one is asked for.
    pub hide_codes: bool,
    /// Seconds until a copied code is wiped from the clipboard.
    pub clipboard_seconds: u16,
    /// Codes are made by the servers' time, once the person has agreed.
    pub follow_servers_clock: bool,
    /// Seconds without a touch until the vault locks; 0 never.
    pub lock_idle_seconds: u32,
    /// It locks as soon as the app is not in front.
    pub lock_in_background: bool,
    /// Days of unlocking by other means after which the password is asked for; 0 never.
    pub remind_of_password_days: u16,
}

/// Numbers that may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct AllowedNumbers {
    /// The smallest.
    pub least: u32,
    /// The largest.
    pub most: u32,
}

/// Backups have stopped.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BackupFault {
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Stable.
    pub code: String,
    /// English.
    pub sentence: String,
}

/// Whether the vault is open, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LockState {
    /// It is locked.
    Locked,
    /// It is open.
    Open {
        /// Seconds until it locks unless somebody touches the app; none when it never does by itself.
        seconds_left: Option<u32>,
    },
}

impl From<LockVerdict> for LockState {
    fn from(verdict: LockVerdict) -> Self {
        match verdict {
            LockVerdict::Lock => Self::Locked,
            LockVerdict::Open { seconds_left } => Self::Open { seconds_left },
        }
    }
}

impl From<core::Allowed> for AllowedNumbers {
    fn from(allowed: core::Allowed) -> Self {
        Self { least: allowed.least, most: allowed.most }
    }
}

impl From<Settings> for AppSettings {
    fn from(settings: Settings) -> Self {
        Self {
            order: settings.order.into(),
            hide_codes: settings.hide_codes,
            clipboard_seconds: settings.clipboard_seconds,
            follow_servers_clock: settings.follow_servers_clock,
            lock_idle_seconds: settings.lock.idle_seconds,
            lock_in_background: settings.lock.in_background,
            remind_of_password_days: settings.remind_of_password_days,
        }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// The page of settings.
    pub fn settings_page(&self) -> Result<SettingsPage, CoreError> {
        let view = self.authenticator.settings_view()?;
        let ways = self.authenticator.vault().slot_kinds()?;
        let fault = |t: core::BackupTrouble| BackupFault { since: t.since, code: t.code, sentence: sentence(&t.reason) };
        Ok(SettingsPage {
            clipboard_seconds: view.clipboard_seconds.into(),
            lock_idle_seconds: view.idle_seconds.into(),
            remind_of_password_days: view.remind_of_password_days.into(),
            backups_kept: view.backups_kept.into(),
            ways_to_unlock: ways.into_iter().map(WayToUnlock::from).collect(),
            backup_folder: view.settings.backup.as_ref().map(|plan| plan.folder.clone()),
            last_backup_at: view.last_backup_at,
            backup_trouble: view.backup_trouble.map(fault),
            password_due: view.password_due,
            version: view.version.to_owned(),
            settings: view.settings.into(),
        })
    }

    /// Keeps other choices. One out of its range is an error, and nothing is kept.
    pub async fn set_settings(&self, settings: AppSettings) -> Result<(), CoreError> {
        let authenticator = self.authenticator.clone();
        blocking(move || {
            let backup = authenticator.settings()?.backup;
            authenticator.set_settings(&Settings {
                order: settings.order.into(),
                hide_codes: settings.hide_codes,
                clipboard_seconds: settings.clipboard_seconds,
                follow_servers_clock: settings.follow_servers_clock,
                lock: LockAfter {
                    idle_seconds: settings.lock_idle_seconds,
                    in_background: settings.lock_in_background,
                },
                remind_of_password_days: settings.remind_of_password_days,
                backup,
            })
        })
        .await
    }

    /// Notes that the person has typed the password, for the reminder.
    pub async fn password_typed(&self) -> Result<(), CoreError> {
        let authenticator = self.authenticator.clone();
        blocking(move || authenticator.password_typed()).await
    }

    /// The person has touched the app: the time without a touch begins anew, unless it is over.
    pub fn touch(&self) -> Result<LockState, CoreError> {
        Ok(self.authenticator.touch()?.into())
    }

    /// Locks the vault if nobody has touched the app for as long as the settings say. Call it every few seconds, and when
    /// the app comes to the front.
    pub fn tick(&self) -> Result<LockState, CoreError> {
        Ok(self.authenticator.tick()?.into())
    }

    /// The app is not in front any more, or the device locks: locks the vault if the settings say so.
    pub fn in_background(&self) -> Result<LockState, CoreError> {
        Ok(self.authenticator.in_background()?.into())
    }
}
