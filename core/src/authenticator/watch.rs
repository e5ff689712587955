//! The inbox as it changes: one event stream per account, opened again with growing waits when it breaks.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::inbox::Report;
use super::views::InboxView;
use super::{Authenticator, AuthenticatorError};
use crate::approve::{Account, AccountId};
use crate::client::DeviceError;

/// All inboxes as they change. Dropping it closes the streams.
#[derive(Debug)]
pub struct Watch {
    authenticator: Authenticator,
    streams: BTreeMap<AccountId, AbortHandle>,
    latest: BTreeMap<AccountId, Report>,
    given: Option<InboxView>,
    sender: mpsc::Sender<Report>,
    reports: mpsc::Receiver<Report>,
    accounts_changed: watch::Receiver<u64>,
}

impl Authenticator {
    /// Watches all accounts, also those that are enrolled later. Nothing is opened before the first [`Watch::next`].
    #[must_use]
    pub fn watch(&self) -> Watch {
        let (sender, reports) = mpsc::channel(16);
        let mut accounts_changed = self.inner.accounts_changed.subscribe();
        accounts_changed.mark_changed();
        Watch {
            authenticator: self.clone(),
            streams: BTreeMap::new(),
            latest: BTreeMap::new(),
            given: None,
            sender,
            reports,
            accounts_changed,
        }
    }
}

impl Watch {
    /// The inbox once it is another than the last one that was given. May be dropped and called again.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`] when the vault was locked: then it is over.
    pub async fn next(&mut self) -> Result<InboxView, AuthenticatorError> {
        loop {
            tokio::select! {
                biased;
                // The authenticator holds the sender, so this ends only with the watch itself.
                _ = self.accounts_changed.changed() => self.follow_accounts().inspect_err(|_| self.stop())?,
                report = self.reports.recv() => {
                    if let Some(report) = report
                        && self.streams.contains_key(&report.0.id)
                    {
                        self.latest.insert(report.0.id.clone(), report);
                    }
                }
            }
            if self.authenticator.inner.vault.is_locked() {
                self.stop();
                return Err(crate::vault::VaultError::Locked.into());
            }
            let now = self.authenticator.view(self.latest.values());
            // With no account there is nothing to wait for but an account.
            let complete = !self.latest.is_empty() || self.streams.is_empty();
            if complete && self.given.as_ref() != Some(&now) {
                self.given = Some(now.clone());
                return Ok(now);
            }
        }
    }

    fn follow_accounts(&mut self) -> Result<(), AuthenticatorError> {
        let accounts = self.authenticator.inner.accounts()?;
        let here = |id: &AccountId| accounts.iter().any(|account| account.id == *id);
        self.streams.retain(|id, stream| {
            let keep = here(id);
            if !keep {
                stream.abort();
            }
            keep
        });
        self.latest.retain(|id, _| here(id));
        for account in accounts {
            let (authenticator, sender) = (self.authenticator.clone(), self.sender.clone());
            let id = account.id.clone();
            self.streams
                .entry(id)
                .or_insert_with(|| tokio::spawn(follow(authenticator, account, sender)).abort_handle());
        }
        Ok(())
    }

    /// Nothing is fetched any more, and what was is forgotten.
    fn stop(&mut self) {
        self.streams.values().for_each(AbortHandle::abort);
        self.streams.clear();
        self.latest.clear();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A look at whether anything that is kept here has changed: entries, settings, accounts, answers.
#[derive(Debug)]
pub struct ContentChanges(watch::Receiver<u64>);

impl Authenticator {
    /// Changes of this process from now on.
    #[must_use]
    pub fn content_changes(&self) -> ContentChanges {
        ContentChanges(self.inner.content_changed.subscribe())
    }
}

impl ContentChanges {
    /// Returns after a change; several at once are one. May be dropped and called again.
    pub async fn next(&mut self) {
        // Once the authenticator is gone nothing changes any more.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Follows one account until nobody listens or the account is gone.
async fn follow(authenticator: Authenticator, account: Account, sender: mpsc::Sender<Report>) {
    let (shortest, longest) = authenticator.inner.client.client().options().reconnect_after;
    let mut wait = shortest;
    let mut account = account;
    let mut back = authenticator.inner.network_back.subscribe();
    loop {
        let streamed = stream(&authenticator, &mut account, &sender, (&mut wait, shortest));
        let ended = tokio::select! {
            ended = streamed => ended,
            // The connection may hang in a network that is gone.
            _ = back.changed() => Ended::Cut,
        };
        match ended {
            Ended::Unheard => return,
            Ended::Cut => wait = shortest,
            Ended::Quietly | Ended::Broken(_) => {
                if let Ended::Broken(error) = ended
                    && sender.send((account.clone(), Err(error.into()))).await.is_err()
                {
                    return;
                }
                tokio::select! {
                    () = tokio::time::sleep(wait.saturating_add(jitter(&authenticator, wait))) => {
                        wait = wait.saturating_mul(2).min(longest);
                    }
                    _ = back.changed() => wait = shortest,
                }
            }
        }
        match authenticator.inner.account(&account.id) {
            Ok(stored) => account = stored,
            Err(_) => return,
        }
    }
}

/// How a stream ended.
enum Ended {
    /// The server is going down on purpose: that is no trouble, but wait a moment for its successor.
    Quietly,
    /// It broke.
    Broken(DeviceError),
    /// Another network may be there.
    Cut,
    /// Nobody listens any more.
    Unheard,
}

/// Follows one stream. The wait before the next one is the shortest again once anything came.
async fn stream(
    authenticator: &Authenticator,
    account: &mut Account,
    sender: &mpsc::Sender<Report>,
    (wait, shortest): (&mut Duration, Duration),
) -> Ended {
    let mut events = match authenticator.inner.client.events(account).await {
        Ok(events) => events,
        Err(error) => return Ended::Broken(error),
    };
    loop {
        let inbox = match events.next().await {
            Ok(Some(inbox)) => inbox,
            Ok(None) => return Ended::Quietly,
            Err(error) => return Ended::Broken(error.into()),
        };
        *wait = shortest;
        let before = account.clone();
        account.saw_clock(inbox.server_time, authenticator.inner.clock.unix_seconds());
        let reading = authenticator.inner.client.read(account, &inbox).await;
        let reading = authenticator.absorb(&before, account, reading).await;
        if sender.send((account.clone(), reading)).await.is_err() {
            return Ended::Unheard;
        }
    }
}

/// Up to a quarter more, so that phones do not all come back in the same second after a server's restart.
fn jitter(authenticator: &Authenticator, wait: Duration) -> Duration {
    let [random] = authenticator.inner.random::<1>().unwrap_or_default();
    wait.checked_div(1024).unwrap_or_default().saturating_mul(u32::from(random))
}
