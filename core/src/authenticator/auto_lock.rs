//! The vault locks itself: the rule of [`crate::autolock`], asked with this device's clock and the person's settings.
//!
//! It is the clock of the day, since others stand still while the device sleeps.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Authenticator, AuthenticatorError};
use crate::autolock::{AutoLock, LockVerdict};
use crate::settings::LockAfter;

/// When somebody last touched the app.
#[derive(Debug)]
pub(super) struct Touches(Mutex<AutoLock>);

impl Touches {
    pub(super) const fn since(now_ms: i64) -> Self {
        Self(Mutex::new(AutoLock::unlocked(now_ms)))
    }

    fn last(&self) -> MutexGuard<'_, AutoLock> {
        // It is one number: a poisoned one is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Authenticator {
    /// The person has touched the app: the time without a touch begins anew, unless it is over; then the vault locks, as
    /// [`Authenticator::lock_if_idle`] would have done.
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn touched(&self) -> Result<LockVerdict, AuthenticatorError> {
        if let locked @ LockVerdict::Lock = self.lock_if_idle()? {
            return Ok(locked);
        }
        self.inner.touches.last().touch(self.inner.clock.unix_ms());
        self.lock_if_idle()
    }

    /// Locks the vault if nobody has touched the app for as long as the settings say. To be called every few seconds, and
    /// when the app comes to the front. [`LockVerdict::Lock`]: it is locked now.
    ///
    /// # Errors
    /// As [`Authenticator::touched`].
    pub fn lock_if_idle(&self) -> Result<LockVerdict, AuthenticatorError> {
        self.lock_by(AutoLock::verdict)
    }

    /// The app is not in front any more, or the device locks: locks the vault if the settings say so.
    ///
    /// # Errors
    /// As [`Authenticator::touched`].
    pub fn left_the_front(&self) -> Result<LockVerdict, AuthenticatorError> {
        self.lock_by(AutoLock::in_background)
    }

    fn lock_by(
        &self,
        rule: impl Fn(&AutoLock, LockAfter, i64) -> LockVerdict,
    ) -> Result<LockVerdict, AuthenticatorError> {
        if self.inner.vault.is_locked() {
            return Ok(LockVerdict::Lock);
        }
        let after = self.settings()?.lock;
        let verdict = rule(&self.inner.touches.last(), after, self.inner.clock.unix_ms());
        if verdict == LockVerdict::Lock {
            self.lock();
        }
        Ok(verdict)
    }
}
