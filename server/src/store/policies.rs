//! Policies and access rules, as tenants and applications set them.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Row, Statement, Store, StoreError};

/// What one tenant or application has set. None: not set here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyRow {
    /// `auto`, `required` or `off`.
    pub number_match: Option<String>,
    /// `type2`, `type6`, `show` or `pick`.
    pub number_kind: Option<String>,
    /// `auto` or `required`.
    pub verification: Option<String>,
    /// `on` or `off`.
    pub auto_accept: Option<String>,
    /// Allowed factors with spaces between.
    pub factors: Option<String>,
    /// 1 to 3.
    pub risk: Option<i64>,
    /// Seconds.
    pub answer_window: Option<i64>,
    /// Seconds.
    pub result_window: Option<i64>,
    /// For each user.
    pub pushes_per_minute: Option<i64>,
    /// For each user and application.
    pub pending_limit: Option<i64>,
    /// In a row.
    pub denial_limit: Option<i64>,
    /// Seconds.
    pub cool_down: Option<i64>,
    /// In a row.
    pub failure_limit: Option<i64>,
    /// Time steps each way.
    pub totp_window: Option<i64>,
    /// `application` or `proof`.
    pub factor_changes: Option<String>,
    /// `on` or `off`; of a tenant only.
    pub two_person_resets: Option<String>,
    /// `on` or `off`; of a tenant only.
    pub help_desk_enrols: Option<String>,
    /// `none` or `hardware`; of a tenant only.
    pub require_attestation: Option<String>,
}

/// Access rules of one tenant at most: all of them are looked at with each sign-in.
pub const ACCESS_RULES: i64 = 100;

/// One access rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRuleRow {
    /// Its id.
    pub id: Uuid,
    /// None: for all applications of the tenant.
    pub application_id: Option<Uuid>,
    /// `anyone`, a network, or a country's two letters.
    pub matches: String,
    /// `allow`, `deny` or `verify`.
    pub effect: String,
}

/// Everything set for an application: by its tenant, by itself, and the rules that concern it in their order.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// The tenant's row.
    pub tenant: PolicyRow,
    /// The application's row.
    pub application: PolicyRow,
    /// Rules of both, in their order.
    pub rules: Vec<AccessRuleRow>,
}

const COLUMNS: &str = "SELECT number_match, number_kind, verification, auto_accept, factors, risk, answer_window,
                         result_window, pushes_per_minute, pending_limit, denial_limit, cool_down, failure_limit,
                         totp_window, factor_changes, two_person_resets, help_desk_enrols, require_attestation
                       FROM policies WHERE tenant_id = ?1 AND application_id = ?2";

fn read_policy(c: &mut Columns) -> Result<PolicyRow, StoreError> {
    Ok(PolicyRow {
        number_match: c.get()?,
        number_kind: c.get()?,
        verification: c.get()?,
        auto_accept: c.get()?,
        factors: c.get()?,
        risk: c.get()?,
        answer_window: c.get()?,
        result_window: c.get()?,
        pushes_per_minute: c.get()?,
        pending_limit: c.get()?,
        denial_limit: c.get()?,
        cool_down: c.get()?,
        failure_limit: c.get()?,
        totp_window: c.get()?,
        factor_changes: c.get()?,
        two_person_resets: c.get()?,
        help_desk_enrols: c.get()?,
        require_attestation: c.get()?,
    })
}

fn read_rules(rows: Vec<Row>) -> Result<Vec<AccessRuleRow>, StoreError> {
    let rule = |row: Row| {
        let mut c = row.columns();
        Ok(AccessRuleRow { id: c.get()?, application_id: c.get()?, matches: c.get()?, effect: c.get()? })
    };
    rows.into_iter().map(rule).collect()
}

