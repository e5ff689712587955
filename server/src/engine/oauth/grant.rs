//! Giving tokens: to a person who has shown a password and whatever else was asked, or to an application for itself.

use std::fmt;

use countersign_protocol::id::to_base32;
use zeroize::Zeroizing;

use super::claims::{AccessClaims, IdClaims, methods, mfa_words, subject, words};
use super::jwt::{self, Kind};
use crate::engine::oauth::{Flavour, Issuer, Login, OauthClient, SignInError};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::{Statement, StoreError, UserRow};

/// Seconds that an access token is good for, for Auth0's clients and for Reltio's.
const AUTH0: i64 = 86_400;
const RELTIO: i64 = 3_598;
/// The same for one that changes factors, whoever asks.
const MFA: i64 = 600;

/// What a person is given tokens for.
#[derive(Debug)]
pub struct Granting<'a> {
    /// Whom.
    pub user: &'a UserRow,
    /// The scopes that were asked for, with spaces between.
    pub scope: &'a str,
    /// The API that was asked for; none: the tenant's own.
    pub audience: Option<&'a str>,
    /// The second factor that they have just shown, if any.
    pub by: Option<Factor>,
    /// The login that turns into tokens by this. It is used up.
    pub login: Option<&'a Login>,
    /// What else takes effect with it. Nothing does when the login was used before.
    pub with: Vec<Statement>,
}

/// Tokens that were given.
#[derive(Clone)]
pub struct Tokens {
    /// A signed JWT (RFC 9068).
    pub access_token: Zeroizing<String>,
    /// Seconds that it is good for.
    pub expires_in: i64,
    /// The scopes that were granted, with spaces between.
    pub scope: String,
    /// Who the person is, for the application; when `openid` was asked for.
    pub id_token: Option<Zeroizing<String>>,
    /// For the next access token; when `offline_access` was asked for, and always for Reltio's clients.
    pub refresh_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// For which API tokens are, and for how long.
#[derive(Debug)]
pub(super) struct Aim<'a> {
    issuer: Issuer,
    client: &'a OauthClient,
    audience: String,
    /// It is the API where factors are changed.
    is_mfa: bool,
    /// Seconds.
    lifetime: i64,
}

impl Aim<'_> {
    /// The scopes that are granted of those that were asked for.
    fn grants(&self, asked: &str) -> Result<String, Error> {
        let words = words(asked)?;
        Ok(if self.is_mfa { mfa_words(&words) } else { words }.join(" "))
    }

    /// Whether a refresh token goes with these scopes.
    fn may_refresh(&self, scope: &str) -> bool {
        let asked = scope.split(' ').any(|word| word == "offline_access");
        !self.is_mfa && (asked || self.client.flavour == Flavour::Reltio)
    }
}

/// Who signed in, when, and with what.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedIn<'a> {
    pub(super) user: &'a UserRow,
    pub(super) by: Option<Factor>,
    /// Milliseconds since 1970.
    pub(super) at: i64,
}

impl Engine {
    /// That the application may ask for tokens for this API. To be asked before anybody is bothered with a factor.
    ///
    /// # Errors
    /// [`SignInError::AudienceUnknown`], [`SignInError::NoIssuer`], [`SignInError::NoClient`].
    pub async fn may_ask_for(&self, caller: &Caller, audience: Option<&str>) -> Result<(), SignInError> {
        self.aim(caller, audience).await.map(|_| ())
    }

