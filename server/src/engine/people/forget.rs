//! A person who left is forgotten: whatever could answer for them ends, and nothing that is kept says who they were.

use countersign_protocol::id::{ChallengeId, TenantId, to_base32};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::forgetting::{end_devices, forget, forget_all_of};
use crate::store::{Batch, StoreError, UserRow, passwords};
use crate::wake::Topic;

/// How often it is looked again when somebody asks the person at the same moment.
const ATTEMPTS: usize = 16;

impl Engine {
    /// Forgets a person: questions that wait are taken back, devices and everything else with which they answer or sign in
    /// end, and all that is known of them goes. Whoever is made known by the same `user_ref` later is somebody else.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], also the second time; [`Error::Invalid`] for the people of the console's own tenant.
    pub async fn forget_person(&self, tenant: TenantId, id: Uuid, by: &dyn Actor) -> Result<(), Error> {
        if self.store.console().await?.is_some_and(|console| console.tenant == tenant) {
            return Err(Error::Invalid(
                "this person is or was an operator: remove them on the console's page of operators, or with `operator remove`"
                    .to_owned(),
            ));
        }
        for _ in 0..ATTEMPTS {
            let user = self.store.user_by_id(tenant, id).await?.ok_or(Error::UserNotFound)?;
            if self.forgot(&user, by).await? {
                return Ok(());
            }
        }
        Err(Error::TooFast { retry_after: 1 })
    }

    /// The same for a person whom the tenant's applications call `user_ref`.
    ///
    /// # Errors
    /// As [`forget_person`](Self::forget_person).
    pub async fn forget_person_called(
        &self,
        tenant: TenantId,
        user_ref: &str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let user = self.store.user_by_ref(tenant, user_ref).await?.ok_or(Error::UserNotFound)?;
        self.forget_person(tenant, user.id, by).await
    }

    /// False when somebody asked the person since what waits for them was read; nothing was done then.
    async fn forgot(&self, user: &UserRow, by: &dyn Actor) -> Result<bool, Error> {
        let (tenant, now) = (user.tenant, self.now());
        let waiting = self.store.pending_of_user(tenant, user.id, Self::oldest_pending(now), now).await?;
        let pages = self.store.open_transactions(tenant, user.id, now).await?;
        let batch = self.forgetting(user, &waiting, by, now)?;
        let last = batch.len().saturating_sub(1);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(at)) if at == last => return Ok(false),
            Err(StoreError::Unmet(_)) => return Err(Error::UserNotFound),
            result => result?,
        }
        for id in waiting {
            if self.look_again(tenant, id).await? == Outcome::Cancelled {
                self.metrics.challenge_ended(Outcome::Cancelled, None);
            }
        }
        for page in pages {
            self.wake.wake(Topic::Transaction(page));
        }
        self.wake.wake(Topic::Inbox(user.id));
        Ok(true)
    }

    fn forgetting(
        &self,
        user: &UserRow,
        waiting: &[ChallengeId],
        by: &dyn Actor,
        now: i64,
    ) -> Result<Batch, Error> {
        let tenant = user.tenant;
        // Held first: whoever leaves rows of this person holds them too, and comes before this or finds them gone.
        let mut batch = vec![user.hold(), end_devices(user, now)];
        for id in waiting {
            let cancelled = (Outcome::Cancelled, "challenge.cancelled");
            batch.extend(self.end_along(tenant, *id, cancelled, by, now)?);
        }
        batch.extend(forget_all_of(user));
        batch.push(passwords::forget(tenant, self.name_subject(tenant, &user.user_ref)));
        batch.push(self.event(tenant, "user.removed", by, &to_base32(user.id))?);
        batch.push(forget(user, now));
        Ok(batch)
    }
}
