//! What an operator signs in with besides the password, as they look after it themselves. Each change needs a sign-in of a
//! moment ago (S49), is told to them by mail, and ends nothing of what they are signed in with.

use std::net::IpAddr;

use countersign_protocol::id::TenantId;

use super::{ConsoleSession, Operator};
use crate::engine::people::DeskLink;
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error, FactorId, Issued, ListedFactor, TotpSeed, Word};
use crate::store::{DeviceRow, IssuedRow};

/// What an operator has.
#[derive(Debug, Clone, Default)]
pub struct OwnFactors {
    /// Their authenticator app, if it counts.
    pub app: Option<ListedFactor>,
    /// Their phones, oldest first.
    pub phones: Vec<DeviceRow>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// Links that a phone can take.
    pub links: Vec<IssuedRow>,
    /// Whether something else would be left if one of them was taken away.
    pub may_remove: bool,
}

impl Engine {
    /// What an operator signs in with besides the password.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn operator_factors(&self, operator: &Operator) -> Result<OwnFactors, Error> {
        let tenant = self.console_home().await?.tenant;
        let (user, all) = self.factors_of(tenant, &operator.email).await?;
        let found = self.store.user_and_devices(tenant, &operator.email).await?;
        let ways = all.iter().filter(|factor| factor.active && factor.kind != Factor::Recovery);
        let passkeys = self.store.passkeys(tenant, user.id).await?;
        Ok(OwnFactors {
            may_remove: ways.count() + passkeys.len() > 1,
            phones: found.ok_or(Error::UserNotFound)?.1,
            codes_left: all.iter().filter_map(|factor| factor.codes_left).sum(),
            app: all.into_iter().find(|factor| factor.kind == Factor::Totp && factor.active),
            links: self.store.open_links(tenant, user.id, self.now()).await?,
        })
    }

    /// A seed for an authenticator app, in place of the one that they have. It counts, and the old one goes, once its first
    /// code comes back.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`] without a sign-in of a moment ago.
    pub async fn offer_own_totp(
        &self,
        session: &ConsoleSession,
        address: Option<IpAddr>,
    ) -> Result<TotpSeed, Error> {
        let (tenant, by) = (self.freshly(session).await?, session.operator.at(address));
        let (word, email) = (Word::Own(tenant, &by), &session.operator.email);
        match self.enrol_totp(word, email).await {
            Err(Error::FactorExists) => self.offer_next_totp(word, email).await,
            offered => offered,
        }
    }

    /// Takes the first code of it.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`]; [`Error::NoSuchFactor`] when no seed waits for one; [`Error::Invalid`],
    /// [`Error::WrongFactorCode`], [`Error::Locked`].
    pub async fn confirm_own_totp(
        &self,
        session: &ConsoleSession,
        address: Option<IpAddr>,
        code: &str,
    ) -> Result<(), Error> {
        let (tenant, by) = (self.freshly(session).await?, session.operator.at(address));
        let caller = self.caller(self.console_home().await?.application, address).await?;
        let at = (Word::Own(tenant, &by), &*caller.policy);
        let (user, all) = self.factors_of(tenant, &session.operator.email).await?;
        match all.iter().find(|factor| factor.kind == Factor::Totp) {
            Some(ListedFactor { active: false, id: FactorId::Own(id), .. }) => {
                self.confirm_totp(at, &user, *id, code).await
            }
            _ => self.confirm_next_totp(at, &user, code).await,
        }
    }

    /// An enrolment link for one more phone.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`].
    pub async fn offer_own_device(
        &self,
        session: &ConsoleSession,
        address: Option<IpAddr>,
    ) -> Result<Issued, Error> {
        let (tenant, by) = (self.freshly(session).await?, session.operator.at(address));
        self.associate_device(Word::Own(tenant, &by), &session.operator.email).await
    }

    /// What became of such a link.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`] when they have none like this.
    pub async fn own_device_link(&self, operator: &Operator, hash: &str) -> Result<DeskLink, Error> {
        self.desk_link(self.console_home().await?.tenant, operator.id.0, hash).await
    }

    /// Ends one that no phone has taken. It makes nothing easier for anybody, so it asks for no sign-in.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`], [`Error::TokenUsed`].
    pub async fn cancel_own_link(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
        hash: &str,
    ) -> Result<(), Error> {
        let tenant = self.console_home().await?.tenant;
        self.end_link(tenant, operator.id.0, hash, &operator.at(address)).await
    }

    /// Takes a factor or a phone of theirs away.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`]; [`Error::NoSuchFactor`], also for somebody else's; [`Error::LastWayIn`].
    pub async fn remove_own_factor(
        &self,
        session: &ConsoleSession,
        address: Option<IpAddr>,
        id: FactorId,
    ) -> Result<(), Error> {
        let (tenant, by) = (self.freshly(session).await?, session.operator.at(address));
        self.remove_factor_but_the_last(Word::Own(tenant, &by), &session.operator.email, id).await
    }

    /// The tenant of the operators, for one who has signed in a moment ago.
    pub(super) async fn freshly(&self, session: &ConsoleSession) -> Result<TenantId, Error> {
        if !self.is_fresh_session(session) {
            return Err(Error::ProofNeeded);
        }
        Ok(self.console_home().await?.tenant)
    }
}
