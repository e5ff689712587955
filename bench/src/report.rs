//! Durations into the few figures that are worth quoting.

use std::time::Duration;

/// Durations of one kind of step.
#[derive(Debug, Default)]
pub(crate) struct Durations(Vec<Duration>);

impl Durations {
    pub(crate) fn push(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The duration that `permille` of a thousand stay below, in milliseconds (nearest rank).
    pub(crate) fn permille_ms(&mut self, permille: usize) -> f64 {
        self.0.sort_unstable();
        let rank = (self.0.len() * permille).div_ceil(1000).saturating_sub(1);
        self.0.get(rank).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_counts() {
        let mut all = Durations::default();
        for ms in 1..=1000 {
            all.push(Duration::from_millis(ms));
        }
        assert_eq!((all.permille_ms(500), all.permille_ms(990), all.permille_ms(999)), (500.0, 990.0, 999.0));
        assert_eq!(Durations::default().permille_ms(500), 0.0);
    }
}
