//! People as operators help them in the console: finding them, seeing how they stand, enrolling and resetting them. The
//! operators themselves are people too, but of the console's own tenant, which nothing here is for.

mod asked;
mod find;
mod fold;
mod forget;
mod links;
mod person;
mod reset;

pub use asked::Questions;
pub use find::{FoundPeople, PERSON_PAGE};
pub(in crate::engine) use fold::words_of;
pub use links::DeskLink;
pub use person::{PersonChange, PersonFacts};
pub use reset::{Reset, ResetDone, ResetError, ResetId, ResetTask};

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::engine::{Engine, Error};
use crate::store::UserRow;

impl Engine {
    /// A person of a tenant that is not the console's own: operators are no people to be helped here, or whoever helps
    /// people could make themselves an owner.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::UserNotFound`].
    pub async fn person_by_id(&self, tenant: TenantId, id: Uuid) -> Result<UserRow, Error> {
        self.is_no_console(tenant).await?;
        self.store.user_by_id(tenant, id).await?.ok_or(Error::UserNotFound)
    }

    /// Whether the tenant's people may be seen here at all.
    pub(in crate::engine) async fn is_no_console(&self, tenant: TenantId) -> Result<(), Error> {
        if self.console_home().await?.tenant == tenant {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        Ok(())
    }
}