    /// Gives a person tokens, and uses the login up in the same batch.
    ///
    /// # Errors
    /// [`SignInError::LoginUsed`], [`SignInError::LoginExpired`], [`SignInError::AudienceUnknown`],
    /// [`SignInError::NoIssuer`]; [`Error::Invalid`] for a scope that is none; [`StoreError::Unmet`] with the number of
    /// the statement of `with` that found nothing to change.
    pub async fn grant(&self, caller: &Caller, granting: Granting<'_>) -> Result<Tokens, SignInError> {
        let Granting { user, scope, audience, by, login, with } = granting;
        let aim = self.aim(caller, audience).await?;
        let scope = aim.grants(scope)?;
        let now = self.now();
        let signed_in = SignedIn { user, by, at: now };
        let mut tokens = self.sign_tokens(caller, &aim, &scope, signed_in).await?;
        // The login comes first: of any number of requests with it, all but one change nothing.
        let mut batch: Vec<_> = login.map(|login| login.consume(now)).into_iter().collect();
        let before = batch.len();
        let within = before..before + with.len();
        batch.extend(with);
        if aim.may_refresh(&scope) {
            let (token, row) = self.first_refresh_token(caller, signed_in, &scope, audience)?;
            batch.push(row.insert());
            tokens.refresh_token = Some(token);
        }
        let shown = by.map_or_else(String::new, |by| format!(" and {}", by.as_str()));
        let detail = format!("password{shown}, for {}", aim.audience);
        let (tenant, user) = (caller.application.tenant, to_base32(user.id));
        batch.push(self.event_with(tenant, "oauth.tokens_given", &caller.actor(), &user, &detail)?);
        match self.store.write_for(signed_in.user, batch).await {
            Ok(()) => Ok(tokens),
            Err(StoreError::Unmet(0)) if login.is_some_and(|login| login.expires_at <= now) => {
                Err(SignInError::LoginExpired)
            }
            Err(StoreError::Unmet(0)) if login.is_some() => Err(SignInError::LoginUsed),
            Err(StoreError::Unmet(at)) if within.contains(&at) => Err(StoreError::Unmet(at - before).into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives an application a token of its own (client credentials). Factors are no business of its own.
    ///
    /// # Errors
    /// As [`grant`](Self::grant).
    pub async fn grant_to_application(
        &self,
        caller: &Caller,
        scope: &str,
        audience: Option<&str>,
    ) -> Result<Tokens, SignInError> {
        let aim = self.aim(caller, audience).await?;
        if aim.is_mfa {
            return Err(SignInError::AudienceUnknown(aim.audience));
        }
        let scope = aim.grants(scope)?;
        let access_token = self.sign_access(caller, &aim, &scope, None).await?;
        Ok(Tokens { access_token, expires_in: aim.lifetime, scope, id_token: None, refresh_token: None })
    }

    /// For which API tokens would be, if the application may ask for them.
    pub(super) async fn aim<'a>(
        &self,
        caller: &'a Caller,
        audience: Option<&str>,
    ) -> Result<Aim<'a>, SignInError> {
        let client = caller.oauth.as_deref().ok_or(SignInError::NoClient)?;
        let issuer = self.issuer_of(caller.application.tenant).await?;
        let audience = audience.unwrap_or(&issuer.url).to_owned();
        let is_mfa = audience == issuer.mfa_audience();
        if !is_mfa && audience != issuer.url && !client.audiences.contains(&audience) {
            return Err(SignInError::AudienceUnknown(audience));
        }
        let lifetime = match client.flavour {
            _ if is_mfa => MFA,
            Flavour::Auth0 => AUTH0,
            Flavour::Reltio => RELTIO,
        };
        Ok(Aim { issuer, client, audience, is_mfa, lifetime })
    }

    /// The tokens that are signed: all but the refresh token.
    pub(super) async fn sign_tokens(
        &self,
        caller: &Caller,
        aim: &Aim<'_>,
        scope: &str,
        signed_in: SignedIn<'_>,
    ) -> Result<Tokens, SignInError> {
        let access_token = self.sign_access(caller, aim, scope, Some(signed_in)).await?;
        let has = |word: &str| scope.split(' ').any(|one| one == word);
        let id_token = match has("openid") {
            true => Some(self.sign_id(caller, aim, &has, signed_in).await?),
            false => None,
        };
        let (expires_in, scope) = (aim.lifetime, scope.to_owned());
        Ok(Tokens { access_token, expires_in, scope, id_token, refresh_token: None })
    }

    async fn sign_access(
        &self,
        caller: &Caller,
        aim: &Aim<'_>,
        scope: &str,
        signed_in: Option<SignedIn<'_>>,
    ) -> Result<Zeroizing<String>, SignInError> {
        let (client_id, iat) = (caller.id().to_string(), self.now() / 1000);
        let by = signed_in.and_then(|signed_in| signed_in.by);
        let claims = AccessClaims {
            iss: aim.issuer.url.clone(),
            sub: signed_in.map_or_else(|| client_id.clone(), |signed_in| subject(signed_in.user)),
            aud: aim.audience.clone(),
            azp: client_id.clone(),
            client_id,
            iat,
            exp: iat + aim.lifetime,
            jti: to_base32(self.new_id()?),
            scope: scope.to_owned(),
            auth_time: signed_in.map(|signed_in| signed_in.at / 1000),
            amr: signed_in.map(|signed_in| methods(signed_in.by)),
            cs_factor: by.map(|by| by.as_str().to_owned()),
        };
        self.sign_jwt(aim, Kind::Access, &claims).await
    }

    async fn sign_id(
        &self,
        caller: &Caller,
        aim: &Aim<'_>,
        has: &(impl Fn(&str) -> bool + Sync),
        signed_in: SignedIn<'_>,
    ) -> Result<Zeroizing<String>, SignInError> {
        let iat = self.now() / 1000;
        let user = signed_in.user;
        let claims = IdClaims {
            iss: &aim.issuer.url,
            sub: &subject(user),
            aud: &caller.id().to_string(),
            iat,
            exp: iat + aim.lifetime,
            auth_time: signed_in.at / 1000,
            amr: methods(signed_in.by),
            email: user.email.as_deref().filter(|_| has("email")),
            name: user.display_name.as_deref().filter(|_| has("profile")),
        };
        self.sign_jwt(aim, Kind::Id, &claims).await
    }

    async fn sign_jwt<T: serde::Serialize + Sync>(
        &self,
        aim: &Aim<'_>,
        kind: Kind,
        claims: &T,
    ) -> Result<Zeroizing<String>, SignInError> {
        let keys = self.token_keys_of(aim.issuer.tenant).await?;
        let key = keys.signer(self.now()).ok_or(SignInError::NoIssuer)?;
        Ok(jwt::sign(key, kind, claims)?)
    }
}
