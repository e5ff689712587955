//! Tenants' own words for messages.

use countersign_protocol::id::TenantId;

use super::statement::params;
use super::{Columns, Query, Statement, Store, StoreError};

/// Which words: medium, name and language.
pub type TemplateKey = [&'static str; 3];

/// Words of a tenant's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// The template.
    pub body: String,
    /// Milliseconds since 1970.
    pub changed_at: i64,
}

/// The same in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTemplate {
    /// `sms`, `voice` or `email`.
    pub channel: String,
    /// Which message.
    pub name: String,
    /// `en` or `ar`.
    pub language: String,
    /// Milliseconds since 1970.
    pub changed_at: i64,
}

impl Store {
    /// A tenant's own words for a message, where it has any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn template(
        &self,
        tenant: TenantId,
        key: TemplateKey,
    ) -> Result<Option<TemplateRow>, StoreError> {
        let sql = "SELECT body, changed_at FROM templates
                   WHERE tenant_id = ?1 AND channel = ?2 AND name = ?3 AND language = ?4";
        let [channel, name, language] = key;
        let read = |c: &mut Columns| Ok(TemplateRow { body: c.get()?, changed_at: c.get()? });
        self.row(Query::new(sql, params![tenant, channel, name, language]), read).await
    }

    /// All that a tenant has.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn templates(&self, tenant: TenantId) -> Result<Vec<ListedTemplate>, StoreError> {
        let sql = "SELECT channel, name, language, changed_at FROM templates
                   WHERE tenant_id = ?1 ORDER BY channel, name, language";
        let rows = self.rows(Query::new(sql, params![tenant])).await?;
        let read = |row: super::Row| {
            let mut c = row.columns();
            Ok(ListedTemplate { channel: c.get()?, name: c.get()?, language: c.get()?, changed_at: c.get()? })
        };
        rows.into_iter().map(read).collect()
    }
}

/// Keeps a tenant's own words, in the place of what it had.
#[must_use]
pub fn put_template(tenant: TenantId, key: TemplateKey, body: &str, now: i64) -> Statement {
    let [channel, name, language] = key;
    Statement::one(
        "INSERT INTO templates (tenant_id, channel, name, language, body, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (tenant_id, channel, name, language)
         DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at",
        params![tenant, channel, name, language, body.to_owned(), now],
    )
}

/// Forgets them; there must be some.
#[must_use]
pub fn remove_template(tenant: TenantId, key: TemplateKey) -> Statement {
    let [channel, name, language] = key;
    Statement::one(
        "DELETE FROM templates WHERE tenant_id = ?1 AND channel = ?2 AND name = ?3 AND language = ?4",
        params![tenant, channel, name, language],
    )
}
