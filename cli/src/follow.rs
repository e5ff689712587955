//! What has changed from one inbox to the next. Knows which requests wait and when they expire, since a server need
//! not say that time has passed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use countersign_core::approve::AccountId;
use countersign_core::authenticator::{InboxView, PendingView};
use countersign_protocol::id::ChallengeId;
use tokio::time::Instant;

use crate::requests::Event;

/// The state of watching.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    waiting: Vec<(PendingView, Instant)>,
    /// Ended here by time: a server whose list is a moment old does not bring them back.
    expired: BTreeSet<ChallengeId>,
    troubles: BTreeMap<AccountId, (String, String)>,
    clocks: BTreeMap<AccountId, i64>,
    refused: Vec<(AccountId, String)>,
}

impl Follower {
    /// What waits, the longest first, with the seconds that are left now.
    pub(crate) fn waiting(&self, now: Instant) -> Vec<PendingView> {
        let left = |(request, until): &(PendingView, Instant)| PendingView {
            seconds_left: until.saturating_duration_since(now).as_secs(),
            ..request.clone()
        };
        self.waiting.iter().map(left).collect()
    }

    /// Whether this request still waits.
    pub(crate) fn waits(&self, id: ChallengeId) -> bool {
        self.waiting.iter().any(|(request, _)| request.id == id)
    }

    /// When the next request expires.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.waiting.iter().map(|(_, until)| *until).min()
    }

    /// The person has answered it here; that it is gone then is no news.
    pub(crate) fn answered(&mut self, id: ChallengeId) {
        self.waiting.retain(|(request, _)| request.id != id);
        self.expired.insert(id);
    }

    /// Takes in the inbox as it is now.
    pub(crate) fn take(&mut self, inbox: InboxView, now: Instant) -> Vec<Event> {
        let mut events = self.expire(now);
        let mute: BTreeSet<AccountId> =
            inbox.troubles.iter().map(|trouble| trouble.account.clone()).collect();
        let here: BTreeSet<ChallengeId> = inbox.pending.iter().map(|request| request.id).collect();
        // What a server that cannot be asked had sent still waits, as far as anyone knows.
        let (stay, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(request, _)| here.contains(&request.id) || mute.contains(&request.account));
        self.waiting = stay;
        events.extend(gone.into_iter().map(|(request, _)| ended(request, false)));
        for request in &inbox.pending {
            if !self.waits(request.id) && !self.expired.contains(&request.id) {
                let left = Duration::from_secs(request.seconds_left);
                let until = now.checked_add(left).unwrap_or(now);
                self.waiting.push((request.clone(), until));
                events.push(Event::Request(Box::new(request.clone())));
            }
        }
        self.expired.retain(|id| here.contains(id));
        self.follow_accounts(inbox, &mute, &mut events);
        events
    }

    /// Ends what has expired.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Event> {
        let (over, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(_, until)| *until <= now);
        self.waiting = stay;
        self.expired.extend(over.iter().map(|(request, _)| request.id));
        over.into_iter().map(|(request, _)| ended(request, true)).collect()
    }

    fn follow_accounts(&mut self, inbox: InboxView, mute: &BTreeSet<AccountId>, events: &mut Vec<Event>) {
        let recovered: Vec<AccountId> =
            self.troubles.keys().filter(|id| !mute.contains(*id)).cloned().collect();
        for account in recovered {
            if let Some((tenant, _)) = self.troubles.remove(&account) {
                events.push(Event::Recovered { account: account.to_string(), tenant });
            }
        }
        for trouble in inbox.troubles {
            let said = (trouble.tenant.clone(), trouble.code.clone());
            if self.troubles.insert(trouble.account.clone(), said.clone()) != Some(said) {
                events.push(Event::Trouble(trouble));
            }
        }
        let refused: Vec<_> = inbox.refused.iter().map(|r| (r.account.clone(), r.reason.clone())).collect();
        for (refusal, key) in inbox.refused.into_iter().zip(&refused) {
            if !self.refused.contains(key) {
                events.push(Event::Refused(refusal));
            }
        }
        self.refused = refused;
        for clock in inbox.clock_errors {
            // It differs by a second each time it is measured; once said is enough.
            if self.clocks.insert(clock.account.clone(), clock.seconds).is_none() {
                events.push(Event::Clock(clock));
            }
        }
    }
}

