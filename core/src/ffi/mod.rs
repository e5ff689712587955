//! The authenticator for Swift and Kotlin, through UniFFI.
//!
//! Thin on purpose: each method forwards to [`crate::authenticator`] and turns ids into texts and errors into
//! [`CoreError`]. No rule lives here. Secrets do not cross: a scanned account goes in as a handle ([`ScannedEntry`]),
//! keys stay with the host ([`PlatformKeyStore`]); only codes that are shown come out.

mod approvals;
mod entries;
mod error;
mod keys;
mod offline;
mod opening;
mod records;
mod requests;
mod rules;
mod watch;

#[cfg(test)]
mod tests;

use crate::authenticator::Authenticator;

pub use self::entries::{ScannedEntry, ScannedItem};
pub use self::error::CoreError;
pub use self::keys::{KeyUse, PlatformKeyError, PlatformKeyStore};
pub use self::offline::{OfflineDigits, OfflineSignIn};
pub use self::opening::{WayToUnlock, ways_to_unlock};
pub use self::records::{
    Account, AddedEntry, Code, ConnectionOptions, DevicePlatform, EnrolledDevice, EnrollmentCheck, Entry,
    OfferDetails, Successor,
};
pub use self::requests::{
    AnswerOutcome, ChallengeOutcome, HistoryItem, Inbox, PendingRequest, RefusedRequest, RequestDetail,
    ServerClock, Troubled,
};
pub use self::rules::{StandingOffer, StandingRule, StandingRules};
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
