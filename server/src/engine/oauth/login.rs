//! Logins that have begun: the password was right, the second factor is still to come. The token that stands for one
//! proves the password and nothing else.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use countersign_protocol::base64url;
use countersign_protocol::id::{ChallengeId, TenantId, from_base32, to_base32};
use countersign_protocol::risk::Risk;
use ring::digest::{SHA256, digest};
use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

use crate::engine::oauth::{Demand, SignInError};
use crate::engine::policy::Effect;
use crate::engine::{ApplicationId, Caller, Engine, Error, ListedFactor};
use crate::host::random;
use crate::store::logins::consume;
use crate::store::{LoginRow, Statement, StoreError, UserRow};

/// Milliseconds that a login may take.
const LIFETIME: i64 = 600_000;
/// Logins begun for a person in any minute, at most (S26): whoever has stolen a password fills no table with it.
const BEGUN_AT_MOST: i64 = 30;
const MINUTE: i64 = 60_000;
/// Milliseconds that a login is still told from one that never was, once it is over.
const KEPT: i64 = 24 * 60 * 60 * 1000;
/// Rows removed at a time.
const AT_ONCE: i64 = 500;
/// Characters of the scopes that one login may ask for.
const LONGEST_SCOPE: usize = 1_000;
const MFA_PREFIX: &str = "mfa_";

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

impl Login {
    /// Uses it up, at `now` in milliseconds since 1970. A batch with this in it does nothing when that was done before.
    #[must_use]
    pub fn consume(&self, now: i64) -> Statement {
        consume(self.tenant, self.id, now)
    }
}

/// What a right password leads to.
#[derive(Debug, Clone)]
pub struct NextStep {
    /// Whether a second factor comes before any token.
    pub second_factor: bool,
    /// What the person has.
    pub factors: Vec<ListedFactor>,
}

impl NextStep {
    /// Whether the person has a factor that counts.
    #[must_use]
    pub fn is_enrolled(&self) -> bool {
        self.factors.iter().any(|factor| factor.active)
    }
}

impl Engine {
    /// What a right password leads to with this application. A person who has a factor is asked for one even where
    /// policy forbids all that they have: who cannot show it does not get in.
    ///
    /// # Errors
    /// [`SignInError::NoClient`]; [`Error::RefusedByRule`]; [`Error::FactorTooWeak`] where a password would be enough but
    /// for the risk that policy assumes, or an access rule that wants the person verified.
    pub async fn next_step(&self, caller: &Caller, user: &UserRow) -> Result<NextStep, SignInError> {
        let client = caller.oauth.as_ref().ok_or(SignInError::NoClient)?;
        let entry = self.entry(caller, user).await?;
        let (_, factors) = self.factors_of(user.tenant, &user.user_ref).await?;
        let enrolled = factors.iter().any(|factor| factor.active);
        let second_factor = client.demand == Demand::Always || enrolled;
        if !second_factor && (entry == Effect::Verify || caller.policy.risk == Risk::High) {
            return Err(Error::FactorTooWeak("a password").into());
        }
        Ok(NextStep { second_factor, factors })
    }

    /// Begins a login: the password was right.
    ///
    /// # Errors
    /// [`SignInError::TooManyLogins`]; [`Error::Invalid`] for more scopes than anyone needs.
    pub async fn begin_login(
        &self,
        caller: &Caller,
        user: &UserRow,
        terms: LoginTerms,
    ) -> Result<Began, SignInError> {
        if terms.scope.chars().count() > LONGEST_SCOPE {
            return Err(Error::Invalid(format!("scope must be at most {LONGEST_SCOPE} characters")).into());
        }
        let now = self.now();
        let token = self.login_token(user.tenant, terms.form)?;
        let row = LoginRow {
            id: self.new_id()?,
            user: user.clone(),
            application: caller.application.id,
            scope: terms.scope,
            audience: terms.audience,
            challenge: terms.challenge,
            created_at: now,
            expires_at: now + LIFETIME,
            used_at: None,
        };
        match self.store.write_for(user, vec![row.insert(&hash(&token), now - MINUTE, BEGUN_AT_MOST)]).await {
            Ok(()) => Ok(Began { token, expires_in: LIFETIME / 1000 }),
            Err(StoreError::Unmet(_)) => Err(self.begun_too_often(user, now).await?),
            Err(error) => Err(error.into()),
        }
    }

