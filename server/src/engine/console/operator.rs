//! Operators: people of the console's own tenant, with a role for one tenant or for the whole server.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use uuid::Uuid;

use super::{May, Role};
use crate::engine::audit::{Actor, By};
use crate::engine::{Engine, Error, NewUser};
use crate::store::OperatorRow;
use crate::store::console::{operators, sessions};

/// An operator's id: `op_` and 26 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OperatorId(pub(in crate::engine) Uuid);

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op_{}", to_base32(self.0))
    }
}

impl FromStr for OperatorId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        text.strip_prefix("op_").and_then(from_base32).map(Self).ok_or(Error::OperatorNotFound)
    }
}

impl Actor for OperatorId {}

/// What an operator looks after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The whole server: every tenant, and what belongs to none.
    Server,
    /// One tenant.
    Tenant(TenantId),
}

impl Scope {
    pub(in crate::engine) fn as_uuid(self) -> Uuid {
        match self {
            Self::Server => Uuid::nil(),
            Self::Tenant(tenant) => tenant.0,
        }
    }

    pub(super) fn of(id: Uuid) -> Self {
        if id.is_nil() { Self::Server } else { Self::Tenant(TenantId(id)) }
    }

    /// Whether whoever has it looks after this tenant.
    #[must_use]
    pub fn covers(self, tenant: TenantId) -> bool {
        match self {
            Self::Server => true,
            Self::Tenant(own) => own == tenant,
        }
    }
}

/// Somebody who may use the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Their id.
    pub id: OperatorId,
    /// What they sign in with: their e-mail address.
    pub email: String,
    /// Their own name, if it is known.
    pub name: Option<String>,
    /// As what they look after it.
    pub role: Role,
    /// What they look after.
    pub scope: Scope,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Since when they may not.
    pub disabled_at: Option<i64>,
}

impl Operator {
    pub(in crate::engine) fn of(row: OperatorRow) -> Result<Self, Error> {
        let role = Role::from_word(&row.role).ok_or(Error::Damaged("operator"))?;
        Ok(Self {
            id: OperatorId(row.user.id),
            email: row.user.user_ref,
            name: row.user.display_name,
            role,
            scope: Scope::of(row.scope),
            created_at: row.created_at,
            disabled_at: row.disabled_at,
        })
    }

    /// What others see of them.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }

    /// Whether they may do this to this tenant.
    #[must_use]
    pub fn may(&self, what: May, tenant: TenantId) -> bool {
        self.disabled_at.is_none() && self.scope.covers(tenant) && self.role.may(what)
    }

    /// Whether they may do this to the whole server, or to what belongs to no tenant.
    #[must_use]
    pub fn may_everywhere(&self, what: May) -> bool {
        self.disabled_at.is_none() && self.scope == Scope::Server && self.role.may(what)
    }

    /// For the log: they, and the machine that they speak from.
    #[must_use]
    pub fn at(&self, address: Option<IpAddr>) -> By<OperatorId> {
        By(self.id, address)
    }
}

/// An operator to be made.
#[derive(Debug, Clone)]
pub struct NewOperator {
    /// What they sign in with.
    pub email: String,
    /// Their own name.
    pub name: Option<String>,
    /// As what.
    pub role: Role,
    /// Of what.
    pub scope: Scope,
}

impl NewOperator {
    /// What the log says of a role.
    pub(super) fn detail(role: Role, scope: Scope) -> String {
        match scope {
            Scope::Server => role.as_str().to_owned(),
            Scope::Tenant(tenant) => format!("{} of {tenant}", role.as_str()),
        }
    }
}

impl Engine {
    /// Makes somebody an operator, or gives one another role. They can sign in once they have a password and a factor.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an address or name that is none; [`Error::TenantNotFound`].
    pub async fn put_operator(&self, new: NewOperator, by: &dyn Actor) -> Result<Operator, Error> {
        let home = self.console_home().await?;
        if let Scope::Tenant(tenant) = new.scope {
            self.tenant_must_exist(tenant).await?;
        }
        let email = new.email.trim().to_lowercase();
        let user =
            NewUser { user_ref: email.clone(), email: Some(email), display_name: new.name, language: None };
        let user = self.ensure_user(home.tenant, user, by).await?;
        let id = OperatorId(user.id);
        let scope = new.scope.as_uuid();
        let detail = NewOperator::detail(new.role, new.scope);
        let event = self.event_with(home.tenant, "operator.put", by, &id, &detail)?;
        let put = operators::put(home.tenant, user.id, (scope, new.role.as_str()), self.now());
        // What they may do is looked up with each request; a session of another role need not go on all the same.
        self.store.write(vec![put, sessions::end_all(home.tenant, user.id), event]).await?;
        self.operator(id).await
    }

    /// The operator with this id.
    ///
    /// # Errors
    /// [`Error::OperatorNotFound`].
    pub async fn operator(&self, id: OperatorId) -> Result<Operator, Error> {
        let home = self.console_home().await?;
        let row = self.store.operator(home.tenant, id.0).await?.ok_or(Error::OperatorNotFound)?;
        Operator::of(row)
    }

    /// Those who look after this, in the order that they came.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn operators(&self, scope: Scope) -> Result<Vec<Operator>, Error> {
        let home = self.console_home().await?;
        let rows = self.store.operators(home.tenant, scope.as_uuid()).await?;
        rows.into_iter().map(Operator::of).collect()
    }
}
