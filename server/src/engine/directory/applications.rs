//! Applications (relying parties): what they are, making and listing them. Their secrets: `credentials`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::directory::tenants::{color, display_name};
use crate::engine::oauth::{Flavour, OauthClient, usual_client};
use crate::engine::policy::Policy;
use crate::engine::{Engine, Error, NewSecret, SecretTerms, WebClient};
use crate::store::web_clients::WebClientRow;
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

/// Whose API an application's software was written for, as far as its settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The native API, which is MyPass's.
    Native,
    /// Acceptto's.
    Acceptto,
    /// Auth0's.
    Auth0,
    /// Reltio's.
    Reltio,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Native, Self::Acceptto, Self::Auth0, Self::Reltio];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Acceptto => "acceptto",
            Self::Auth0 => "auth0",
            Self::Reltio => "reltio",
        }
    }

    /// The dialect by its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == word)
    }

    /// The flavour of the OAuth client that speaks it, if that is one.
    #[must_use]
    pub fn flavour(self) -> Option<Flavour> {
        match self {
            Self::Native | Self::Acceptto => None,
            Self::Auth0 => Some(Flavour::Auth0),
            Self::Reltio => Some(Flavour::Reltio),
        }
    }

    /// What speaks so: an OAuth client of this flavour, or an application with settings for its web pages.
    #[must_use]
    pub fn of(flavour: Option<Flavour>, web: bool) -> Self {
        match (flavour, web) {
            (Some(Flavour::Auth0), _) => Self::Auth0,
            (Some(Flavour::Reltio), _) => Self::Reltio,
            (None, true) => Self::Acceptto,
            (None, false) => Self::Native,
        }
    }
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

    /// The same as what speaks this dialect, with everything as it is usual there.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn create_application_speaking(
        &self,
        tenant: TenantId,
        new: NewApplication,
        dialect: Dialect,
        by: &dyn Actor,
    ) -> Result<(ApplicationId, NewSecret), Error> {
        let (id, secret, mut batch) = self.new_application(tenant, new, SecretTerms::default(), by)?;
        if let Some(flavour) = dialect.flavour() {
            batch.push(usual_client(flavour)?.put(tenant, id.local));
            batch.push(self.event_with(tenant, "application.oauth", by, &id, flavour.as_str())?);
        }
        if dialect == Dialect::Acceptto {
            batch.push(WebClientRow::default().put(tenant, id.local));
            batch.push(self.event(tenant, "application.web", by, &id)?);
        }
        match self.store.write(batch).await {
            Ok(()) => Ok((id, secret)),
            Err(StoreError::Unmet(0)) => Err(Error::TenantNotFound(tenant.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives an application another name and colour. A running server follows within three seconds.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`], [`Error::Invalid`].
    pub async fn change_application(
        &self,
        id: ApplicationId,
        new: &NewApplication,
        by: &dyn Actor,
    ) -> Result<ApplicationRow, Error> {
        let row = self.application(id).await?;
        let wish = new.color.as_deref().unwrap_or(&row.color);
        let row = ApplicationRow { name: display_name("name", &new.name)?, color: color(wish)?, ..row };
        let detail = format!("{} {}", row.color, row.name);
        let event = self.event_with(id.tenant, "application.changed", by, &id, &detail)?;
        match self.store.write(vec![row.change(), event]).await {
            Ok(()) => Ok(row),
            Err(StoreError::Unmet(_)) => Err(Error::ApplicationNotFound(id.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// The application with this id.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`].
    pub async fn application(&self, id: ApplicationId) -> Result<ApplicationRow, Error> {
        let row = self.store.application(id.tenant, id.local).await?;
        row.ok_or_else(|| Error::ApplicationNotFound(id.to_string()))
    }

    /// Some of a tenant's applications, oldest first, from behind `after` on, each with what it speaks.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Store`].
    pub async fn applications_after(
        &self,
        tenant: TenantId,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<(ApplicationRow, Dialect)>, Error> {
        let rows = self.store.applications_after(tenant, after.unwrap_or(Uuid::nil()), limit).await?;
        let listed = |(row, flavour, web): (ApplicationRow, Option<String>, bool)| {
            let flavour = flavour.map(|word| Flavour::from_word(&word).ok_or(Error::Damaged("OAuth client")));
            Ok((row, Dialect::of(flavour.transpose()?, web)))
        };
        rows.into_iter().map(listed).collect()
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
