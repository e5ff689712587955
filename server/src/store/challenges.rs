//! Challenges: the one state machine. `pending` leaves by a guarded update, once; expiry is a comparison of times.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId, to_base32};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use super::devices::{device_columns, read_device};
use super::statement::params;
use super::webhooks::{read_told, told_query};
use super::{Columns, DeviceRow, Query, Statement, Store, StoreError, Told};

/// How a challenge stands, and what is needed to say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The stored word. `Pending` also for one whose time is over.
    stored: Outcome,
    /// From this millisecond on nobody can answer.
    pub expires_at: i64,
}

impl State {
    /// A stored state.
    #[must_use]
    pub fn new(stored: Outcome, expires_at: i64) -> Self {
        Self { stored, expires_at }
    }

    /// How it stands at `now`: pending past its time is expired, without anyone having to write that down.
    #[must_use]
    pub fn at(&self, now: i64) -> Outcome {
        if self.stored == Outcome::Pending && now >= self.expires_at { Outcome::Expired } else { self.stored }
    }
}

/// A challenge as the relying party may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeRow {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: ChallengeId,
    /// Who asked.
    pub application_id: Uuid,
    /// Who was asked.
    pub user_id: Uuid,
    /// The same, in the relying party's words; once they are forgotten, their id.
    pub user_ref: String,
    /// What answers it: `push`, `sms`, `voice`, `email`, `totp` or `recovery`.
    pub kind: String,
    /// The relying party's own reference.
    pub session_ref: Option<String>,
    /// How it stands.
    pub state: State,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub responded_at: Option<i64>,
    /// The name of the device that answered.
    pub device_name: Option<String>,
}

/// A challenge as one device may answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerableRow {
    /// The device.
    pub device: DeviceRow,
    /// The challenge as it was signed for that device.
    pub challenge_jws: String,
    /// How it stands.
    pub state: State,
    /// The number to type, sealed.
    pub number: Option<Vec<u8>>,
    /// Who asked.
    pub application_id: Uuid,
    /// The answer it already has.
    pub answer: Option<String>,
    /// The verdict on it; none while the code that the phone shows is awaited.
    pub verdict: Option<String>,
    /// Wrong numbers and refusals in a row.
    pub failures: i64,
    /// Who is to hear of the decision.
    pub told: Told,
}

/// A challenge in a device's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRow {
    /// Its id.
    pub id: ChallengeId,
    /// Display name of who asked.
    pub application: String,
    /// The relying party's words.
    pub message: String,
    /// How it stands.
    pub state: State,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub responded_at: Option<i64>,
    /// Who answered.
    pub device_id: Option<Uuid>,
    /// The `cs-rule+jwt` of that device that approved it, if nobody was asked.
    pub rule: Option<String>,
    /// Whether that device approved it without a network.
    pub offline: bool,
}

/// A challenge to be asked.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: ChallengeId,
    /// Who asks.
    pub application_id: Uuid,
    /// Who is asked.
    pub user_id: Uuid,
    /// The relying party's own reference.
    pub session_ref: Option<String>,
    /// The relying party's words.
    pub message: String,
    /// What binds the two screens: `type2`, `type6`, `show` or `pick`.
    pub number_kind: Option<&'static str>,
    /// The number, sealed.
    pub number: Option<Vec<u8>>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, a whole second.
    pub expires_at: i64,
}

fn outcome(word: &str) -> Result<Outcome, StoreError> {
    use Outcome::{Approved, Cancelled, Denied, Expired, Failed, Pending};
    [Pending, Approved, Denied, Expired, Failed, Cancelled]
        .into_iter()
        .find(|o| o.as_str() == word)
        .ok_or(StoreError::Shape("challenges.state"))
}

pub(super) fn read_state(c: &mut Columns) -> Result<State, StoreError> {
    let word: String = c.get()?;
    Ok(State { stored: outcome(&word)?, expires_at: c.get()? })
}

