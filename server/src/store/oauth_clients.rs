//! Applications as OAuth clients: one row for each that is one.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// What is kept of an OAuth client. Lists have spaces between their words; a setting that is none is its flavour's
/// default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OauthClientRow {
    /// `auth0` or `reltio`.
    pub flavour: String,
    /// 1: it cannot keep a secret.
    pub is_public: i64,
    /// The grants that it may use.
    pub grants: String,
    /// The APIs that it may ask tokens for, besides the tenant's own.
    pub audiences: String,
    /// The web origins that may call as it.
    pub origins: String,
    /// Of whom a second factor is asked.
    pub demand: Option<String>,
    /// Auth0: the word for a refused push.
    pub rejected: Option<String>,
    /// Auth0: the word for a challenge to somebody without a factor.
    pub not_enrolled: Option<String>,
    /// Auth0: whether factors are told with `mfa_required`.
    pub requirements: Option<String>,
    /// Reltio: the status of whoever has no factor.
    pub enroll_word: Option<String>,
    /// Reltio: the status of whoever has one.
    pub verify_word: Option<String>,
}

impl Store {
    /// An application's row, if it is an OAuth client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn oauth_client(
        &self,
        tenant: TenantId,
        application: Uuid,
    ) -> Result<Option<OauthClientRow>, StoreError> {
        let sql = "SELECT flavour, is_public, grants, audiences, origins, demand, rejected, not_enrolled,
                     requirements, enroll_word, verify_word
                   FROM oauth_clients WHERE tenant_id = ?1 AND application_id = ?2";
        self.row(Query::new(sql, params![tenant, application]), |c| {
            Ok(OauthClientRow {
                flavour: c.get()?,
                is_public: c.get()?,
                grants: c.get()?,
                audiences: c.get()?,
                origins: c.get()?,
                demand: c.get()?,
                rejected: c.get()?,
                not_enrolled: c.get()?,
                requirements: c.get()?,
                enroll_word: c.get()?,
                verify_word: c.get()?,
            })
        })
        .await
    }

    /// The web origins of all of a tenant's OAuth clients, those of each with spaces between.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn oauth_origins(&self, tenant: TenantId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT origins FROM oauth_clients WHERE tenant_id = ?1";
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        rows.into_iter().map(|row| row.columns().get()).collect()
    }
}

impl OauthClientRow {
    /// Makes the application this client, in place of the one that it was. The application must exist.
    #[must_use]
    pub fn put(&self, tenant: TenantId, application: Uuid) -> Statement {
        Statement::one(
            "INSERT INTO oauth_clients (tenant_id, application_id, flavour, is_public, grants, audiences, origins, demand,
               rejected, not_enrolled, requirements, enroll_word, verify_word)
             SELECT tenant_id, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM applications
             WHERE tenant_id = ?1 AND id = ?2
             ON CONFLICT (tenant_id, application_id) DO UPDATE SET flavour = ?3, is_public = ?4, grants = ?5,
               audiences = ?6, origins = ?7, demand = ?8, rejected = ?9, not_enrolled = ?10, requirements = ?11,
               enroll_word = ?12, verify_word = ?13",
            params![
                tenant,
                application,
                self.flavour.as_str(),
                self.is_public,
                self.grants.as_str(),
                self.audiences.as_str(),
                self.origins.as_str(),
                self.demand.clone(),
                self.rejected.clone(),
                self.not_enrolled.clone(),
                self.requirements.clone(),
                self.enroll_word.clone(),
                self.verify_word.clone(),
            ],
        )
    }
}

/// The application is no OAuth client any more.
#[must_use]
pub fn remove(tenant: TenantId, application: Uuid) -> Statement {
    Statement::one(
        "DELETE FROM oauth_clients WHERE tenant_id = ?1 AND application_id = ?2",
        params![tenant, application],
    )
}
