//! How a challenge stands: asked by the relying party, at once or when it changes, and taken back by it.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;

use crate::engine::audit::Actor;
use crate::engine::{Caller, Engine, Error};
use crate::store::challenges::end;
use crate::store::{ChallengeRow, StoreError};
use crate::telemetry::metrics::Wait;
use crate::wake::Topic;

/// A challenge and how it stands at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The challenge.
    pub challenge: Arc<ChallengeRow>,
    /// How it stands.
    pub outcome: Outcome,
}

impl Status {
    /// When somebody decided, and the name of the device they did it with. None while nobody has; also while the code of
    /// an approval has not been typed.
    #[must_use]
    pub fn decided(&self) -> Option<(i64, Option<&str>)> {
        let decided = matches!(self.outcome, Outcome::Approved | Outcome::Denied);
        let at = self.challenge.responded_at.filter(|_| decided)?;
        Some((at, self.challenge.device_name.as_deref()))
    }
}

impl Engine {
    /// How a challenge stands. With a `wait` above zero, returns when it has ended or the wait is over.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`]; [`Error::TooFast`] when asked more than once a second for long.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn status(&self, caller: &Caller, id: ChallengeId, wait: Duration) -> Result<Status, Error> {
        let tenant = caller.application.tenant;
        let mut status = self.look_at(tenant, id, false).await?;
        let ended_at = status.challenge.responded_at.unwrap_or(status.challenge.state.expires_at);
        if self.now() - ended_at > caller.policy.result_window * 1000 {
            return Err(Error::ChallengeNotFound);
        }
        self.snapshots.count_poll(id, self.now()).map_err(|retry_after| Error::TooFast { retry_after })?;
        if wait.is_zero() || status.outcome != Outcome::Pending {
            return Ok(status);
        }
        let _counted = self.metrics.waiting(Wait::Status);
        let mut waiting = self.wake.subscribe(Topic::Challenge(id), wait);
        loop {
            let armed = waiting.arm();
            status = self.look_at(tenant, id, true).await?;
            let left = status.challenge.state.expires_at - self.now();
            let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
            if status.outcome != Outcome::Pending || !waiting.again(armed, left).await {
                return Ok(status);
            }
        }
    }

    /// Takes a question back. Doing it again is no error.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`]; [`Error::NotPending`] when it has ended otherwise.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn cancel(&self, caller: &Caller, id: ChallengeId) -> Result<(), Error> {
        self.cancel_at(caller.application.tenant, id, &caller.actor()).await
    }

    /// The same at the word of `actor`.
    pub(in crate::engine) async fn cancel_at(
        &self,
        tenant: TenantId,
        id: ChallengeId,
        actor: &dyn Actor,
    ) -> Result<(), Error> {
        let before = self.look_at(tenant, id, false).await?;
        if before.outcome == Outcome::Pending {
            let event = self.event(tenant, "challenge.cancelled", actor, &id)?;
            let cancelled = end(tenant, id, Outcome::Cancelled, self.now());
            match self.store.write(vec![cancelled, event]).await {
                Ok(()) => {
                    self.wake.wake(Topic::Inbox(before.challenge.user_id));
                    return self.ended(tenant, id, Outcome::Cancelled, None, None).await;
                }
                // Somebody answered at the same moment; look again.
                Err(StoreError::Unmet(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match self.read(tenant, id).await?.state.at(self.now()) {
            Outcome::Cancelled => Ok(()),
            other => Err(Error::NotPending(other)),
        }
    }

    /// Makes an end known on this node: to those who look and to those who wait.
    pub(in crate::engine) async fn ended(
        &self,
        tenant: TenantId,
        id: ChallengeId,
        outcome: Outcome,
        responded_at: Option<i64>,
        device_name: Option<String>,
    ) -> Result<(), Error> {
        let asked_at = i64::try_from(id.0.as_u128() >> 80).unwrap_or(0);
        let after = responded_at.map(|at| Duration::from_millis(u64::try_from(at - asked_at).unwrap_or(0)));
        self.metrics.challenge_ended(outcome, after);
        if !self.snapshots.end(id, outcome, responded_at, device_name) {
            self.read(tenant, id).await?;
        }
        self.wake.wake(Topic::Challenge(id));
        Ok(())
    }

    /// Makes known what a write may have ended, when somebody else may have been faster. Returns how it stands.
    pub(in crate::engine) async fn look_again(
        &self,
        tenant: TenantId,
        id: ChallengeId,
    ) -> Result<Outcome, Error> {
        let row = self.read(tenant, id).await?;
        self.wake.wake(Topic::Challenge(id));
        Ok(row.state.at(self.now()))
    }

    async fn look_at(&self, tenant: TenantId, id: ChallengeId, waiting: bool) -> Result<Status, Error> {
        let remembered = self.snapshots.get(id, self.now(), waiting).filter(|row| row.tenant == tenant);
        let challenge = match remembered {
            Some(row) => row,
            None => self.read(tenant, id).await?,
        };
        let outcome = challenge.state.at(self.now());
        Ok(Status { challenge, outcome })
    }

    async fn read(&self, tenant: TenantId, id: ChallengeId) -> Result<Arc<ChallengeRow>, Error> {
        let (now, ticket) = (self.now(), self.snapshots.ticket(id));
        let row = self.store.challenge(tenant, id).await?.ok_or(Error::ChallengeNotFound)?;
        Ok(self.snapshots.put(row, now, ticket))
    }
}
