//! How many messages may be on their way to a centre at once: fewer after it says that it is too much, one more with each
//! that it takes.

use std::time::Duration;

use tokio::time::Instant;

/// Messages without an answer at most: what centres commonly allow.
const WIDEST: usize = 10;
/// The pause after the first refusal, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(16));

/// How much may go out now.
#[derive(Debug)]
pub(super) struct Window {
    width: usize,
    pause: Duration,
    until: Option<Instant>,
}

impl Window {
    pub(super) fn new() -> Self {
        Self { width: WIDEST, pause: PAUSES.0, until: None }
    }

    /// Whether another message may go out while so many are without an answer.
    pub(super) fn has_room(&self, outstanding: usize, now: Instant) -> bool {
        outstanding < self.width && self.until.is_none_or(|until| until <= now)
    }

    /// When the pause ends, if there is one.
    pub(super) fn pause_ends(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    /// The centre took one.
    pub(super) fn taken(&mut self) {
        self.width = (self.width + 1).min(WIDEST);
        self.pause = PAUSES.0;
    }

    /// It was too much. Returns whole seconds to wait.
    pub(super) fn throttled(&mut self, now: Instant) -> i64 {
        // Several that were on their way together are refused together, and count once.
        if self.pause_ends(now).is_none() {
            self.width = (self.width / 2).max(1);
            self.until = Some(now + self.pause);
            self.pause = (self.pause * 2).min(PAUSES.1);
        }
        let left = self.until.map_or(PAUSES.0, |until| until - now);
        i64::try_from(left.as_secs()).unwrap_or(1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_window_halves_pauses_and_opens_again() {
        let mut window = Window::new();
        let start = Instant::now();
        assert!(window.has_room(9, start) && !window.has_room(10, start));
        assert_eq!((window.throttled(start), window.throttled(start)), (1, 1), "together they count once");
        assert!(!window.has_room(0, start));
        let later = start + Duration::from_secs(1);
        assert!(window.has_room(4, later) && !window.has_room(5, later));
        assert_eq!(window.throttled(later), 2);
        let later = later + Duration::from_secs(2);
        for _ in 0..20 {
            window.throttled(later);
        }
        assert!(window.has_room(0, later + Duration::from_secs(4)), "one always has room in the end");
        window.taken();
        assert_eq!(
            window.throttled(later + Duration::from_secs(60)),
            1,
            "a message that went out starts anew"
        );
    }
}
