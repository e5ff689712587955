//! Approving without a network.

use std::sync::Arc;

use super::{CoreError, CountersignCore, PendingRequest};
use crate::authenticator as core;

/// A sign-in that was scanned and has passed every check: what the person is shown, and the handle to go on with.
#[derive(Debug, uniffi::Object)]
pub struct OfflineSignIn {
    pub(super) request: core::OfflineRequest,
}

#[uniffi::export]
impl OfflineSignIn {
    /// What the person decides about. No number is to be typed: scanning the page has bound the two screens.
    pub fn details(&self) -> PendingRequest {
        self.request.view().clone().into()
    }
}

/// Digits that approve a scanned sign-in. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct OfflineDigits {
    /// The eight digits to type into the login page.
    pub code: String,
    /// The same in groups, to be read.
    pub grouped: String,
    /// Seconds that they are good for.
    pub seconds_left: u64,
}

impl std::fmt::Debug for OfflineDigits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfflineDigits").field("seconds_left", &self.seconds_left).finish_non_exhaustive()
    }
}

#[uniffi::export]
impl CountersignCore {
    /// Reads what a scanner found as [`super::ScannedItem::OfflineRequest`]. Needs no network.
    pub fn offline_sign_in(&self, text: String) -> Result<Arc<OfflineSignIn>, CoreError> {
        let request = self.authenticator.offline_request(&text)?;
        Ok(Arc::new(OfflineSignIn { request }))
    }

    /// Yes, it is me: the digits to type. Who wants to refuse cancels on the login page.
    pub fn approve_offline(&self, sign_in: Arc<OfflineSignIn>) -> Result<OfflineDigits, CoreError> {
        let view = self.authenticator.approve_offline(&sign_in.request)?;
        Ok(OfflineDigits {
            code: view.code.clone(),
            grouped: view.grouped.clone(),
            seconds_left: view.seconds_left,
        })
    }
}
