//! What a refusal or a wrong number means for what comes next: pushes cool down, a factor is locked, other questions
//! end. All of it is written in the batch of the decision itself.

use countersign_protocol::answer::Decision as Choice;
use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::policy::Policy;
use crate::engine::{Engine, Error};
use crate::store::device_rules::end_rules_of_user;
use crate::store::{AnswerableRow, Counted, Expect, Statement};

/// What a decision brings with it.
#[derive(Debug, Default)]
pub(in crate::engine) struct Consequences {
    /// For the decision's batch.
    pub(in crate::engine) statements: Vec<Statement>,
    /// The user's other questions, which may have ended.
    pub(in crate::engine) others: Vec<ChallengeId>,
}

/// Wrong numbers and codes in a row; as many as the policy allows lock pushes (S6).
pub(in crate::engine) fn wrong_numbers(tenant: TenantId, user: Uuid) -> Counted {
    Counted { tenant, user, factor: "push" }
}

/// Refusals in a row; as many as the policy allows let pushes cool down (S7).
pub(in crate::engine) fn denials(tenant: TenantId, user: Uuid) -> Counted {
    Counted { tenant, user, factor: "push_denied" }
}

impl Engine {
    /// What this answer brings with it, once it has ended its challenge this way.
    pub(in crate::engine) async fn consequences(
        &self,
        row: &AnswerableRow,
        answered: ChallengeId,
        decision: Choice,
        outcome: Outcome,
        (actor, now): (&dyn Actor, i64),
    ) -> Result<Consequences, Error> {
        let (tenant, user) = (row.device.id.tenant, row.device.user_id);
        let denied = denials(tenant, user);
        match (decision, outcome) {
            (Choice::Approve, Outcome::Pending) => Ok(Consequences::default()),
            (Choice::Approve, Outcome::Approved) => Ok(self.after_success(row.failures, tenant, user)),
            (Choice::Approve, _) => {
                self.after_wrong_number((tenant, user), row.application_id, actor, now).await
            }
            (Choice::Deny, _) => {
                let policy = self.policy_of(tenant, row.application_id).await?;
                let rest = denied.rest_after(policy.denial_limit, now + policy.cool_down * 1000);
                Ok(Consequences { statements: vec![rest], others: Vec::new() })
            }
            (Choice::Report, _) => {
                let policy = self.policy_of(tenant, row.application_id).await?;
                let rest = denied.cool(now + policy.cool_down * 1000);
                let mut statements = vec![rest, end_rules_of_user(tenant, user, now)];
                let since = Self::oldest_pending(now);
                let others = self.store.pending_of_user(tenant, user, since, now).await?;
                for other in others.iter().filter(|other| **other != answered) {
                    let reported = (Outcome::Denied, "challenge.ended_by_report");
                    statements.extend(self.end_along(tenant, *other, reported, actor, now)?);
                    let told = self.store.told(tenant, *other).await?;
                    statements.extend(self.tell(tenant, *other, Outcome::Denied, &told, now)?);
                }
                Ok(Consequences { statements, others })
            }
        }
    }

    /// Right: what was counted in a row is over. Nothing is written when nothing was counted.
    pub(in crate::engine) fn after_success(
        &self,
        failures: i64,
        tenant: TenantId,
        user: Uuid,
    ) -> Consequences {
        let clear = |counted: Counted| Statement { expect: Expect::Any, ..counted.succeed() };
        let statements = if failures == 0 {
            Vec::new()
        } else {
            vec![clear(wrong_numbers(tenant, user)), clear(denials(tenant, user))]
        };
        Consequences { statements, others: Vec::new() }
    }

    /// Wrong: counted, and when it was one too many, pushes are locked and whatever waits for the user ends (S28).
    pub(in crate::engine) async fn after_wrong_number(
        &self,
        (tenant, user): (TenantId, Uuid),
        application: Uuid,
        actor: &dyn Actor,
        now: i64,
    ) -> Result<Consequences, Error> {
        let policy = self.policy_of(tenant, application).await?;
        let counted = wrong_numbers(tenant, user).fail(policy.failure_limit, now);
        let mut statements = vec![Statement { expect: Expect::Any, ..counted }];
        let (ends, others) = self.end_with_lock((tenant, user), "push", actor, now).await?;
        statements.extend(ends);
        Ok(Consequences { statements, others })
    }

    /// What holds for an application.
    pub(in crate::engine) async fn policy_of(
        &self,
        tenant: TenantId,
        application: Uuid,
    ) -> Result<Policy, Error> {
        Policy::of(&self.store.policies(tenant, application).await?)
    }
}
