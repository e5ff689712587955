//! Factors that a person has besides their devices: a TOTP seed, a set of recovery codes, and numbers and addresses
//! that codes are sent to. The contacts themselves and the recovery codes stand in files of their own.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::challenges::read_state;
use super::statement::params;
use super::{ContactRow, Query, State, Statement, Store, StoreError};

/// A factor of any kind, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorRow {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: Uuid,
    /// Its id; that of a TOTP factor is new with each seed.
    pub id: Uuid,
    /// `totp`, `sms`, `voice`, `email` or `recovery`.
    pub kind: String,
    /// Where its codes go; none for `totp` and `recovery`.
    pub contact: Option<ContactRow>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Since when it counts; none before its first code came back.
    pub active_at: Option<i64>,
    /// When a code of it was last accepted.
    pub used_at: Option<i64>,
    /// Codes that are left; of `recovery` only, otherwise 0.
    pub codes_left: i64,
    /// Whether it can be made to count only while the person has nothing that does.
    pub is_first: bool,
}

/// A challenge, as far as it may prove who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvingRow {
    /// Who asked.
    pub application_id: Uuid,
    /// Who was asked.
    pub user_id: Uuid,
    /// By which kind of factor.
    pub kind: String,
    /// How it stands.
    pub state: State,
    /// Milliseconds since 1970.
    pub responded_at: Option<i64>,
    /// Whether a person was asked who they are: no first code of a factor, and no rule that answered.
    pub is_sign_in: bool,
}

/// A TOTP factor with its seed.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpRow {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: Uuid,
    /// New with each seed.
    pub id: Uuid,
    /// The seed, sealed at `factors.seed` of this id.
    pub seed: Vec<u8>,
    /// `SHA1`.
    pub algorithm: String,
    /// Digits of a code.
    pub digits: i64,
    /// Seconds that a code lives.
    pub period: i64,
    /// The latest time step whose code was accepted; 0 before the first.
    pub last_step: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Since when it counts; none before its first code came back. At an operator's word it counts at once.
    pub active_at: Option<i64>,
    /// When a code of it was last accepted.
    pub used_at: Option<i64>,
}

impl std::fmt::Debug for TotpRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpRow").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Store {
    /// All factors of a person, those whose first code has not come back too, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn factors(&self, tenant: TenantId, user: Uuid) -> Result<Vec<FactorRow>, StoreError> {
        let sql = "SELECT f.id, f.kind, f.created_at, f.active_at, f.used_at,
                     (SELECT COUNT(*) FROM recovery_codes r
                      WHERE r.tenant_id = f.tenant_id AND r.user_id = f.user_id AND f.kind = 'recovery'),
                     f.association, f.contact_id, c.kind, c.value, c.created_at, c.verified_at
                   FROM factors f
                   LEFT JOIN contacts c
                     ON c.tenant_id = f.tenant_id AND c.user_id = f.user_id AND c.id = f.contact_id
                   WHERE f.tenant_id = ?1 AND f.user_id = ?2 ORDER BY f.created_at, f.id";
        let rows = self.rows(Query::new(sql, params![tenant, user])).await?;
        let read = |row: super::Row| {
            let mut c = row.columns();
            let mut factor = FactorRow {
                tenant,
                user,
                id: c.get()?,
                kind: c.get()?,
                contact: None,
                created_at: c.get()?,
                active_at: c.get()?,
                used_at: c.get()?,
                codes_left: c.get()?,
                is_first: c.get::<Option<String>>()?.is_some(),
            };
            if let Some(id) = c.get::<Option<Uuid>>()? {
                let (kind, value) = (c.get()?, c.get()?);
                let (created_at, verified_at) = (c.get()?, c.get()?);
                factor.contact = Some(ContactRow { tenant, user, id, kind, value, created_at, verified_at });
            }
            Ok(factor)
        };
        rows.into_iter().map(read).collect()
    }

    /// What a challenge says of the person whom it asked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn proving(&self, tenant: TenantId, id: ChallengeId) -> Result<Option<ProvingRow>, StoreError> {
        let sql = "SELECT application_id, user_id, kind, state, expires_at, responded_at,
                     CASE WHEN purpose IS NULL AND rule IS NULL THEN 1 ELSE 0 END
                   FROM challenges WHERE tenant_id = ?1 AND id = ?2";
        self.row(Query::new(sql, params![tenant, id.0]), |c| {
            Ok(ProvingRow {
                application_id: c.get()?,
                user_id: c.get()?,
                kind: c.get()?,
                state: read_state(c)?,
                responded_at: c.get()?,
                is_sign_in: c.get::<i64>()? == 1,
            })
        })
        .await
    }

    /// A person's TOTP factor, if they have one; also one whose first code has not come back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn totp(&self, tenant: TenantId, user: Uuid) -> Result<Option<TotpRow>, StoreError> {
        let sql =
            "SELECT id, seed, algorithm, digits, period, last_step, created_at, active_at, used_at FROM factors
                   WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp'";
        self.row(Query::new(sql, params![tenant, user]), |c| {
            Ok(TotpRow {
                tenant,
                user,
                id: c.get()?,
                seed: c.get()?,
                algorithm: c.get()?,
                digits: c.get()?,
                period: c.get()?,
                last_step: c.get()?,
                created_at: c.get()?,
                active_at: c.get()?,
                used_at: c.get()?,
            })
        })
        .await
    }
}

