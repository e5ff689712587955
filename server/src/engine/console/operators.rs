//! Changing operators: their role, whether they may, and that they no longer do. There is always an owner of the server who
//! can sign in, as long as there was one.

use super::link::own_address;
use super::{Operator, OperatorId, Role, Scope};
use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::StoreError;
use crate::store::console::{operators, sessions};

impl Engine {
    /// The operator with this address.
    ///
    /// # Errors
    /// [`Error::OperatorNotFound`].
    pub async fn operator_named(&self, email: &str) -> Result<Operator, Error> {
        let home = self.console_home().await?;
        let email = own_address(email)?;
        let user = self.store.user_by_ref(home.tenant, &email).await?.ok_or(Error::OperatorNotFound)?;
        self.operator(OperatorId(user.id)).await
    }

    /// Lets somebody use the console no more. Their sessions end; they stay in the list.
    ///
    /// # Errors
    /// [`Error::OperatorNotFound`]; [`Error::Invalid`] for the last owner.
    pub async fn disable_operator(&self, id: OperatorId, by: &dyn Actor) -> Result<(), Error> {
        let operator = self.operator(id).await?;
        if operator.disabled_at.is_some() {
            return Ok(());
        }
        let home = self.console_home().await?;
        let event = self.event(home.tenant, "operator.disabled", by, &id)?;
        let mut batch = vec![operators::disable(home.tenant, id.0, self.now())];
        batch.extend([sessions::end_all(home.tenant, id.0), event]);
        batch.extend(self.an_owner_stays(&operator, home.tenant));
        self.with_an_owner(batch).await
    }

    /// That another owner of the same scope is left, if this one is an owner.
    fn an_owner_stays(
        &self,
        operator: &Operator,
        tenant: countersign_protocol::id::TenantId,
    ) -> Option<crate::store::Statement> {
        let counts = operator.role == Role::Owner && operator.scope == Scope::Server;
        counts.then(|| operators::hold_an_owner(tenant, operator.scope.as_uuid()))
    }

    async fn with_an_owner(&self, batch: Vec<crate::store::Statement>) -> Result<(), Error> {
        match self.store.write(batch).await {
            Err(StoreError::Unmet(0)) => Err(Error::OperatorNotFound),
            Err(StoreError::Unmet(_)) => {
                Err(Error::Invalid("this is the last owner of the server: make another one first".to_owned()))
            }
            result => Ok(result?),
        }
    }
}
