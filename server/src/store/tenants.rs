//! Tenants: the customers of the server.

use countersign_protocol::id::TenantId;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Display name.
    pub name: String,
    /// Seconds a person has to answer, 30…600.
    pub answer_window: i64,
    /// The colour of its pages, as `#rrggbb`; none when it has none of its own.
    pub color: Option<String>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// How a tenant shows itself to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Display name.
    pub name: String,
    /// `#rrggbb`; none: no colour of its own.
    pub color: Option<String>,
}

impl Store {
    /// How the tenant by that id shows itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenant_face(&self, id: TenantId) -> Result<Option<Face>, StoreError> {
        let sql = "SELECT name, color FROM tenants WHERE tenant_id = ?1";
        self.row(Query::new(sql, params![id]), |c| Ok(Face { name: c.get()?, color: c.get()? })).await
    }

    /// The tenant by that id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenant(&self, id: TenantId) -> Result<Option<TenantRow>, StoreError> {
        let sql = "SELECT name, answer_window, color, created_at FROM tenants WHERE tenant_id = ?1";
        self.row(Query::new(sql, params![id]), |c| {
            Ok(TenantRow {
                id,
                name: c.get()?,
                answer_window: c.get()?,
                color: c.get()?,
                created_at: c.get()?,
            })
        })
        .await
    }

    /// All tenants, oldest first: a server has few.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tenants(&self) -> Result<Vec<TenantRow>, StoreError> {
        let sql = "SELECT tenant_id, name, answer_window, color, created_at FROM tenants ORDER BY tenant_id";
        let rows = self.rows(Query::new(sql, vec![])).await?;
        rows.into_iter()
            .map(|row| {
                let mut c = row.columns();
                let id = TenantId(c.get()?);
                Ok(TenantRow {
                    id,
                    name: c.get()?,
                    answer_window: c.get()?,
                    color: c.get()?,
                    created_at: c.get()?,
                })
            })
            .collect()
    }
}

/// Makes batches of the same tenant that begin with this take turns: for guards that count rows, which two batches at
/// once would both find as they were (ADR 0009).
#[must_use]
pub fn hold(id: TenantId) -> Statement {
    Statement::one("UPDATE tenants SET created_at = created_at WHERE tenant_id = ?1", params![id])
}

/// Gives the tenant another name.
#[must_use]
pub fn rename(id: TenantId, name: &str) -> Statement {
    Statement::one("UPDATE tenants SET name = ?2 WHERE tenant_id = ?1", params![id, name])
}

/// Sets the colour of the tenant's pages; with none it has none of its own any more.
#[must_use]
pub fn set_color(id: TenantId, color: Option<&str>) -> Statement {
    Statement::one("UPDATE tenants SET color = ?2 WHERE tenant_id = ?1", params![id, color])
}

impl TenantRow {
    /// How it shows itself to people.
    #[must_use]
    pub fn face(&self) -> Face {
        Face { name: self.name.clone(), color: self.color.clone() }
    }

    /// Adds the tenant.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO tenants (tenant_id, name, answer_window, color, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.id, self.name.as_str(), self.answer_window, self.color.as_deref(), self.created_at],
        )
    }
}
