//! One inbox over all accounts: asked at the same time, so that one server that is offline hides no other's requests.

use std::collections::HashMap;

use countersign_protocol::id::ChallengeId;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::views::{ClockError, InboxView, PendingView, RefusedView, Trouble};
use super::{Authenticator, AuthenticatorError};
use crate::approve::{Account, Ask, Reading};

/// Differences below this are not worth a write, in seconds; above, codes that follow the servers' clock would suffer.
const CLOCK_STEP: u64 = 5;

/// What asking one account came to.
pub(super) type Report = (Account, Result<Reading, AuthenticatorError>);

impl Authenticator {
    /// What waits for the person. With `wait_seconds` over 0 (at most 25) it returns as soon as something does.
    ///
    /// # Errors
    /// Only what concerns all accounts ([`AuthenticatorError::Vault`], [`AuthenticatorError::Record`]); an account that
    /// could not be asked is in [`InboxView::troubles`].
    pub async fn inbox(&self, wait_seconds: u32) -> Result<InboxView, AuthenticatorError> {
        let reports = self.reports(wait_seconds).await?;
        // What arrived while the vault was locked is not shown (P9).
        self.inner.remembering(|_| ())?;
        Ok(view(&reports))
    }

    pub(super) async fn reports(&self, wait_seconds: u32) -> Result<Vec<Report>, AuthenticatorError> {
        let accounts = self.inner.accounts()?;
        let wait_seconds = wait_seconds.min(Ask::MAX_WAIT);
        // One account's long poll returns at once by itself. Several are looked at first, so that what waits in one is
        // not held back by the silence of another.
        if wait_seconds == 0 || accounts.len() > 1 {
            let reports = self.ask_all(accounts.clone(), 0, false).await;
            if wait_seconds == 0 || reports.iter().any(has_news) {
                return Ok(reports);
            }
            let latest = self.ask_all(accounts, wait_seconds, true).await;
            return Ok(merge(reports, latest));
        }
        Ok(self.ask_all(accounts, wait_seconds, true).await)
    }

    /// Asks all accounts at once; with `first` until one has something, else until all have answered.
    async fn ask_all(&self, accounts: Vec<Account>, wait_seconds: u32, first: bool) -> Vec<Report> {
        let mut asked: FuturesUnordered<_> =
            accounts.into_iter().map(|account| self.ask_one(account, wait_seconds)).collect();
        let mut reports = Vec::new();
        while let Some(report) = asked.next().await {
            let news = has_news(&report);
            reports.push(report);
            if first && news {
                break;
            }
        }
        reports.sort_by_key(|(account, _)| (account.enrolled_at, account.id.clone()));
        reports
    }

    async fn ask_one(&self, before: Account, wait_seconds: u32) -> Report {
        let mut account = before.clone();
        let phone_time = || self.inner.clock.unix_seconds();
        let reading = match self.inner.client.inbox(&mut account, wait_seconds, phone_time).await {
            Ok(reading) => self.absorb(&before, &account, reading).await,
            Err(error) => Err(error.into()),
        };
        (account, reading)
    }

    /// Remembers what a reading brought: what waits, the server's newest key, the clock.
    pub(super) async fn absorb(
        &self,
        before: &Account,
        after: &Account,
        mut reading: Reading,
    ) -> Result<Reading, AuthenticatorError> {
        self.inner.remembering(|memory| memory.take(&after.id, &mut reading))?;
        self.store_seen(before, after).await?;
        Ok(reading)
    }

    /// Stores a new server key, and a clock that has moved noticeably.
    pub(super) async fn store_seen(
        &self,
        before: &Account,
        after: &Account,
    ) -> Result<(), AuthenticatorError> {
        let repinned =
            (after.server_key != before.server_key).then_some((before.server_key, after.server_key));
        let moved = after.clock_offset.abs_diff(before.clock_offset) > CLOCK_STEP;
        if repinned.is_none() && !moved {
            return Ok(());
        }
        let (id, offset) = (after.id.clone(), after.clock_offset);
        let change = move |account: &mut Account| {
            // Only a step from the very key that was checked against: another poll may have stored a newer one.
            if let Some((old, new)) = repinned
                && account.server_key == old
            {
                account.follow(new);
            }
            account.clock_offset = offset;
        };
        self.inner.blocking(move |inner| inner.update_account(&id, change)).await
    }
}

fn has_news((_, reading): &Report) -> bool {
    reading.as_ref().is_ok_and(|r| !r.pending.is_empty() || !r.refused.is_empty())
}

/// The latest report of each account.
fn merge(mut reports: Vec<Report>, latest: Vec<Report>) -> Vec<Report> {
    for report in latest {
        match reports.iter_mut().find(|(account, _)| account.id == report.0.id) {
            Some(slot) => *slot = report,
            None => reports.push(report),
        }
    }
    reports
}

pub(super) fn view<'a>(reports: impl IntoIterator<Item = &'a Report>) -> InboxView {
    let mut view = InboxView::default();
    let mut ids = HashMap::<ChallengeId, usize>::new();
    for (account, reading) in reports {
        match reading {
            Ok(reading) => {
                for pending in &reading.pending {
                    *ids.entry(pending.challenge.jti).or_default() += 1;
                    view.pending.push(PendingView::of(pending, account));
                }
                view.refused.extend(reading.refused.iter().map(|r| RefusedView::of(r, account)));
                if let Some(seconds) = account.clock_error() {
                    view.clock_errors.push(ClockError { account: account.id.clone(), seconds });
                }
            }
            Err(error) => view.troubles.push(Trouble::of(account, error)),
        }
    }
    // What cannot be told apart is not shown, see `Memory::waiting`.
    let ambiguous = |pending: &mut PendingView| ids.get(&pending.id).is_some_and(|count| *count > 1);
    view.refused.extend(view.pending.extract_if(.., ambiguous).map(|pending| RefusedView {
        account: pending.account,
        tenant: pending.tenant,
        reason: AuthenticatorError::AmbiguousChallenge.to_string(),
    }));
    view
}
