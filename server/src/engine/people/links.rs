//! Enrolling a person's phone from the console: a link that is shown there, and what became of it.

use std::net::IpAddr;

use countersign_protocol::id::{DeviceId, TenantId, to_base32};
use uuid::Uuid;

use super::ResetError;
use crate::engine::audit::Actor;
use crate::engine::console::{May, Operator, Role};
use crate::engine::policy::Policy;
use crate::engine::{Engine, Error, Issue, Issued};
use crate::store::{DeviceRow, IssuedRow, StoreError, enrollments};

/// A link, and the device that was taken by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskLink {
    /// The link, without what it holds.
    pub row: IssuedRow,
    /// The device, unless it was removed since.
    pub device: Option<DeviceRow>,
}

impl Engine {
    /// Issues a link for a person's phone, to be shown by this operator.
    ///
    /// # Errors
    /// [`ResetError::NotAllowed`], also for the help desk where the tenant's policy does not let it enrol.
    pub async fn enrol_at_desk(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
        (tenant, user): (TenantId, Uuid),
    ) -> Result<Issued, ResetError> {
        let user = self.person_by_id(tenant, user).await?;
        if !operator.may(May::HelpPeople, tenant) || !self.may_enrol(operator, tenant).await? {
            return Err(ResetError::NotAllowed);
        }
        let issue = Issue { language: user.language(), ..Issue::default() };
        Ok(self.issue_enrollment(&user, issue, &operator.at(address)).await?)
    }

    /// Whether the tenant's policy lets this operator enrol phones.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn may_enrol(&self, operator: &Operator, tenant: TenantId) -> Result<bool, Error> {
        Ok(operator.role != Role::HelpDesk || self.tenant_policy(tenant).await?.help_desk_enrols)
    }

    /// What holds for a tenant as such.
    pub(super) async fn tenant_policy(&self, tenant: TenantId) -> Result<Policy, Error> {
        Policy::of(&self.store.policies(tenant, tenant.0).await?)
    }

    /// What became of a person's link.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`] when they have none like this.
    pub async fn desk_link(&self, tenant: TenantId, user: Uuid, hash: &str) -> Result<DeskLink, Error> {
        let row = self.store.issued(tenant, user, hash).await?.ok_or(Error::TokenInvalid)?;
        let device = match row.device {
            Some(local) => self.store.device(DeviceId { tenant, local }).await?,
            None => None,
        };
        Ok(DeskLink { row, device })
    }

    /// Ends a link that no phone has taken. Ending it again is no error.
    ///
    /// # Errors
    /// [`Error::TokenInvalid`] when the person has none like this; [`Error::TokenUsed`] when a phone was faster.
    pub async fn cancel_link(
        &self,
        tenant: TenantId,
        user: Uuid,
        hash: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        self.is_no_console(tenant).await?;
        self.end_link(tenant, user, hash, by).await
    }

    /// The same for anybody, operators too.
    pub(in crate::engine) async fn end_link(
        &self,
        tenant: TenantId,
        user: Uuid,
        hash: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let event = self.event(tenant, "enrollment.cancelled", by, &to_base32(user))?;
        match self.store.write(vec![enrollments::cancel(tenant, user, hash, self.now()), event]).await {
            Err(StoreError::Unmet(0)) => match self.desk_link(tenant, user, hash).await?.row.used_at {
                Some(_) => Err(Error::TokenUsed),
                None => Ok(()),
            },
            result => Ok(result?),
        }
    }
}
