//! Webhooks: the endpoints that want to hear of decisions.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;

use super::statement::params;
use super::{Columns, Query, Row, Statement, Store, StoreError};

/// Webhooks of one tenant at most, so that telling them all stays cheap.
pub const WEBHOOKS: i64 = 16;

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its id within the tenant.
    pub id: Uuid,
    /// Whose challenges it hears of; none: all of the tenant's.
    pub application: Option<Uuid>,
    /// Where it is.
    pub url: String,
    /// How `X-MYPASS-Signature` is written: `hex`, `sha256=hex` or `base64`.
    pub format: String,
    /// Sealed.
    pub secret: Vec<u8>,
    /// The secret before, sealed, while it still signs.
    pub old_secret: Option<Vec<u8>>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Since when it is not called, in milliseconds since 1970, and a word for why.
    pub disabled: Option<(i64, String)>,
}

/// Those who want to hear of a challenge, and the relying party's own reference in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The relying party's reference.
    pub session_ref: Option<String>,
    /// Which webhooks.
    pub webhooks: Vec<Uuid>,
}

/// Asks who wants to hear of a challenge: rows for [`read_told`].
pub(super) fn told_query(tenant: TenantId, challenge: ChallengeId) -> Query {
    let sql = "SELECT c.session_ref, webhooks.id FROM challenges c
               JOIN webhooks ON webhooks.tenant_id = c.tenant_id AND webhooks.disabled_at IS NULL
                 AND (webhooks.application_id IS NULL OR webhooks.application_id = c.application_id)
               WHERE c.tenant_id = ?1 AND c.id = ?2 ORDER BY webhooks.id";
    Query::new(sql, params![tenant, challenge.0])
}

pub(super) fn read_told(rows: Vec<Row>) -> Result<Told, StoreError> {
    let mut told = Told::default();
    for row in rows {
        let mut c = row.columns();
        told.session_ref = c.get()?;
        told.webhooks.push(c.get()?);
    }
    Ok(told)
}

macro_rules! webhook_columns {
    () => {
        "id, application_id, url, format, secret, old_secret, created_at, disabled_at, disabled_why"
    };
}

fn read_webhook(tenant: TenantId, c: &mut Columns) -> Result<WebhookRow, StoreError> {
    Ok(WebhookRow {
        tenant,
        id: c.get()?,
        application: c.get()?,
        url: c.get()?,
        format: c.get()?,
        secret: c.get()?,
        old_secret: c.get()?,
        created_at: c.get()?,
        disabled: Option::zip(c.get()?, c.get()?),
    })
}

impl Store {
    /// Who wants to hear of a challenge.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told(&self, tenant: TenantId, challenge: ChallengeId) -> Result<Told, StoreError> {
        read_told(self.rows(told_query(tenant, challenge)).await?)
    }

    /// Who wants to hear of an application's challenge that has not been written yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_be_told(
        &self,
        tenant: TenantId,
        application: Uuid,
        session_ref: Option<String>,
    ) -> Result<Told, StoreError> {
        let sql = "SELECT id FROM webhooks WHERE tenant_id = ?1 AND disabled_at IS NULL
                     AND (application_id IS NULL OR application_id = ?2) ORDER BY id";
        let rows = self.rows(Query::new(sql, params![tenant, application])).await?;
        let webhooks = rows.into_iter().map(|row| row.columns().get()).collect::<Result<_, _>>()?;
        Ok(Told { session_ref, webhooks })
    }

    /// A webhook by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook(&self, tenant: TenantId, id: Uuid) -> Result<Option<WebhookRow>, StoreError> {
        let sql = concat!("SELECT ", webhook_columns!(), " FROM webhooks WHERE tenant_id = ?1 AND id = ?2");
        self.row(Query::new(sql, params![tenant, id]), |c| read_webhook(tenant, c)).await
    }

    /// All webhooks of a tenant, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookRow>, StoreError> {
        let sql = concat!("SELECT ", webhook_columns!(), " FROM webhooks WHERE tenant_id = ?1 ORDER BY id");
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        rows.into_iter().map(|row| read_webhook(tenant, &mut row.columns())).collect()
    }

    /// Whether the tenant has such an application.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_application(&self, tenant: TenantId, id: Uuid) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM applications WHERE tenant_id = ?1 AND id = ?2";
        Ok(!self.rows(Query::new(sql, params![tenant, id])).await?.is_empty())
    }
}

impl WebhookRow {
    /// Adds the webhook. Its tenant must exist and have fewer than [`WEBHOOKS`].
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO webhooks (tenant_id, id, application_id, url, format, secret, created_at)
             SELECT tenant_id, ?2, ?3, ?4, ?5, ?6, ?7 FROM tenants
             WHERE tenant_id = ?1 AND (SELECT COUNT(*) FROM webhooks WHERE tenant_id = ?1) < ?8",
            params![
                self.tenant,
                self.id,
                self.application,
                self.url.as_str(),
                self.format.as_str(),
                self.secret.clone(),
                self.created_at,
                WEBHOOKS
            ],
        )
    }

    /// Signs with `secret` from now on, and with the one before too. It must not have been changed since it was read.
    #[must_use]
    pub fn rotate(&self, secret: Vec<u8>) -> Statement {
        Statement::one(
            "UPDATE webhooks SET secret = ?4, old_secret = ?3 WHERE tenant_id = ?1 AND id = ?2 AND secret = ?3",
            params![self.tenant, self.id, self.secret.clone(), secret],
        )
    }

    /// Signs with the newest secret only. It must not have been changed since it was read.
    #[must_use]
    pub fn end_old(&self) -> Statement {
        Statement::one(
            "UPDATE webhooks SET old_secret = NULL WHERE tenant_id = ?1 AND id = ?2 AND secret = ?3",
            params![self.tenant, self.id, self.secret.clone()],
        )
    }
}

/// Stops calling a webhook that is called.
#[must_use]
pub fn disable(tenant: TenantId, id: Uuid, now: i64, why: &str) -> Statement {
    Statement::one(
        "UPDATE webhooks SET disabled_at = ?3, disabled_why = ?4
         WHERE tenant_id = ?1 AND id = ?2 AND disabled_at IS NULL",
        params![tenant, id, now, why],
    )
}

/// Calls a webhook again.
#[must_use]
pub fn enable(tenant: TenantId, id: Uuid) -> Statement {
    Statement::one(
        "UPDATE webhooks SET disabled_at = NULL, disabled_why = NULL WHERE tenant_id = ?1 AND id = ?2",
        params![tenant, id],
    )
}

/// Forgets a webhook.
#[must_use]
pub fn remove(tenant: TenantId, id: Uuid) -> Statement {
    Statement::one("DELETE FROM webhooks WHERE tenant_id = ?1 AND id = ?2", params![tenant, id])
}
