//! Taking factors away, one by one or all of a kind.

use countersign_protocol::id::{DeviceId, TenantId, to_base32};

use crate::engine::audit::Actor;
use crate::engine::factor::tell::about;
use crate::engine::factor::{FactorId, Word};
use crate::engine::policy::Factor;
use crate::engine::{Engine, Error, Template};
use crate::store::{
    Counted, FactorRow, Statement, StoreError, UserRow, contacts, devices, factors, recovery,
};
use crate::wake::Topic;

impl Engine {
    /// Takes one of a person's factors away, a device too.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::NoSuchFactor`], [`Error::ProofNeeded`].
    pub async fn remove_factor(&self, word: Word<'_>, user_ref: &str, id: FactorId) -> Result<(), Error> {
        let batch = self.removing(word, user_ref, id).await?;
        self.written(batch).await?;
        self.wake_inbox(word, user_ref, id).await
    }

    /// The same, unless it is the last thing with which they could sign in to the console.
    ///
    /// # Errors
    /// As [`remove_factor`](Self::remove_factor); [`Error::LastWayIn`].
    pub(in crate::engine) async fn remove_factor_but_the_last(
        &self,
        word: Word<'_>,
        user_ref: &str,
        id: FactorId,
    ) -> Result<(), Error> {
        let user = self.store.user_by_ref(word.tenant(), user_ref).await?.ok_or(Error::UserNotFound)?;
        let without = match id {
            FactorId::Own(id) => id,
            FactorId::Device(device) => device.local,
        };
        // Of two who take the last two away at the same moment, one waits here and then finds the other one gone.
        let mut batch = vec![user.hold(), factors::another_way_in(user.tenant, user.id, without)];
        batch.extend(self.removing(word, user_ref, id).await?);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(1)) => return Err(Error::LastWayIn),
            Err(StoreError::Unmet(_)) => return Err(Error::NoSuchFactor),
            result => result?,
        }
        self.outbox_changed();
        self.wake_inbox(word, user_ref, id).await
    }

    /// A device that was taken away learns of it at once.
    async fn wake_inbox(&self, word: Word<'_>, user_ref: &str, id: FactorId) -> Result<(), Error> {
        if matches!(id, FactorId::Device(_)) {
            let user = self.store.user_by_ref(word.tenant(), user_ref).await?.ok_or(Error::UserNotFound)?;
            self.wake.wake(Topic::Inbox(user.id));
        }
        Ok(())
    }

    /// The statements of that.
    pub(in crate::engine) async fn removing(
        &self,
        word: Word<'_>,
        user_ref: &str,
        id: FactorId,
    ) -> Result<Vec<Statement>, Error> {
        let (user, all) = self.factors_of(word.tenant(), user_ref).await?;
        if !all.iter().any(|factor| factor.id == id) {
            return Err(Error::NoSuchFactor);
        }
        word.may_change(&user, &all, self.now())?;
        match id {
            FactorId::Device(device) => self.removal_of_device(word, &user, device).await,
            FactorId::Own(_) => {
                let row = self.own_factor(&user, id).await?;
                self.removal(word, &user, &row).await
            }
        }
    }

    /// Takes all of a person's factors of a kind away, or of all kinds but devices, with what was counted against them.
    /// Returns how many there were; that there were none is no error.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::ProofNeeded`].
    pub async fn reset_factors(
        &self,
        word: Word<'_>,
        user_ref: &str,
        kind: Option<Factor>,
    ) -> Result<usize, Error> {
        let (removed, batch) = self.resetting(word, user_ref, kind).await?;
        self.written(batch).await?;
        Ok(removed)
    }

    /// The statements of that, and how many factors there are.
    pub(in crate::engine) async fn resetting(
        &self,
        word: Word<'_>,
        user_ref: &str,
        kind: Option<Factor>,
    ) -> Result<(usize, Vec<Statement>), Error> {
        let (user, all) = self.factors_of(word.tenant(), user_ref).await?;
        word.may_change(&user, &all, self.now())?;
        let rows = self.store.factors(user.tenant, user.id).await?;
        let (mut removed, mut batch) = (0, Vec::new());
        for row in rows.iter().filter(|row| kind.is_none_or(|kind| row.kind == kind.as_str())) {
            batch.extend(self.removal(word, &user, row).await?);
            removed += 1;
        }
        for factor in Factor::ALL.into_iter().filter(|factor| *factor != Factor::Push) {
            if kind.is_none_or(|kind| kind == factor) {
                batch.push(Counted { tenant: user.tenant, user: user.id, factor: factor.as_str() }.unlock());
            }
        }
        Ok((removed, batch))
    }

    /// Takes a person's TOTP seed away, at the operator's word.
    ///
    /// # Errors
    /// [`Error::UserNotFound`]; [`Error::FactorNotFound`] when they have none.
    pub async fn remove_totp(&self, tenant: TenantId, user_ref: &str, by: &dyn Actor) -> Result<(), Error> {
        match self.reset_factors(Word::Operator(tenant, by), user_ref, Some(Factor::Totp)).await? {
            0 => Err(Error::FactorNotFound),
            _ => Ok(()),
        }
    }

    async fn written(&self, batch: Vec<Statement>) -> Result<(), Error> {
        match self.store.write(batch).await {
            Err(StoreError::Unmet(_)) => return Err(Error::NoSuchFactor),
            result => result?,
        }
        self.outbox_changed();
        Ok(())
    }

    /// The statements that take a factor away.
    async fn removal(
        &self,
        word: Word<'_>,
        user: &UserRow,
        row: &FactorRow,
    ) -> Result<Vec<Statement>, Error> {
        let (tenant, id) = (user.tenant, user.id);
        let mut batch = vec![row.remove(), contacts::forget_unused(tenant, id)];
        if row.kind == Factor::Recovery.as_str() {
            batch.push(recovery::forget_all(tenant, id));
        }
        batch.push(self.event_with(tenant, "factor.removed", &word, &to_base32(id), &row.kind)?);
        if row.active_at.is_some() {
            let all = self.store.factors(tenant, id).await?;
            batch.extend(self.notice(word, user, &all, (Template::FactorRemoved, about(row))).await?);
        }
        Ok(batch)
    }

    async fn removal_of_device(
        &self,
        word: Word<'_>,
        user: &UserRow,
        device: DeviceId,
    ) -> Result<Vec<Statement>, Error> {
        let event = self.event(user.tenant, "device.removed", &word, &device)?;
        let mut batch = vec![devices::remove(device, self.now()), event];
        let all = self.store.factors(user.tenant, user.id).await?;
        batch.extend(self.notice(word, user, &all, (Template::FactorRemoved, None)).await?);
        Ok(batch)
    }
}
