//! Drives the machines of [`crate::approve`]: signs, sends, brings the reply back, follows nonces and server keys.
//!
//! It remembers only each account's latest nonce. What is stored, and what a shell sees of it, is the work of
//! [`crate::authenticator`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::answer::Proof;
use countersign_protocol::wire::{Inbox, TransferGranted};

use super::http::Opened;
use super::{Client, ClientError, Events};
use crate::approve::{
    Account, AccountId, AnswerError, Ask, AskNext, Reading, Submission, ToAnswer, ToTransfer,
};
use crate::enroll::EnrollError;
use crate::exchange::{Reply, ReplyError, Request};
use crate::keys::{KeyError, KeyPurpose, KeyStore, SignatureError, signature_to_raw};

/// Why a device's request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No usable reply.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The key store did not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What the key store gave is no signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The decision was not sent.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The link for the new phone is not one to follow.
    #[error(transparent)]
    Transfer(#[from] EnrollError),
}

/// A [`Client`] that can sign.
#[derive(Debug, Clone)]
pub struct DeviceClient {
    client: Client,
    keys: Arc<dyn KeyStore>,
    nonces: Arc<Mutex<HashMap<AccountId, String>>>,
}

impl DeviceClient {
    /// Signs with `keys`, sends with `client`.
    #[must_use]
    pub fn new(client: Client, keys: Arc<dyn KeyStore>) -> Self {
        Self { client, keys, nonces: Arc::default() }
    }

    /// The same without signing, e.g. for enrolment.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whoever keeps the keys.
    #[must_use]
    pub fn keys(&self) -> &Arc<dyn KeyStore> {
        &self.keys
    }

    /// Signs and sends `ask`, once more with a fresh nonce if the server wants that. The reply is the last one, whatever
    /// its status.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn ask(&self, account: &Account, mut ask: Ask) -> Result<Reply, DeviceError> {
        loop {
            let reply = self.client.send(&self.signed(account, &ask).await?).await?;
            self.remember_nonce(account, &reply);
            if ask.take(&reply) == AskNext::Done {
                return Ok(reply);
            }
        }
    }

    /// Fetches and checks the inbox. `account` may come back pinned to a newer server key and with a new clock offset.
    ///
    /// # Errors
    /// [`DeviceError`] when there is no inbox; a single bad challenge is no error, see [`Reading::refused`].
    pub async fn inbox(
        &self,
        account: &mut Account,
        wait_seconds: u32,
        phone_time: impl Fn() -> u64,
    ) -> Result<Reading, DeviceError> {
        let reply = self.ask(account, Ask::inbox(wait_seconds)).await?;
        let inbox: Inbox = reply.json().map_err(ClientError::from)?;
        account.saw_clock(inbox.server_time, phone_time());
        Ok(self.read(account, &inbox).await)
    }

    /// Checks an inbox, asking for the server's keys if need be.
    pub async fn read(&self, account: &mut Account, inbox: &Inbox) -> Reading {
        match Reading::of(account, inbox) {
            Ok(reading) => reading,
            Err(question) => match self.ask(account, question.ask()).await {
                Ok(reply) => question.take(account, &reply),
                Err(_) => question.give_up(account),
            },
        }
    }

    /// Opens the stream of inboxes.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn events(&self, account: &Account) -> Result<Events, DeviceError> {
        let mut ask = Ask::events();
        loop {
            match self.client.open(&self.signed(account, &ask).await?).await? {
                Opened::Stream(stream) => {
                    self.remember_nonce(account, &stream.head());
                    return Ok(Events::new(stream)?);
                }
                Opened::Reply(reply) => {
                    self.remember_nonce(account, &reply);
                    if ask.take(&reply) == AskNext::Done {
                        reply.success().map_err(ClientError::from)?;
                        let status = reply.status;
                        return Err(ClientError::from(ReplyError::NotCountersign { status }).into());
                    }
                }
            }
        }
    }

    /// Signs an answer with the key that it needs; `context` is the application's name for the platform's prompt.
    ///
    /// # Errors
    /// [`DeviceError`]; nothing was sent.
    pub async fn sign_answer(
        &self,
        account: &Account,
        answer: ToAnswer,
        context: &str,
    ) -> Result<Submission, DeviceError> {
        let purpose = match answer.key() {
            Proof::Possession => KeyPurpose::Possession,
            Proof::Verification => KeyPurpose::Verification,
        };
        let signature = self.sign(&account.id, purpose, answer.signing_input(), context).await?;
        Ok(answer.signed(&signature)?)
    }

    /// Asks the server for the link with which a new phone takes over. The person is asked for their verification.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub async fn transfer(&self, account: &mut Account) -> Result<TransferGranted, DeviceError> {
        // The person would be asked once for each signature, so the nonce must be good the first time. Asking for the
        // keys brings a fresh one, and the newest key to compare the link with.
        let chain = self.ask(account, Ask::server_keys()).await?;
        let chain: countersign_protocol::server_key::KeyChain = chain.json().map_err(ClientError::from)?;
        if let Ok(newest) = chain.newest(&account.server, &account.server_key.thumbprint()) {
            account.follow(newest);
        }
        let mut tried = false;
        loop {
            let transfer = ToTransfer::new(account, &self.nonce(account));
            let input = transfer.signing_input();
            let signature =
                self.sign(&account.id, KeyPurpose::Verification, input, &account.tenant_name).await?;
            let reply = self.client.send(&transfer.request(&signature)).await?;
            self.remember_nonce(account, &reply);
            if std::mem::replace(&mut tried, true) || !ToTransfer::is_stale(&reply) {
                return Ok(ToTransfer::take(account, &reply)?);
            }
        }
    }

    /// Signs `message` and brings the signature into the form of the protocol.
    ///
    /// # Errors
    /// [`DeviceError::Key`], [`DeviceError::Signature`].
    pub async fn sign(
        &self,
        account: &AccountId,
        purpose: KeyPurpose,
        message: &[u8],
        context: &str,
    ) -> Result<[u8; 64], DeviceError> {
        let signature =
            self.keys.sign(account.to_string(), purpose, message.to_vec(), context.to_owned()).await?;
        Ok(signature_to_raw(&signature)?)
    }

    async fn signed(&self, account: &Account, ask: &Ask) -> Result<Request, DeviceError> {
        let unsigned = ask.to_sign(account, &self.nonce(account));
        let input = unsigned.signing_input();
        let signature = self.sign(&account.id, KeyPurpose::Possession, input, &account.tenant_name).await?;
        Ok(ask.request(account, &unsigned, &signature))
    }

    /// The account's latest nonce; empty before the first reply, which makes the server send one.
    fn nonce(&self, account: &Account) -> String {
        self.nonces().get(&account.id).cloned().unwrap_or_default()
    }

    fn remember_nonce(&self, account: &Account, reply: &Reply) {
        if let Some(nonce) = crate::approve::nonce(reply) {
            self.nonces().insert(account.id.clone(), nonce.to_owned());
        }
    }

    fn nonces(&self) -> MutexGuard<'_, HashMap<AccountId, String>> {
        // One text per account, put in whole: a poisoned map is whole too.
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
