//! Contacts: the numbers and addresses of people, each verified by a code that was sent there and came back.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

/// A number or an address.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: Uuid,
    /// Its id.
    pub id: Uuid,
    /// `phone` or `email`.
    pub kind: String,
    /// The number in E.164, or the address.
    pub value: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When a code that was sent there came back.
    pub verified_at: Option<i64>,
}

impl std::fmt::Debug for ContactRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactRow").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Store {
    /// A person's contact of this kind and value, verified or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact(
        &self,
        tenant: TenantId,
        user: Uuid,
        kind: &str,
        value: &str,
    ) -> Result<Option<ContactRow>, StoreError> {
        let sql = "SELECT id, created_at, verified_at FROM contacts
                   WHERE tenant_id = ?1 AND user_id = ?2 AND kind = ?3 AND value = ?4";
        self.row(Query::new(sql, params![tenant, user, kind, value]), |c| {
            let (kind, value) = (kind.to_owned(), value.to_owned());
            let (id, created_at, verified_at) = (c.get()?, c.get()?, c.get()?);
            Ok(ContactRow { tenant, user, id, kind, value, created_at, verified_at })
        })
        .await
    }
}

impl ContactRow {
    /// Adds the contact, not verified yet. The person must have no other of this kind and value.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO contacts (tenant_id, user_id, id, kind, value, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                self.tenant,
                self.user,
                self.id,
                self.kind.as_str(),
                self.value.as_str(),
                self.created_at
            ],
        )
    }

    /// Changes nothing, and finds nothing to change when the contact is gone.
    #[must_use]
    pub fn hold(&self) -> Statement {
        Statement::one(
            "UPDATE contacts SET kind = kind WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3",
            params![self.tenant, self.user, self.id],
        )
    }

    /// A code that was sent there came back. Finds nothing to change when the contact is gone.
    #[must_use]
    pub fn verify(&self, now: i64) -> Statement {
        Statement::one(
            "UPDATE contacts SET verified_at = COALESCE(verified_at, ?4)
             WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3",
            params![self.tenant, self.user, self.id, now],
        )
    }
}

/// Forgets the contacts of a person that no factor leads to.
#[must_use]
pub fn forget_unused(tenant: TenantId, user: Uuid) -> Statement {
    Statement::any(
        "DELETE FROM contacts WHERE tenant_id = ?1 AND user_id = ?2
           AND NOT EXISTS (SELECT 1 FROM factors f
             WHERE f.tenant_id = ?1 AND f.user_id = ?2 AND f.contact_id = contacts.id)",
        params![tenant, user],
    )
}
