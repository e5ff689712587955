//! Tokens by which an application asks one person without showing its secret. There is one for each application and
//! person; it is made from what is in the database and a key that is not, so that it can be told again and nobody reads
//! it out of the rows.

use std::net::IpAddr;
use std::sync::Arc;

use countersign_protocol::base64url;
use countersign_protocol::id::{from_base32, to_base32};
use ring::hmac;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::audit::Actor;
use crate::engine::{ApplicationId, Caller, Engine, Error};
use crate::store::authorizations::{begin, end, renew};
use crate::store::{StoreError, UserRow};

/// What every such token begins with, so that a leaked one is recognised.
const PREFIX: &str = "cs_access_";

/// Whom a token names: application and person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Names {
    application: ApplicationId,
    user: Uuid,
}

impl Names {
    /// Reads them off a token, with what is to prove them.
    fn read(token: &str) -> Option<(Self, &str)> {
        let rest = token.strip_prefix(PREFIX)?;
        let (application, rest) = rest.split_at_checked(52)?;
        let (user, rest) = rest.split_at_checked(26)?;
        let application = format!("app_{application}").parse().ok()?;
        Some((Self { application, user: from_base32(user)? }, rest.strip_prefix('_')?))
    }

    fn token(self, key: &hmac::Key, generation: i64) -> Zeroizing<String> {
        let ids = [self.application.tenant.0, self.application.local, self.user].map(to_base32).concat();
        // The ids have a fixed length, so nothing of the generation can be taken for one.
        let proof = hmac::sign(key, format!("{ids}{generation}").as_bytes());
        Zeroizing::new(format!("{PREFIX}{ids}_{}", base64url(proof.as_ref())))
    }
}

impl Engine {
    /// The token by which this application may ask this person. The same one each time, until it is ended.
    ///
    /// # Errors
    /// [`Error::UserNotFound`] for a person of another tenant; [`Error::Store`].
    pub async fn authorize(&self, caller: &Caller, user: &UserRow) -> Result<Zeroizing<String>, Error> {
        let names = Names { application: caller.id(), user: user.id };
        if user.tenant != names.application.tenant {
            return Err(Error::UserNotFound);
        }
        let (now, application) = (self.now(), names.application.local);
        let found = self.store.authorization(user.tenant, application, user.id).await?;
        let (generation, statement) = match found {
            Some(row) if row.ended_at.is_none() => {
                return Ok(names.token(self.master.authorization_key(), row.generation));
            }
            Some(row) => (row.generation, renew(user, application, row.generation, now)),
            None => (1, begin(user, application, now)),
        };
        let event = self.event(user.tenant, "authorization.begun", &caller.actor(), &to_base32(user.id))?;
        match self.store.write_for(user, vec![statement, event]).await {
            // Another request for the same two at the same moment was first; its row is as good.
            Ok(()) | Err(StoreError::Unmet(_) | StoreError::Duplicate) => {
                Ok(names.token(self.master.authorization_key(), generation))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Who calls with this token, from `address`, and whom it is about. Where the application's secrets may be used from,
    /// its tokens may be too, and nowhere else.
    ///
    /// # Errors
    /// [`Error::Unauthorized`]; [`Error::TooManyAttempts`] after many of those.
    pub async fn authorized(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<(Arc<Caller>, UserRow), Error> {
        let (names, _) = Names::read(token).ok_or(Error::Unauthorized)?;
        let (id, now) = (names.application, self.now());
        self.attempts.check(id, address, now)?;
        match self.of_token(names, token, address).await {
            Err(Error::Unauthorized) => {
                self.attempts.failed(id, false, address, now);
                Err(Error::Unauthorized)
            }
            other => other,
        }
    }

    async fn of_token(
        &self,
        names: Names,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<(Arc<Caller>, UserRow), Error> {
        let ApplicationId { tenant, local } = names.application;
        let found = self.store.authorization(tenant, local, names.user).await?;
        let row = found.filter(|row| row.ended_at.is_none()).ok_or(Error::Unauthorized)?;
        let right = names.token(self.master.authorization_key(), row.generation);
        if !bool::from(right.as_bytes().ct_eq(token.as_bytes())) {
            return Err(Error::Unauthorized);
        }
        let caller = self.caller_from(names.application, address).await?;
        let user = self.store.user_by_id(tenant, names.user).await?.ok_or(Error::Unauthorized)?;
        Ok((caller, user))
    }

    /// Makes every token of this application for this person worthless, at an operator's word.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::Invalid`] when there is none.
    pub async fn end_authorization(
        &self,
        id: ApplicationId,
        user_ref: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let user = self.person_named(id.tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        let subject = to_base32(user.id);
        let event = self.event_with(id.tenant, "authorization.ended", by, &subject, &id.to_string())?;
        match self.store.write(vec![end(&user, id.local, self.now()), event]).await {
            Ok(()) => Ok(()),
            Err(StoreError::Unmet(_)) => {
                Err(Error::Invalid("this application has no token for that person".to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::id::TenantId;

    use super::*;

    fn names(user: u128) -> Names {
        let application = ApplicationId { tenant: TenantId(Uuid::from_u128(1)), local: Uuid::from_u128(2) };
        Names { application, user: Uuid::from_u128(user) }
    }

    #[test]
    fn a_token_is_told_again_and_differs_by_person_generation_and_key() {
        let key = |byte: u8| hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]);
        let token = names(3).token(&key(1), 1);
        assert_eq!(token, names(3).token(&key(1), 1));
        for other in [names(4).token(&key(1), 1), names(3).token(&key(1), 2), names(3).token(&key(2), 1)] {
            assert_ne!(token.rsplit('_').next(), other.rsplit('_').next());
        }
        assert_eq!(token.len(), PREFIX.len() + 78 + 1 + 43);
        assert_eq!(Names::read(&token).map(|(names, _)| names), Some(names(3)));
    }

    #[test]
    fn what_is_no_token_names_nobody() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let token = names(3).token(&key, 1);
        let cut = &token[..PREFIX.len() + 40];
        for text in ["", "cs_access_", cut, "cs_secret_x", "cs_access_\u{e9}", &token.replace('_', "-")] {
            assert_eq!(Names::read(text), None, "{text}");
        }
    }
}
