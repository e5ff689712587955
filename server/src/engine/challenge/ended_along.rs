//! Questions that end along with something else: superseded by a newer one, refused with a report, cancelled by a lock.
//!
//! Somebody may answer such a question in the same moment. So its end is never demanded, and the log tells of it only
//! when it happened: the question is held, noted if it is pending, and ended if it is.

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::challenges::{end, hold};
use crate::store::deciding::{end_if_locked, hold_if_locked};
use crate::store::{Expect, Statement};

impl Engine {
    /// Ends `other` if it is still pending, for a batch; the log calls it `name`.
    pub(in crate::engine) fn end_along(
        &self,
        tenant: TenantId,
        other: ChallengeId,
        (outcome, name): (Outcome, &'static str),
        actor: &dyn Actor,
        now: i64,
    ) -> Result<[Statement; 3], Error> {
        let event = self.new_event(tenant, name, actor, &other)?.insert_if_pending(other, now);
        let ended = Statement { expect: Expect::Any, ..end(tenant, other, outcome, now) };
        Ok([hold(tenant, other), event, ended])
    }

    /// Ends what waits for a person and would be answered with a factor of this kind, if this batch has just locked it
    /// (S28). Returns the questions that may have ended, to look at again afterwards.
    pub(in crate::engine) async fn end_with_lock(
        &self,
        (tenant, user): (TenantId, Uuid),
        kind: &str,
        actor: &dyn Actor,
        now: i64,
    ) -> Result<(Vec<Statement>, Vec<ChallengeId>), Error> {
        let since = Self::oldest_pending(now);
        let others = self.store.pending_of_user(tenant, user, since, now).await?;
        // Held only once there is a lock: held at each wrong code, questions that are answered side by side would wait for
        // each other in a circle.
        let mut statements = vec![hold_if_locked(tenant, user, kind, since, now)];
        for other in &others {
            let event = self.new_event(tenant, "challenge.ended_by_lock", actor, other)?;
            statements.push(event.insert_if_locked(*other, kind, now));
        }
        statements.push(end_if_locked(tenant, user, kind, since, now));
        Ok((statements, others))
    }
}
