//! The authenticator for Swift and Kotlin, through UniFFI.
//!
//! Thin on purpose: each method forwards to [`crate::authenticator`] and turns ids into texts and errors into
//! [`CoreError`]. No rule lives here. Secrets do not cross but where the person asks to see or to carry them: what was
//! scanned or read from a file stays behind a handle ([`Scanner`], [`ImportPlan`]), keys stay with the host
//! ([`PlatformKeyStore`]). One file per subject. `api.txt` is the whole facade in short; a test compares it.

mod approvals;
mod codes;
mod entries;
mod error;
mod exporting;
mod history;
mod importing;
mod keys;
mod observing;
mod offline;
mod opening;
mod records;
mod recovery;
mod remarks;
mod requests;
mod rules;
mod scanning;
mod settings;
mod unlocking;
mod watch;

#[cfg(test)]
mod tests;

use crate::authenticator::{Authenticator, AuthenticatorError};

pub use self::approvals::typed_digits;
pub use self::codes::{Code, CodeKind, CodesClock, CodesOrder, CodesPage, TagUse};
pub use self::entries::{AddedEntry, Entry, EntryChange, EntryPicture};
pub use self::error::CoreError;
pub use self::exporting::{Export, ExportFile, ExportForm};
pub use self::history::{AnswersPage, GivenAnswer, HistoryItem};
pub use self::importing::{Cancel, ImportFate, ImportItem, ImportPlan};
use self::keys::first_line;
pub use self::keys::{AppAttestation, KeyUse, NewKey, PlatformKeyError, PlatformKeyStore};
pub use self::observing::{Observation, Observer, ObserverError};
pub use self::offline::{OfflineDigits, OfflineSignIn};
pub use self::records::{
    Account, ConnectionOptions, DevicePlatform, EnrolledDevice, EnrollmentCheck, OfferDetails, Successor,
};
pub use self::recovery::{EarlierState, RecoveredVault, RecoveryFindings, earlier_states};
pub use self::remarks::Remark;
pub use self::requests::{
    AnswerOutcome, ChallengeOutcome, EndedRequest, Inbox, PendingRequest, RefusedRequest, RequestDetail,
    ServerClock, Troubled,
};
pub use self::rules::{StandingOffer, StandingRule, StandingRules};
pub use self::scanning::{ExportParts, ScanHint, ScanPage, ScannedItem, ScannedKind, Scanner};
pub use self::settings::{AllowedNumbers, AppSettings, BackupFault, LockState, SettingsPage};
pub use self::unlocking::{RecoveryPhrase, WayToUnlock, is_short_password, ways_to_unlock};
pub use self::watch::InboxWatch;

/// An unlocked vault with its codes and accounts.
#[derive(Debug, uniffi::Object)]
pub struct CountersignCore {
    authenticator: Authenticator,
}

/// An enrolment link that was looked at: what the person confirms, and the handle to go on with.
#[derive(Debug, uniffi::Object)]
pub struct EnrollmentOffer {
    offer: crate::enroll::Offer,
}

/// Work that waits for the disk or computes for long, on a thread where it holds nobody up. It finishes even if the
/// caller stops waiting.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AuthenticatorError> + Send + 'static,
) -> Result<T, CoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| AuthenticatorError::Stopped)??)
}
