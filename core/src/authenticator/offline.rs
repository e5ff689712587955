//! Approving without a network: a question is scanned from the login page, and eight digits are typed there.
//!
//! Nothing is recorded here: this device does not learn what became of the digits. The server's history says it.

use countersign_protocol::offline::{OfflineCode, OfflineKey, OfflineText, OfflineTextError};

use super::views::{OfflineCodeView, PendingView};
use super::{Authenticator, AuthenticatorError, Inner};
use crate::approve::{AccountId, OfflineFault, Pending};
use crate::vault::Table;

/// A question that was scanned and has passed every check.
#[derive(Debug, Clone)]
pub struct OfflineRequest {
    pending: Pending,
    view: PendingView,
}

impl OfflineRequest {
    /// What the person is shown before they decide.
    #[must_use]
    pub fn view(&self) -> &PendingView {
        &self.view
    }
}

impl Authenticator {
    /// Reads what the QR code on the login page says. Needs no network.
    ///
    /// # Errors
    /// [`AuthenticatorError::Offline`]; then nothing of it is shown.
    pub fn offline_request(&self, text: &str) -> Result<OfflineRequest, AuthenticatorError> {
        let text: OfflineText = text.parse().map_err(OfflineFault::from)?;
        let device = text.claimed_device().ok_or(OfflineFault::Text(OfflineTextError::Damaged))?;
        let phone_time = self.inner.clock.unix_seconds();
        let mut fault = OfflineFault::OtherDevice;
        // A device id is only unique at its server, so each account is tried that has this one.
        for account in self.inner.accounts()?.iter().filter(|account| account.device == device) {
            match account.take_offline(&text, phone_time) {
                Ok(_) if self.inner.offline_key(&account.id)?.is_none() => fault = OfflineFault::NoKey,
                Ok(pending) => {
                    let view = PendingView::of(&pending, account);
                    return Ok(OfflineRequest { pending, view });
                }
                Err(reason) => fault = reason,
            }
        }
        Err(fault.into())
    }

    /// Yes, it is me: the digits for the person to type into the login page. Nobody who wants to refuse needs any; they
    /// cancel there.
    ///
    /// # Errors
    /// [`AuthenticatorError::Offline`] once it has expired; [`AuthenticatorError::UnknownAccount`].
    pub fn approve_offline(&self, request: &OfflineRequest) -> Result<OfflineCodeView, AuthenticatorError> {
        let account = self.inner.account(&request.pending.account)?;
        let key = self.inner.offline_key(&account.id)?.ok_or(OfflineFault::NoKey)?;
        let phone_time = self.inner.clock.unix_seconds();
        let (code, seconds_left) = account.approve_offline(&request.pending, &key, phone_time)?;
        Ok(OfflineCodeView::of(&code, seconds_left))
    }
}

impl Inner {
    /// What an account answers with when there is no network; none when it was enrolled before there was such a key.
    fn offline_key(&self, account: &AccountId) -> Result<Option<OfflineKey>, AuthenticatorError> {
        let stored = self.vault.get(Table::Keys, &row_id(account))?;
        Ok(stored.and_then(|bytes| OfflineKey::from_slice(&bytes)))
    }
}

/// The record of an account's offline key.
pub(super) fn row_id(account: &AccountId) -> String {
    format!("offline/{account}")
}

impl OfflineCodeView {
    fn of(code: &OfflineCode, seconds_left: u64) -> Self {
        let code = code.as_str();
        let grouped = code.split_at_checked(4).map_or_else(String::new, |(a, b)| format!("{a} {b}"));
        Self { code: code.to_owned(), grouped, seconds_left }
    }
}
