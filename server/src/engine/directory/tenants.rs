//! Making tenants and giving them new signing keys.

use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::Thumbprint;

use crate::engine::audit::Actor;
use crate::engine::{ANSWER_WINDOWS, DEFAULT_ANSWER_WINDOW, Engine, Error};
use crate::store::{Face, PolicyRow, Statement, TenantRow, tenants};

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Display name, 1…100 characters.
    pub name: String,
    /// Seconds a person has to answer; [`DEFAULT_ANSWER_WINDOW`] when not given.
    pub answer_window: Option<i64>,
    /// The colour of its pages, as `#rrggbb`; they have one of ours when not given.
    pub color: Option<String>,
}

impl Engine {
    /// Makes a tenant with its first signing key.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name or window out of range, and for what is no colour.
    pub async fn create_tenant(&self, new: NewTenant, by: &dyn Actor) -> Result<TenantRow, Error> {
        let (row, batch) = self.new_tenant(new, by)?;
        self.store.write(batch).await?;
        Ok(row)
    }

    /// A tenant, and the statements that make it.
    pub(in crate::engine) fn new_tenant(
        &self,
        new: NewTenant,
        by: &dyn Actor,
    ) -> Result<(TenantRow, Vec<Statement>), Error> {
        let answer_window = new.answer_window.unwrap_or(DEFAULT_ANSWER_WINDOW);
        if !ANSWER_WINDOWS.contains(&answer_window) {
            return Err(Error::Invalid("the answer window must be 30 to 600 seconds".to_owned()));
        }
        let name = display_name("name", &new.name)?;
        let color = new.color.as_deref().map(color).transpose()?;
        let row =
            TenantRow { id: TenantId(self.new_id()?), name, answer_window, color, created_at: self.now() };
        let (_, key) = self.new_signing_key(row.id, &[])?;
        let event = self.event(row.id, "tenant.created", by, &row.id)?;
        let policy = PolicyRow { answer_window: new.answer_window, ..PolicyRow::default() };
        let batch = vec![row.insert(), policy.put(row.id, row.id.0), key, event];
        Ok((row, batch))
    }

    /// Gives the tenant's pages a colour, or with none takes it away.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn set_tenant_color(
        &self,
        tenant: TenantId,
        wish: Option<&str>,
        by: &dyn Actor,
    ) -> Result<TenantRow, Error> {
        let row = self.store.tenant(tenant).await?;
        let row = row.ok_or_else(|| Error::TenantNotFound(tenant.to_string()))?;
        let row = TenantRow { color: wish.map(color).transpose()?, ..row };
        let chosen = row.color.as_deref();
        let event = self.event_with(tenant, "tenant.color_set", by, &tenant, chosen.unwrap_or("none"))?;
        self.store.write(vec![tenants::set_color(tenant, chosen), event]).await?;
        Ok(row)
    }

    /// Gives the tenant another name. People see it with what is asked of them from then on.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn rename_tenant(&self, tenant: TenantId, name: &str, by: &dyn Actor) -> Result<(), Error> {
        let name = display_name("name", name)?;
        self.tenant_must_exist(tenant).await?;
        let event = self.event_with(tenant, "tenant.renamed", by, &tenant, &name)?;
        Ok(self.store.write(vec![tenants::rename(tenant, &name), event]).await?)
    }

    /// All tenants, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn tenants(&self) -> Result<Vec<TenantRow>, Error> {
        Ok(self.store.tenants().await?)
    }

    /// The tenant with this id.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`].
    pub async fn tenant(&self, id: TenantId) -> Result<TenantRow, Error> {
        self.store.tenant(id).await?.ok_or_else(|| Error::TenantNotFound(id.to_string()))
    }

    /// How a tenant shows itself to people.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`].
    pub async fn face(&self, tenant: TenantId) -> Result<Face, Error> {
        self.store.tenant_face(tenant).await?.ok_or_else(|| Error::TenantNotFound(tenant.to_string()))
    }

    /// The thumbprint of the key that signs for the tenant at present.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`].
    pub async fn signing_key(&self, tenant: TenantId) -> Result<Thumbprint, Error> {
        Ok(self.keys_of(tenant).await?.public.thumbprint())
    }

    /// Makes a new signing key for the tenant, vouched for by the one before. Phones follow by themselves.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`].
    pub async fn rotate_signing_key(&self, tenant: TenantId, by: &dyn Actor) -> Result<Thumbprint, Error> {
        let rows = self.store.signing_keys(tenant).await?;
        if rows.is_empty() {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        let (public, key) = self.new_signing_key(tenant, &rows)?;
        let event = self.event(tenant, "tenant.key_rotated", by, &public.thumbprint())?;
        self.store.write(vec![tenants::hold(tenant), key, event]).await?;
        self.forget_keys(tenant);
        Ok(public.thumbprint())
    }
}

/// A colour as `#rrggbb`, in small letters.
pub(in crate::engine) fn color(text: &str) -> Result<String, Error> {
    let color = text.to_lowercase();
    let hex = color.strip_prefix('#').filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    if hex.is_none() {
        return Err(Error::Invalid("the colour must look like #3b5bdb".to_owned()));
    }
    Ok(color)
}

/// A name that people see: 1…100 characters, no control characters.
pub(in crate::engine) fn display_name(field: &str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(Error::Invalid(format!("{field} must be 1 to 100 characters without control characters")))
    }
}
