//! Signing in by two steps, for dialects that know an app's codes and mailed ones and nothing else: first the password,
//! then a code, unless the person has nothing and nothing is demanded.

use countersign_protocol::id::ChallengeId;
use countersign_protocol::risk::Risk;

use crate::engine::factor::ListedFactor;
use crate::engine::oauth::{Began, Demand, Granting, Login, LoginTerms, SignInError, TokenForm, Tokens};
use crate::engine::policy::Factor;
use crate::engine::{AskCode, Caller, CodePurpose, Engine, Error, FactorRef, Origin, Whom};
use crate::store::UserRow;

/// The kinds of codes that such a dialect can ask for, the better one first.
const KINDS: [Factor; 2] = [Factor::Totp, Factor::Email];

/// What a person needs besides their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// Nothing: they have nothing, and nothing is demanded.
    Nothing,
    /// They have nothing yet, and must be given something first: this, unless they choose otherwise.
    First(Factor),
    /// A code of this kind.
    Code(Factor),
}

/// What came of a password that was right.
#[derive(Debug, Clone)]
pub enum Step {
    /// Nothing more is needed.
    In(Box<Tokens>),
    /// A code is still to come.
    Waits {
        /// The login that waits for it.
        login: Began,
        /// What is needed: [`Second::First`] or [`Second::Code`].
        second: Second,
    },
}

/// A code that was typed into the login page.
#[derive(Clone, Copy)]
pub enum Typed<'a> {
    /// Six digits: of the app, or out of a mail.
    Code(&'a str),
    /// A recovery code.
    Recovery(&'a str),
}

impl std::fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code",
            Self::Recovery(_) => "Recovery",
        })
    }
}

