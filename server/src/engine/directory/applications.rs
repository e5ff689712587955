//! Applications (relying parties): what they are, making and listing them. Their secrets: `credentials`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::directory::tenants::{color, display_name};
use crate::engine::oauth::OauthClient;
use crate::engine::policy::Policy;
use crate::engine::{Engine, Error, NewSecret, SecretTerms, WebClient};
use crate::store::{ApplicationRow, Statement, StoreError};

/// The colour of an application that was given none.
const DEFAULT_COLOR: &str = "#3b5bdb";

/// `app_`, the tenant's 26 characters, its own 26: the client id of every dialect. It carries its tenant, because it
/// arrives before anything is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApplicationId {
    /// Its tenant.
    pub tenant: TenantId,
    /// The application within the tenant.
    pub local: Uuid,
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "app_{}{}", to_base32(self.tenant.0), to_base32(self.local))
    }
}

impl FromStr for ApplicationId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let (tenant, local) = text.strip_prefix("app_")?.split_at_checked(26)?;
            Some(Self { tenant: TenantId(from_base32(tenant)?), local: from_base32(local)? })
        };
        parse().ok_or(Error::Unauthorized)
    }
}

/// An application that has shown its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Which.
    pub application: Arc<ApplicationRow>,
    /// What it asks of a sign-in.
    pub policy: Arc<Policy>,
    /// How it speaks OAuth, if it does.
    pub oauth: Option<Arc<OauthClient>>,
    /// How it sends browsers to our pages.
    pub web: Arc<WebClient>,
    /// The machine that it calls from, where that is known.
    pub address: Option<IpAddr>,
}

impl Caller {
    /// Its client id.
    #[must_use]
    pub fn id(&self) -> ApplicationId {
        ApplicationId { tenant: self.application.tenant, local: self.application.id }
    }
}

/// An application to be made.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// Display name, 1…100 characters.
    pub name: String,
    /// `#rrggbb`, the band on the phone's screen.
    pub color: Option<String>,
}

impl Engine {
    /// Makes an application with a secret that never ends and is good from anywhere. Its text is returned here and never
    /// again.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn create_application(
        &self,
        tenant: TenantId,
        new: NewApplication,
        by: &dyn Actor,
    ) -> Result<(ApplicationId, String), Error> {
        let (id, secret) = self.create_application_with(tenant, new, SecretTerms::default(), by).await?;
        Ok((id, secret.text))
    }

    /// The same with terms for the secret.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn create_application_with(
        &self,
        tenant: TenantId,
        new: NewApplication,
        terms: SecretTerms,
        by: &dyn Actor,
    ) -> Result<(ApplicationId, NewSecret), Error> {
        let (id, secret, batch) = self.new_application(tenant, new, terms, by)?;
        match self.store.write(batch).await {
            Ok(()) => Ok((id, secret)),
            Err(StoreError::Unmet(0)) => Err(Error::TenantNotFound(tenant.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// An application with its secret, and the statements that make them.
    pub(in crate::engine) fn new_application(
        &self,
        tenant: TenantId,
        new: NewApplication,
        terms: SecretTerms,
        by: &dyn Actor,
    ) -> Result<(ApplicationId, NewSecret, Vec<Statement>), Error> {
        let color = color(new.color.as_deref().unwrap_or(DEFAULT_COLOR))?;
        let name = display_name("name", &new.name)?;
        let application = ApplicationRow { tenant, id: self.new_id()?, name, color, created_at: self.now() };
        let id = ApplicationId { tenant, local: application.id };
        let (secret, credential) = self.new_secret(terms)?;
        let batch = vec![
            application.insert(),
            credential.insert(tenant, application.id, 1),
            self.event(tenant, "application.created", by, &id)?,
        ];
        Ok((id, secret, batch))
    }

    /// A tenant's applications, oldest first.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`].
    pub async fn applications(&self, tenant: TenantId) -> Result<Vec<ApplicationRow>, Error> {
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        Ok(self.store.applications(tenant).await?)
    }
}
