//! The enrolled accounts: list, rename, push token, history, transfer to a new phone, removal.

use std::collections::HashMap;

use countersign_protocol::problem::Code;
use countersign_protocol::wire::History;
use futures_util::future::join_all;

use super::records::AnswerRecord;
use super::views::{AccountView, HistoryView, TransferLink, Trouble, shown};
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

    /// Tells every server where pushes go from now on. What failed is returned, and should be tried again later.
    ///
    /// # Errors
    /// As [`Authenticator::accounts`].
    pub async fn set_push_token(&self, device_token: &str) -> Result<Vec<Trouble>, AuthenticatorError> {
        let accounts = self.inner.accounts()?;
        let results = accounts.iter().map(|account| async move {
            let result = self.tell_token(account, device_token).await;
            result.err().map(|error| Trouble::of(account, &error))
        });
        Ok(join_all(results).await.into_iter().flatten().collect())
    }

    async fn tell_token(&self, account: &Account, device_token: &str) -> Result<(), AuthenticatorError> {
        Ok(self.inner.client.ask(account, Ask::push_token(device_token)).await?.success()?)
    }

    /// What the server remembers of this device's requests, with the receipts that are kept here.
    ///
    /// # Errors
    /// [`AuthenticatorError`]; [`Authenticator::answers`] works without the server.
    pub async fn history(&self, account: &AccountId) -> Result<Vec<HistoryView>, AuthenticatorError> {
        let record = self.inner.account(account)?;
        let history: History = self.inner.client.ask(&record, Ask::history()).await?.json()?;
        let answers = self.inner.answers()?.into_iter().filter(|a| a.account == *account);
        let mut answers: HashMap<_, _> = answers.map(|a| (a.id, a)).collect();
        let view = |entry: countersign_protocol::wire::HistoryEntry| {
            let answer = answers.remove(&entry.id);
            HistoryView {
                id: entry.id,
                application: shown(&entry.application),
                message: shown(&entry.message),
                outcome: entry.outcome,
                answered_here: entry.answered_here,
                created_at: shown(&entry.created_at),
                responded_at: entry.responded_at.as_deref().map(shown),
                by_rule: entry.rule.is_some(),
                offline: entry.offline,
                decision: answer.as_ref().map(|a| a.decision),
                receipt: answer.map(|a| a.receipt),
            }
        };
        Ok(history.entries.into_iter().map(view).collect())
    }

    /// Every answer that was given here and taken by a server, newest first, also of accounts that are gone.
    ///
    /// # Errors
    /// As [`Authenticator::accounts`].
    pub fn answers(&self) -> Result<Vec<AnswerRecord>, AuthenticatorError> {
        let mut answers = self.inner.answers()?;
        answers.sort_by_key(|answer| std::cmp::Reverse((answer.answered_at, answer.id)));
        Ok(answers)
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
