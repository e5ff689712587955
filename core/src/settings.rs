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
