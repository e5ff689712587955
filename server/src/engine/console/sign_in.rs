//! Signing in to the console: a password first, then a sign-in of the console's own application, which the pages of every
//! other sign-in finish. The session begins once, in the browser that was shown those pages, for the operator whose password
//! it was, and only if they answered themselves: no rule of a device answers for an operator.

use countersign_protocol::wire::Outcome;
use subtle::ConstantTimeEq as _;
use url::Url;
use zeroize::Zeroizing;

use super::passkeys::PASSKEY;
use super::{NewSession, Operator, OperatorId};
use crate::engine::oauth::SignInError;
use crate::engine::policy::Factor;
use crate::engine::web::WebClient;
use crate::engine::{ApplicationId, Begin, Engine, Error, Origin, Standing};
use crate::store::console::links::forget_sign_ins;
use crate::store::{SignInRow, StoreError, UserRow};

/// Milliseconds from the password to the session.
const LONGEST: i64 = 15 * 60 * 1000;
/// Characters of what a browser calls itself that go into the question.
const LONGEST_BROWSER: usize = 1024;

/// Somebody who wants to sign in.
pub struct NewSignIn<'a> {
    /// Their address.
    pub email: &'a str,
    /// Their password.
    pub password: &'a str,
    /// Where they go then: an address of the console.
    pub back: String,
    /// The browser and where it is.
    pub origin: Origin,
}

impl std::fmt::Debug for NewSignIn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSignIn").field("back", &self.back).finish_non_exhaustive()
    }
}

impl Engine {
    /// Begins a sign-in with a password. Returns the channel of the sign-in that asks for the second factor.
    ///
    /// # Errors
    /// [`SignInError::WrongPassword`], the same for somebody who is no operator (S27);
    /// [`SignInError::TooManyPasswords`], [`SignInError::Busy`]; [`Error::ProofNeeded`] for somebody who has a passkey and
    /// nothing that goes with a password.
    pub async fn begin_console_sign_in(&self, new: NewSignIn<'_>) -> Result<Zeroizing<String>, SignInError> {
        let home = self.console_home().await?;
        let mut origin = new.origin;
        origin.user_agent = origin.user_agent.map(|text| text.chars().take(LONGEST_BROWSER).collect());
        let caller = self.caller(home.application, origin.address).await?;
        let user = self.check_password(&caller, new.email, new.password).await?;
        let operator = self.store.operator(home.tenant, user.id).await?;
        if operator.is_none_or(|operator| operator.disabled_at.is_some()) {
            return Err(SignInError::WrongPassword);
        }
        if self.has_passkeys_alone(&user).await? {
            return Err(SignInError::Rule(Error::ProofNeeded));
        }
        let id = user.id;
        let begin =
            Begin { user, kind: None, message: None, at_once: None, timeout: None, risk: None, origin };
        let begun = self.begin_transaction(&caller, begin).await?;
        let transaction = self.transaction(&begun.channel).await?.id;
        let now = self.now();
        let row = SignInRow { tenant: home.tenant, transaction, user: id, back: new.back, created_at: now };
        self.store.write(vec![forget_sign_ins(now - LONGEST), row.insert()]).await?;
        Ok(begun.channel)
    }

    /// Finishes it, once the person has answered: a session begins, once. Returns what the browser keeps, and where it
    /// goes.
    ///
    /// # Errors
    /// [`Error::TransactionNotFound`] for one that is no sign-in to the console, was finished before or took too long;
    /// [`Error::OtherBrowser`]; [`Error::NotPending`] when it was not approved; [`Error::ProofNeeded`] when nobody
    /// answered it themselves; [`Error::OperatorNotFound`].
    pub async fn finish_console_sign_in(
        &self,
        channel: &str,
        browser: [u8; 32],
        new: NewSession,
    ) -> Result<(Zeroizing<String>, String), Error> {
        let home = self.console_home().await?;
        let found = self.transaction(channel).await?;
        if found.caller.id() != home.application {
            return Err(Error::TransactionNotFound);
        }
        if !found.browser.is_some_and(|own| bool::from(own.ct_eq(&browser))) {
            return Err(Error::OtherBrowser);
        }
        match found.standing {
            Standing::Approved => {}
            Standing::Open { .. } | Standing::Waiting { .. } => {
                return Err(Error::NotPending(Outcome::Pending));
            }
            Standing::Rejected => return Err(Error::NotPending(Outcome::Denied)),
            Standing::Expired => return Err(Error::NotPending(Outcome::Expired)),
        }
        let row = self.store.console_sign_in(home.tenant, found.id).await?;
        let row = row.filter(|row| row.user == found.user.id && self.now() - row.created_at < LONGEST);
        let row = row.ok_or(Error::TransactionNotFound)?;
        let factor = self.answered_with(&found.question).await?;
        let operator = self.operator(OperatorId(row.user)).await?;
        let begun = self.begin_session(&operator, NewSession { factor, ..new }, vec![row.use_up()]).await;
        match begun {
            Err(Error::Store(StoreError::Unmet(0))) => Err(Error::TransactionNotFound),
            begun => Ok((begun?, row.back)),
        }
    }

    /// With what the person answered, if they did so themselves.
    async fn answered_with(
        &self,
        question: &Option<countersign_protocol::id::ChallengeId>,
    ) -> Result<String, Error> {
        let home = self.console_home().await?;
        let id = question.ok_or(Error::ProofNeeded)?;
        let row = self.store.proving(home.tenant, id).await?.ok_or(Error::ProofNeeded)?;
        let approved = row.state.at(self.now()) == Outcome::Approved && row.responded_at.is_some();
        if approved && row.is_sign_in { Ok(row.kind) } else { Err(Error::ProofNeeded) }
    }

    /// Where the pages of a sign-in send the browser of the console: there, and nowhere else. None for every other
    /// application, whatever it is called.
    pub(in crate::engine) async fn console_web(&self, id: ApplicationId) -> Result<Option<WebClient>, Error> {
        if self.console_home_if_made().await?.is_none_or(|home| home.application != id) {
            return Ok(None);
        }
        let back = Url::parse(&self.console_callback()).map_err(|_| Error::Damaged("public address"))?;
        Ok(Some(WebClient { redirect_uris: vec![back], exact: true, ..WebClient::default() }))
    }

    /// Where that is.
    #[must_use]
    pub fn console_callback(&self) -> String {
        format!("{}/console/signed-in", self.server_id.trim_end_matches('/'))
    }

    /// Begins the session of somebody who has just become an operator, in the browser in which they did.
    ///
    /// # Errors
    /// As [`begin_console_session`](Self::begin_console_session).
    pub async fn begin_first_session(
        &self,
        operator: &Operator,
        new: NewSession,
    ) -> Result<Zeroizing<String>, Error> {
        let (_, factors) = self.factors_of(self.console_home().await?.tenant, &operator.email).await?;
        let own = factors.iter().find(|factor| factor.active && factor.kind != Factor::Recovery);
        let factor = own.map_or(PASSKEY, |factor| factor.kind.as_str()).to_owned();
        self.begin_session(operator, NewSession { factor, ..new }, Vec::new()).await
    }

    /// Whether nothing of somebody's goes with a password, not even a recovery code, and they have a passkey.
    async fn has_passkeys_alone(&self, user: &UserRow) -> Result<bool, Error> {
        let (_, factors) = self.factors_of(user.tenant, &user.user_ref).await?;
        let nothing = factors.iter().all(|factor| !factor.active);
        Ok(nothing && !self.store.passkeys(user.tenant, user.id).await?.is_empty())
    }
}
