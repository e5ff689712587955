//! An operator's own account: their password, their browsers and their recovery codes; their app and phones are `factors`'.
//! Whoever sits down at a browser that was left open must not be able to take the account over (S49): the password is asked
//! for, or a sign-in of a moment ago.

use std::net::IpAddr;

use countersign_protocol::id::to_base32;
use zeroize::Zeroizing;

use super::{ConsoleSession, NewSession};
use crate::engine::oauth::SignInError;
use crate::engine::{Engine, Error, is_fresh};
use crate::store::console::sessions;

/// Milliseconds for which a sign-in is fresh.
const FRESH: i64 = 10 * 60 * 1000;

impl Engine {
    /// Whether whoever sits there has signed in a moment ago.
    #[must_use]
    pub fn is_fresh_session(&self, session: &ConsoleSession) -> bool {
        is_fresh(session.began_at(), self.now(), FRESH)
    }

    /// Gives an operator another password. All their sessions end, and a new one begins in this browser; returns what it
    /// keeps.
    ///
    /// # Errors
    /// As [`check_password`](Self::check_password) for the old one; [`Error::Invalid`] for a new one that cannot be.
    pub async fn change_own_password(
        &self,
        session: &ConsoleSession,
        (old, new): (&str, &str),
        browser: NewSession,
    ) -> Result<Zeroizing<String>, SignInError> {
        let home = self.console_home().await?;
        let operator = &session.operator;
        let caller = self.caller(home.application, browser.address).await?;
        let user = self.check_password(&caller, &operator.email, old).await?;
        if user.id != operator.id.0 {
            return Err(SignInError::WrongPassword);
        }
        let by = operator.at(browser.address);
        self.set_password(home.tenant, &user.user_ref, new, &by).await?;
        let browser = NewSession { factor: session.factor().to_owned(), ..browser };
        let ended = vec![sessions::end_all(home.tenant, user.id)];
        // Whoever knows the password has shown no factor, so the sign-in is as old as it was.
        Ok(self.begin_session_as_of(session.began_at(), operator, browser, ended).await?)
    }

    /// New recovery codes in place of the old ones, for whoever has signed in a moment ago. They are told here and never
    /// again.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`]; [`Error::Busy`].
    pub async fn own_recovery_codes(
        &self,
        session: &ConsoleSession,
        address: Option<IpAddr>,
    ) -> Result<Vec<Zeroizing<String>>, Error> {
        self.freshly(session).await?;
        self.operator_recovery_codes(&session.operator, address).await
    }

    /// Gives an operator another name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is none.
    pub async fn rename_operator(
        &self,
        session: &ConsoleSession,
        name: &str,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let home = self.console_home().await?;
        let operator = &session.operator;
        let by = operator.at(address);
        let name = crate::engine::directory::tenants::display_name("name", name)?;
        let mut user =
            self.store.user_by_id(home.tenant, operator.id.0).await?.ok_or(Error::OperatorNotFound)?;
        user.display_name = Some(name);
        let event = self.event(home.tenant, "user.updated", &by, &to_base32(user.id))?;
        Ok(self.store.write(vec![user.update_contact(), event]).await?)
    }
}
