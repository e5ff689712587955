//! The enrolled accounts: list, rename, transfer to a new phone, removal. Push tokens are in `pushes.rs`, what was decided
//! is in `history.rs`.

use countersign_protocol::problem::Code;

use super::views::{AccountView, TransferLink};
use super::{Authenticator, AuthenticatorError};
use crate::approve::{Account, AccountId, Ask};
use crate::client::ClientError;
use crate::enroll;
use crate::exchange::ReplyError;

impl Authenticator {
    /// All accounts, the oldest first.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`] when it is locked, [`AuthenticatorError::Record`].
    pub fn accounts(&self) -> Result<Vec<AccountView>, AuthenticatorError> {
        Ok(self.inner.accounts()?.iter().map(AccountView::from).collect())
    }

    /// Gives this device another name at one server.
    ///
    /// # Errors
    /// [`AuthenticatorError`]; the name is then the old one on both sides.
    pub async fn rename(&self, account: &AccountId, device_name: &str) -> Result<(), AuthenticatorError> {
        let name = enroll::device_name(device_name)?;
        let record = self.inner.account(account)?;
        self.inner.client.ask(&record, Ask::rename(&name)).await?.success()?;
        self.inner
            .blocking(move |inner| inner.update_account(&record.id, |a| a.device_name.clone_from(&name)))
            .await
    }

    /// Asks the server for a link with which another phone takes this account over. The person is asked for their
    /// verification. This device goes on working until the other one is enrolled.
    ///
    /// # Errors
    /// [`AuthenticatorError`].
    pub async fn transfer(&self, account: &AccountId) -> Result<TransferLink, AuthenticatorError> {
        let before = self.inner.account(account)?;
        let mut after = before.clone();
        let granted = self.inner.client.transfer(&mut after).await?;
        self.store_seen(&before, &after).await?;
        Ok(TransferLink { link: granted.enrollment_url, expires_at: granted.expires_at })
    }

    /// Removes an account here and at its server. Receipts stay.
    ///
    /// With `even_if_server_is_gone` it is removed here also when the server cannot be told; then an administrator
    /// should remove the device there.
    ///
    /// # Errors
    /// [`AuthenticatorError`]; the account is then still here.
    pub async fn remove_account(
        &self,
        account: &AccountId,
        even_if_server_is_gone: bool,
    ) -> Result<(), AuthenticatorError> {
        let record = self.inner.account(account)?;
        match self.tell_removal(&record).await {
            Ok(()) => {}
            Err(_) if even_if_server_is_gone => {}
            Err(error) => return Err(error),
        }
        let keys = record.id.clone();
        self.inner.blocking(move |inner| inner.forget_account(&record)).await?;
        match self.drop_keys(keys).await {
            // The account is gone; a key store that will not delete now is asked again at a later enrolment.
            Err(AuthenticatorError::Key(_)) => Ok(()),
            result => result,
        }
    }

    async fn tell_removal(&self, account: &Account) -> Result<(), AuthenticatorError> {
        match self.inner.client.ask(account, Ask::remove()).await?.success() {
            // It was removed before, e.g. by an administrator.
            Err(ReplyError::Refused(refusal)) if refusal.known() == Code::DeviceUnknown => Ok(()),
            result => Ok(result.map_err(ClientError::from)?),
        }
    }
}
