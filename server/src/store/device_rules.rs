//! Rules that people signed on their devices, which approve certain sign-ins for them.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::{Expect, Query, Row, Statement, Store, StoreError};

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRuleRow {
    /// Whose person signed it.
    pub device: DeviceId,
    /// Its `jti`.
    pub id: String,
    /// For which application.
    pub application_id: Uuid,
    /// The `cs-rule+jwt`.
    pub rule: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Milliseconds since 1970.
    pub last_used_at: Option<i64>,
}

fn read(tenant: TenantId, rows: Vec<Row>) -> Result<Vec<DeviceRuleRow>, StoreError> {
    let rule = |row: Row| {
        let mut c = row.columns();
        Ok(DeviceRuleRow {
            device: DeviceId { tenant, local: c.get()? },
            id: c.get()?,
            application_id: c.get()?,
            rule: c.get()?,
            created_at: c.get()?,
            expires_at: c.get()?,
            last_used_at: c.get()?,
        })
    };
    rows.into_iter().map(rule).collect()
}

/// The columns that [`read`] reads, under the alias `r`.
macro_rules! rule_columns {
    () => {
        "SELECT r.device_id, r.id, r.application_id, r.rule, r.created_at, r.expires_at, r.last_used_at "
    };
}

impl Store {
    /// A device's rules that are good at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rules_of_device(
        &self,
        device: DeviceId,
        now: i64,
    ) -> Result<Vec<DeviceRuleRow>, StoreError> {
        let sql = concat!(
            rule_columns!(),
            "FROM device_rules r WHERE r.tenant_id = ?1 AND r.device_id = ?2 AND r.ended_at IS NULL
               AND r.expires_at > ?3 ORDER BY r.created_at DESC, r.id"
        );
        let rows = self.rows(Query::new(sql, params![device.tenant, device.local, now])).await?;
        read(device.tenant, rows)
    }

    /// The rules for an application of all devices of a user that are good at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rules_of_user(
        &self,
        tenant: TenantId,
        user: Uuid,
        application: Uuid,
        now: i64,
    ) -> Result<Vec<DeviceRuleRow>, StoreError> {
        let sql = concat!(
            rule_columns!(),
            "FROM device_rules r WHERE r.tenant_id = ?1 AND r.device_id IN
               (SELECT id FROM devices WHERE tenant_id = ?1 AND user_id = ?2 AND removed_at IS NULL)
               AND r.application_id = ?3 AND r.ended_at IS NULL AND r.expires_at > ?4 ORDER BY r.created_at, r.id"
        );
        read(tenant, self.rows(Query::new(sql, params![tenant, user, application, now])).await?)
    }
}

impl DeviceRuleRow {
    /// Adds the rule, if the device has not been removed and has fewer than `most` good ones.
    #[must_use]
    pub fn insert(&self, most: i64) -> Statement {
        Statement::one(
            "INSERT INTO device_rules (tenant_id, device_id, id, application_id, rule, created_at, expires_at)
             SELECT d.tenant_id, d.id, ?3, a.id, ?5, ?6, ?7 FROM devices d
             JOIN applications a ON a.tenant_id = d.tenant_id AND a.id = ?4
             WHERE d.tenant_id = ?1 AND d.id = ?2 AND d.removed_at IS NULL
               AND (SELECT COUNT(*) FROM device_rules WHERE tenant_id = ?1 AND device_id = ?2 AND ended_at IS NULL
                      AND expires_at > ?6) < ?8",
            params![
                self.device.tenant,
                self.device.local,
                self.id.as_str(),
                self.application_id,
                self.rule.as_str(),
                self.created_at,
                self.expires_at,
                most
            ],
        )
    }

    /// Approves a challenge that has just been added by this rule, if the rule is still good: two statements for one
    /// batch.
    #[must_use]
    pub fn approve(&self, challenge: ChallengeId, verdict: &str, now: i64) -> [Statement; 2] {
        let (tenant, device) = (self.device.tenant, self.device.local);
        [
            Statement::one(
                "UPDATE device_rules SET last_used_at = ?4
                 WHERE tenant_id = ?1 AND device_id = ?2 AND id = ?3 AND ended_at IS NULL AND expires_at > ?4
                   AND EXISTS (SELECT 1 FROM devices WHERE tenant_id = ?1 AND id = ?2 AND removed_at IS NULL)",
                params![tenant, device, self.id.as_str(), now],
            ),
            Statement::one(
                "UPDATE challenges SET state = 'approved', responded_at = ?3, device_id = ?4, proof = 'rule', rule = ?5,
                   verdict = ?6
                 WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending'",
                params![tenant, challenge.0, now, device, self.rule.as_str(), verdict],
            ),
        ]
    }
}

/// Ends a rule.
#[must_use]
pub fn end_rule(device: DeviceId, id: &str, now: i64) -> Statement {
    Statement::one(
        "UPDATE device_rules SET ended_at = ?4
         WHERE tenant_id = ?1 AND device_id = ?2 AND id = ?3 AND ended_at IS NULL",
        params![device.tenant, device.local, id, now],
    )
}

/// Ends all rules of a user: one of their devices reported a question.
#[must_use]
pub fn end_rules_of_user(tenant: TenantId, user: Uuid, now: i64) -> Statement {
    Statement {
        sql: "UPDATE device_rules SET ended_at = ?3 WHERE tenant_id = ?1 AND ended_at IS NULL
                AND device_id IN (SELECT id FROM devices WHERE tenant_id = ?1 AND user_id = ?2)",
        params: params![tenant, user, now],
        expect: Expect::Any,
    }
}
