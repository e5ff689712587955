//! The one model of factors: whatever a person has, with an id that stays, a kind and a name that gives little away.

use std::fmt;
use std::str::FromStr;

use countersign_protocol::id::{DeviceId, TenantId, from_base32, to_base32};
use uuid::Uuid;

use crate::engine::factor::masked::Mask;
use crate::engine::policy::Factor;
use crate::engine::{Caller, Engine, Error};
use crate::store::{DeviceRow, FactorRow, UserRow};

const PREFIX: &str = "fac_";

/// A factor's public id: `fac_…`, or the device's own, `dev_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactorId {
    /// A factor in the table of factors.
    Own(Uuid),
    /// A device.
    Device(DeviceId),
}

impl fmt::Display for FactorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(id) => write!(f, "{PREFIX}{}", to_base32(*id)),
            Self::Device(device) => device.fmt(f),
        }
    }
}

/// Nothing that has the form of a factor's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a factor's id begins with fac_ or dev_")]
pub struct NoFactorId;

impl FromStr for FactorId {
    type Err = NoFactorId;

    fn from_str(text: &str) -> Result<Self, NoFactorId> {
        match text.strip_prefix(PREFIX) {
            Some(rest) => from_base32(rest).map(Self::Own).ok_or(NoFactorId),
            None => text.parse().map(Self::Device).map_err(|_| NoFactorId),
        }
    }
}

/// A factor as it is listed.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedFactor {
    /// Its id, which stays as long as it does.
    pub id: FactorId,
    /// What it is.
    pub kind: Factor,
    /// Whether it counts: its first code has come back, and a set of recovery codes is not used up.
    pub active: bool,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, milliseconds since 1970; of a device, when it was last heard of.
    pub used_at: Option<i64>,
    /// Recovery codes that are left; none for other kinds.
    pub codes_left: Option<i64>,
    /// A device's name, a number or an address: only its owner may see the latter two whole.
    target: Option<String>,
}

impl fmt::Debug for ListedFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedFactor").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl ListedFactor {
    pub(in crate::engine) fn of(row: FactorRow) -> Result<Self, Error> {
        let kind = Factor::from_word(&row.kind).ok_or(Error::Damaged("factor"))?;
        let codes = kind == Factor::Recovery;
        Ok(Self {
            id: FactorId::Own(row.id),
            kind,
            active: row.active_at.is_some() && (!codes || row.codes_left > 0),
            created_at: row.created_at,
            used_at: row.used_at,
            codes_left: codes.then_some(row.codes_left),
            target: row.contact.map(|contact| contact.value),
        })
    }

    /// One that was just given, without a contact.
    pub(in crate::engine) fn new(
        id: Uuid,
        kind: Factor,
        (created_at, active_at): (i64, Option<i64>),
        codes_left: Option<i64>,
    ) -> Self {
        Self {
            id: FactorId::Own(id),
            kind,
            active: active_at.is_some(),
            created_at,
            used_at: None,
            codes_left,
            target: None,
        }
    }

    fn device(row: DeviceRow) -> Self {
        Self {
            id: FactorId::Device(row.id),
            kind: Factor::Push,
            active: row.keys.is_some(),
            created_at: row.created_at,
            used_at: Some(row.last_seen_at),
            codes_left: None,
            target: row.device_name,
        }
    }

    /// Whether it is a device.
    #[must_use]
    pub fn is_device(&self) -> bool {
        matches!(self.id, FactorId::Device(_))
    }

    /// Its name as it may be shown: a device's own, a number or address masked; none for seeds and recovery codes.
    #[must_use]
    pub fn name(&self, mask: Mask) -> Option<String> {
        let target = self.target.as_deref()?;
        Some(match self.kind {
            Factor::Sms | Factor::Voice => mask.phone(target),
            Factor::Email => mask.email(target),
            Factor::Push | Factor::Totp | Factor::Recovery => target.to_owned(),
        })
    }

    /// Whether it is good only for want of better (S13).
    #[must_use]
    pub fn restricted(&self) -> bool {
        self.kind.is_restricted()
    }
}

impl Engine {
    /// Everything that a person has, devices first, each kind oldest first.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn factors(&self, caller: &Caller, user_ref: &str) -> Result<Vec<ListedFactor>, Error> {
        Ok(self.factors_of(caller.application.tenant, user_ref).await?.1)
    }

    /// The same for an operator, with the person.
    ///
    /// # Errors
    /// [`Error::UserNotFound`].
    pub async fn factors_of(
        &self,
        tenant: TenantId,
        user_ref: &str,
    ) -> Result<(UserRow, Vec<ListedFactor>), Error> {
        let found = self.store.user_and_devices(tenant, user_ref).await?;
        let (user, devices) = found.ok_or(Error::UserNotFound)?;
        let mut all: Vec<_> = devices.into_iter().map(ListedFactor::device).collect();
        for row in self.store.factors(tenant, user.id).await? {
            all.push(ListedFactor::of(row)?);
        }
        all.sort_by_key(|factor| (factor.kind as u8, factor.created_at));
        Ok((user, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_nothing_else_is_one() {
        let device = DeviceId { tenant: TenantId(Uuid::from_u128(1)), local: Uuid::from_u128(2) };
        for id in [FactorId::Own(Uuid::from_u128(7)), FactorId::Device(device)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in ["", "fac_", "dev_", "fac_x", "ten_00000000000000000000000001"] {
            assert_eq!(text.parse::<FactorId>(), Err(NoFactorId), "{text}");
        }
    }
}
