//! Under which name a tenant issues tokens: its own host name, so that no tenant's tokens pass for another's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_protocol::id::TenantId;
use url::Url;

use crate::engine::audit::Actor;
use crate::engine::oauth::{SignInError, TokenKeyRotation};
use crate::engine::{Engine, Error, is_fresh};
use crate::store::{StoreError, issuers};

/// Milliseconds after which a name is read again, so that a change by command reaches a running server.
const REFRESH: i64 = 60_000;
/// Tenants remembered at most.
const REMEMBERED: usize = 4_096;

/// Who issues a tenant's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The tenant.
    pub tenant: TenantId,
    /// `iss` of every token: `https://HOST/`, with the slash.
    pub url: String,
}

impl Issuer {
    /// The audience of tokens that change factors: `https://HOST/mfa/`.
    #[must_use]
    pub fn mfa_audience(&self) -> String {
        format!("{}mfa/", self.url)
    }
}

/// Why a tenant does not get a host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It is no host name as browsers write it.
    #[error(
        "`{0}` is no host name; give it as it stands between https:// and the next slash, such as \
         login.example.org or localhost:9443, without the port when that is the usual one"
    )]
    NotAHost(String),
    /// Another tenant has it.
    #[error("another tenant issues its tokens under `{0}`; give each tenant a host name of its own")]
    Taken(String),
    /// The tenant has none.
    #[error("the tenant has no host name; `tenant issuer --host HOST` gives it one")]
    None,
    /// A rule said no.
    #[error(transparent)]
    Rule(#[from] Error),
}

impl From<StoreError> for IssuerError {
    fn from(error: StoreError) -> Self {
        Self::Rule(error.into())
    }
}

/// Names that were read a moment ago, and when. Names that are nobody's are not remembered: anybody can make them up.
#[derive(Debug, Default)]
pub(in crate::engine) struct Issuers {
    hosts: Mutex<HashMap<TenantId, (String, i64)>>,
    tenants: Mutex<HashMap<String, (TenantId, i64)>>,
}

/// What is remembered under a key.
fn recall<K: std::hash::Hash + Eq, V: Clone>(
    known: &Mutex<HashMap<K, (V, i64)>>,
    key: &K,
    now: i64,
) -> Option<V> {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(key).filter(|(_, read_at)| is_fresh(*read_at, now, REFRESH)).map(|(value, _)| value.clone())
}

fn remember<K: std::hash::Hash + Eq, V>(known: &Mutex<HashMap<K, (V, i64)>>, key: K, value: V, now: i64) {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(key, (value, now));
}

impl Engine {
    /// The tenant's issuer.
    ///
    /// # Errors
    /// [`SignInError::NoIssuer`].
    pub async fn issuer_of(&self, tenant: TenantId) -> Result<Issuer, SignInError> {
        let now = self.now();
        if let Some(host) = recall(&self.issuers.hosts, &tenant, now) {
            return Ok(self.issuer(tenant, &host));
        }
        let host = self.store.issuer_of(tenant).await?.ok_or(SignInError::NoIssuer)?;
        remember(&self.issuers.hosts, tenant, host.clone(), now);
        Ok(self.issuer(tenant, &host))
    }

    /// The same as it stands now, and not as it was a moment ago: for whoever has just changed it. None: it issues no tokens.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn issuer_now(&self, tenant: TenantId) -> Result<Option<Issuer>, Error> {
        Ok(self.store.issuer_of(tenant).await?.map(|host| self.issuer(tenant, &host)))
    }

    /// Whose host name this is, as a request says it in `Host`; none: nobody's.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn issuer_at(&self, host: &str) -> Result<Option<Issuer>, Error> {
        let Some(host) = self.host_name(host) else { return Ok(None) };
        let now = self.now();
        if let Some(tenant) = recall(&self.issuers.tenants, &host, now) {
            return Ok(Some(self.issuer(tenant, &host)));
        }
        let Some(tenant) = self.store.issuer_at(&host).await? else { return Ok(None) };
        remember(&self.issuers.tenants, host.clone(), tenant, now);
        Ok(Some(self.issuer(tenant, &host)))
    }

    /// Gives a tenant its host name, in place of the one that it may have, and its first key. Tokens under another name
    /// hold no more. A running server follows within a minute.
    ///
    /// # Errors
    /// [`IssuerError::NotAHost`], [`IssuerError::Taken`]; [`Error::TenantNotFound`].
    pub async fn set_issuer(
        &self,
        tenant: TenantId,
        host: &str,
        by: &dyn Actor,
    ) -> Result<Issuer, IssuerError> {
        let name = self.host_name(host).ok_or_else(|| IssuerError::NotAHost(host.to_owned()))?;
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Error::TenantNotFound(tenant.to_string()).into());
        }
        if self.store.issuer_at(&name).await?.is_some_and(|owner| owner != tenant) {
            return Err(IssuerError::Taken(name));
        }
        if self.store.token_keys(tenant).await?.is_empty() {
            self.rotate_token_key(tenant, TokenKeyRotation::default(), by).await?;
        }
        let put = issuers::put(tenant, &name, self.now());
        let event = self.event_with(tenant, "tenant.issuer_set", by, &tenant, &name)?;
        match self.store.write(vec![put, event]).await {
            Ok(()) => Ok(self.issuer(tenant, &name)),
            Err(StoreError::Duplicate) => Err(IssuerError::Taken(name)),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a tenant's host name away: it issues no tokens, and none of those that it issued holds. A running server
    /// follows within a minute.
    ///
    /// # Errors
    /// [`IssuerError::None`].
    pub async fn remove_issuer(&self, tenant: TenantId, by: &dyn Actor) -> Result<(), IssuerError> {
        let event = self.event(tenant, "tenant.issuer_removed", by, &tenant)?;
        match self.store.write(vec![issuers::remove(tenant), event]).await {
            Ok(()) => Ok(()),
            Err(StoreError::Unmet(_)) => Err(IssuerError::None),
            Err(error) => Err(error.into()),
        }
    }

    fn issuer(&self, tenant: TenantId, host: &str) -> Issuer {
        Issuer { tenant, url: format!("{}://{host}/", self.scheme()) }
    }

    fn scheme(&self) -> &str {
        self.server_id.split_once("://").map_or("https", |(scheme, _)| scheme)
    }

    /// A host name with its port in the one form in which it is kept; none when it is none.
    fn host_name(&self, text: &str) -> Option<String> {
        let text = text.to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if text.len() > 255 || text.ends_with('.') || !text.chars().all(plain) {
            return None;
        }
        let url = Url::parse(&format!("{}://{text}/", self.scheme())).ok()?;
        let host = url.host_str()?;
        // The parser leaves the usual port out.
        let name = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let usual = url.port_or_known_default().map(|port| format!("{host}:{port}"));
        (text == name || Some(text) == usual).then_some(name)
    }
}
