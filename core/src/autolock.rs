//! When the vault locks itself: a rule over touches and times, without a clock or a timer of its own.
//!
//! A shell says when the person did something, when the app left the front, and asks every few seconds. Locking is
//! [`crate::authenticator`]'s; how long is [`crate::settings::LockAfter`].

use crate::settings::LockAfter;

/// A clock that is set back by more than this, in milliseconds, locks: time that cannot be told may have passed.
const SET_BACK_MS: i64 = 60_000;

/// The last sign of the person.
#[derive(Debug, Clone, Copy)]
pub struct AutoLock {
    touched_ms: i64,
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockVerdict {
    /// The vault stays open; for so many whole seconds if nobody touches it, `None` for ever.
    Open {
        /// Seconds that are left.
        seconds_left: Option<u32>,
    },
    /// The vault is to be locked now.
    Lock,
}

impl AutoLock {
    /// The vault was unlocked at `now_ms`, in milliseconds since 1970 like all times here.
    #[must_use]
    pub const fn unlocked(now_ms: i64) -> Self {
        Self { touched_ms: now_ms }
    }

    /// The person did something. Ask [`AutoLock::verdict`] first: a touch after the time is up does not count.
    pub const fn touch(&mut self, now_ms: i64) {
        self.touched_ms = now_ms;
    }

    /// Whether the time is up.
    #[must_use]
    pub fn verdict(&self, after: LockAfter, now_ms: i64) -> LockVerdict {
        if after.idle_seconds == 0 {
            return LockVerdict::Open { seconds_left: None };
        }
        let idle_ms = now_ms.saturating_sub(self.touched_ms);
        let left_ms = i64::from(after.idle_seconds) * 1000 - idle_ms.max(0);
        if idle_ms < -SET_BACK_MS || left_ms <= 0 {
            return LockVerdict::Lock;
        }
        LockVerdict::Open { seconds_left: u32::try_from(left_ms / 1000).ok() }
    }

    /// What follows when the app is no longer in front, or the device locks.
    #[must_use]
    pub fn in_background(&self, after: LockAfter, now_ms: i64) -> LockVerdict {
        if after.in_background { LockVerdict::Lock } else { self.verdict(after, now_ms) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: LockAfter = LockAfter { idle_seconds: 300, in_background: true };

    fn left(verdict: LockVerdict) -> Option<u32> {
        match verdict {
            LockVerdict::Open { seconds_left } => seconds_left,
            LockVerdict::Lock => Some(0),
        }
    }

    #[test]
    fn p9_the_vault_locks_after_so_long_without_a_touch() {
        let mut lock = AutoLock::unlocked(1_000_000);
        assert_eq!(left(lock.verdict(AFTER, 1_000_000)), Some(300));
        assert_eq!(left(lock.verdict(AFTER, 1_299_000)), Some(1));
        assert_eq!(lock.verdict(AFTER, 1_300_000), LockVerdict::Lock);
        // A device that slept for a day.
        assert_eq!(lock.verdict(AFTER, 87_000_000), LockVerdict::Lock);
        lock.touch(1_299_999);
        assert_eq!(left(lock.verdict(AFTER, 1_300_000)), Some(299));
    }

    #[test]
    fn p9_a_clock_that_was_set_back_does_not_keep_it_open() {
        let lock = AutoLock::unlocked(1_000_000);
        assert_eq!(left(lock.verdict(AFTER, 999_000)), Some(300), "a small correction");
        assert_eq!(lock.verdict(AFTER, 1_000_000 - SET_BACK_MS - 1), LockVerdict::Lock);
        assert_eq!(lock.verdict(AFTER, i64::MIN), LockVerdict::Lock);
    }

    #[test]
    fn the_person_may_choose_otherwise() {
        let lock = AutoLock::unlocked(0);
        let never = LockAfter { idle_seconds: 0, in_background: false };
        assert_eq!(lock.verdict(never, i64::MAX), LockVerdict::Open { seconds_left: None });
        assert_eq!(lock.in_background(never, 5), LockVerdict::Open { seconds_left: None });
        assert_eq!(lock.in_background(AFTER, 5), LockVerdict::Lock);
    }
}
