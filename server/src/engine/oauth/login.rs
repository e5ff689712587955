//! Logins that have begun: the password was right, the second factor is still to come. The token that stands for one
//! proves the password and nothing else.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::oauth::SignInError;
use crate::engine::{Caller, Engine, Error};
use crate::store::UserRow;

/// What the token of a login looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenForm {
    /// `mfa_`, the tenant's 26 characters, and 43 more: it carries its tenant.
    Mfa,
    /// A UUID, as Reltio's clients may expect.
    State,
}

/// What a login is for.
#[derive(Debug, Clone)]
pub struct LoginTerms {
    /// The scopes that were asked for, with spaces between.
    pub scope: String,
    /// The API that was asked for.
    pub audience: Option<String>,
    /// What its token looks like.
    pub form: TokenForm,
    /// What was asked of the person right away.
    pub challenge: Option<ChallengeId>,
}

/// A login that has begun.
#[derive(Clone)]
pub struct Began {
    /// Its token. It is told here and never again.
    pub token: Zeroizing<String>,
    /// Seconds that it is good for: 600.
    pub expires_in: i64,
}

impl fmt::Debug for Began {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Began").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// A login that waits for its second factor.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: Uuid,
    /// Who signs in.
    pub user: UserRow,
    /// The scopes that were asked for.
    pub scope: String,
    /// The API that was asked for.
    pub audience: Option<String>,
    /// What was asked when it began.
    pub challenge: Option<ChallengeId>,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

impl Engine {
    /// Begins a login: the password was right.
    ///
    /// # Errors
    /// [`SignInError::Rule`].
    pub async fn begin_login(
        &self,
        caller: &Caller,
        user: &UserRow,
        terms: LoginTerms,
    ) -> Result<Began, SignInError> {
        let _ = (caller, user, terms);
        Err(SignInError::Rule(Error::Closing))
    }

    /// The login that a token stands for, begun by this application.
    ///
    /// # Errors
    /// [`SignInError::LoginMalformed`], [`SignInError::LoginExpired`], [`SignInError::LoginUsed`],
    /// [`SignInError::LoginOfAnother`].
    pub async fn login(&self, caller: &Caller, token: &str) -> Result<Login, SignInError> {
        let _ = (caller, token);
        Err(SignInError::Rule(Error::Closing))
    }

    /// The same for a request that shows nothing but the token, and the application that it was given to.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub async fn login_alone(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<(Arc<Caller>, Login), SignInError> {
        let _ = (token, address);
        Err(SignInError::Rule(Error::Closing))
    }
}
