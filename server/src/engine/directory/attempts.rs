//! Wrong secrets, counted (S26). A secret has 256 random bits and is not to be guessed; what is limited is the work that
//! somebody can cause who tries, and they are told to wait before anything is hashed or read.
//!
//! Counted in memory, on each node by itself, and forgotten at a restart. An application that has lately shown the right
//! secret from an address is not held up by what others do: neither by those who share its address behind a router, nor
//! by those who use its client id from elsewhere.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engine::{ApplicationId, Error};

/// Things remembered at most: some 2 MB.
const REMEMBERED: usize = 16_384;
/// Milliseconds that a right secret counts for its application and address.
const GOOD_FOR: i64 = 60 * 60 * 1000;
/// Milliseconds between two entries in the audit log about the same application's refusals.
const NOTED_EVERY: i64 = 10 * 60 * 1000;

/// So many at once, and then one each so many milliseconds.
#[derive(Clone, Copy)]
struct Limit {
    burst: i64,
    each: i64,
}

/// For one address, whatever client ids come from it.
const BY_ADDRESS: Limit = Limit { burst: 60, each: 1_000 };
/// For one client id, wherever it comes from.
const BY_APPLICATION: Limit = Limit { burst: 600, each: 100 };

/// For codes by mail that somebody at one address asks for who has shown nothing yet.
const MAILED: Limit = Limit { burst: 20, each: 60_000 };

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Mailed(Option<IpAddr>),
    Address(IpAddr),
    Application(ApplicationId),
    Both(ApplicationId, Option<IpAddr>),
    Good(ApplicationId, Option<IpAddr>),
    Noted(ApplicationId),
}

/// What is remembered. Each entry is a moment, in milliseconds since 1970, and worth nothing once that is past: for
/// failures the moment when all of them are paid off.
#[derive(Debug, Default)]
pub(in crate::engine) struct Attempts {
    until: Mutex<HashMap<Key, i64>>,
}

impl Attempts {
    /// Whether this application may be tried from this address now.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`].
    pub(in crate::engine) fn check(
        &self,
        id: ApplicationId,
        address: Option<IpAddr>,
        now: i64,
    ) -> Result<(), Error> {
        let (until, address) = (self.lock(), group(address));
        let over = |key: Key, limit: Limit| {
            let paid_off = until.get(&key).copied().unwrap_or(now);
            paid_off.saturating_sub(now) - (limit.burst - 1) * limit.each
        };
        let over = if until.get(&Key::Good(id, address)).is_some_and(|good| *good > now) {
            over(Key::Both(id, address), BY_ADDRESS)
        } else {
            let by_address = address.map_or(0, |address| over(Key::Address(address), BY_ADDRESS));
            by_address.max(over(Key::Application(id), BY_APPLICATION))
        };
        if over <= 0 {
            return Ok(());
        }
        Err(Error::TooManyAttempts { retry_after: u64::try_from((over + 999) / 1000).unwrap_or(1) })
    }

    /// A wrong secret, or one that may not be used there. `known`: there is such an application.
    pub(in crate::engine) fn failed(
        &self,
        id: ApplicationId,
        known: bool,
        address: Option<IpAddr>,
        now: i64,
    ) {
        let (mut until, address) = (self.lock(), group(address));
        let mut count = |key: Key, limit: Limit| {
            let paid_off = until.get(&key).copied().unwrap_or(now).max(now);
            let most = now + (limit.burst + 1) * limit.each;
            put(&mut until, key, (paid_off + limit.each).min(most), now);
        };
        if let Some(address) = address {
            count(Key::Address(address), BY_ADDRESS);
        }
        if known {
            count(Key::Application(id), BY_APPLICATION);
            count(Key::Both(id, address), BY_ADDRESS);
        }
    }

    /// Counts a code by mail for whoever asks for it from this address.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`].
    pub(in crate::engine) fn mailed(&self, address: Option<IpAddr>, now: i64) -> Result<(), Error> {
        let (mut until, key) = (self.lock(), Key::Mailed(group(address)));
        let paid_off = until.get(&key).copied().unwrap_or(now).max(now) + MAILED.each;
        let over = paid_off - now - MAILED.burst * MAILED.each;
        if over > 0 {
            return Err(Error::TooManyAttempts {
                retry_after: u64::try_from((over + 999) / 1000).unwrap_or(1),
            });
        }
        put(&mut until, key, paid_off, now);
        Ok(())
    }

    /// A right secret.
    pub(in crate::engine) fn good(&self, id: ApplicationId, address: Option<IpAddr>, now: i64) {
        put(&mut self.lock(), Key::Good(id, group(address)), now + GOOD_FOR, now);
    }

    /// Whether this refusal should stand in the audit log: the first in a while.
    pub(in crate::engine) fn is_worth_noting(&self, id: ApplicationId, now: i64) -> bool {
        let mut until = self.lock();
        if until.get(&Key::Noted(id)).is_some_and(|noted| *noted > now) {
            return false;
        }
        put(&mut until, Key::Noted(id), now + NOTED_EVERY, now);
        true
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, i64>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When there is no room, what is worth nothing any more goes, and if that is nothing, what would go first.
fn put(until: &mut HashMap<Key, i64>, key: Key, moment: i64, now: i64) {
    if until.len() >= REMEMBERED && !until.contains_key(&key) {
        until.retain(|_, moment| *moment > now);
        if until.len() >= REMEMBERED
            && let Some(first) = until.iter().min_by_key(|(_, moment)| **moment).map(|(key, _)| *key)
        {
            until.remove(&first);
        }
    }
    until.insert(key, moment);
}

/// Whoever has one IPv6 address has the 2⁶⁴ of its network.
pub(in crate::engine) fn group(address: Option<IpAddr>) -> Option<IpAddr> {
    address.map(|address| match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    })
}

#[cfg(test)]
mod tests {
    use countersign_protocol::id::TenantId;
    use uuid::Uuid;

    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn app(n: u128) -> ApplicationId {
        ApplicationId { tenant: TenantId(Uuid::from_u128(1)), local: Uuid::from_u128(n) }
    }

