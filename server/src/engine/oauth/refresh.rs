//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14): each is used once and gives way to the next. One that comes a second
//! time is in two hands, so its whole family ends. There is no time of grace, not even for the client whose reply was
//! lost: a thief would have it too, and the person signs in again.

use countersign_protocol::base64url;
use countersign_protocol::id::to_base32;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::claims::words;
use super::grant::SignedIn;
use crate::engine::oauth::{SignInError, Tokens};
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::host::random;
use crate::store::{RefreshTokenRow, StoreError};

/// What every refresh token begins with, so that a leaked one is recognised.
const PREFIX: &str = "cs_refresh_";
/// Milliseconds that a family lasts, from the sign-in on.
const LIFETIME: i64 = 28 * 24 * 60 * 60 * 1000;

impl Engine {
    /// Fresh tokens for a refresh token. `scope` may narrow what was granted.
    ///
    /// # Errors
    /// [`SignInError::RefreshInvalid`], [`SignInError::NoIssuer`]; [`SignInError::AudienceUnknown`] when the application
    /// may no longer ask for them; [`Error::Invalid`] for a scope that was not granted.
    pub async fn refresh(
        &self,
        caller: &Caller,
        token: &str,
        scope: Option<&str>,
    ) -> Result<Tokens, SignInError> {
        let now = self.now();
        let row = self.store.refresh_token(caller.application.tenant, &hash(token)).await?;
        let row = row.filter(|row| row.application == caller.application.id);
        let row = row.filter(|row| row.ended_at.is_none() && row.expires_at > now);
        let row = row.ok_or(SignInError::RefreshInvalid)?;
        if row.used_at.is_some() {
            return self.came_again(caller, &row).await;
        }
        let user = self.store.user_by_id(row.tenant, row.user).await?.ok_or(SignInError::RefreshInvalid)?;
        let by = row.factor.as_deref().map(|word| Factor::from_word(word).ok_or(Error::Damaged("factor")));
        let signed_in = SignedIn { user: &user, by: by.transpose()?, at: row.authenticated_at };
        let aim = self.aim(caller, row.audience.as_deref()).await?;
        let scope = narrowed(&row.scope, scope)?;
        let mut tokens = self.sign_tokens(caller, &aim, &scope, signed_in).await?;
        let (next, next_row) = self.next_refresh_token(&row)?;
        let batch = row.take(now).into_iter().chain([next_row.insert()]).collect();
        match self.store.write_for(&user, batch).await {
            Ok(()) => {
                tokens.refresh_token = Some(next);
                Ok(tokens)
            }
            // The family ended, or somebody else has used the token, since it was read.
            Err(StoreError::Unmet(_)) => self.came_again(caller, &row).await,
            Err(StoreError::PersonGone) => Err(SignInError::RefreshInvalid),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the family of a token that came twice.
    async fn came_again<T>(&self, caller: &Caller, row: &RefreshTokenRow) -> Result<T, SignInError> {
        let (tenant, user) = (row.tenant, to_base32(row.user));
        let detail = "a refresh token came a second time; all that followed from its sign-in have ended";
        let event = self.event_with(tenant, "oauth.refresh_reused", &caller.actor(), &user, detail)?;
        match self.store.write(vec![row.end_family(self.now()), event]).await {
            // It has ended before, and that was noted.
            Ok(()) | Err(StoreError::Unmet(_)) => Err(SignInError::RefreshInvalid),
            Err(error) => Err(error.into()),
        }
    }

    /// The first of a family, and its row.
    pub(super) fn first_refresh_token(
        &self,
        caller: &Caller,
        signed_in: SignedIn<'_>,
        scope: &str,
        audience: Option<&str>,
    ) -> Result<(Zeroizing<String>, RefreshTokenRow), Error> {
        let (token, id) = (self.new_refresh_token()?, self.new_id()?);
        let row = RefreshTokenRow {
            tenant: caller.application.tenant,
            family: id,
            id,
            token_hash: hash(&token),
            application: caller.application.id,
            user: signed_in.user.id,
            scope: scope.to_owned(),
            audience: audience.map(str::to_owned),
            factor: signed_in.by.map(|by| by.as_str().to_owned()),
            authenticated_at: signed_in.at,
            created_at: signed_in.at,
            expires_at: signed_in.at + LIFETIME,
            used_at: None,
            ended_at: None,
        };
        Ok((token, row))
    }

    /// The one that a token gives way to: it lasts no longer and stands for the same sign-in.
    fn next_refresh_token(
        &self,
        row: &RefreshTokenRow,
    ) -> Result<(Zeroizing<String>, RefreshTokenRow), Error> {
        let (token, id) = (self.new_refresh_token()?, self.new_id()?);
        let next = RefreshTokenRow { id, token_hash: hash(&token), created_at: self.now(), ..row.clone() };
        Ok((token, next))
    }

    fn new_refresh_token(&self) -> Result<Zeroizing<String>, Error> {
        let bytes = Zeroizing::new(random::<32>(&*self.rng)?);
        Ok(Zeroizing::new(format!("{PREFIX}{}", base64url(&*bytes))))
    }
}

/// A token has 256 random bits, so a plain hash cannot be reversed and its lookup leaks nothing.
fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// Of the granted scopes those that are asked for now; all of them when nothing is said.
fn narrowed(granted: &str, asked: Option<&str>) -> Result<String, Error> {
    let Some(asked) = asked else { return Ok(granted.to_owned()) };
    let asked = words(asked)?;
    match asked.iter().find(|word| !granted.split(' ').any(|one| one == **word)) {
        None if asked.is_empty() => Ok(granted.to_owned()),
        None => Ok(asked.join(" ")),
        Some(more) => Err(Error::Invalid(format!(
            "scope: `{more}` was not granted at the sign-in; a refresh may ask for less and not for more"
        ))),
    }
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