impl FactorRow {
    /// Adds a factor whose codes are sent, in place of one of the same kind and contact whose first code never came
    /// back. Finds nothing to change when there is one that counts.
    #[must_use]
    pub fn put(&self) -> Statement {
        let contact = self.contact.as_ref().map(|contact| contact.id);
        Statement::one(
            "INSERT INTO factors (tenant_id, user_id, id, kind, contact_id, last_step, created_at, active_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)
             ON CONFLICT (tenant_id, user_id, contact_id, kind) WHERE contact_id IS NOT NULL DO UPDATE SET
               id = ?3, created_at = ?6, active_at = ?7
             WHERE factors.active_at IS NULL",
            params![
                self.tenant,
                self.user,
                self.id,
                self.kind.as_str(),
                contact,
                self.created_at,
                self.active_at
            ],
        )
    }

    /// Its first code came back: it counts from now on. Finds nothing to change when it was removed or replaced
    /// meanwhile, or was to be the person's first and is not: to tell for certain, the person is held before. With a factor that has a contact, [`ContactRow::verify`] belongs into the same batch.
    #[must_use]
    pub fn bind(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE factors SET active_at = COALESCE(active_at, ?4), used_at = ?4, association = NULL
             WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3 AND (association IS NULL OR (
               NOT EXISTS (SELECT 1 FROM devices d WHERE d.tenant_id = ?1 AND d.user_id = ?2
                 AND d.removed_at IS NULL AND d.possession_key IS NOT NULL)
               AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.tenant_id = ?1 AND f.user_id = ?2 AND f.id <> ?3
                 AND f.active_at IS NOT NULL AND (f.kind <> 'recovery' OR EXISTS (SELECT 1 FROM recovery_codes r
                   WHERE r.tenant_id = ?1 AND r.user_id = ?2)))))",
            params![self.tenant, self.user, self.id, now],
        )
    }

    /// A code of it was accepted. Finds nothing to change when it was removed meanwhile, or does not count yet.
    #[must_use]
    pub fn accept(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE factors SET used_at = ?4
             WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3 AND active_at IS NOT NULL",
            params![self.tenant, self.user, self.id, now],
        )
    }

    /// Takes it away. Finds nothing to change when somebody else did. Contacts and codes that nothing leads to any more
    /// go with [`super::contacts::forget_unused`] and [`super::recovery::forget_all`].
    #[must_use]
    pub fn remove(&self) -> Statement {
        Statement::one(
            "DELETE FROM factors WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3",
            params![self.tenant, self.user, self.id],
        )
    }
}

