//! Random numbers that are the same for the same seed on every machine (SplitMix64, Steele et al. 2014).

/// The generator.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The numbers of one frame: those of another frame do not depend on how many this one takes.
    pub(super) fn of(seed: u64, kind: usize, frame: usize) -> Self {
        let mut dice = Self(seed);
        let mixed = dice.next() ^ ((kind as u64) << 32) ^ frame as u64;
        Self(Self(mixed).next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below `end`, which is above 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// Between `low` and `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1_u64 << 24) as f32)
    }

    /// About normally distributed around 0 with standard deviation 1: the sum of four uniform numbers.
    pub(super) fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum: i32 = (0..4).map(|part| i32::from((bits >> (16 * part)) as u16)).sum();
        (sum - 2 * 65_535) as f32 / 37_837.0
    }

    pub(super) fn one_of<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        among.get(self.below(among.len().max(1)))
    }
}