    fn at(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn wait(attempts: &Attempts, id: ApplicationId, address: Option<IpAddr>, now: i64) -> u64 {
        match attempts.check(id, address, now) {
            Ok(()) => 0,
            Err(Error::TooManyAttempts { retry_after }) => retry_after,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn s26_sixty_wrong_secrets_from_an_address_and_then_one_a_second() {
        let (attempts, here, there) = (Attempts::default(), at("192.0.2.7"), at("192.0.2.8"));
        for n in 0..60 {
            assert_eq!(wait(&attempts, app(n), here, NOW), 0, "{n}");
            attempts.failed(app(n), n % 2 == 0, here, NOW);
        }
        assert_eq!((wait(&attempts, app(1), here, NOW), wait(&attempts, app(1), there, NOW)), (1, 0));
        assert_eq!(
            (wait(&attempts, app(1), here, NOW + 999), wait(&attempts, app(1), here, NOW + 1_000)),
            (1, 0)
        );
        attempts.failed(app(1), true, here, NOW + 1_000);
        assert_eq!(wait(&attempts, app(1), here, NOW + 1_000), 1);
        assert_eq!(wait(&attempts, app(1), here, NOW + 120_000), 0);
    }

    #[test]
    fn s26_one_client_id_from_many_addresses_is_limited_too() {
        let attempts = Attempts::default();
        for n in 0..600_u32 {
            let address = Some(IpAddr::from(n.to_be_bytes()));
            assert_eq!(wait(&attempts, app(1), address, NOW), 0, "{n}");
            attempts.failed(app(1), true, address, NOW);
        }
        assert_eq!(
            (wait(&attempts, app(1), at("192.0.2.7"), NOW), wait(&attempts, app(2), None, NOW)),
            (1, 0)
        );
    }

    #[test]
    fn s26_whoever_has_the_right_secret_is_not_held_up_by_others() {
        let (attempts, here) = (Attempts::default(), at("192.0.2.7"));
        attempts.good(app(1), here, NOW);
        for _ in 0..1_000 {
            attempts.failed(app(2), true, here, NOW);
            attempts.failed(app(1), true, at("198.51.100.1"), NOW);
        }
        assert_eq!(wait(&attempts, app(1), here, NOW), 0);
        assert!(wait(&attempts, app(3), here, NOW) > 0);
        assert!(wait(&attempts, app(1), at("192.0.2.9"), NOW) > 0);
        assert!(wait(&attempts, app(1), here, NOW + GOOD_FOR) == 0, "all of it is paid off by then");
        for _ in 0..60 {
            attempts.failed(app(1), true, here, NOW);
        }
        assert!(wait(&attempts, app(1), here, NOW) > 0, "but by its own mistakes");
    }

    #[test]
    fn s26_twenty_codes_by_mail_for_whoever_asks_from_an_address_and_then_one_a_minute() {
        let (attempts, here) = (Attempts::default(), at("2001:db8::1"));
        (0..20).for_each(|_| attempts.mailed(here, NOW).unwrap());
        let refused = |address, now| match attempts.mailed(address, now) {
            Err(Error::TooManyAttempts { retry_after }) => retry_after,
            other => panic!("{other:?}"),
        };
        assert_eq!((refused(here, NOW), refused(at("2001:db8::2"), NOW + 59_001)), (60, 1));
        attempts.mailed(here, NOW + 60_000).unwrap();
        assert_eq!(refused(here, NOW + 60_000), 60);
        attempts.mailed(at("192.0.2.7"), NOW).unwrap();
    }

    #[test]
    fn s26_what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..40_000_u32 {
            attempts.failed(app(1), false, Some(IpAddr::from(n.to_be_bytes())), NOW);
        }
        assert_eq!(attempts.lock().len(), REMEMBERED);
        let last = Some(IpAddr::from(39_999_u32.to_be_bytes()));
        attempts.failed(app(1), false, last, NOW + 2_000_000);
        assert_eq!(attempts.lock().len(), REMEMBERED, "it was there");
        attempts.good(app(1), last, NOW + 2_000_000);
        assert_eq!(attempts.lock().len(), 2, "what is over goes when there is no room");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_ipv4_is_seen_through() {
        assert_eq!(group(at("2001:db8:1:2:3:4:5:6")), at("2001:db8:1:2::"));
        assert_eq!(group(at("::ffff:192.0.2.7")), at("192.0.2.7"));
    }

    #[test]
    fn a_refusal_is_noted_once_in_ten_minutes() {
        let attempts = Attempts::default();
        let noted = |now| attempts.is_worth_noting(app(1), now);
        assert_eq!(
            [noted(NOW), noted(NOW + 1), noted(NOW + NOTED_EVERY - 1), noted(NOW + NOTED_EVERY)],
            [true, false, false, true]
        );
    }
}
