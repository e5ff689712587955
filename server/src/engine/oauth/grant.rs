//! Giving tokens: to a person who has shown a password and whatever else was asked, or to an application for itself.

use std::fmt;

use zeroize::Zeroizing;

use crate::engine::oauth::{Login, SignInError};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::{Statement, UserRow};

/// What a person is given tokens for.
#[derive(Debug)]
pub struct Granting<'a> {
    /// Whom.
    pub user: &'a UserRow,
    /// The scopes that were asked for, with spaces between.
    pub scope: &'a str,
    /// The API that was asked for; none: the tenant's own.
    pub audience: Option<&'a str>,
    /// The second factor that they have just shown, if any.
    pub by: Option<Factor>,
    /// The login that turns into tokens by this. It is used up.
    pub login: Option<&'a Login>,
    /// What else takes effect with it. Nothing does when the login was used before.
    pub with: Vec<Statement>,
}

/// Tokens that were given.
#[derive(Clone)]
pub struct Tokens {
    /// A signed JWT (RFC 9068).
    pub access_token: Zeroizing<String>,
    /// Seconds that it is good for.
    pub expires_in: i64,
    /// The scopes that were granted, with spaces between.
    pub scope: String,
    /// Who the person is, for the application; when `openid` was asked for.
    pub id_token: Option<Zeroizing<String>>,
    /// For the next access token; when `offline_access` was asked for, and always for Reltio's clients.
    pub refresh_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl Engine {
    /// That the application may ask for tokens for this API. To be asked before anybody is bothered with a factor.
    ///
    /// # Errors
    /// [`SignInError::AudienceUnknown`], [`SignInError::NoIssuer`], [`SignInError::NoClient`].
    pub async fn may_ask_for(&self, caller: &Caller, audience: Option<&str>) -> Result<(), SignInError> {
        let _ = (caller, audience);
        Err(SignInError::Rule(Error::Closing))
    }

    /// Gives a person tokens, and uses the login up in the same batch.
    ///
    /// # Errors
    /// [`SignInError::LoginUsed`], [`SignInError::AudienceUnknown`], [`SignInError::NoIssuer`].
    pub async fn grant(&self, caller: &Caller, granting: Granting<'_>) -> Result<Tokens, SignInError> {
        let _ = (caller, granting);
        Err(SignInError::Rule(Error::Closing))
    }

    /// Gives an application a token of its own (client credentials).
    ///
    /// # Errors
    /// As [`grant`](Self::grant).
    pub async fn grant_to_application(
        &self,
        caller: &Caller,
        scope: &str,
        audience: Option<&str>,
    ) -> Result<Tokens, SignInError> {
        let _ = (caller, scope, audience);
        Err(SignInError::Rule(Error::Closing))
    }
}
