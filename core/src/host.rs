//! What the core asks of the machine it runs on: the time and random bytes.
//!
//! Rules never read a clock or a random source themselves; they take these traits, so a test can stand at any
//! moment and throw any dice. Keys are the third thing that comes from outside: see [`crate::keys`].

use ring::rand::SecureRandom as _;

/// The device's own clock. It may be wrong: nothing about approvals depends on it, only codes do.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn unix_ms(&self) -> i64;

    /// Whole seconds since 1970-01-01T00:00:00Z; times before it count as 0.
    fn unix_seconds(&self) -> u64 {
        u64::try_from(self.unix_ms().div_euclid(1000)).unwrap_or(0)
    }
}

/// A cryptographically strong random source.
pub trait Rng: Send + Sync + std::fmt::Debug {
    /// Fills `out`, all of it or none.
    ///
    /// # Errors
    /// [`RngError`] when the operating system has no randomness to give; nothing may go on without it.
    fn fill(&self, out: &mut [u8]) -> Result<(), RngError>;
}

/// The operating system refused to give random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes; nothing was changed, try again")]
pub struct RngError;

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation that the rules are given")]
    fn unix_ms(&self) -> i64 {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(_) => 0,
        }
    }
}

/// The random source of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation that the rules are given")]
    fn fill(&self, out: &mut [u8]) -> Result<(), RngError> {
        ring::rand::SystemRandom::new().fill(out).map_err(|_| RngError)
    }
}