impl Store {
    /// A challenge by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn challenge(
        &self,
        tenant: TenantId,
        id: ChallengeId,
    ) -> Result<Option<ChallengeRow>, StoreError> {
        let sql = "SELECT c.application_id, c.user_id, u.user_ref, c.kind, c.session_ref, c.state, c.expires_at, c.created_at,
                     c.responded_at, d.device_name
                   FROM challenges c
                   LEFT JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
                   LEFT JOIN devices d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
                   WHERE c.tenant_id = ?1 AND c.id = ?2";
        self.row(Query::new(sql, params![tenant, id.0]), |c| {
            let (application_id, user_id) = (c.get()?, c.get()?);
            Ok(ChallengeRow {
                tenant,
                id,
                application_id,
                user_id,
                user_ref: c.get::<Option<String>>()?.unwrap_or_else(|| to_base32(user_id)),
                kind: c.get()?,
                session_ref: c.get()?,
                state: read_state(c)?,
                created_at: c.get()?,
                responded_at: c.get()?,
                device_name: c.get()?,
            })
        })
        .await
    }

    /// A challenge as `device` may answer it; none when it was not asked, or has been removed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn answerable(
        &self,
        device: DeviceId,
        id: ChallengeId,
    ) -> Result<Option<AnswerableRow>, StoreError> {
        let sql = concat!(
            "SELECT p.challenge_jws, c.state, c.expires_at, c.number, c.application_id, c.answer, c.verdict,
               COALESCE(f.failures, 0) + COALESCE(r.failures, 0), ",
            device_columns!(),
            " FROM prompts p
              JOIN challenges c ON c.tenant_id = p.tenant_id AND c.id = p.challenge_id
              JOIN devices d ON d.tenant_id = p.tenant_id AND d.id = p.device_id AND d.removed_at IS NULL
              LEFT JOIN counters f ON f.tenant_id = c.tenant_id AND f.user_id = c.user_id AND f.factor = 'push'
              LEFT JOIN counters r ON r.tenant_id = c.tenant_id AND r.user_id = c.user_id
                AND r.factor = 'push_denied'
              WHERE p.tenant_id = ?1 AND p.device_id = ?2 AND p.challenge_id = ?3"
        );
        let queries =
            vec![Query::new(sql, params![device.tenant, device.local, id.0]), told_query(device.tenant, id)];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let Some(row) = answers.next().and_then(|mut rows| rows.pop()) else { return Ok(None) };
        let told = read_told(answers.next().unwrap_or_default())?;
        let mut c = row.columns();
        Ok(Some(AnswerableRow {
            challenge_jws: c.get()?,
            state: read_state(&mut c)?,
            number: c.get()?,
            application_id: c.get()?,
            answer: c.get()?,
            verdict: c.get()?,
            failures: c.get()?,
            device: read_device(device.tenant, &mut c)?,
            told,
        }))
    }

    /// What waits for a device at `now`, oldest first, each as it was signed; nothing when the device was removed.
    /// `since` is the id that nothing older can still be pending behind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending_prompts(
        &self,
        device: &DeviceRow,
        since: Uuid,
        now: i64,
    ) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT p.challenge_jws FROM challenges c
                   JOIN prompts p ON p.tenant_id = c.tenant_id AND p.device_id = ?3 AND p.challenge_id = c.id
                   WHERE c.tenant_id = ?1 AND c.user_id = ?2 AND c.state = 'pending' AND c.id > ?4
                     AND c.expires_at > ?5 AND c.answer IS NULL
                     AND EXISTS (SELECT 1 FROM devices WHERE tenant_id = ?1 AND id = ?3 AND removed_at IS NULL)
                   ORDER BY c.id";
        let id = device.id;
        let rows =
            self.rows(Query::new(sql, params![id.tenant, device.user_id, id.local, since, now])).await?;
        rows.into_iter().map(|row| row.columns().get()).collect()
    }

    /// The latest challenges that a device was asked and that have ended at `now`, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ended_prompts(
        &self,
        device: DeviceId,
        now: i64,
        limit: i64,
    ) -> Result<Vec<EndedRow>, StoreError> {
        let sql = "SELECT c.id, a.name, c.message, c.state, c.expires_at, c.created_at, c.responded_at, c.device_id,
                     c.rule, c.offline_at
                   FROM prompts p
                   JOIN challenges c ON c.tenant_id = p.tenant_id AND c.id = p.challenge_id
                   JOIN applications a ON a.tenant_id = c.tenant_id AND a.id = c.application_id
                   WHERE p.tenant_id = ?1 AND p.device_id = ?2 AND (c.state <> 'pending' OR c.expires_at <= ?3)
                   ORDER BY p.challenge_id DESC LIMIT ?4";
        let rows = self.rows(Query::new(sql, params![device.tenant, device.local, now, limit])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                Ok(EndedRow {
                    id: ChallengeId(c.get()?),
                    application: c.get()?,
                    message: c.get()?,
                    state: read_state(&mut c)?,
                    created_at: c.get()?,
                    responded_at: c.get()?,
                    device_id: c.get()?,
                    rule: c.get()?,
                    offline: c.get::<Option<i64>>()?.is_some(),
                })
            })
            .collect()
    }

    /// The ids of a user's challenges that are pending at `now`. `since` as in [`Store::pending_prompts`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pending_of_user(
        &self,
        tenant: TenantId,
        user: Uuid,
        since: Uuid,
        now: i64,
    ) -> Result<Vec<ChallengeId>, StoreError> {
        let sql = "SELECT id FROM challenges
                   WHERE tenant_id = ?1 AND id > ?2 AND user_id = ?3 AND state = 'pending' AND expires_at > ?4";
        let rows = self.rows(Query::new(sql, params![tenant, since, user, now])).await?;
        rows.into_iter().map(|row| row.columns().get().map(ChallengeId)).collect()
    }
}

