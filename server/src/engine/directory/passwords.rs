//! Passwords: kept as Argon2id, checked by as many as may be at once, and counted apart from codes (S26).

use countersign_protocol::id::TenantId;

use crate::engine::audit::Actor;
use crate::engine::oauth::SignInError;
use crate::engine::{Caller, Engine, Error};
use crate::store::UserRow;

impl Engine {
    /// Gives a person a password, in place of the one that they have. All their refresh tokens end.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::Invalid`] for one with fewer than 8 or more than 256 characters.
    pub async fn set_password(
        &self,
        tenant: TenantId,
        user_ref: &str,
        password: &str,
        actor: &dyn Actor,
    ) -> Result<(), Error> {
        let _ = (tenant, user_ref, password, actor);
        Err(Error::Closing)
    }

    /// The person with this name and password. An unknown name costs the same work as a wrong password, and is counted
    /// the same (S27).
    ///
    /// # Errors
    /// [`SignInError::WrongPassword`], [`SignInError::TooManyPasswords`], [`SignInError::Busy`].
    pub async fn check_password(
        &self,
        caller: &Caller,
        username: &str,
        password: &str,
    ) -> Result<UserRow, SignInError> {
        let _ = (caller, username, password);
        Err(SignInError::Rule(Error::Closing))
    }
}
