//! Access tokens that come back: whose they are, what they allow, and how their owner had signed in.

use std::net::IpAddr;
use std::sync::Arc;

use crate::engine::oauth::SignInError;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, Proof};
use crate::store::UserRow;

/// For which of our own APIs a token must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The one where factors are listed and changed in Auth0's words: `https://HOST/mfa/`.
    Mfa,
    /// The tenant's own, for which tokens are when nothing else was asked for: `https://HOST/`.
    Own,
}

/// An access token that holds, and what it stands for. Person and roles are read when it comes, not when it was given.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The application that it was given to.
    pub caller: Arc<Caller>,
    /// Whose it is.
    pub user: UserRow,
    /// What it allows.
    pub scopes: Vec<String>,
    /// What its owner may do.
    pub roles: Vec<String>,
    /// When its owner signed in, milliseconds since 1970.
    pub authenticated_at: i64,
    /// With which second factor; none: with the password alone.
    pub by: Option<Factor>,
}

impl Bearer {
    /// That it allows this.
    ///
    /// # Errors
    /// [`SignInError::InsufficientScope`].
    pub fn allows(&self, scope: &'static str) -> Result<(), SignInError> {
        if self.scopes.iter().any(|held| held == scope) {
            Ok(())
        } else {
            Err(SignInError::InsufficientScope(scope))
        }
    }

    /// That its owner has this role.
    ///
    /// # Errors
    /// [`SignInError::RoleMissing`].
    pub fn has_role(&self, role: &'static str) -> Result<(), SignInError> {
        if self.roles.iter().any(|held| held == role) { Ok(()) } else { Err(SignInError::RoleMissing(role)) }
    }

    /// What its owner has shown besides the password. Whether that is enough, and fresh, is seen when factors change.
    #[must_use]
    pub fn proof(&self) -> Option<Proof> {
        Some(Proof::new(&self.user, self.by?, self.authenticated_at))
    }
}

impl Engine {
    /// What an access token stands for.
    ///
    /// # Errors
    /// [`SignInError::BearerInvalid`], [`SignInError::BearerExpired`].
    pub async fn bearer(
        &self,
        token: &str,
        audience: Audience,
        address: Option<IpAddr>,
    ) -> Result<Bearer, SignInError> {
        let _ = (token, audience, address);
        Err(SignInError::Rule(Error::Closing))
    }
}
