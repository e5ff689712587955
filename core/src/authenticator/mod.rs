//! What a shell calls: the same for the terminal, for Swift and Kotlin (through [`crate::ffi`]), for demo and tests.
//!
//! It joins the rooms and decides nothing that they decide: codes are [`crate::otp`]'s, checks [`crate::enroll`]'s and
//! [`crate::approve`]'s, sending [`crate::client`]'s, keeping [`crate::vault`]'s. One file per subject: `entries`,
//! `editing`, `codes`, `preferences`, `locking`, `importing`, `exporting`, `backing_up`, `enrolling`, `accounts`, `pushes`,
//! `inbox`, `answers`, `ends`, `offline`, `rules`, `history`, `receipts`, `watch`; `views` has what they return, `records` and `shelf`
//! what they store, `memory` what they do not.
//!
//! Functions that are not `async` may wait for the disk. The others need a tokio runtime around them.

mod accounts;
mod answers;
mod backing_up;
mod codes;
mod editing;
mod ends;
mod enrolling;
mod entries;
mod error;
mod exporting;
mod history;
mod importing;
mod inbox;
mod locking;
mod memory;
mod offline;
mod preferences;
mod pushes;
mod receipts;
mod records;
mod rules;
mod shelf;
mod views;
mod watch;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::autolock::AutoLock;
use crate::client::{Client, ClientOptions, DeviceClient};
use crate::host::{Clock, Rng};
use crate::keys::KeyStore;
use crate::vault::Vault;

pub use self::backing_up::BackupTrouble;
pub use self::editing::EntryEdit;
use self::memory::Memory;

pub use self::entries::{Added, EntryId};
pub use self::error::AuthenticatorError;
pub use self::exporting::{ExportForm, Exported, ExportedFile};
pub use self::history::AnswersPage;
pub use self::importing::{ImportFate, ImportItem, ImportPlan};
pub use self::offline::OfflineRequest;
pub use self::receipts::{ReceiptRule, ReceiptView};
pub use self::records::AnswerRecord;
pub use self::rules::{RuleView, RulesView};
pub use self::views::{
    AccountView, Allowed, ClockError, ClockWarning, CodeView, CodesQuery, CodesView, DetailView, EndedView,
    Enrolled, EntryKind, EntryView, HistoryView, InboxView, OfflineCodeView, PendingView, RefusedView,
    SettingsView, TagCount, TransferLink, Trouble,
};
pub use self::watch::{ContentChanges, Watch};

/// How an [`Authenticator`] behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Certificates (PEM) of the organisation's own authority, believed beside the public ones.
    pub ca_pem: Option<Vec<u8>>,
}

/// Codes and approvals over one vault. Cloning shares everything.
#[derive(Debug, Clone)]
pub struct Authenticator {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    vault: Arc<Vault>,
    client: DeviceClient,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    memory: Mutex<Memory>,
    /// Held while records are read, changed and written back.
    writing: Mutex<()>,
    /// Held during one enrolment: a person does one at a time, and a link opened twice must not race itself.
    enrolling: tokio::sync::Mutex<()>,
    /// Counts the changes to the set of accounts, for those who watch.
    accounts_changed: tokio::sync::watch::Sender<u64>,
    /// Counts the changes to anything that is kept, for those who show it.
    content_changed: tokio::sync::watch::Sender<u64>,
    /// Counts the hints that the network is back, for those who wait before they try a server again.
    network_back: tokio::sync::watch::Sender<u64>,
    autolock: Mutex<AutoLock>,
}

impl Authenticator {
    /// Joins an unlocked vault, a key store, a clock and dice.
    ///
    /// # Errors
    /// [`AuthenticatorError::Client`] for a certificate file that holds none.
    pub fn new(
        vault: Arc<Vault>,
        keys: Arc<dyn KeyStore>,
        options: Options,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, AuthenticatorError> {
        let client = Client::new(ClientOptions { ca_pem: options.ca_pem, ..ClientOptions::default() })?;
        Ok(Self::with_client(vault, keys, client, clock, rng))
    }

    /// The same over a client with its own time-outs.
    #[must_use]
    pub fn with_client(
        vault: Arc<Vault>,
        keys: Arc<dyn KeyStore>,
        client: Client,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Self {
        let autolock = Mutex::new(AutoLock::unlocked(clock.unix_ms()));
        let inner = Inner {
            vault,
            client: DeviceClient::new(client, keys),
            autolock,
            clock,
            rng,
            memory: Mutex::default(),
            writing: Mutex::default(),
            enrolling: tokio::sync::Mutex::default(),
            accounts_changed: tokio::sync::watch::Sender::new(0),
            content_changed: tokio::sync::watch::Sender::new(0),
            network_back: tokio::sync::watch::Sender::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The vault underneath, for ways to unlock. Lock it by [`Authenticator::lock`], which forgets requests too.
    #[must_use]
    pub fn vault(&self) -> &Arc<Vault> {
        &self.inner.vault
    }

    /// Locks the vault and forgets what was fetched (P9).
    pub fn lock(&self) {
        self.inner.vault.lock();
        // In this order: what still arrives finds the vault locked, see `Inner::remembering`.
        *self.inner.memory() = Memory::default();
        // Wakes those who watch, so that they stop.
        self.inner.accounts_changed();
    }
}

impl Inner {
    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accounts_changed(&self) {
        self.accounts_changed.send_modify(|count| *count = count.wrapping_add(1));
        self.content_changed();
    }

    fn content_changed(&self) {
        self.content_changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], AuthenticatorError> {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Runs something that waits for the disk where that holds nobody up. It finishes even if the caller stops waiting.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        step: impl FnOnce(&Self) -> Result<T, AuthenticatorError> + Send + 'static,
    ) -> Result<T, AuthenticatorError> {
        let inner = Arc::clone(self);
        tokio::task::spawn_blocking(move || step(&inner)).await.map_err(|_| AuthenticatorError::Stopped)?
    }
}
