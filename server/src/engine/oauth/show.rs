//! Showing a second factor while signing in: a one-time password, a recovery code, or the answer to what was asked out of
//! band. What is shown turns into tokens at once, or is used up without.
//!
//! Whoever holds nothing but the token of a login has shown a password. They may use what the person has; a factor that
//! waits for its first code they may make count only while the person has nothing that does. Whoever holds an access token
//! may make factors count that they associated with it, and signs in with nothing here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::oauth::oob::{Oob, OobOf};
use crate::engine::oauth::{Bearer, Login, SignInError};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error, FactorId, Whom, Word};
use crate::store::{Statement, UserRow};

/// Who shows a second factor.
#[derive(Debug, Clone, Copy)]
pub enum Showing<'a> {
    /// Somebody whose password was right, and who signs in.
    Login(&'a Login),
    /// Somebody who has signed in, and gets another factor.
    Holder(&'a Bearer),
}

impl<'a> Showing<'a> {
    /// The person.
    #[must_use]
    pub fn user(&self) -> &'a UserRow {
        match self {
            Self::Login(login) => &login.user,
            Self::Holder(bearer) => &bearer.user,
        }
    }

    pub(in crate::engine) fn of(&self) -> OobOf {
        match self {
            Self::Login(login) => OobOf::Login(login.id),
            Self::Holder(bearer) => OobOf::Person(bearer.user.id),
        }
    }
}

/// A second factor that was shown.
#[derive(Debug)]
pub struct Shown {
    /// Which one; none when a rule of the person's answered for them, which shows nothing of them.
    pub by: Option<Factor>,
    /// What takes effect together with the tokens.
    pub with: Vec<Statement>,
}

/// What became of a question that was asked out of band.
#[derive(Debug)]
pub enum OobAnswer {
    /// It was answered.
    Shown(Shown),
    /// Nobody has answered yet.
    Waiting,
    /// The same, and this was asked before the interval was over.
    TooFast {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// The person refused.
    Rejected,
    /// It is answered with a code, and there was none.
    CodeMissing,
    /// The code was not right.
    WrongCode,
}

impl Engine {
    /// An application by its id alone, for requests whose right comes from a token that was given to it.
    ///
    /// # Errors
    /// [`Error::Unauthorized`]; [`SignInError::NoClient`] for one that is no OAuth client.
    pub async fn named_client(
        &self,
        client_id: &str,
        address: Option<IpAddr>,
    ) -> Result<Arc<Caller>, SignInError> {
        let caller = self.caller(client_id.parse()?, address).await?;
        if caller.oauth.is_none() { Err(SignInError::NoClient) } else { Ok(caller) }
    }

    /// That whoever shows this may make a factor of the person's count.
    ///
    /// # Errors
    /// [`SignInError::AlreadyEnrolled`], [`Error::ProofNeeded`].
    pub async fn may_bind(&self, caller: &Caller, showing: Showing<'_>) -> Result<(), SignInError> {
        let user = showing.user();
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        match showing {
            Showing::Login(_) if all.iter().any(|factor| factor.active) => Err(SignInError::AlreadyEnrolled),
            Showing::Login(_) => Ok(()),
            Showing::Holder(bearer) => {
                let proof = bearer.proof();
                Ok(Word::User(caller, proof.as_ref()).may_change(user, &all, self.now())?)
            }
        }
    }

    /// Takes a one-time password; also the first one of a seed.
    ///
    /// # Errors
    /// [`SignInError::AlreadyEnrolled`], [`Error::ProofNeeded`]; as [`Engine::prove_code`] and
    /// [`Engine::confirm_factor`]; [`SignInError::LoginMalformed`] for an access token whose person has no seed that
    /// waits.
    pub async fn show_totp(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        code: &str,
    ) -> Result<Shown, SignInError> {
        let user = showing.user();
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        let seed = all.iter().find(|factor| factor.kind == Factor::Totp);
        match (showing, seed.filter(|seed| !seed.active)) {
            (_, Some(seed)) => self.bind_totp(caller, showing, seed.id, code).await?,
            (Showing::Holder(_), None) => return Err(SignInError::LoginMalformed),
            (Showing::Login(_), None) => {
                self.may_type(caller, user).await?;
                self.prove_code(caller, &Whom::Id(user.id), Factor::Totp, code).await?;
            }
        }
        Ok(Shown { by: Some(Factor::Totp), with: Vec::new() })
    }

    async fn bind_totp(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        seed: FactorId,
        code: &str,
    ) -> Result<(), SignInError> {
        caller.policy.allowed_at(None, Factor::Totp)?;
        self.may_bind(caller, showing).await?;
        Ok(self.confirm_factor(caller, &showing.user().user_ref, seed, code).await?)
    }

    /// Takes a recovery code. The next one takes its place together with the tokens.
    ///
    /// # Errors
    /// As [`Engine::prove_code`].
    pub async fn show_recovery(
        &self,
        caller: &Caller,
        login: &Login,
        code: &str,
    ) -> Result<(Shown, Zeroizing<String>), SignInError> {
        self.may_type(caller, &login.user).await?;
        self.prove_code(caller, &Whom::Id(login.user.id), Factor::Recovery, code).await?;
        let (next, insert) = self.another_recovery_code(&login.user).await?;
        Ok((Shown { by: Some(Factor::Recovery), with: vec![insert] }, next))
    }

