//! The tenant and the application that are the console's own. They are made when they are first needed.

use countersign_protocol::id::TenantId;

use crate::engine::{ApplicationId, Engine, Error, NewApplication, NewTenant, SecretTerms};
use crate::store::{ConsoleRow, StoreError};

/// How they are called.
const NAME: &str = "Countersign console";

/// The console among tenants and applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// Its people are the operators.
    pub tenant: TenantId,
    /// It asks them.
    pub application: ApplicationId,
}

impl From<ConsoleRow> for Home {
    fn from(row: ConsoleRow) -> Self {
        let application = ApplicationId { tenant: row.tenant, local: row.application };
        Self { tenant: row.tenant, application }
    }
}

impl Engine {
    /// The console's own tenant and application; they are made if there are none.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn console_home(&self) -> Result<Home, Error> {
        match self.console_home_if_made().await? {
            Some(home) => Ok(home),
            None => {
                let row = self.make_console_home().await?;
                Ok(*self.console_home.get_or_init(|| row.into()))
            }
        }
    }

    /// The same, and none where nobody has needed them yet. What was read once never changes, so it is kept; that there is
    /// none is not, because another node may make them at any time.
    pub(in crate::engine) async fn console_home_if_made(&self) -> Result<Option<Home>, Error> {
        if let Some(home) = self.console_home.get() {
            return Ok(Some(*home));
        }
        let row = self.store.console().await?;
        Ok(row.map(|row| *self.console_home.get_or_init(|| row.into())))
    }

    async fn make_console_home(&self) -> Result<ConsoleRow, Error> {
        let by = &"server";
        let new = NewTenant { name: NAME.to_owned(), answer_window: None, color: None };
        let (tenant, mut batch) = self.new_tenant(new, by)?;
        let new = NewApplication { name: NAME.to_owned(), color: None };
        let (application, _, more) = self.new_application(tenant.id, new, SecretTerms::default(), by)?;
        let row = ConsoleRow { tenant: tenant.id, application: application.local };
        batch.push(row.insert());
        batch.extend(more);
        match self.store.write(batch).await {
            Ok(()) => Ok(row),
            // Another node was faster, and nothing of ours was kept.
            Err(StoreError::Duplicate) => Ok(self.store.console().await?.ok_or(Error::Damaged("console"))?),
            Err(error) => Err(error.into()),
        }
    }
}