impl Engine {
    /// The first step: name and password. Where a mailed code is needed, the mail goes out with it.
    ///
    /// # Errors
    /// As [`Engine::check_password`], [`Engine::may_ask_for`]; [`Error::FactorNotAllowed`], [`Error::FactorTooWeak`] and
    /// [`Error::RefusedByRule`] for whoever cannot get in this way at all; where a mail is to go out, as
    /// [`Engine::ask_code`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn first_step(
        &self,
        caller: &Caller,
        (username, password): (&str, &str),
        (scope, audience): (&str, Option<&str>),
    ) -> Result<Step, SignInError> {
        self.may_ask_for(caller, audience).await?;
        let user = self.check_password(caller, username, password).await?;
        let second = self.second_of(caller, &user).await?;
        if second == Second::Nothing {
            let granting = Granting { user: &user, scope, audience, by: None, login: None, with: Vec::new() };
            return Ok(Step::In(Box::new(self.grant(caller, granting).await?)));
        }
        let challenge = match second {
            Second::Code(Factor::Email) => Some(self.mail_code(caller, &user).await?),
            _ => None,
        };
        let (scope, audience) = (scope.to_owned(), audience.map(str::to_owned));
        let terms = LoginTerms { scope, audience, form: TokenForm::State, challenge };
        Ok(Step::Waits { login: self.begin_login(caller, &user, terms).await?, second })
    }

    /// The second step: the code, and tokens for it. Whoever had nothing gives the first code of what they were given,
    /// which counts from then on. A wrong code leaves the login as it is.
    ///
    /// # Errors
    /// As [`Engine::prove_code`] and [`Engine::answer_code`]; [`SignInError::LoginExpired`] when what the login waited
    /// for is there no more; as [`Engine::grant`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn second_step(
        &self,
        caller: &Caller,
        login: &Login,
        typed: Typed<'_>,
    ) -> Result<Tokens, SignInError> {
        let by = self.judge_typed(caller, login, typed).await?;
        let Login { user, scope, audience, .. } = login;
        let audience = audience.as_deref();
        let granting = Granting { user, scope, audience, by: Some(by), login: Some(login), with: Vec::new() };
        self.grant(caller, granting).await
    }

    /// What a person needs besides the password, as things stand now.
    ///
    /// # Errors
    /// [`Error::FactorNotAllowed`] for somebody who has factors, but none that this application allows and such a
    /// dialect can ask for; [`Error::FactorTooWeak`], [`Error::RefusedByRule`].
    pub async fn second_of(&self, caller: &Caller, user: &UserRow) -> Result<Second, SignInError> {
        self.may_type(caller, user).await?;
        let (_, all) = self.factors_of(user.tenant, &user.user_ref).await?;
        let allowed = |kind: &Factor| caller.policy.allowed_at(None, *kind).is_ok();
        let has = |kind: &Factor| all.iter().any(|factor| factor.active && factor.kind == *kind);
        // Recovery codes are for whoever has lost the rest.
        let known = KINDS.into_iter().chain([Factor::Recovery]).find(|kind| has(kind) && allowed(kind));
        if let Some(kind) = known {
            return Ok(Second::Code(kind));
        }
        if let Some(other) = all.iter().find(|factor| factor.active) {
            caller.policy.allowed_at(None, other.kind)?;
            return Err(Error::FactorNotAllowed(other.kind.as_str()).into());
        }
        let demand = caller.oauth.as_ref().map_or(Demand::Always, |client| client.demand);
        match (demand, KINDS.into_iter().find(allowed)) {
            // Where not even a code is enough, a password is not.
            _ if caller.policy.risk == Risk::High => Err(Error::FactorTooWeak("a password").into()),
            (Demand::Enrolled, _) => Ok(Second::Nothing),
            (Demand::Always, Some(kind)) => Ok(Second::First(kind)),
            (Demand::Always, None) => Err(Error::FactorNotAllowed(Factor::Totp.as_str()).into()),
        }
    }

    async fn mail_code(&self, caller: &Caller, user: &UserRow) -> Result<ChallengeId, Error> {
        let ask = AskCode {
            turn: None,
            whom: Whom::Id(user.id),
            factor: FactorRef::Kind(Factor::Email),
            purpose: CodePurpose::SignIn,
            session_ref: None,
            language: None,
            risk: None,
            // As long as the login itself.
            answer_window: Some(*crate::engine::ANSWER_WINDOWS.end()),
            origin: Origin::default(),
        };
        self.ask_code(caller, ask).await.map(|asked| asked.id)
    }

    /// With what the person has shown themselves.
    async fn judge_typed(
        &self,
        caller: &Caller,
        login: &Login,
        typed: Typed<'_>,
    ) -> Result<Factor, SignInError> {
        let whom = Whom::Id(login.user.id);
        let second = self.second_of(caller, &login.user).await?;
        let kind = match (typed, second) {
            (Typed::Recovery(code), Second::Code(_)) => {
                self.prove_code(caller, &whom, Factor::Recovery, code).await?;
                Factor::Recovery
            }
            (Typed::Code(code), Second::Code(Factor::Email)) => {
                let challenge = login.challenge.ok_or(SignInError::LoginExpired)?;
                self.answer_code(caller, challenge, code).await?;
                Factor::Email
            }
            (Typed::Code(code), Second::Code(kind)) => {
                self.prove_code(caller, &whom, kind, code).await?;
                kind
            }
            (Typed::Code(code), Second::First(_) | Second::Nothing) => {
                let (_, all) = self.factors_of(login.tenant, &login.user.user_ref).await?;
                let kind = waits(&all).ok_or(Error::NoSuchFactor)?;
                self.confirm_own_factor(caller, None, &login.user, kind, code).await?;
                kind
            }
            (Typed::Recovery(_), _) => return Err(Error::NoFactor(Factor::Recovery.as_str()).into()),
        };
        Ok(kind)
    }
}

/// Which factor waits for its first code; the app's if both do.
fn waits(all: &[ListedFactor]) -> Option<Factor> {
    KINDS.into_iter().find(|kind| all.iter().any(|factor| !factor.active && factor.kind == *kind))
}