fn ended(request: PendingView, expired: bool) -> Event {
    Event::Ended { id: request.id.to_string(), application: request.application, expired }
}

#[cfg(test)]
mod tests {
    use countersign_core::authenticator::{ClockError, Trouble};

    use super::*;
    use crate::requests::tests::request;

    fn inbox(requests: &[u8]) -> InboxView {
        InboxView { pending: requests.iter().map(|n| request(*n, None)).collect(), ..InboxView::default() }
    }

    /// `+n` came, `-n` ended, `xn` expired.
    fn news(events: &[Event]) -> Vec<String> {
        let last =
            |id: &str| id.trim_start_matches("0190f3c2-7a00-7000-8000-").trim_start_matches('0').to_owned();
        events
            .iter()
            .map(|event| match event {
                Event::Request(request) => format!("+{}", last(&request.id.to_string())),
                Event::Ended { id, expired: false, .. } => format!("-{}", last(id)),
                Event::Ended { id, expired: true, .. } => format!("x{}", last(id)),
                Event::Trouble(_) => "trouble".to_owned(),
                Event::Recovered { .. } => "recovered".to_owned(),
                Event::Clock(_) => "clock".to_owned(),
                Event::Refused(_) => "refused".to_owned(),
            })
            .collect()
    }

    #[tokio::test]
    async fn each_request_is_news_once() {
        let (mut follower, now) = (Follower::default(), Instant::now());
        assert_eq!(news(&follower.take(inbox(&[1]), now)), ["+1"]);
        assert_eq!(news(&follower.take(inbox(&[1, 2]), now)), ["+2"]);
        assert_eq!(news(&follower.take(inbox(&[2, 3]), now)), ["-1", "+3"]);
        assert!(news(&follower.take(inbox(&[2, 3]), now)).is_empty());
    }

    #[tokio::test]
    async fn what_is_answered_here_is_no_news() {
        let (mut follower, now) = (Follower::default(), Instant::now());
        follower.take(inbox(&[1, 2]), now);
        follower.answered(request(1, None).id);
        assert!(news(&follower.take(inbox(&[1, 2]), now)).is_empty(), "the list was a moment old");
        assert!(news(&follower.take(inbox(&[2]), now)).is_empty());
    }

    #[tokio::test]
    async fn time_ends_a_request_that_nobody_speaks_of() {
        let (mut follower, now) = (Follower::default(), Instant::now());
        follower.take(inbox(&[1]), now);
        let until = follower.next_expiry().unwrap();
        assert_eq!(until - now, Duration::from_secs(118));
        assert_eq!(follower.waiting(now + Duration::from_secs(100))[0].seconds_left, 18);
        assert!(follower.expire(until - Duration::from_millis(1)).is_empty());
        assert_eq!(news(&follower.expire(until)), ["x1"]);
        assert!(news(&follower.take(inbox(&[1]), until)).is_empty(), "an old list does not bring it back");
        assert_eq!(follower.next_expiry(), None);
    }

    #[tokio::test]
    async fn a_lost_connection_ends_no_request() {
        let (mut follower, now) = (Follower::default(), Instant::now());
        follower.take(inbox(&[1]), now);
        let account = request(1, None).account;
        let trouble =
            Trouble { account, tenant: "Acme".into(), code: "offline".into(), message: "no network".into() };
        let lost = InboxView { troubles: vec![trouble], ..InboxView::default() };
        assert_eq!(news(&follower.take(lost.clone(), now)), ["trouble"]);
        assert!(follower.waits(request(1, None).id));
        assert!(news(&follower.take(lost, now)).is_empty(), "said once");
        assert_eq!(news(&follower.take(inbox(&[]), now)), ["-1", "recovered"]);
    }

    #[tokio::test]
    async fn a_wrong_clock_is_said_once() {
        let (mut follower, now) = (Follower::default(), Instant::now());
        let account = request(1, None).account;
        for (seconds, said) in [(90, vec!["clock"]), (91, vec![])] {
            let view = InboxView {
                clock_errors: vec![ClockError { account: account.clone(), seconds }],
                ..InboxView::default()
            };
            assert_eq!(news(&follower.take(view, now)), said);
        }
    }
}
