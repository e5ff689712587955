//! Applications that send browsers to our pages: one row for each for which something is set.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// What is set for an application. The list has spaces between its addresses; a setting that is none is the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebClientRow {
    /// Where its people are sent back to.
    pub redirect_uris: String,
    /// `origin` or `exact`: how those are compared.
    pub redirect_match: Option<String>,
    /// `none` or `push`: what is asked when the application does not say.
    pub asks_at_once: Option<String>,
    /// `on` or `off`: whether a channel and an address are enough to read how it went.
    pub legacy_check: Option<String>,
    /// `nil` or `null`: what a code that is still waited for is called.
    pub pending_word: Option<String>,
}

impl Store {
    /// What is set for an application, if anything is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn web_client(
        &self,
        tenant: TenantId,
        application: Uuid,
    ) -> Result<Option<WebClientRow>, StoreError> {
        let sql = "SELECT redirect_uris, redirect_match, asks_at_once, legacy_check, pending_word
                   FROM web_clients WHERE tenant_id = ?1 AND application_id = ?2";
        self.row(Query::new(sql, params![tenant, application]), |c| {
            Ok(WebClientRow {
                redirect_uris: c.get()?,
                redirect_match: c.get()?,
                asks_at_once: c.get()?,
                legacy_check: c.get()?,
                pending_word: c.get()?,
            })
        })
        .await
    }
}

impl WebClientRow {
    /// Sets this for the application, in place of what was set. The application must exist.
    #[must_use]
    pub fn put(&self, tenant: TenantId, application: Uuid) -> Statement {
        Statement::one(
            "INSERT INTO web_clients (tenant_id, application_id, redirect_uris, redirect_match, asks_at_once,
               legacy_check, pending_word)
             SELECT tenant_id, id, ?3, ?4, ?5, ?6, ?7 FROM applications WHERE tenant_id = ?1 AND id = ?2
             ON CONFLICT (tenant_id, application_id) DO UPDATE SET redirect_uris = ?3, redirect_match = ?4,
               asks_at_once = ?5, legacy_check = ?6, pending_word = ?7",
            params![
                tenant,
                application,
                self.redirect_uris.as_str(),
                self.redirect_match.clone(),
                self.asks_at_once.clone(),
                self.legacy_check.clone(),
                self.pending_word.clone(),
            ],
        )
    }
}

/// Nothing is set for the application any more.
#[must_use]
pub fn remove(tenant: TenantId, application: Uuid) -> Statement {
    Statement::one(
        "DELETE FROM web_clients WHERE tenant_id = ?1 AND application_id = ?2",
        params![tenant, application],
    )
}