impl Store {
    /// What is set for an application.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn policies(&self, tenant: TenantId, application: Uuid) -> Result<Policies, StoreError> {
        let rules = "SELECT id, application_id, matches, effect FROM access_rules
                     WHERE tenant_id = ?1 AND (application_id IS NULL OR application_id = ?2)
                     ORDER BY position, id";
        let queries = vec![
            Query::new(COLUMNS, params![tenant, tenant]),
            Query::new(COLUMNS, params![tenant, application]),
            Query::new(rules, params![tenant, application]),
        ];
        let mut answers = self.driver.read(queries).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let policy = |rows: Vec<Row>| {
            rows.into_iter().next().map_or(Ok(PolicyRow::default()), |row| read_policy(&mut row.columns()))
        };
        Ok(Policies { tenant: policy(next())?, application: policy(next())?, rules: read_rules(next())? })
    }

    /// All access rules of a tenant, in their order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn access_rules(&self, tenant: TenantId) -> Result<Vec<AccessRuleRow>, StoreError> {
        let sql = "SELECT id, application_id, matches, effect FROM access_rules WHERE tenant_id = ?1
                   ORDER BY position, id";
        read_rules(self.rows(Query::new(sql, params![tenant])).await?)
    }
}

impl PolicyRow {
    /// Sets this as the policy of `scope`: an application, or the tenant by its own id. Whose it is must exist.
    #[must_use]
    pub fn put(&self, tenant: TenantId, scope: Uuid) -> Statement {
        Statement::one(
            "INSERT INTO policies (tenant_id, application_id, number_match, number_kind, verification, auto_accept,
               factors, risk, answer_window, result_window, pushes_per_minute, pending_limit, denial_limit, cool_down,
               failure_limit, totp_window, factor_changes, two_person_resets, help_desk_enrols, require_attestation)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20 FROM tenants
             WHERE tenant_id = ?1
               AND (tenant_id = ?2 OR EXISTS (SELECT 1 FROM applications WHERE tenant_id = ?1 AND id = ?2))
             ON CONFLICT (tenant_id, application_id) DO UPDATE SET number_match = ?3, number_kind = ?4,
               verification = ?5, auto_accept = ?6, factors = ?7, risk = ?8, answer_window = ?9, result_window = ?10,
               pushes_per_minute = ?11, pending_limit = ?12, denial_limit = ?13, cool_down = ?14, failure_limit = ?15,
               totp_window = ?16, factor_changes = ?17,
               two_person_resets = ?18, help_desk_enrols = ?19, require_attestation = ?20",
            params![
                tenant,
                scope,
                self.number_match.clone(),
                self.number_kind.clone(),
                self.verification.clone(),
                self.auto_accept.clone(),
                self.factors.clone(),
                self.risk,
                self.answer_window,
                self.result_window,
                self.pushes_per_minute,
                self.pending_limit,
                self.denial_limit,
                self.cool_down,
                self.failure_limit,
                self.totp_window,
                self.factor_changes.clone(),
                self.two_person_resets.clone(),
                self.help_desk_enrols.clone(),
                self.require_attestation.clone()
            ],
        )
    }
}

impl AccessRuleRow {
    /// Adds the rule behind those that are there. Whose it is must exist and have fewer than [`ACCESS_RULES`].
    #[must_use]
    pub fn insert(&self, tenant: TenantId, now: i64) -> Statement {
        Statement::one(
            "INSERT INTO access_rules (tenant_id, id, position, application_id, matches, effect, created_at)
             SELECT tenant_id, ?2, (SELECT COALESCE(MAX(position), 0) + 1 FROM access_rules WHERE tenant_id = ?1),
               ?3, ?4, ?5, ?6 FROM tenants
             WHERE tenant_id = ?1 AND (SELECT COUNT(*) FROM access_rules WHERE tenant_id = ?1) < ?8
               AND (?7 = tenant_id OR EXISTS (SELECT 1 FROM applications WHERE tenant_id = ?1 AND id = ?7))",
            params![
                tenant,
                self.id,
                self.application_id,
                self.matches.as_str(),
                self.effect.as_str(),
                now,
                self.application_id.unwrap_or(tenant.0),
                ACCESS_RULES
            ],
        )
    }
}

/// Takes a rule away.
#[must_use]
pub fn remove_access_rule(tenant: TenantId, id: Uuid) -> Statement {
    Statement::one("DELETE FROM access_rules WHERE tenant_id = ?1 AND id = ?2", params![tenant, id])
}
