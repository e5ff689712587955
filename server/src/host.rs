//! What the server asks of the machine it runs on: the time and random bytes. Rules take these traits and never
//! read a clock or a random source themselves, so a test can stand at any moment and throw any dice.

use ring::rand::SecureRandom as _;

/// The server's clock: the only one that counts (S19).
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn unix_ms(&self) -> i64;
}

/// A cryptographically strong random source.
pub trait Rng: Send + Sync + std::fmt::Debug {
    /// Fills `out`, all of it or none.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system has none to give.
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system refused to give random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// `N` random bytes.
///
/// # Errors
/// [`NoRandomness`].
pub fn random<const N: usize>(rng: &dyn Rng) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rng.fill(&mut bytes)?;
    Ok(bytes)
}

/// Time and randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation that the rules are given")]
    fn unix_ms(&self) -> i64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Rng for System {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation that the rules are given")]
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness> {
        ring::rand::SystemRandom::new().fill(out).map_err(|_| NoRandomness)
    }
}

/// ring's own source, for those of its functions that take no other: its trait is sealed.
#[expect(
    clippy::disallowed_methods,
    reason = "signing and agreeing on keys take only ring's own random source"
)]
pub(crate) fn ring_dice() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}
