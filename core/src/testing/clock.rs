//! A phone's clock that stands wherever a test wants it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::SERVER_TIME;
use crate::host::Clock;

#[derive(Debug)]
pub(crate) struct FixedClock(AtomicI64);

impl FixedClock {
    pub(crate) fn set(&self, unix_seconds: i64) {
        self.0.store(unix_seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn unix_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A phone whose clock is `ahead` seconds before the test server's.
pub(crate) fn phone_clock(ahead: i64) -> Arc<FixedClock> {
    let clock = FixedClock(AtomicI64::new(0));
    clock.set(i64::try_from(SERVER_TIME).unwrap() + ahead);
    Arc::new(clock)
}
