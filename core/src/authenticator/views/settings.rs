//! What a shell shows of the settings: the choices, what may be chosen, and what it would tell beside them.

use serde::Serialize;

use crate::authenticator::BackupTrouble;
use crate::settings::{self, Settings};
use crate::vault::SlotKind;

/// The page of settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsView {
    /// The choices.
    pub settings: Settings,
    /// Seconds until a copied code is wiped.
    pub clipboard_seconds: Allowed,
    /// Seconds without a touch until the vault locks; 0, for never, is possible besides.
    pub idle_seconds: Allowed,
    /// Days after which the password is asked for; 0, for never, is possible besides.
    pub remind_of_password_days: Allowed,
    /// Backups that may be kept.
    pub backups_kept: Allowed,
    /// The ways to unlock this vault: `password`, `keystore`, …
    pub ways_to_unlock: Vec<String>,
    /// When the last backup was written, seconds since 1970; none when none was.
    pub last_backup_at: Option<u64>,
    /// Why backups that should be made by themselves have stopped; none while they have not (P7).
    pub backup_trouble: Option<BackupTrouble>,
    /// Whether it is time to type the password once, so that it is not forgotten.
    pub password_due: bool,
    /// The version of Countersign.
    pub version: &'static str,
}

impl SettingsView {
    pub(in crate::authenticator) fn of(
        settings: Settings,
        ways: &[SlotKind],
        last_backup_at: Option<u64>,
        backup_trouble: Option<BackupTrouble>,
        password_due: bool,
    ) -> Self {
        Self {
            settings,
            clipboard_seconds: settings::CLIPBOARD_SECONDS.into(),
            idle_seconds: settings::IDLE_SECONDS.into(),
            remind_of_password_days: settings::REMIND_DAYS.into(),
            backups_kept: settings::BACKUPS_KEPT.into(),
            ways_to_unlock: ways.iter().map(ToString::to_string).collect(),
            last_backup_at,
            backup_trouble,
            password_due,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Numbers that may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The smallest.
    pub least: u32,
    /// The largest.
    pub most: u32,
}

impl From<(u32, u32)> for Allowed {
    fn from((least, most): (u32, u32)) -> Self {
        Self { least, most }
    }
}
