//! Why somebody is not signed in, or a token is not taken.

use crate::engine::Error;

/// A refusal. Dialects have their own words for each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No such person, or not their password: nobody is told which (S27).
    #[error("the name or the password is wrong")]
    WrongPassword,
    /// Too many wrong passwords for this name, or from this address.
    #[error("too many wrong passwords; wait {retry_after} s")]
    TooManyPasswords {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// As many logins were begun for the person as a minute may have.
    #[error("too many logins were begun for this person; wait {retry_after} s, and complete one of them")]
    TooManyLogins {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// More passwords wait to be checked than may.
    #[error("the server has too many passwords to check; try again in {retry_after} s")]
    Busy {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// The application is no OAuth client of this flavour.
    #[error("this application is no OAuth client; the operator makes it one with `application oauth`")]
    NoClient,
    /// The application may not use this grant.
    #[error("this application may not use the grant {0}; the operator allows it with `application oauth`")]
    GrantNotAllowed(String),
    /// The application may not ask tokens for this API.
    #[error(
        "this application may not ask for tokens for {0}; the operator allows it with `application oauth`"
    )]
    AudienceUnknown(String),
    /// The tenant has no host name to issue tokens under.
    #[error("the tenant issues no tokens yet; the operator gives it a host name with `tenant issuer`")]
    NoIssuer,
    /// The access token is none of ours, or not for this API.
    #[error("the access token is not valid here; sign in again")]
    BearerInvalid,
    /// The access token has ended.
    #[error("the access token has expired; sign in again")]
    BearerExpired,
    /// The access token does not allow this.
    #[error("the access token does not have the scope {0}; ask for one that has")]
    InsufficientScope(&'static str),
    /// The person has not this role.
    #[error("only somebody with the role {0} may do this")]
    RoleMissing(&'static str),
    /// The token of a pending login is none of ours.
    #[error("the login is not known here; begin again with the password")]
    LoginMalformed,
    /// The login took too long.
    #[error("the login has expired; begin again with the password")]
    LoginExpired,
    /// The login has turned into tokens already.
    #[error("the login was completed already; begin again with the password")]
    LoginUsed,
    /// The login was begun by another application.
    #[error("the login was begun by another application")]
    LoginOfAnother,
    /// The code that names a question is none of ours.
    #[error("the question is not known here; ask again")]
    OobMalformed,
    /// The question took too long.
    #[error("the question has expired; ask again")]
    OobExpired,
    /// The question belongs to another login.
    #[error("the question belongs to another login")]
    OobOfAnother,
    /// The person has a factor, which must be used before another one is added.
    #[error("the person has a factor already; sign in with it to add another one")]
    AlreadyEnrolled,
    /// The refresh token is none of ours, has ended, or was used before; in the last case all of its family have ended.
    #[error("the refresh token is not valid; sign in again")]
    RefreshInvalid,
    /// A rule said no.
    #[error(transparent)]
    Rule(#[from] Error),
}

impl From<crate::store::StoreError> for SignInError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Rule(error.into())
    }
}
