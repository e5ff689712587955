//! Locks as an operator sees and clears them (S30).

use countersign_protocol::id::{TenantId, to_base32};

use crate::engine::{Engine, Error};
use crate::store::{Counter, counters};

/// A person with what was counted against them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLocks {
    /// The person.
    pub user_ref: String,
    /// By factor: `push` counts wrong numbers, `push_denied` refusals, `totp` wrong codes.
    pub counters: Vec<(String, Counter)>,
}

impl Engine {
    /// What was counted against a user.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn locks_of(&self, tenant: TenantId, user_ref: &str) -> Result<UserLocks, Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        Ok(UserLocks { user_ref: user.user_ref, counters: self.store.counters(tenant, user.id).await? })
    }

    /// Clears every lock, count and cool-down of a user.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn unlock_user(&self, tenant: TenantId, user_ref: &str) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let event = self.event(tenant, "user.unlocked", &"operator", &to_base32(user.id))?;
        Ok(self.store.write(vec![counters::unlock_all(tenant, user.id), event]).await?)
    }
}
