//! Reading and changing what tenants and applications have set, for operators.

use countersign_protocol::id::{TenantId, from_base32, to_base32};

use super::settings::{in_force, may_differ, set};
use super::{AccessRule, SettingInForce};
use crate::engine::audit::Actor;
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::{ACCESS_RULES, AccessRuleRow, Policies, StoreError, remove_access_rule};

/// Whose policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The tenant.
    pub tenant: TenantId,
    /// One of its applications; none: all of them.
    pub application: Option<ApplicationId>,
}

impl Scope {
    fn key(self) -> uuid::Uuid {
        self.application.map_or(self.tenant.0, |application| application.local)
    }

    fn name(self) -> String {
        self.application.map_or_else(|| self.tenant.to_string(), |application| application.to_string())
    }

    fn not_found(self) -> Error {
        match self.application {
            Some(application) => Error::ApplicationNotFound(application.to_string()),
            None => Error::TenantNotFound(self.tenant.to_string()),
        }
    }
}

/// An access rule in an operator's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRule {
    /// `rul_…`, to remove it by.
    pub id: String,
    /// None: for all applications of the tenant.
    pub application: Option<ApplicationId>,
    /// `anyone`, a network, or a country's two letters.
    pub matches: String,
    /// `allow`, `deny` or `verify`.
    pub effect: String,
}

const RULE_PREFIX: &str = "rul_";

impl Engine {
    /// All settings as they are in force, and who says so.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn policy_in_force(&self, scope: Scope) -> Result<Vec<SettingInForce>, Error> {
        let Policies { tenant, application, .. } = self.store.policies(scope.tenant, scope.key()).await?;
        self.tenant_must_exist(scope.tenant).await?;
        let layers = match scope.application {
            Some(_) => vec![("application", &application), ("tenant", &tenant)],
            None => vec![("tenant", &tenant)],
        };
        Ok(in_force(&layers))
    }

    /// Changes settings: all of them, or none when one cannot be. A running server follows within 3 s.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TenantNotFound`], [`Error::ApplicationNotFound`].
    pub async fn set_policy(
        &self,
        scope: Scope,
        changes: &[(String, String)],
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let set_now = self.store.policies(scope.tenant, scope.key()).await?;
        let mut row = if scope.application.is_some() { set_now.application } else { set_now.tenant };
        for (name, value) in changes {
            if scope.application.is_some() {
                may_differ(name)?;
            }
            set(&mut row, name, value)?;
        }
        let event = self.event(scope.tenant, "policy.changed", by, &scope.name())?;
        match self.store.write(vec![row.put(scope.tenant, scope.key()), event]).await {
            Err(StoreError::Unmet(0)) => Err(scope.not_found()),
            result => Ok(result?),
        }
    }

    /// Adds an access rule behind those that are there, and returns its id.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TenantNotFound`], [`Error::ApplicationNotFound`].
    pub async fn add_access_rule(
        &self,
        scope: Scope,
        matches: &str,
        effect: &str,
        by: &dyn Actor,
    ) -> Result<String, Error> {
        let row = AccessRule::parse(matches, effect)?.row(self.new_id()?, scope.application.map(|a| a.local));
        let id = format!("{RULE_PREFIX}{}", to_base32(row.id));
        let event = self.event(scope.tenant, "access_rule.added", by, &id)?;
        match self.store.write(vec![row.insert(scope.tenant, self.now()), event]).await {
            Err(StoreError::Unmet(0)) => {
                let there = i64::try_from(self.access_rules(scope.tenant).await?.len()).unwrap_or(i64::MAX);
                let full = Error::Invalid(format!("a tenant has at most {ACCESS_RULES} access rules"));
                Err(if there < ACCESS_RULES { scope.not_found() } else { full })
            }
            result => Ok(result.map(|()| id)?),
        }
    }

    /// The tenant's access rules, in the order in which they are asked.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn access_rules(&self, tenant: TenantId) -> Result<Vec<ListedRule>, Error> {
        self.tenant_must_exist(tenant).await?;
        let list = |row: AccessRuleRow| ListedRule {
            id: format!("{RULE_PREFIX}{}", to_base32(row.id)),
            application: row.application_id.map(|local| ApplicationId { tenant, local }),
            matches: row.matches,
            effect: row.effect,
        };
        Ok(self.store.access_rules(tenant).await?.into_iter().map(list).collect())
    }

    /// Takes an access rule away.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none by that id.
    pub async fn remove_access_rule(&self, tenant: TenantId, id: &str, by: &dyn Actor) -> Result<(), Error> {
        let none = || Error::Invalid(format!("there is no access rule {id}; `policy rules` lists them"));
        let local = id.strip_prefix(RULE_PREFIX).and_then(from_base32).ok_or_else(none)?;
        let event = self.event(tenant, "access_rule.removed", by, &id)?;
        match self.store.write(vec![remove_access_rule(tenant, local), event]).await {
            Err(StoreError::Unmet(0)) => Err(none()),
            result => Ok(result?),
        }
    }

    pub(crate) async fn tenant_must_exist(&self, tenant: TenantId) -> Result<(), Error> {
        self.store.tenant(tenant).await?.map(|_| ()).ok_or(Error::TenantNotFound(tenant.to_string()))
    }
}