    /// Looks for the answer to what was asked, or takes the code that is one.
    ///
    /// # Errors
    /// [`SignInError::OobMalformed`], [`SignInError::OobOfAnother`]; [`SignInError::OobExpired`] also for a question that
    /// was answered before, or that another one took the place of; [`SignInError::AlreadyEnrolled`],
    /// [`Error::ProofNeeded`], [`Error::Locked`].
    pub async fn show_oob(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        oob_code: &str,
        typed: Option<&str>,
    ) -> Result<OobAnswer, SignInError> {
        match self.read_oob(showing.user().tenant, showing.of(), oob_code)? {
            Oob::Link(hash) => self.taken_up(showing, &hash).await,
            Oob::Push { challenge, prompts: false } => self.approved(caller, showing, challenge).await,
            Oob::Push { prompts: true, .. } | Oob::Sent { .. } if typed.is_none() => {
                Ok(OobAnswer::CodeMissing)
            }
            Oob::Push { challenge, .. } => {
                self.code_shown(caller, challenge, typed.unwrap_or_default()).await
            }
            Oob::Sent { challenge, kind, binds } => {
                if binds {
                    self.may_bind(caller, showing).await?;
                }
                match self.code_sent(caller, challenge, kind, typed.unwrap_or_default()).await {
                    // Another first factor was faster.
                    Err(SignInError::Rule(Error::ProofNeeded)) => Err(SignInError::AlreadyEnrolled),
                    answer => answer,
                }
            }
        }
    }

    fn waiting(&self, question: Uuid) -> OobAnswer {
        match self.polls.note(question, self.now()) {
            Ok(()) => OobAnswer::Waiting,
            Err(retry_after) => OobAnswer::TooFast { retry_after },
        }
    }

    /// A push that the person approves with nothing to type.
    async fn approved(
        &self,
        caller: &Caller,
        showing: Showing<'_>,
        id: ChallengeId,
    ) -> Result<OobAnswer, SignInError> {
        let status = match self.status(caller, id, Duration::ZERO).await {
            Ok(status) if status.challenge.user_id == showing.user().id => status,
            Ok(_) => return Err(SignInError::OobOfAnother),
            Err(Error::ChallengeNotFound) => return Err(SignInError::OobExpired),
            Err(Error::TooFast { retry_after }) => return Ok(OobAnswer::TooFast { retry_after }),
            Err(error) => return Err(error.into()),
        };
        match status.outcome {
            Outcome::Pending => Ok(self.waiting(id.0)),
            Outcome::Approved => Ok(OobAnswer::Shown(self.by_push(caller, id).await?)),
            Outcome::Denied => Ok(OobAnswer::Rejected),
            _ => Err(SignInError::OobExpired),
        }
    }

    /// What an approval shows of the person.
    async fn by_push(&self, caller: &Caller, id: ChallengeId) -> Result<Shown, Error> {
        let by = match self.proof_by_session(caller, id).await {
            Ok(_) => Some(Factor::Push),
            // A rule approved it.
            Err(Error::ProofNeeded) => None,
            Err(error) => return Err(error),
        };
        Ok(Shown { by, with: Vec::new() })
    }

    /// A push whose code the login page takes.
    async fn code_shown(
        &self,
        caller: &Caller,
        id: ChallengeId,
        code: &str,
    ) -> Result<OobAnswer, SignInError> {
        let code: Zeroizing<String> = Zeroizing::new(code.split_whitespace().collect());
        match self.confirm(caller, id, &code).await {
            Ok(_) => Ok(OobAnswer::Shown(self.by_push(caller, id).await?)),
            Err(Error::NotAnswered) => Ok(self.waiting(id.0)),
            Err(Error::WrongShownCode) => Ok(OobAnswer::WrongCode),
            Err(Error::NotPending(Outcome::Denied)) => Ok(OobAnswer::Rejected),
            Err(Error::NotPending(_) | Error::ChallengeNotFound) => Err(SignInError::OobExpired),
            Err(error) => Err(error.into()),
        }
    }

    async fn code_sent(
        &self,
        caller: &Caller,
        id: ChallengeId,
        kind: Factor,
        code: &str,
    ) -> Result<OobAnswer, SignInError> {
        match self.answer_code(caller, id, code).await {
            Ok(_) => Ok(OobAnswer::Shown(Shown { by: Some(kind), with: Vec::new() })),
            Err(Error::WrongTypedCode { .. } | Error::Invalid(_)) => Ok(OobAnswer::WrongCode),
            Err(Error::NotPending(_) | Error::ChallengeNotFound | Error::NoFactor(_)) => {
                Err(SignInError::OobExpired)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// An enrolment link: once a phone was taken by it, the person has shown that phone.
    async fn taken_up(&self, showing: Showing<'_>, hash: &str) -> Result<OobAnswer, SignInError> {
        let row = self.store.enrollment(showing.user().tenant, hash).await?;
        let row = row.filter(|row| row.user.id == showing.user().id).ok_or(SignInError::OobExpired)?;
        if row.redeemed_at.is_some() {
            return Err(SignInError::OobExpired);
        }
        if row.used_at.is_some() {
            let with = vec![row.redeem(self.now())];
            return Ok(OobAnswer::Shown(Shown { by: Some(Factor::Push), with }));
        }
        if row.expires_at <= self.now() {
            return Err(SignInError::OobExpired);
        }
        let question = ring::digest::digest(&ring::digest::SHA256, hash.as_bytes());
        let question = question.as_ref().first_chunk().copied().map_or(Uuid::nil(), Uuid::from_bytes);
        Ok(self.waiting(question))
    }
}
