//! Who is at the bank: each browser has a cookie with 256 random bits, and behind it a person of its own, so that browsers
//! never see each other's sign-ins. Only so many are remembered.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::base64url;
use countersign_server::host::{Clock, NoRandomness, Rng, random};

use super::phone::Phone;
use super::run::{Run, Way};

/// Browsers that are remembered; who was here least lately is forgotten first.
const MOST: usize = 200;

/// What is known of one browser.
#[derive(Debug)]
pub(super) struct Visitor {
    /// What the bank calls the person.
    pub(super) name: String,
    pub(super) phone: Phone,
    pub(super) runs: BTreeMap<Way, Run>,
}

/// One at a time works with it: a page that is loaded twice at once asks the server once.
pub(super) type Shared = Arc<tokio::sync::Mutex<Visitor>>;

#[derive(Debug)]
struct Entry {
    seen: i64,
    visitor: Shared,
}

/// Everybody.
#[derive(Debug, Default)]
pub(super) struct Visitors(Mutex<HashMap<String, Entry>>);

impl Visitors {
    /// The one with this cookie.
    pub(super) fn find(&self, cookie: &str, clock: &dyn Clock) -> Option<Shared> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = all.get_mut(cookie)?;
        entry.seen = clock.unix_ms();
        Some(Arc::clone(&entry.visitor))
    }

    /// Somebody new, and their cookie.
    pub(super) fn welcome(&self, clock: &dyn Clock, rng: &dyn Rng) -> Result<(String, Shared), NoRandomness> {
        let cookie = base64url(&random::<32>(rng)?);
        let name: String = random::<5>(rng)?.iter().map(|byte| format!("{byte:02x}")).collect();
        let visitor =
            Visitor { name: format!("guest-{name}"), phone: Phone::default(), runs: BTreeMap::new() };
        let visitor = Arc::new(tokio::sync::Mutex::new(visitor));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST
            && let Some(oldest) =
                all.iter().min_by_key(|(_, entry)| entry.seen).map(|(cookie, _)| cookie.clone())
        {
            all.remove(&oldest);
        }
        all.insert(cookie.clone(), Entry { seen: clock.unix_ms(), visitor: Arc::clone(&visitor) });
        Ok((cookie, visitor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_server::host::System;

    #[derive(Debug)]
    struct At(i64);

    impl Clock for At {
        fn unix_ms(&self) -> i64 {
            self.0
        }
    }

    #[test]
    fn only_so_many_are_remembered_and_the_one_who_was_here_least_lately_goes() {
        let all = Visitors::default();
        let cookies: Vec<_> = (0..).take(MOST).map(|n| all.welcome(&At(n), &System).unwrap().0).collect();
        assert!(all.find(&cookies[0], &At(1_000)).is_some(), "was here just now");
        all.welcome(&At(1_001), &System).unwrap();
        assert!(all.find(&cookies[0], &At(1_002)).is_some());
        assert!(all.find(&cookies[1], &At(1_002)).is_none());
        assert_eq!(all.0.lock().unwrap().len(), MOST);
    }
}
