//! Access tokens that come back: whose they are, what they allow, and how their owner had signed in.

use std::net::IpAddr;
use std::sync::Arc;

use super::claims::{AccessClaims, user_of};
use super::jwt::{Kind, Unverified};
use crate::engine::oauth::SignInError;
use crate::engine::policy::Factor;
use crate::engine::{ApplicationId, Caller, Engine, Error, Proof};
use crate::store::UserRow;

/// Seconds that the clock of the server that signed may be ahead of this one's.
const AHEAD: i64 = 60;

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
        let claims = self.access_claims(token, audience).await?;
        let invalid = || SignInError::BearerInvalid;
        let user = user_of(&claims.sub).ok_or_else(invalid)?;
        let authenticated_at = claims.auth_time.ok_or_else(invalid)?.checked_mul(1000).ok_or_else(invalid)?;
        let by = claims.cs_factor.as_deref().map(|word| Factor::from_word(word).ok_or_else(invalid));
        let by = by.transpose()?;
        let caller = match self.caller(client(&claims)?, address).await {
            Err(Error::Unauthorized) => Err(SignInError::BearerInvalid),
            other => Ok(other?),
        }?;
        // Whoever is no OAuth client any more has no tokens any more.
        if caller.oauth.is_none() {
            return Err(SignInError::BearerInvalid);
        }
        let tenant = caller.application.tenant;
        let user = self.store.user_by_id(tenant, user).await?.ok_or_else(invalid)?;
        let roles = self.store.roles(tenant, user.id).await?;
        let scopes = claims.scope.split(' ').map(str::to_owned).collect();
        Ok(Bearer { caller, user, scopes, roles, authenticated_at, by })
    }

    /// What an access token says, when its tenant has signed it for this API and it has not ended.
    async fn access_claims(&self, token: &str, audience: Audience) -> Result<AccessClaims, SignInError> {
        let invalid = || SignInError::BearerInvalid;
        let unverified = Unverified::read(token).ok_or_else(invalid)?;
        let id = unverified.key;
        let keys = self.token_keys_with(id).await?;
        let key = keys.named(id, self.now()).ok_or_else(invalid)?;
        let claims: AccessClaims = unverified.verify(key, Kind::Access).ok_or_else(invalid)?;
        let issuer = match self.issuer_of(id.tenant).await {
            Err(SignInError::NoIssuer) => return Err(SignInError::BearerInvalid),
            other => other?,
        };
        let wanted = match audience {
            Audience::Mfa => issuer.mfa_audience(),
            Audience::Own => issuer.url.clone(),
        };
        let now = self.now() / 1000;
        let fits = claims.iss == issuer.url
            && claims.aud == wanted
            && client(&claims)?.tenant == id.tenant
            && claims.iat <= now + AHEAD;
        if !fits {
            return Err(SignInError::BearerInvalid);
        }
        if claims.exp <= now {
            return Err(SignInError::BearerExpired);
        }
        Ok(claims)
    }
}

/// The application that a token was given to.
fn client(claims: &AccessClaims) -> Result<ApplicationId, SignInError> {
    let id = claims.client_id.parse().map_err(|_| SignInError::BearerInvalid)?;
    if claims.azp == claims.client_id { Ok(id) } else { Err(SignInError::BearerInvalid) }
}

#[cfg(test)]
#[path = "bearer_tests.rs"]
mod tests;
