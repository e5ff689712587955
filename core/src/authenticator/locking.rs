//! Locking by itself. A shell calls [`Authenticator::touch`] when the person does something, [`Authenticator::tick`] every
//! few seconds, and [`Authenticator::in_background`] when the app leaves the front or the device locks. The rule is
//! [`crate::autolock`]'s.

use std::sync::{MutexGuard, PoisonError};

use super::{Authenticator, AuthenticatorError};
use crate::autolock::{AutoLock, LockVerdict};

impl Authenticator {
    /// Locks if the time is up, else begins it anew.
    ///
    /// # Errors
    /// As [`Authenticator::tick`].
    pub fn touch(&self) -> Result<LockVerdict, AuthenticatorError> {
        match self.tick()? {
            LockVerdict::Lock => Ok(LockVerdict::Lock),
            LockVerdict::Open { .. } => {
                self.autolock().touch(self.inner.clock.unix_ms());
                self.tick()
            }
        }
    }

    /// Locks if the time is up. Says how long the vault stays open otherwise.
    ///
    /// # Errors
    /// [`AuthenticatorError::Record`] for settings that this version cannot read; the vault is then locked.
    pub fn tick(&self) -> Result<LockVerdict, AuthenticatorError> {
        self.decide(AutoLock::verdict)
    }

    /// Locks unless the person chose otherwise.
    ///
    /// # Errors
    /// As [`Authenticator::tick`].
    pub fn in_background(&self) -> Result<LockVerdict, AuthenticatorError> {
        self.decide(AutoLock::in_background)
    }

    fn decide(
        &self,
        rule: impl FnOnce(&AutoLock, crate::settings::LockAfter, i64) -> LockVerdict,
    ) -> Result<LockVerdict, AuthenticatorError> {
        if self.inner.vault.is_locked() {
            return Ok(LockVerdict::Lock);
        }
        let settings = self.settings().inspect_err(|_| self.lock())?;
        let verdict = rule(&self.autolock(), settings.lock, self.inner.clock.unix_ms());
        if verdict == LockVerdict::Lock {
            self.lock();
        }
        Ok(verdict)
    }

    fn autolock(&self) -> MutexGuard<'_, AutoLock> {
        // One number: a poisoned one is whole.
        self.inner.autolock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