    async fn begun_too_often(&self, user: &UserRow, now: i64) -> Result<SignInError, SignInError> {
        let first = self.store.first_login_since(user, now - MINUTE).await?.unwrap_or(now);
        let wait = (first + MINUTE - now + 999) / 1000;
        Ok(SignInError::TooManyLogins { retry_after: u64::try_from(wait).unwrap_or(1).max(1) })
    }

    fn login_token(&self, tenant: TenantId, form: TokenForm) -> Result<Zeroizing<String>, Error> {
        let random: Zeroizing<[u8; 32]> = Zeroizing::new(random(&*self.rng)?);
        Ok(Zeroizing::new(match form {
            TokenForm::Mfa => {
                let secret = Zeroizing::new(base64url(&*random));
                format!("{MFA_PREFIX}{}{}", to_base32(tenant.0), *secret)
            }
            TokenForm::State => {
                let (sixteen, _) = random.split_at(16);
                let bytes = sixteen.try_into().map_err(|_| Error::Damaged("random number"))?;
                Builder::from_random_bytes(bytes).into_uuid().to_string()
            }
        }))
    }

    /// The login that a token stands for, begun by this application.
    ///
    /// # Errors
    /// [`SignInError::LoginMalformed`], [`SignInError::LoginExpired`], [`SignInError::LoginUsed`],
    /// [`SignInError::LoginOfAnother`].
    pub async fn login(&self, caller: &Caller, token: &str) -> Result<Login, SignInError> {
        let (tenant, hash) = self.tenant_and_hash(token).await?;
        // Another tenant's does not exist here (S40).
        if tenant != caller.application.tenant {
            return Err(SignInError::LoginMalformed);
        }
        let row = self.store.login(tenant, &hash).await?.ok_or(SignInError::LoginMalformed)?;
        // Before anything else: how it stands is no other application's business.
        if row.application != caller.application.id {
            return Err(SignInError::LoginOfAnother);
        }
        self.open(tenant, row)
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
        let (tenant, hash) = self.tenant_and_hash(token).await?;
        let row = self.store.login(tenant, &hash).await?.ok_or(SignInError::LoginMalformed)?;
        let application = ApplicationId { tenant, local: row.application };
        let login = self.open(tenant, row)?;
        Ok((self.caller(application, address).await?, login))
    }

    /// Whose login a token says that it stands for, and what it is looked up by.
    async fn tenant_and_hash(&self, token: &str) -> Result<(TenantId, Vec<u8>), SignInError> {
        let hash = hash(token);
        let tenant = match token.strip_prefix(MFA_PREFIX) {
            Some(rest) => rest.get(..26).and_then(from_base32).map(TenantId),
            None if is_state_token(token) => self.store.tenant_of_login(&hash).await?,
            None => None,
        };
        Ok((tenant.ok_or(SignInError::LoginMalformed)?, hash))
    }

    fn open(&self, tenant: TenantId, row: LoginRow) -> Result<Login, SignInError> {
        if row.used_at.is_some() {
            return Err(SignInError::LoginUsed);
        }
        if row.expires_at <= self.now() {
            return Err(SignInError::LoginExpired);
        }
        let LoginRow { id, user, scope, audience, challenge, expires_at, .. } = row;
        Ok(Login { tenant, id, user, scope, audience, challenge, expires_at })
    }

    /// Removes some of the logins and refresh tokens that have been over for a day. Returns whether there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget_sign_ins(&self) -> Result<bool, Error> {
        let found = self.store.forget_sign_ins(self.now() - KEPT, AT_ONCE).await?;
        Ok(i64::try_from(found).unwrap_or(i64::MAX) >= AT_ONCE)
    }
}

/// A token has at least 122 random bits, so its plain hash cannot be reversed, and looking it up leaks nothing.
fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Only as it is written: one token has one text.
fn is_state_token(token: &str) -> bool {
    Uuid::try_parse(token).is_ok_and(|id| id.as_hyphenated().to_string() == token)
}
