//! Clocks for both sides: one that stands where a test puts it, and one that is wrong by a fixed amount.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_core::host::SystemClock;

/// A clock that moves only when it is told to. Starts in the middle of a second in January 2027.
#[derive(Debug)]
pub struct TestClock {
    now: AtomicI64,
    step: AtomicI64,
}

impl TestClock {
    /// A new clock at its start.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { now: AtomicI64::new(1_800_000_000_400), step: AtomicI64::new(0) })
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// Moves on.
    pub fn advance(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// From now on each look of a server moves it on by so much: whatever two looks of one step disagree about shows.
    pub fn move_with_each_look(&self, milliseconds: i64) {
        self.step.store(milliseconds, Ordering::SeqCst);
    }

    /// Moves to a moment.
    pub fn set(&self, unix_ms: i64) {
        self.now.store(unix_ms, Ordering::SeqCst);
    }
}

impl countersign_server::host::Clock for TestClock {
    fn unix_ms(&self) -> i64 {
        self.now.fetch_add(self.step.load(Ordering::SeqCst), Ordering::SeqCst)
    }
}

impl countersign_core::host::Clock for TestClock {
    fn unix_ms(&self) -> i64 {
        self.now()
    }
}

/// The machine's clock, wrong by this many seconds.
#[derive(Debug, Clone, Copy)]
pub struct WrongBy(pub i64);

impl countersign_core::host::Clock for WrongBy {
    fn unix_ms(&self) -> i64 {
        countersign_core::host::Clock::unix_ms(&SystemClock) + self.0 * 1000
    }
}
