//! Challenges that are answered with a code: what must be known before one is asked, sent again or answered, and the
//! guarded changes that each take effect once.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::challenges::read_state;
use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Query, State, Statement, Store, StoreError, UserRow};

/// What must be known of a person before they are asked for a code, besides their factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The tenant's display name.
    pub tenant_name: String,
    /// The kinds of factors that are locked until somebody unlocks them.
    pub locked: Vec<String>,
    /// What waits for them from the asking application, oldest first.
    pub pending: Vec<PendingRow>,
}

/// A challenge that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRow {
    /// The challenge.
    pub id: ChallengeId,
    /// The factor whose code it asks for; none for a push.
    pub factor: Option<Uuid>,
    /// Whether a right code makes the factor count; otherwise it is a sign-in.
    pub binds: bool,
}

/// A challenge as its code is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallengeRow {
    /// Its id.
    pub id: ChallengeId,
    /// Who asked.
    pub application: Uuid,
    /// `push`, `sms`, `voice`, `email`, `totp` or `recovery`.
    pub kind: String,
    /// How it stands.
    pub state: State,
    /// Whether a right code makes the factor count.
    pub binds: bool,
    /// Keyed HMAC over challenge and code; none where nothing was sent.
    pub code_hash: Option<Vec<u8>>,
    /// Milliseconds since 1970.
    pub sent_at: Option<i64>,
    /// Codes that were sent for it.
    pub sends: i64,
    /// Wrong codes.
    pub failures: i64,
    /// The factor whose code it asks for; none for a push.
    pub factor: Option<Uuid>,
    /// Whether factors of this kind are locked.
    pub locked: bool,
    /// Whose it is.
    pub user: UserRow,
    /// The tenant's display name.
    pub tenant_name: String,
}

impl Store {
    /// What must be known of a person. `since` as in [`Store::pending_prompts`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn addressee(
        &self,
        user: &UserRow,
        application: Uuid,
        since: Uuid,
        now: i64,
    ) -> Result<Option<Addressee>, StoreError> {
        let names = "SELECT t.name FROM users u JOIN tenants t ON t.tenant_id = u.tenant_id
                     WHERE u.tenant_id = ?1 AND u.id = ?2";
        let locked =
            "SELECT factor FROM counters WHERE tenant_id = ?1 AND user_id = ?2 AND locked_at IS NOT NULL";
        let pending = "SELECT id, factor_id, purpose FROM challenges
                       WHERE tenant_id = ?1 AND user_id = ?2 AND id > ?4 AND state = 'pending' AND expires_at > ?5
                         AND application_id = ?3 ORDER BY id";
        let (tenant, user) = (user.tenant, user.id);
        let queries = vec![
            Query::new(names, params![tenant, user]),
            Query::new(locked, params![tenant, user]),
            Query::new(pending, params![tenant, user, application, since, now]),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let Some(row) = answers.next().unwrap_or_default().pop() else { return Ok(None) };
        let locked = answers.next().unwrap_or_default().into_iter();
        let pending = answers.next().unwrap_or_default().into_iter();
        let mut c = row.columns();
        Ok(Some(Addressee {
            tenant_name: c.get()?,
            locked: locked.map(|row| row.columns().get()).collect::<Result<_, _>>()?,
            pending: pending
                .map(|row| {
                    let mut c = row.columns();
                    let (id, factor) = (ChallengeId(c.get()?), c.get()?);
                    Ok(PendingRow { id, factor, binds: c.get::<Option<String>>()?.is_some() })
                })
                .collect::<Result<_, StoreError>>()?,
        }))
    }

    /// The newest challenge that waits to make a factor count, if there is one. `since` as in
    /// [`Store::pending_prompts`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn binding_challenge(
        &self,
        user: &UserRow,
        factor: Uuid,
        since: Uuid,
        now: i64,
    ) -> Result<Option<ChallengeId>, StoreError> {
        let sql = "SELECT id FROM challenges
                   WHERE tenant_id = ?1 AND user_id = ?2 AND id > ?4 AND state = 'pending' AND expires_at > ?5
                     AND purpose = 'bind' AND factor_id = ?3 ORDER BY id DESC LIMIT 1";
        let params = params![user.tenant, user.id, factor, since, now];
        self.row(Query::new(sql, params), |c| c.get().map(ChallengeId)).await
    }

    /// A challenge as its code is checked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn code_challenge(
        &self,
        tenant: TenantId,
        id: ChallengeId,
    ) -> Result<Option<CodeChallengeRow>, StoreError> {
        let sql = concat!(
            "SELECT c.application_id, c.kind, c.state, c.expires_at, c.purpose, c.code_hash, c.code_sent_at, c.code_sends,
               c.code_failures, n.locked_at, t.name, c.factor_id, ",
            user_columns!(),
            " FROM challenges c
              JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
              JOIN tenants t ON t.tenant_id = c.tenant_id
              LEFT JOIN counters n ON n.tenant_id = c.tenant_id AND n.user_id = c.user_id AND n.factor = c.kind
              WHERE c.tenant_id = ?1 AND c.id = ?2"
        );
        self.row(Query::new(sql, params![tenant, id.0]), |c| {
            let (application, kind, state) = (c.get()?, c.get()?, read_state(c)?);
            let binds = c.get::<Option<String>>()?.is_some();
            let (code_hash, sent_at, sends, failures) = (c.get()?, c.get()?, c.get()?, c.get()?);
            let locked = c.get::<Option<i64>>()?.is_some();
            let (tenant_name, factor) = (c.get()?, c.get()?);
            let user = read_user(tenant, c)?;
            Ok(CodeChallengeRow {
                id,
                application,
                kind,
                state,
                binds,
                code_hash,
                sent_at,
                sends,
                failures,
                factor,
                locked,
                user,
                tenant_name,
            })
        })
        .await
    }
}

