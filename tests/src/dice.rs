//! Random numbers from a seed that is printed, so that a failure can be thrown again.

use countersign_server::host::{Rng as _, System};

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose test cases with.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice with the seed in `COUNTERSIGN_TEST_SEED`, or a new one; prints it.
    #[must_use]
    pub fn thrown_for(test: &str) -> Self {
        let given = std::env::var("COUNTERSIGN_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let dice = given.map_or_else(Self::new, Self);
        println!("{test}: COUNTERSIGN_TEST_SEED={}", dice.0);
        dice
    }

    /// Dice for what need not be thrown again.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "dice differ each time")]
    pub fn new() -> Self {
        let mut bytes = [0; 8];
        System.fill(&mut bytes).unwrap();
        Self(u64::from_be_bytes(bytes))
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0…`end` − 1.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % u64::try_from(end).unwrap()).unwrap()
    }

    /// One of them.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Dice of their own, so that what one task throws does not depend on another.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.bits())
    }
}
