//! What the person chose about the app itself: the same choices in every shell, kept in the vault.

use serde::{Deserialize, Serialize};

/// All choices. What an older version did not know takes its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How codes are ordered; pinned ones come first in every order.
    pub order: Order,
    /// Codes are hidden until one is asked for.
    pub hide_codes: bool,
    /// Seconds until a copied code is wiped from the clipboard, 5 to 300 (P9).
    pub clipboard_seconds: u16,
    /// Codes are made by the servers' time instead of this device's clock, once the person has agreed.
    pub follow_servers_clock: bool,
    /// When the vault locks itself.
    pub lock: LockAfter,
    /// The password is asked for again after so many days of unlocking by other means, so that it is not forgotten; 0
    /// never. At most 365.
    pub remind_of_password_days: u16,
    /// Copies that are made by themselves; none until a folder was chosen.
    pub backup: Option<BackupPlan>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            order: Order::Added,
            hide_codes: false,
            clipboard_seconds: 30,
            follow_servers_clock: false,
            lock: LockAfter { idle_seconds: 300, in_background: true },
            remind_of_password_days: 30,
            backup: None,
        }
    }
}

/// Smallest and largest [`Settings::clipboard_seconds`].
pub const CLIPBOARD_SECONDS: (u32, u32) = (5, 300);
/// Smallest and largest [`LockAfter::idle_seconds`]; 0, for never, besides.
pub const IDLE_SECONDS: (u32, u32) = (15, 86_400);
/// Smallest and largest [`Settings::remind_of_password_days`]; 0, for never, besides.
pub const REMIND_DAYS: (u32, u32) = (1, 365);
/// Smallest and largest [`BackupPlan::keep`].
pub const BACKUPS_KEPT: (u32, u32) = (1, 100);

/// A setting out of its range. `Display` is a whole sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// A number.
    #[error("{what} can be {} to {}, not {got}. Choose another number.", allowed.0, allowed.1)]
    Range {
        /// What it counts.
        what: &'static str,
        /// Smallest and largest.
        allowed: (u32, u32),
        /// What was chosen.
        got: u32,
    },
    /// A backup without a place.
    #[error("No folder is named for backups. Choose one.")]
    NoFolder,
}

impl Settings {
    /// Whether every choice is one.
    ///
    /// # Errors
    /// [`SettingError`] for the first that is not.
    pub fn check(&self) -> Result<(), SettingError> {
        within("the seconds until a copied code is wiped", CLIPBOARD_SECONDS, self.clipboard_seconds.into())?;
        if self.lock.idle_seconds != 0 {
            within("the seconds until the vault locks", IDLE_SECONDS, self.lock.idle_seconds)?;
        }
        if self.remind_of_password_days != 0 {
            let days = self.remind_of_password_days.into();
            within("the days until the password is asked for", REMIND_DAYS, days)?;
        }
        let Some(plan) = &self.backup else { return Ok(()) };
        if plan.folder.trim().is_empty() {
            return Err(SettingError::NoFolder);
        }
        within("the number of backups that are kept", BACKUPS_KEPT, plan.keep.into())
    }
}

fn within(what: &'static str, allowed: (u32, u32), got: u32) -> Result<(), SettingError> {
    if (allowed.0..=allowed.1).contains(&got) {
        Ok(())
    } else {
        Err(SettingError::Range { what, allowed, got })
    }
}

/// The orders of the list of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they were added.
    #[default]
    Added,
    /// By issuer, then account.
    Name,
    /// The person's own.
    Manual,
    /// Most often used first.
    Usage,
}

/// When the vault locks itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockAfter {
    /// Seconds without a touch, 15 to 86 400; 0 never.
    pub idle_seconds: u32,
    /// As soon as the app is not in front, or the device locks.
    pub in_background: bool,
}

/// Copies of the vault that are made by themselves after changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// Where they go.
    pub folder: String,
    /// How many are kept, 1 to 100.
    pub keep: u16,
}
