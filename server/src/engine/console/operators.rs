//! Changing operators: their role, whether they may, and that they no longer do. There is always an owner of the server who
//! can sign in, as long as there was one; and nobody ends or demotes themselves.

use countersign_protocol::id::TenantId;

use super::link::own_address;
use super::{NewOperator, Operator, OperatorId, Role, Scope};
use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::console::{operators, sessions};
use crate::store::{Batch, Statement, StoreError, passwords};

/// What becomes of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorChange {
    /// They have another role.
    Role(Role),
    /// They may use the console no more; they stay in the list.
    Disable,
    /// They may again.
    Enable,
    /// They are no operator any more, and have no way in.
    Remove,
}

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

    /// Changes an operator of this scope at the word of another one. Their sessions end, so that what was begun in one
    /// role does not go on in another.
    ///
    /// # Errors
    /// [`Error::OperatorNotFound`], also for one of another scope; [`Error::Invalid`] for oneself and for the last owner
    /// of the server.
    pub async fn change_operator(
        &self,
        scope: Scope,
        id: OperatorId,
        change: OperatorChange,
        by: &Operator,
        address: Option<std::net::IpAddr>,
    ) -> Result<Operator, Error> {
        if by.id == id {
            return Err(Error::Invalid(
                "nobody changes or ends themselves: ask another owner to do it".to_owned(),
            ));
        }
        self.change_operator_as(scope, id, change, &by.at(address)).await
    }

    /// The same at the word of whoever has the machine.
    ///
    /// # Errors
    /// As [`change_operator`](Self::change_operator).
    pub async fn change_operator_as(
        &self,
        scope: Scope,
        id: OperatorId,
        change: OperatorChange,
        by: &dyn Actor,
    ) -> Result<Operator, Error> {
        let operator = self.operator(id).await?;
        if operator.scope != scope {
            return Err(Error::OperatorNotFound);
        }
        let tenant = self.console_home().await?.tenant;
        let (user, now) = (id.0, self.now());
        let (first, name, detail) = match change {
            OperatorChange::Role(role) => {
                let role_of = operators::set_role(tenant, user, role.as_str());
                (role_of, "operator.role", NewOperator::detail(role, scope))
            }
            OperatorChange::Disable => {
                (operators::disable(tenant, user, Some(now)), "operator.disabled", String::new())
            }
            OperatorChange::Enable => {
                (operators::disable(tenant, user, None), "operator.enabled", String::new())
            }
            OperatorChange::Remove => (
                operators::remove(tenant, user),
                "operator.removed",
                NewOperator::detail(operator.role, scope),
            ),
        };
        let event = self.event_with(tenant, name, by, &id, &detail)?;
        let mut batch = vec![first, sessions::end_all(tenant, user), event];
        if change == OperatorChange::Remove {
            batch.push(passwords::remove(tenant, user));
        }
        batch.extend(an_owner_stays(&operator, tenant));
        self.with_an_owner(batch).await?;
        if change == OperatorChange::Remove {
            let user = self.store.user_by_id(tenant, user).await?.ok_or(Error::UserNotFound)?;
            self.forget_ways_in(&user, by).await?;
        }
        Ok(operator)
    }

    async fn with_an_owner(&self, batch: Batch) -> Result<(), Error> {
        match self.store.write(batch).await {
            Err(StoreError::Unmet(0)) => Err(Error::OperatorNotFound),
            Err(StoreError::Unmet(_)) => {
                Err(Error::Invalid("this is the last owner of the server: make another one first".to_owned()))
            }
            result => Ok(result?),
        }
    }
}

/// That another owner of the server is left, if this one is one.
fn an_owner_stays(operator: &Operator, tenant: TenantId) -> Option<Statement> {
    let counts = operator.role == Role::Owner && operator.scope == Scope::Server;
    counts.then(|| operators::hold_an_owner(tenant, operator.scope.as_uuid()))
}
