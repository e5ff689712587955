//! Locks as an operator sees and clears them (S30).

use countersign_protocol::id::{TenantId, to_base32};

use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::{Counter, counters, passwords};

/// A person with what was counted against them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLocks {
    /// The person.
    pub user_ref: String,
    /// By factor: `push` counts wrong numbers, `push_denied` refusals, `totp` wrong codes, `password` wrong passwords.
    pub counters: Vec<(String, Counter)>,
}

impl Engine {
    /// What was counted against a user.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn locks_of(&self, tenant: TenantId, user_ref: &str) -> Result<UserLocks, Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let mut counters = self.store.counters(tenant, user.id).await?;
        let tries = self.store.password_tries(tenant, &self.name_subject(tenant, user_ref)).await?;
        if tries.failures > 0 {
            let cool_until = Some(tries.rest_until).filter(|until| *until > self.now());
            let counter = Counter { failures: tries.failures, cool_until, locked_at: None };
            counters.push(("password".to_owned(), counter));
        }
        Ok(UserLocks { user_ref: user.user_ref, counters })
    }

    /// Clears every lock, count and cool-down of a user.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn unlock_user(&self, tenant: TenantId, user_ref: &str, by: &dyn Actor) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let event = self.event(tenant, "user.unlocked", by, &to_base32(user.id))?;
        let passwords = passwords::forget(tenant, self.name_subject(tenant, user_ref));
        Ok(self.store.write(vec![counters::unlock_all(tenant, user.id), passwords, event]).await?)
    }
}