/// A code that goes out, as the challenge keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// Keyed HMAC over challenge and code.
    pub hash: Vec<u8>,
    /// The message that carries it.
    pub job: Uuid,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// A challenge that asks for a code, to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCodeChallenge {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id.
    pub id: ChallengeId,
    /// Who asks.
    pub application: Uuid,
    /// Who is asked.
    pub user: Uuid,
    /// `sms`, `voice`, `email`, `totp` or `recovery`.
    pub kind: &'static str,
    /// Whose code it asks for.
    pub factor: Uuid,
    /// Whether a right code makes the factor count.
    pub binds: bool,
    /// The relying party's own reference.
    pub session_ref: Option<String>,
    /// The code that goes out with it; none where nothing is sent.
    pub sent: Option<SentRow>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970, a whole second.
    pub expires_at: i64,
}

impl NewCodeChallenge {
    /// Asks. The person must still have the factor.
    #[must_use]
    pub fn insert(self) -> Statement {
        let (hash, job, at) = match self.sent {
            Some(sent) => (Some(sent.hash), Some(sent.job), Some(sent.at)),
            None => (None, None, None),
        };
        Statement::one(
            "INSERT INTO challenges (tenant_id, id, application_id, user_id, kind, state, session_ref, message, created_at,
               expires_at, factor_id, purpose, code_hash, code_job, code_sent_at, code_sends)
             SELECT tenant_id, ?2, ?3, user_id, ?5, 'pending', ?6, '', ?7, ?8, id, ?10, ?11, ?12, ?13, ?14
             FROM factors WHERE tenant_id = ?1 AND user_id = ?4 AND id = ?9",
            params![
                self.tenant,
                self.id.0,
                self.application,
                self.user,
                self.kind,
                self.session_ref,
                self.created_at,
                self.expires_at,
                self.factor,
                self.binds.then_some("bind"),
                hash,
                job,
                at,
                i64::from(at.is_some())
            ],
        )
    }
}

impl CodeChallengeRow {
    /// Ends the challenge as approved, if it still waits for this very code and fewer than `guesses` were wrong.
    #[must_use]
    pub fn approve_sent(&self, hash: &[u8], guesses: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE challenges SET state = 'approved', responded_at = ?3
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?3 AND code_failures < ?4
               AND code_hash = ?5",
            params![self.user.tenant, self.id.0, now, guesses, hash.to_vec()],
        )
    }

    /// The same for a code that was not sent.
    #[must_use]
    pub fn approve(&self, guesses: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE challenges SET state = 'approved', responded_at = ?3
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?3 AND code_failures < ?4
               AND code_hash IS NULL AND kind <> 'push'",
            params![self.user.tenant, self.id.0, now, guesses],
        )
    }

    /// Counts a wrong code, and ends the challenge as denied with the one that reaches `guesses`. Finds nothing to change
    /// when another one was counted since this row was read.
    #[must_use]
    pub fn refuse(&self, guesses: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE challenges SET code_failures = code_failures + 1,
               state = CASE WHEN code_failures + 1 >= ?4 THEN 'denied' ELSE state END,
               responded_at = CASE WHEN code_failures + 1 >= ?4 THEN ?3 ELSE responded_at END
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?3 AND code_failures = ?5",
            params![self.user.tenant, self.id.0, now, guesses, self.failures],
        )
    }

    /// Sends a new code in the place of the last one, as a challenge of `kind` from now on. Wrong codes stay counted.
    /// Finds nothing to change when another one was sent, or a wrong one was counted, since this row was read.
    #[must_use]
    pub fn resend(&self, kind: &'static str, sent: SentRow) -> Statement {
        Statement::one(
            "UPDATE challenges SET kind = ?4, code_hash = ?5, code_job = ?6, code_sent_at = ?3,
               code_sends = code_sends + 1
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND expires_at > ?3 AND code_sends = ?7
               AND code_failures = ?8",
            params![
                self.user.tenant,
                self.id.0,
                sent.at,
                kind,
                sent.hash,
                sent.job,
                self.sends,
                self.failures
            ],
        )
    }
}
