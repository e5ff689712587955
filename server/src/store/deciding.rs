//! How a challenge ends, or is answered: guarded updates, each of which takes effect once.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use super::statement::params;
use super::{Query, State, Statement, Store, StoreError};

/// A person's decision, checked and ready to be written.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    /// The device that answered.
    pub device: DeviceId,
    /// The challenge.
    pub challenge: ChallengeId,
    /// How it ends.
    pub outcome: Outcome,
    /// `possession` or `verification`.
    pub proof: &'static str,
    /// The `cs-answer+jwt`.
    pub answer: &'a str,
    /// The `cs-verdict+jwt` over it; none when a code has to be typed into the login page first.
    pub verdict: Option<&'a str>,
    /// Milliseconds since 1970.
    pub now: i64,
    /// The machine that the device called from, for the log.
    pub address: Option<std::net::IpAddr>,
}

impl Decision<'_> {
    /// Ends the challenge, if it is still pending, in time, and the device has not been removed meanwhile. An approval
    /// is taken only when no other one waits for its code.
    #[must_use]
    pub fn decide(&self) -> Statement {
        Statement::one(
            "UPDATE challenges SET state = ?3, responded_at = ?4, device_id = ?5, proof = ?6, answer = ?7,
               verdict = ?8
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?4
               AND (answer IS NULL OR ?3 = 'denied')
               AND EXISTS (SELECT 1 FROM devices WHERE tenant_id = ?1 AND id = ?5 AND removed_at IS NULL)",
            params![
                self.device.tenant,
                self.challenge.0,
                self.outcome.as_str(),
                self.now,
                self.device.local,
                self.proof,
                self.answer,
                self.verdict.map(str::to_owned)
            ],
        )
    }
}

/// A challenge that was approved on the phone and waits for the code that the phone shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmableRow {
    /// Who was asked.
    pub user_id: Uuid,
    /// Who asked.
    pub application_id: Uuid,
    /// How it stands.
    pub state: State,
    /// What binds the two screens.
    pub number_kind: Option<String>,
    /// The code, sealed.
    pub number: Option<Vec<u8>>,
    /// The `cs-answer+jwt`; none before the person approved.
    pub answer: Option<String>,
    /// The challenge as the answering device was asked.
    pub challenge_jws: Option<String>,
    /// That device.
    pub device_id: Option<Uuid>,
    /// Its name.
    pub device_name: Option<String>,
}

impl Store {
    /// A challenge as its code is checked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn confirmable(
        &self,
        tenant: TenantId,
        id: ChallengeId,
    ) -> Result<Option<ConfirmableRow>, StoreError> {
        let sql = "SELECT c.user_id, c.application_id, c.state, c.expires_at, c.number_kind, c.number, c.answer, p.challenge_jws,
                     c.device_id, d.device_name
                   FROM challenges c
                   LEFT JOIN prompts p
                     ON p.tenant_id = c.tenant_id AND p.device_id = c.device_id AND p.challenge_id = c.id
                   LEFT JOIN devices d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
                   WHERE c.tenant_id = ?1 AND c.id = ?2";
        self.row(Query::new(sql, params![tenant, id.0]), |c| {
            Ok(ConfirmableRow {
                user_id: c.get()?,
                application_id: c.get()?,
                state: super::challenges::read_state(c)?,
                number_kind: c.get()?,
                number: c.get()?,
                answer: c.get()?,
                challenge_jws: c.get()?,
                device_id: c.get()?,
                device_name: c.get()?,
            })
        })
        .await
    }
}

/// Ends a challenge whose code was typed, if that very answer still waits for it.
#[must_use]
pub fn confirm(
    tenant: TenantId,
    id: ChallengeId,
    answer: &str,
    outcome: Outcome,
    verdict: &str,
    now: i64,
) -> Statement {
    Statement::one(
        "UPDATE challenges SET state = ?3, responded_at = ?4, verdict = ?5
         WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?4 AND answer = ?6",
        params![tenant, id.0, outcome.as_str(), now, verdict, answer],
    )
}

/// Holds what [`end_if_locked`] would end, so that the statements between the two agree with it.
#[must_use]
pub fn hold_if_locked(tenant: TenantId, user: Uuid, kind: &str, since: Uuid, now: i64) -> Statement {
    Statement::any(
        "UPDATE challenges SET state = state
         WHERE tenant_id = ?1 AND user_id = ?2 AND id > ?3 AND state = 'pending' AND expires_at > ?4
           AND kind = ?5 AND EXISTS (SELECT 1 FROM counters WHERE tenant_id = ?1 AND user_id = ?2 AND factor = ?5
                                       AND locked_at IS NOT NULL)",
        params![tenant, user, since, now, kind],
    )
}

/// Ends what waits for a user and would be answered with a factor of this kind, when that is locked (S28). `since` as in
/// [`Store::pending_prompts`].
#[must_use]
pub fn end_if_locked(tenant: TenantId, user: Uuid, kind: &str, since: Uuid, now: i64) -> Statement {
    Statement::any(
        "UPDATE challenges SET state = 'cancelled'
         WHERE tenant_id = ?1 AND user_id = ?2 AND id > ?3 AND state = 'pending' AND expires_at > ?4
           AND kind = ?5 AND EXISTS (SELECT 1 FROM counters WHERE tenant_id = ?1 AND user_id = ?2 AND factor = ?5
                                       AND locked_at IS NOT NULL)",
        params![tenant, user, since, now, kind],
    )
}

/// Notes that a device can never be told of a challenge, and ends the challenge when it was the last one that could:
/// three statements for one batch, of which the first finds nothing the second time.
#[must_use]
pub fn undeliverable(device: DeviceId, id: ChallengeId, now: i64) -> [Statement; 3] {
    [
        Statement::one(
            "UPDATE prompts SET undeliverable_at = ?4
             WHERE tenant_id = ?1 AND device_id = ?2 AND challenge_id = ?3 AND undeliverable_at IS NULL",
            params![device.tenant, device.local, id.0, now],
        ),
        Statement::one(
            "UPDATE challenges SET reachable = reachable - 1 WHERE tenant_id = ?1 AND id = ?2",
            params![device.tenant, id.0],
        ),
        Statement::any(
            "UPDATE challenges SET state = 'failed'
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?3 AND reachable <= 0",
            params![device.tenant, id.0, now],
        ),
    ]
}