/// Adds a TOTP factor, in place of one for which `$replaceable` holds.
macro_rules! put {
    ($replaceable:literal) => {
        concat!(
            "INSERT INTO factors (tenant_id, user_id, kind, id, seed, algorithm, digits, period, last_step, created_at,
               active_at, used_at)
             VALUES (?1, ?2, 'totp', ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, NULL)
             ON CONFLICT (tenant_id, user_id, kind) WHERE contact_id IS NULL DO UPDATE SET
               id = ?3, seed = ?4, algorithm = ?5, digits = ?6, period = ?7, last_step = 0, created_at = ?8,
               active_at = ?9, next_id = NULL, next_seed = NULL, next_at = NULL
             WHERE ",
            $replaceable
        )
    };
}

impl TotpRow {
    /// Adds the factor in place of one whose codes were never used. Finds nothing to change when the person has one
    /// that was.
    #[must_use]
    pub fn put(&self) -> Statement {
        Statement::one(put!("factors.used_at IS NULL"), self.put_params())
    }

    /// The same in place of none but one that does not count yet.
    #[must_use]
    pub fn put_pending(&self) -> Statement {
        Statement::one(put!("factors.active_at IS NULL"), self.put_params())
    }

    fn put_params(&self) -> Vec<super::Value> {
        params![
            self.tenant,
            self.user,
            self.id,
            self.seed.clone(),
            self.algorithm.as_str(),
            self.digits,
            self.period,
            self.created_at,
            self.active_at
        ]
    }

    /// Accepts the code of a time step (S17): of two requests with the same code, or with an older one, one finds
    /// nothing to change. The first one that is accepted makes the factor count.
    #[must_use]
    pub fn accept(&self, step: i64, now: i64) -> Statement {
        Statement::one(
            "UPDATE factors SET last_step = ?4, active_at = COALESCE(active_at, ?5), used_at = ?5
             WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp' AND id = ?3 AND last_step < ?4",
            params![self.tenant, self.user, self.id, step, now],
        )
    }
}

/// Takes a person's TOTP factor away. Finds nothing to change when there is none.
#[must_use]
pub fn remove_totp(tenant: TenantId, user: Uuid) -> Statement {
    Statement::one(
        "DELETE FROM factors WHERE tenant_id = ?1 AND user_id = ?2 AND kind = 'totp'",
        params![tenant, user],
    )
}

/// Forgets factors of a kind with a contact whose first code never came back, all but `keep`: the newest wish counts.
#[must_use]
pub fn forget_pending(tenant: TenantId, user: Uuid, kind: &str, keep: Uuid) -> Statement {
    Statement::any(
        "DELETE FROM factors WHERE tenant_id = ?1 AND user_id = ?2 AND kind = ?3 AND contact_id IS NOT NULL
           AND active_at IS NULL AND id <> ?4",
        params![tenant, user, kind, keep],
    )
}

/// That the person could still sign in to the console without this factor, device or passkey: with another passkey, or with
/// their password and something that is no recovery code. Finds nothing to change when they could not. To tell for certain,
/// the person is held before.
#[must_use]
pub fn another_way_in(tenant: TenantId, user: Uuid, without: Uuid) -> Statement {
    Statement::one(
        "UPDATE users SET user_ref = user_ref WHERE tenant_id = ?1 AND id = ?2 AND (
           EXISTS (SELECT 1 FROM passkeys k WHERE k.tenant_id = ?1 AND k.user_id = ?2 AND k.id <> ?3)
           OR EXISTS (SELECT 1 FROM passwords p WHERE p.tenant_id = ?1 AND p.user_id = ?2) AND (
             EXISTS (SELECT 1 FROM devices d WHERE d.tenant_id = ?1 AND d.user_id = ?2 AND d.removed_at IS NULL
               AND d.possession_key IS NOT NULL AND d.id <> ?3)
             OR EXISTS (SELECT 1 FROM factors f WHERE f.tenant_id = ?1 AND f.user_id = ?2 AND f.active_at IS NOT NULL
               AND f.kind <> 'recovery' AND f.id <> ?3)))",
        params![tenant, user, without],
    )
}

/// Says of a factor that was just given whether it is to be the person's first ([`FactorRow::is_first`]).
#[must_use]
pub fn associate(tenant: TenantId, user: Uuid, id: Uuid, first: bool) -> Statement {
    Statement::one(
        "UPDATE factors SET association = ?4 WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3",
        params![tenant, user, id, first.then_some("first").map(str::to_owned)],
    )
}
