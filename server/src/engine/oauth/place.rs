//! Where a sign-in comes from, and what the tenant's access rules say of it.

use crate::engine::policy::{AccessRule, Effect};
use crate::engine::{Caller, Engine, Error, Origin};
use crate::store::UserRow;

/// Where a sign-in through this application comes from, as far as that is known: an application that keeps a secret calls
/// from a machine of its own, any other from the person's. A rule about a place does not fit where nobody knows it.
pub(in crate::engine) fn origin(caller: &Caller) -> Origin {
    let is_theirs = caller.oauth.as_ref().is_some_and(|client| client.public);
    Origin { address: caller.address.filter(|_| is_theirs), ..Origin::default() }
}

impl Engine {
    /// What the access rules say of a login.
    ///
    /// # Errors
    /// [`Error::RefusedByRule`], which is noted.
    pub(in crate::engine) async fn entry(&self, caller: &Caller, user: &UserRow) -> Result<Effect, Error> {
        let origin = origin(caller);
        let (_, country) = self.context(&origin);
        match AccessRule::judge(&caller.policy.access, origin.address, country.as_deref()) {
            Effect::Deny => Err(self.refused_by_rule(caller, user).await?),
            effect => Ok(effect),
        }
    }

    /// That a code is enough there.
    ///
    /// # Errors
    /// [`Error::RefusedByRule`]; [`Error::FactorTooWeak`] where the person must be verified: no code proves biometrics or
    /// a passcode.
    pub(in crate::engine) async fn may_type(&self, caller: &Caller, user: &UserRow) -> Result<(), Error> {
        match self.entry(caller, user).await? {
            Effect::Verify => Err(Error::FactorTooWeak("a code")),
            _ => Ok(()),
        }
    }
}
