//! The console's own rows: which tenant it is, the people who may use it, their passkeys, and the browsers that they are
//! signed in with.

pub mod links;
pub mod operators;
pub mod passkeys;
pub mod registrations;
pub mod sessions;

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::statement::params;
use super::{Query, Statement, Store, StoreError};

pub use links::{LinkRow, SignInRow};
pub use operators::OperatorRow;
pub use passkeys::{CeremonyRow, PasskeyRow};
pub use registrations::RegistrationRow;
pub use sessions::SessionRow;

/// The console among tenants and applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleRow {
    /// The tenant whose people may use it.
    pub tenant: TenantId,
    /// The application that asks them.
    pub application: Uuid,
}

impl Store {
    /// Which tenant and application are the console's; none before it was first needed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn console(&self) -> Result<Option<ConsoleRow>, StoreError> {
        let sql = "SELECT tenant_id, application_id FROM console WHERE one = 1";
        self.row(Query::new(sql, vec![]), |c| {
            Ok(ConsoleRow { tenant: TenantId(c.get()?), application: c.get()? })
        })
        .await
    }
}

impl ConsoleRow {
    /// Says so. [`StoreError::Duplicate`] when another one was faster.
    #[must_use]
    pub fn insert(&self) -> Statement {
        Statement::one(
            "INSERT INTO console (one, tenant_id, application_id) VALUES (1, ?1, ?2)",
            params![self.tenant, self.application],
        )
    }
}
