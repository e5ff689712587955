//! What people do to their own factors with a token of theirs, and administrators to those of others, in dialects that
//! know an authenticator app and one address.

use std::fmt;
use std::net::IpAddr;

use countersign_protocol::id::to_base32;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::audit::Actor;
use crate::engine::directory::users::check_email;
use crate::engine::oauth::{Bearer, SignInError};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, ListedFactor, NewContact, Proof, Whom, Word};
use crate::store::UserRow;

/// The role of those who may reset the factors of others in their tenant.
pub const ADMINISTRATOR: &str = "ROLE_ADMIN_CUSTOMER";

/// Somebody who may change the factors of others in their tenant. Made by nothing but [`Engine::administrator`].
#[derive(Debug, Clone, Copy)]
pub struct Administrator<'a> {
    caller: &'a Caller,
    user: Uuid,
}

impl<'a> Administrator<'a> {
    /// The application through which they act.
    #[must_use]
    pub fn caller(&self) -> &'a Caller {
        self.caller
    }
}

impl fmt::Display for Administrator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} usr_{}", self.caller.id(), to_base32(self.user))
    }
}

impl Actor for Administrator<'_> {
    fn address(&self) -> Option<IpAddr> {
        self.caller.address
    }
}

impl Engine {
    /// What a person has, and whether they may change it with what they have shown.
    async fn own_factors(
        &self,
        caller: &Caller,
        proof: Option<&Proof>,
        user: &UserRow,
    ) -> Result<(Vec<ListedFactor>, Result<(), Error>), Error> {
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        let may = Word::User(caller, proof).may_change(user, &all, self.now());
        Ok((all, may))
    }

    /// Sends a code to a person's own address, the one that the tenant gave; the address counts once
    /// [`confirm_own_factor`](Self::confirm_own_factor) takes it. While a code is on its way, the same one is sent anew.
    ///
    /// # Errors
    /// [`Error::Invalid`] when no address is known; [`Error::FactorExists`] when it counts; [`Error::ProofNeeded`],
    /// [`Error::FactorNotAllowed`]; whatever stands against sending ([`Engine::ask_code`],
    /// [`Engine::resend_session_code`]).
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn enrol_own_email(
        &self,
        caller: &Caller,
        proof: Option<&Proof>,
        user: &UserRow,
    ) -> Result<(), Error> {
        let none = "no e-mail address is known for you; an administrator adds one";
        let to = user.email.clone().ok_or_else(|| Error::Invalid(none.to_owned()))?;
        let to = check_email(&to)?;
        let rows = self.store.factors(user.tenant, user.id).await?;
        let own = |contact: &crate::store::ContactRow| contact.value.eq_ignore_ascii_case(&to);
        let mails = rows.iter().filter(|row| row.kind == Factor::Email.as_str());
        let same = mails.filter(|row| row.contact.as_ref().is_some_and(own)).max_by_key(|row| row.active_at);
        if same.is_some_and(|row| row.active_at.is_some()) {
            return Err(Error::FactorExists);
        }
        let (all, may) = self.own_factors(caller, proof, user).await?;
        may?;
        // One that was to be the first is given anew, at the present word, once the person has something else.
        let outdated = all.iter().any(|factor| factor.active);
        if let Some(row) = same.filter(|row| !(row.is_first && outdated)) {
            let (since, now) = (Self::oldest_pending(self.now()), self.now());
            if let Some(waiting) = self.store.binding_challenge(user, row.id, since, now).await? {
                return self.resend_session_code(caller, waiting, None).await.map(drop);
            }
        }
        let new = NewContact { kind: Factor::Email, to, language: None };
        self.enrol_own_contact(caller, proof, &user.user_ref, &new).await.map(drop)
    }

