//! What a shell is given to show. Plain data, the same for all three shells; words of the user interface are theirs.
//!
//! Texts that come from outside have control, direction and invisible characters written as escapes, so that they can
//! neither move nor reverse what stands beside them. One file per subject.

mod approvals;
mod codes;
mod settings;

pub use self::approvals::{
    AccountView, ClockError, DetailView, EndedView, Enrolled, HistoryView, InboxView, OfflineCodeView,
    PendingView, RefusedView, TransferLink, Trouble,
};
pub use self::codes::{ClockWarning, CodeView, CodesQuery, CodesView, EntryKind, EntryView, TagCount};
pub use self::settings::{Allowed, SettingsView};

use crate::entries::MAX_NOTE;
use crate::scan::visible;

/// Longest text from outside that is shown, in characters. The protocol allows 500 for the message.
const LONGEST: usize = 500;

/// A person's own words: their lines stay, what misleads within a line does not.
fn note(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| visible(line, MAX_NOTE)).collect();
    lines.join("\n")
}

pub(super) fn shown(text: &str) -> String {
    visible(text, LONGEST)
}
