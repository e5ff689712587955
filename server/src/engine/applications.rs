//! Applications (relying parties): making them, and telling one by its client id and secret.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::policy::Policy;
use super::tenants::display_name;
use super::{Engine, Error, is_fresh};
use crate::host::random;
use crate::store::{ApplicationRow, CredentialRow};

/// What every API secret begins with, so that a leaked one is recognised (S33).
pub const SECRET_PREFIX: &str = "cs_secret_";
/// Milliseconds that a checked secret is believed without asking the store: a secret revoked by command works for
/// this long at most.
const BELIEVED: i64 = 3_000;
/// Callers remembered at most.
const REMEMBERED: usize = 4_096;
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

#[derive(Debug)]
struct Known {
    caller: Caller,
    secret_hash: Vec<u8>,
    read_at: i64,
}

/// Callers whose secret was checked a moment ago.
#[derive(Debug, Default)]
pub(super) struct Callers {
    known: Mutex<HashMap<ApplicationId, Known>>,
}

impl Callers {
    fn get(&self, id: ApplicationId, secret_hash: &[u8], now: i64) -> Option<Caller> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.get(&id).filter(|k| is_fresh(k.read_at, now, BELIEVED))?;
        bool::from(entry.secret_hash.ct_eq(secret_hash)).then(|| entry.caller.clone())
    }

    fn put(&self, id: ApplicationId, entry: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, k| is_fresh(k.read_at, entry.read_at, BELIEVED));
            if known.len() >= REMEMBERED {
                known.clear();
            }
        }
        known.insert(id, entry);
    }
}

impl Engine {
    /// The application with this client id and secret.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], the same for an unknown id and a wrong secret.
    pub async fn authenticate(
        &self,
        client_id: &str,
        secret: &str,
        address: Option<IpAddr>,
    ) -> Result<Arc<Caller>, Error> {
        let id: ApplicationId = client_id.parse()?;
        // The secret has 256 random bits, so a plain hash cannot be reversed and its lookup leaks nothing.
        let secret_hash = digest(&SHA256, secret.as_bytes()).as_ref().to_vec();
        let now = self.now();
        if let Some(caller) = self.callers.get(id, &secret_hash, now) {
            return Ok(Arc::new(Caller { address, ..caller }));
        }
        let found = self.store.application_with_secrets(id.tenant, id.local, now).await?;
        let (application, hashes) = found.ok_or(Error::Unauthorized)?;
        let right = hashes.iter().fold(subtle::Choice::from(0), |any, hash| any | hash.ct_eq(&secret_hash));
        if !bool::from(right) {
            return Err(Error::Unauthorized);
        }
        let policy = Policy::of(&self.store.policies(id.tenant, id.local).await?)?;
        let caller = Caller { application: Arc::new(application), policy: Arc::new(policy), address };
        self.callers.put(id, Known { caller: caller.clone(), secret_hash, read_at: now });
        Ok(Arc::new(caller))
    }

    /// Makes an application with its first secret. The secret is returned here and never again.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Invalid`].
    pub async fn create_application(
        &self,
        tenant: TenantId,
        new: NewApplication,
    ) -> Result<(ApplicationId, String), Error> {
        let color = new.color.unwrap_or_else(|| DEFAULT_COLOR.to_owned()).to_lowercase();
        let hex =
            color.strip_prefix('#').filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
        if hex.is_none() {
            return Err(Error::Invalid("the colour must look like #3b5bdb".to_owned()));
        }
        let name = display_name("name", &new.name)?;
        let application = ApplicationRow { tenant, id: self.new_id()?, name, color, created_at: self.now() };
        let id = ApplicationId { tenant, local: application.id };
        let secret =
            format!("{SECRET_PREFIX}{}", countersign_protocol::base64url(&random::<32>(&*self.rng)?));
        let credential = CredentialRow {
            id: self.new_id()?,
            secret_hash: digest(&SHA256, secret.as_bytes()).as_ref().to_vec(),
            prefix: secret.chars().take(SECRET_PREFIX.len() + 4).collect(),
            created_at: self.now(),
            expires_at: None,
        };
        let mut batch = application.insert(&credential).to_vec();
        batch.push(self.event(tenant, "application.created", &"operator", &id)?);
        match self.store.write(batch).await {
            Err(crate::store::StoreError::Unmet(0)) => Err(Error::TenantNotFound(tenant.to_string())),
            result => Ok((id, secret)).and_then(|made| result.map(|()| made).map_err(Error::from)),
        }
    }
}