    /// Takes the first code of the factor of this kind that a person waits to have. Like giving it, this needs what
    /// changes need: whoever began with the password alone may not go on once the person has something.
    ///
    /// # Errors
    /// [`Error::NoSuchFactor`] when none waits; [`Error::ProofNeeded`], [`Error::FactorNotAllowed`]; as
    /// [`Engine::confirm_factor`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn confirm_own_factor(
        &self,
        caller: &Caller,
        proof: Option<&Proof>,
        user: &UserRow,
        kind: Factor,
        code: &str,
    ) -> Result<(), Error> {
        let (all, may) = self.own_factors(caller, proof, user).await?;
        let waiting = all.iter().rfind(|factor| factor.kind == kind && !factor.active);
        let waiting = waiting.ok_or(Error::NoSuchFactor)?;
        may?;
        Word::User(caller, proof).allows(kind)?;
        self.confirm_factor(caller, &user.user_ref, waiting.id, code).await
    }

    /// Takes a person's authenticator app away at their own word.
    ///
    /// # Errors
    /// [`Error::NoSuchFactor`] when they have none; [`Error::ProofNeeded`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn reset_own_totp(
        &self,
        caller: &Caller,
        proof: Option<&Proof>,
        user: &UserRow,
    ) -> Result<(), Error> {
        match self.reset_factors(Word::User(caller, proof), &user.user_ref, Some(Factor::Totp)).await? {
            0 => Err(Error::NoSuchFactor),
            _ => Ok(()),
        }
    }

    /// Takes a code of somebody who is known to be there, and who has an authenticator app to reset.
    ///
    /// # Errors
    /// [`Error::NoSuchFactor`] when they have none, and the code is not looked at; as [`Engine::prove_code`].
    pub async fn prove_for_reset(
        &self,
        caller: &Caller,
        user: &UserRow,
        (kind, code): (Factor, &str),
    ) -> Result<Proof, Error> {
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        if !all.iter().any(|factor| factor.active && factor.kind == Factor::Totp) {
            return Err(Error::NoSuchFactor);
        }
        self.prove_code(caller, &Whom::Id(user.id), kind, code).await
    }

    /// The same of somebody of whom only the name was said. None is all that is told of a wrong code, of a name that
    /// nobody has, of a person without such a factor, and of a locked one (S27).
    ///
    /// # Errors
    /// What holds for everyone alike: [`Error::FactorNotAllowed`], [`Error::FactorTooWeak`], [`Error::Invalid`].
    pub async fn prove_by_name(
        &self,
        caller: &Caller,
        name: &str,
        (kind, code): (Factor, &str),
    ) -> Result<Option<(UserRow, Proof)>, Error> {
        let tenant = caller.application.tenant;
        caller.policy.allowed_at(None, kind)?;
        let refused = match self.person_named(tenant, name).await? {
            None => Error::UserNotFound,
            Some(user) => match self.prove_for_reset(caller, &user, (kind, code)).await {
                Ok(proof) => return Ok(Some((user, proof))),
                Err(refused) => refused,
            },
        };
        match refused {
            Error::WrongFactorCode { .. } => Ok(None),
            // The same work as for a code that was looked at.
            Error::UserNotFound | Error::NoSuchFactor | Error::NoFactor(_) | Error::Locked(_) => {
                if kind == Factor::Recovery {
                    self.hasher.hash(vec![(Zeroizing::new(code.to_owned()), [0; 16])]).await?;
                }
                let event = self.event_with(
                    tenant,
                    "factor.code_refused",
                    &caller.actor(),
                    &"nobody",
                    kind.as_str(),
                )?;
                self.store.write(vec![event]).await?;
                Ok(None)
            }
            other => Err(other),
        }
    }

    /// That somebody may change the factors of others: they have the role as this is asked, and have shown themselves as
    /// they would have to for a change of their own.
    ///
    /// # Errors
    /// [`SignInError::RoleMissing`], [`Error::ProofNeeded`].
    pub async fn administrator<'a>(&self, bearer: &'a Bearer) -> Result<Administrator<'a>, SignInError> {
        bearer.has_role(ADMINISTRATOR)?;
        self.own_factors(&bearer.caller, bearer.proof().as_ref(), &bearer.user).await?.1?;
        Ok(Administrator { caller: &bearer.caller, user: bearer.user.id })
    }

    /// Takes somebody's authenticator app away at an administrator's word. That they have none is no error.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], also for another tenant's people.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn reset_totp_of(&self, by: &Administrator<'_>, name: &str) -> Result<(), Error> {
        let tenant = by.caller().application.tenant;
        let user = self.person_named(tenant, name).await?.ok_or(Error::UserNotFound)?;
        self.reset_factors(Word::Administrator(by), &user.user_ref, Some(Factor::Totp)).await.map(drop)
    }
}
