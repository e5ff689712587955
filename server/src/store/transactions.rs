//! Transactions: sign-ins that are finished on a page. How one stands is how its newest question stands, so both are read
//! as of one moment; its own state says only that it ended without an answer.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use uuid::Uuid;

use super::challenges::read_state;
use super::statement::params;
use super::users::{read_user, user_columns};
use super::{Columns, Query, State, Statement, Store, StoreError, UserRow};

/// The word of a transaction that nobody has ended.
pub const OPEN: &str = "open";

/// A transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionRow {
    /// Its id.
    pub id: Uuid,
    /// Who signs in. Their tenant is the transaction's.
    pub user: UserRow,
    /// The application that began it.
    pub application: Uuid,
    /// What it is about, such as `Login`.
    pub kind: String,
    /// The relying party's words.
    pub message: String,
    /// 1 to 3.
    pub risk: Option<i64>,
    /// JSON: where the sign-in comes from.
    pub origin: String,
    /// `en` or `ar`, once the person's browser has said it.
    pub language: Option<String>,
    /// Its newest question.
    pub question: Option<QuestionRow>,
    /// SHA-256 of the cookie of the browser that its page was first shown to.
    pub browser: Option<Vec<u8>>,
    /// `open`, or how it ended without an answer: `cancelled`, `refused`.
    pub state: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// The newest question of a transaction, as its page needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionRow {
    /// The challenge.
    pub id: ChallengeId,
    /// `push`, `sms`, `voice`, `email`, `totp` or `recovery`.
    pub kind: String,
    /// How it stands.
    pub state: State,
    /// The factor whose code it asks for; none for a push.
    pub factor: Option<Uuid>,
    /// Where its code goes, whole; none where none is sent.
    pub to: Option<String>,
    /// What binds the two screens.
    pub number_kind: Option<String>,
    /// The number, sealed.
    pub number: Option<Vec<u8>>,
    /// When its newest code was sent, milliseconds since 1970.
    pub sent_at: Option<i64>,
    /// Codes that were sent for it.
    pub sends: i64,
    /// Wrong codes.
    pub failures: i64,
    /// The device that answered it.
    pub device: Option<Uuid>,
}

/// The columns of [`read_transaction`], up to its end.
macro_rules! select {
    ($key:literal) => {
        concat!(
            "SELECT t.id, t.application_id, t.kind, t.message, t.risk, t.origin, t.language, t.browser_hash, t.state,
               t.created_at, t.expires_at, ",
            user_columns!(),
            ", c.id, c.kind, c.state, c.expires_at, c.factor_id, k.value, c.number_kind, c.number, c.code_sent_at,
               c.code_sends, c.code_failures, c.device_id
             FROM transactions t
             JOIN users u ON u.tenant_id = t.tenant_id AND u.id = t.user_id
             LEFT JOIN challenges c ON c.tenant_id = t.tenant_id AND c.id = t.challenge_id
             LEFT JOIN factors f ON f.tenant_id = c.tenant_id AND f.user_id = c.user_id AND f.id = c.factor_id
             LEFT JOIN contacts k ON k.tenant_id = f.tenant_id AND k.user_id = f.user_id AND k.id = f.contact_id
             WHERE t.tenant_id = ?1 AND ",
            $key
        )
    };
}

fn read_transaction(tenant: TenantId, c: &mut Columns) -> Result<TransactionRow, StoreError> {
    let (id, application, kind, message) = (c.get()?, c.get()?, c.get()?, c.get()?);
    let (risk, origin, language, browser) = (c.get()?, c.get()?, c.get()?, c.get()?);
    let (state, created_at, expires_at) = (c.get()?, c.get()?, c.get()?);
    Ok(TransactionRow {
        id,
        user: read_user(tenant, c)?,
        application,
        kind,
        message,
        risk,
        origin,
        language,
        question: c.get::<Option<Uuid>>()?.map(|id| read_question(ChallengeId(id), c)).transpose()?,
        browser,
        state,
        created_at,
        expires_at,
    })
}

fn read_question(id: ChallengeId, c: &mut Columns) -> Result<QuestionRow, StoreError> {
    Ok(QuestionRow {
        id,
        kind: c.get()?,
        state: read_state(c)?,
        factor: c.get()?,
        to: c.get()?,
        number_kind: c.get()?,
        number: c.get()?,
        sent_at: c.get()?,
        sends: c.get()?,
        failures: c.get()?,
        device: c.get()?,
    })
}

