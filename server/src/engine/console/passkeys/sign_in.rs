//! Signing in to the console with a passkey alone. Nobody says who they are first: the device finds the passkey, and the
//! passkey says whose it is. What does not hold is refused in the same way, whatever the reason (S27).

use std::net::IpAddr;

use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential};
use zeroize::Zeroizing;

use super::{Answered, Asked, LONGEST_ANSWER, SIGN_IN};
use crate::engine::console::{NewSession, Operator, OperatorId};
use crate::engine::policy::{AccessRule, Effect};
use crate::engine::{Caller, Engine, Error, Origin};
use crate::store::{CeremonyRow, PasskeyRow, Statement, StoreError};

/// What the session says that they signed in with.
pub const PASSKEY: &str = "passkey";

impl Engine {
    /// Asks a browser, whose cookie has this hash, for a passkey of whomever.
    ///
    /// # Errors
    /// [`Error::NoPasskeysHere`]; [`Error::TooManyAttempts`] from one address.
    pub async fn ask_for_sign_in(&self, browser: [u8; 32], address: Option<IpAddr>) -> Result<Asked, Error> {
        let site = self.site()?;
        let caller = self.caller(self.console_home().await?.application, address).await?;
        let charged: Vec<_> = self.charge_address(&caller).await?.into_iter().collect();
        let (options, state) =
            site.start_discoverable_authentication().map_err(|_| Error::Damaged("public address"))?;
        let begun =
            self.begin_ceremony((SIGN_IN, None), &browser, (options.public_key, state), charged).await;
        match begun {
            // Others from there were faster.
            Err(Error::Store(StoreError::Unmet(_))) => Err(Error::TooManyAttempts { retry_after: 1 }),
            begun => begun,
        }
    }

    /// Begins the session of whoever's passkey the browser shows. Returns what it keeps.
    ///
    /// # Errors
    /// [`Error::CeremonyOver`] when this browser was not asked, or too long ago, or has answered before;
    /// [`Error::PasskeyRefused`] for everything else that is not right.
    pub async fn sign_in_with_passkey(
        &self,
        answered: Answered<'_>,
        browser: [u8; 32],
        new: NewSession,
    ) -> Result<Zeroizing<String>, Error> {
        let ceremony = self.ceremony(SIGN_IN, answered, &browser).await?;
        let caller = self.caller(self.console_home().await?.application, new.address).await?;
        let shown = self.shown_passkey(&ceremony, answered.answer).await?;
        let whose = shown.as_ref().map(|(row, _)| row.user);
        let operator = match whose {
            Some(user) if self.may_come_from(&caller, &new) => self.enabled_operator(user).await?,
            _ => None,
        };
        let (Some((_, used)), Some(operator)) = (shown, operator) else {
            return Err(self.refuse_passkey(&caller, &ceremony, whose).await?);
        };
        let new = NewSession { factor: PASSKEY.to_owned(), ..new };
        match self.begin_session(&operator, new, vec![ceremony.use_up(), used]).await {
            Err(Error::Store(StoreError::Unmet(0))) => Err(Error::CeremonyOver),
            // The passkey was removed, or used elsewhere, in this moment.
            Err(Error::Store(StoreError::Unmet(_)) | Error::OperatorNotFound) => {
                Err(self.refuse_passkey(&caller, &ceremony, whose).await?)
            }
            begun => begun,
        }
    }

    /// The passkey that an answer shows, and the statement that notes its use; none when the answer does not hold.
    async fn shown_passkey(
        &self,
        ceremony: &CeremonyRow,
        answer: &str,
    ) -> Result<Option<(PasskeyRow, Statement)>, Error> {
        let site = self.site()?;
        let state: DiscoverableAuthentication =
            serde_json::from_str(&ceremony.state).map_err(|_| Error::Damaged("ceremony of a passkey"))?;
        if answer.len() > LONGEST_ANSWER {
            return Ok(None);
        }
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(None) };
        let Ok((user, id)) = site.identify_discoverable_authentication(&answer) else { return Ok(None) };
        let row = self.store.passkey(ceremony.tenant, id).await?.filter(|row| row.user == user);
        let Some(row) = row else { return Ok(None) };
        let mut passkey: Passkey =
            serde_json::from_str(&row.credential).map_err(|_| Error::Damaged("passkey"))?;
        let Ok(result) = site.finish_discoverable_authentication_v2(&answer, state, &passkey) else {
            return Ok(None);
        };
        passkey.update_credential(&result);
        let credential = serde_json::to_string(&passkey).map_err(|_| Error::Damaged("passkey"))?;
        let used = row.used(&credential, self.now());
        Ok(Some((row, used)))
    }

    /// Whether the access rules of the console's tenant let somebody in from there.
    fn may_come_from(&self, caller: &Caller, new: &NewSession) -> bool {
        let origin = Origin { address: new.address, user_agent: None, details: Vec::new() };
        let (_, country) = self.context(&origin);
        AccessRule::judge(&caller.policy.access, new.address, country.as_deref()) != Effect::Deny
    }

    async fn enabled_operator(&self, user: Uuid) -> Result<Option<Operator>, Error> {
        match self.operator(OperatorId(user)).await {
            Err(Error::OperatorNotFound) => Ok(None),
            operator => Ok(Some(operator?).filter(|operator| operator.disabled_at.is_none())),
        }
    }

    /// Notes that a passkey was not taken, and ends the ceremony.
    async fn refuse_passkey(
        &self,
        caller: &Caller,
        ceremony: &CeremonyRow,
        whose: Option<Uuid>,
    ) -> Result<Error, Error> {
        let whose = whose.map_or_else(|| "unknown".to_owned(), |user| OperatorId(user).to_string());
        let event = self.event(ceremony.tenant, "operator.passkey_refused", &caller.actor(), &whose)?;
        match self.store.write(vec![ceremony.use_up(), event]).await {
            Err(StoreError::Unmet(_)) => Ok(Error::CeremonyOver),
            written => written.map(|()| Error::PasskeyRefused).map_err(Error::from),
        }
    }
}
