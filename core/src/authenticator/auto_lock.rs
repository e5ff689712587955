//! The vault locks itself: after a time without a touch, and when the app is left. The times are the person's settings.

use std::sync::atomic::{AtomicI64, Ordering};

use super::{Authenticator, AuthenticatorError};
use crate::host::Clock;

/// Whether the vault is open, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoLock {
    /// It is locked.
    Locked,
    /// It is open.
    Open {
        /// Seconds until it locks unless somebody touches the app; none when it never does by itself.
        seconds_left: Option<u64>,
    },
}

/// When somebody last touched the app.
#[derive(Debug)]
pub(super) struct LastTouch(AtomicI64);

impl LastTouch {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self(AtomicI64::new(clock.unix_ms()))
    }
}

impl Authenticator {
    /// The person has touched the app: the time without a touch begins anew.
    pub fn touched(&self) {
        self.inner.touched.0.store(self.inner.clock.unix_ms(), Ordering::Relaxed);
    }

    /// Locks the vault if nobody has touched the app for as long as the settings say. To be called every few seconds, and
    /// when the app comes to the front.
    ///
    /// The device's clock is asked, since others stand still while the device sleeps. One that was set, in whichever
    /// direction, may lock early, never late.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn lock_if_idle(&self) -> Result<AutoLock, AuthenticatorError> {
        if self.inner.vault.is_locked() {
            return Ok(AutoLock::Locked);
        }
        let allowed = u64::from(self.settings()?.lock.idle_seconds);
        if allowed == 0 {
            return Ok(AutoLock::Open { seconds_left: None });
        }
        let touched = self.inner.touched.0.load(Ordering::Relaxed);
        let idle = self.inner.clock.unix_ms().abs_diff(touched) / 1000;
        if idle >= allowed {
            self.lock();
            return Ok(AutoLock::Locked);
        }
        Ok(AutoLock::Open { seconds_left: Some(allowed.saturating_sub(idle)) })
    }

    /// The app is not in front any more, or the device locks: locks the vault if the settings say so. True when it is
    /// locked now.
    ///
    /// # Errors
    /// As [`Authenticator::lock_if_idle`].
    pub fn left_the_front(&self) -> Result<bool, AuthenticatorError> {
        if !self.inner.vault.is_locked() && self.settings()?.lock.in_background {
            self.lock();
        }
        Ok(self.inner.vault.is_locked())
    }
}