impl NewChallenge {
    /// Asks: the challenge, and for each device the text that was signed for it.
    #[must_use]
    pub fn insert(self, prompts: Vec<(DeviceId, String)>) -> Vec<Statement> {
        let (tenant, id) = (self.tenant, self.id);
        let challenge = Statement::one(
            "INSERT INTO challenges (tenant_id, id, application_id, user_id, kind, state, session_ref, message,
               number, created_at, expires_at, reachable, number_kind)
             VALUES (?1, ?2, ?3, ?4, 'push', 'pending', ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                tenant,
                id.0,
                self.application_id,
                self.user_id,
                self.session_ref,
                self.message,
                self.number,
                self.created_at,
                self.expires_at,
                i64::try_from(prompts.len()).unwrap_or(i64::MAX),
                self.number_kind
            ],
        );
        let prompts = prompts.into_iter().map(|(device, jws)| {
            Statement::one(
                "INSERT INTO prompts (tenant_id, device_id, challenge_id, challenge_jws) VALUES (?1, ?2, ?3, ?4)",
                params![tenant, device.local, id.0, jws],
            )
        });
        std::iter::once(challenge).chain(prompts).collect()
    }
}

/// Holds a challenge until the batch is over, so that the statements behind this one agree on how it stands (ADR 0009).
#[must_use]
pub fn hold(tenant: TenantId, id: ChallengeId) -> Statement {
    Statement::any(
        "UPDATE challenges SET state = state WHERE tenant_id = ?1 AND id = ?2",
        params![tenant, id.0],
    )
}

/// Ends a challenge without an answer, if it is still pending and in time.
#[must_use]
pub fn end(tenant: TenantId, id: ChallengeId, outcome: Outcome, now: i64) -> Statement {
    Statement::one(
        "UPDATE challenges SET state = ?3 WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?4",
        params![tenant, id.0, outcome.as_str(), now],
    )
}