impl Store {
    /// The transaction behind a channel's hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn transaction(
        &self,
        tenant: TenantId,
        token_hash: &[u8],
    ) -> Result<Option<TransactionRow>, StoreError> {
        let query = Query::new(select!("t.token_hash = ?2"), params![tenant, token_hash.to_vec()]);
        self.row(query, |c| read_transaction(tenant, c)).await
    }

    /// The same by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn transaction_by_id(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<TransactionRow>, StoreError> {
        self.row(Query::new(select!("t.id = ?2"), params![tenant, id]), |c| read_transaction(tenant, c)).await
    }

    /// When the first transaction after `since` was begun for a person, milliseconds since 1970.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first_transaction_since(
        &self,
        user: &UserRow,
        since: i64,
    ) -> Result<Option<i64>, StoreError> {
        let sql =
            "SELECT created_at FROM transactions WHERE tenant_id = ?1 AND user_id = ?2 AND created_at > ?3
                   ORDER BY created_at LIMIT 1";
        self.row(Query::new(sql, params![user.tenant, user.id, since]), |c| c.get()).await
    }

    /// The device of a person's that was heard of last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_device(&self, user: &UserRow) -> Result<Option<DeviceId>, StoreError> {
        let sql = "SELECT id FROM devices WHERE tenant_id = ?1 AND user_id = ?2 AND removed_at IS NULL
                   ORDER BY last_seen_at DESC, id DESC LIMIT 1";
        let found = self.row(Query::new(sql, params![user.tenant, user.id]), |c| c.get()).await?;
        Ok(found.map(|local| DeviceId { tenant: user.tenant, local }))
    }

    /// Removes up to `most` transactions that ended before `ended`, of whatever tenant (what is due for removal is looked
    /// up across tenants; each removal names its own). Returns how many were found.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_transactions(&self, ended: i64, most: i64) -> Result<usize, StoreError> {
        let sql =
            "SELECT tenant_id, id FROM transactions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
        let mut batch = Vec::new();
        for row in self.rows(Query::new(sql, params![ended, most])).await? {
            let mut c = row.columns();
            let sql = "DELETE FROM transactions WHERE tenant_id = ?1 AND id = ?2";
            batch.push(Statement::any(sql, params![TenantId(c.get()?), c.get::<Uuid>()?]));
        }
        let found = batch.len();
        if found > 0 {
            self.write(batch).await?;
        }
        Ok(found)
    }
}

impl TransactionRow {
    /// Adds it, with no question yet. Finds nothing to add when `most` were begun for the person after `since`. Two that
    /// come in the same moment may both be the last one that passes: the bound keeps the table small, and nothing else
    /// rests on it.
    #[must_use]
    pub fn insert(&self, token_hash: &[u8], since: i64, most: i64) -> Statement {
        Statement::one(
            "INSERT INTO transactions (tenant_id, id, token_hash, application_id, user_id, kind, message, risk, origin,
               state, created_at, expires_at)
             SELECT u.tenant_id, ?2, ?3, ?4, u.id, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM users u
             WHERE u.tenant_id = ?1 AND u.id = ?5
               AND (SELECT COUNT(*) FROM transactions t
                    WHERE t.tenant_id = ?1 AND t.user_id = ?5 AND t.created_at > ?13) < ?14",
            params![
                self.user.tenant,
                self.id,
                token_hash.to_vec(),
                self.application,
                self.user.id,
                self.kind.as_str(),
                self.message.as_str(),
                self.risk,
                self.origin.as_str(),
                self.state.as_str(),
                self.created_at,
                self.expires_at,
                since,
                most
            ],
        )
    }
}

/// Changes nothing in a question that nobody has decided; finds none when somebody has. Whoever decides it at the same
/// moment waits until this batch is done, or this one waits for them.
#[must_use]
pub fn hold_undecided(tenant: TenantId, question: ChallengeId) -> Statement {
    Statement::one(
        "UPDATE challenges SET kind = kind
         WHERE tenant_id = ?1 AND id = ?2 AND state <> 'approved' AND state <> 'denied'",
        params![tenant, question.0],
    )
}

/// Makes `next` the newest question of a transaction that is open at `now`, and notes the browser's language when it is
/// given. Finds nothing to change when `seen` is not the newest one any more.
#[must_use]
pub fn take_turn(
    (tenant, id): (TenantId, Uuid),
    seen: Option<ChallengeId>,
    next: ChallengeId,
    language: Option<&str>,
    now: i64,
) -> Statement {
    match seen {
        None => Statement::one(
            "UPDATE transactions SET challenge_id = ?3, language = COALESCE(?4, language)
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'open' AND expires_at > ?5 AND challenge_id IS NULL",
            params![tenant, id, next.0, language, now],
        ),
        Some(seen) => Statement::one(
            "UPDATE transactions SET challenge_id = ?3, language = COALESCE(?4, language)
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'open' AND expires_at > ?5 AND challenge_id = ?6",
            params![tenant, id, next.0, language, now, seen.0],
        ),
    }
}

/// Ends a transaction without an answer, as `cancelled` or `refused`, if it is open at `now` and `seen` is still its newest
/// question.
#[must_use]
pub fn end_unanswered(
    (tenant, id): (TenantId, Uuid),
    seen: Option<ChallengeId>,
    state: &'static str,
    now: i64,
) -> Statement {
    match seen {
        None => Statement::one(
            "UPDATE transactions SET state = ?3
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'open' AND expires_at > ?4 AND challenge_id IS NULL",
            params![tenant, id, state, now],
        ),
        Some(seen) => Statement::one(
            "UPDATE transactions SET state = ?3
             WHERE tenant_id = ?1 AND id = ?2 AND state = 'open' AND expires_at > ?4 AND challenge_id = ?5",
            params![tenant, id, state, now, seen.0],
        ),
    }
}

/// Keeps the browser that a transaction's page is shown to. Finds nothing to change when there is one.
#[must_use]
pub fn bind_browser(tenant: TenantId, id: Uuid, cookie: &[u8]) -> Statement {
    Statement::one(
        "UPDATE transactions SET browser_hash = ?3 WHERE tenant_id = ?1 AND id = ?2 AND browser_hash IS NULL",
        params![tenant, id, cookie.to_vec()],
    )
}
