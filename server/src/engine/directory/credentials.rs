//! Telling an application by its client id and secret (S33), and what is remembered of it for a moment.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use super::secrets::networks;
use crate::engine::audit::By;
use crate::engine::oauth::{self, OauthClient};
use crate::engine::policy::Policy;
use crate::engine::web::{self, WebClient};
use crate::engine::{ApplicationId, Caller, Engine, Error, is_fresh};
use crate::network::Networks;
use crate::store::{ApplicationRow, CredentialRow};

/// Milliseconds that a secret is believed without asking the store: one revoked by command works for this long at most.
const BELIEVED: i64 = 3_000;
/// Applications remembered at most.
const REMEMBERED: usize = 4_096;
/// Milliseconds between two notes that a secret was used.
const USED_EVERY: i64 = 10 * 60 * 1000;

#[derive(Debug)]
struct Known {
    application: Arc<ApplicationRow>,
    policy: Arc<Policy>,
    oauth: Option<Arc<OauthClient>>,
    web: Arc<WebClient>,
    secrets: Vec<(CredentialRow, Option<Networks>)>,
    read_at: i64,
}

/// Why a secret is refused. Callers are not told which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Wrong,
    Address,
}

impl Known {
    /// The secret with this hash, if it is good from there now.
    fn find(&self, hash: &[u8], address: Option<IpAddr>, now: i64) -> Result<&CredentialRow, Refusal> {
        let mut found = Err(Refusal::Wrong);
        // All of them are compared, each in constant time (S34).
        for (row, networks) in &self.secrets {
            if !bool::from(row.secret_hash.ct_eq(hash)) || row.expires_at.is_some_and(|at| at <= now) {
                continue;
            }
            let there = |networks: &Networks| address.is_some_and(|address| networks.contains(address));
            found = if networks.as_ref().is_none_or(there) { Ok(row) } else { Err(Refusal::Address) };
        }
        found
    }

    /// Whether there is a secret that may be used from there now.
    fn has_secret_for(&self, address: Option<IpAddr>, now: i64) -> bool {
        let there = |networks: &Networks| address.is_some_and(|address| networks.contains(address));
        let mut lasting = self.secrets.iter().filter(|(row, _)| row.expires_at.is_none_or(|at| at > now));
        lasting.any(|(_, networks)| networks.as_ref().is_none_or(there))
    }

    fn caller(&self, address: Option<IpAddr>) -> Arc<Caller> {
        let (application, policy) = (Arc::clone(&self.application), Arc::clone(&self.policy));
        let web = Arc::clone(&self.web);
        Arc::new(Caller { application, policy, oauth: self.oauth.clone(), web, address })
    }

    /// Whether it is one that cannot keep a secret, so that none is asked of it.
    fn is_public(&self) -> bool {
        self.oauth.as_ref().is_some_and(|oauth| oauth.public)
    }
}

/// Applications that were read a moment ago.
#[derive(Debug, Default)]
pub(in crate::engine) struct Callers {
    known: Mutex<HashMap<ApplicationId, Arc<Known>>>,
}

impl Callers {
    fn get(&self, id: ApplicationId, now: i64) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).filter(|known| is_fresh(known.read_at, now, BELIEVED)).map(Arc::clone)
    }

    fn put(&self, id: ApplicationId, entry: Arc<Known>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, known| is_fresh(known.read_at, entry.read_at, BELIEVED));
            if known.len() >= REMEMBERED {
                known.clear();
            }
        }
        known.insert(id, entry);
    }
}

impl Engine {
    /// The application with this client id and secret, calling from `address`.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], the same for an unknown id, a wrong secret, and one that may not be used from there;
    /// [`Error::TooManyAttempts`] after many of those.
    pub async fn authenticate(
        &self,
        client_id: &str,
        secret: &str,
        address: Option<IpAddr>,
    ) -> Result<Arc<Caller>, Error> {
        let id: ApplicationId = client_id.parse()?;
        let now = self.now();
        self.attempts.check(id, address, now)?;
        // The secret has 256 random bits, so a plain hash cannot be reversed and its lookup leaks nothing.
        let hash = digest(&SHA256, secret.as_bytes());
        if let Some(known) = self.callers.get(id, now)
            && known.find(hash.as_ref(), address, now).is_ok()
        {
            return Ok(known.caller(address));
        }
        let Some(known) = self.read_application(id, now).await?.filter(|known| !known.secrets.is_empty())
        else {
            self.attempts.failed(id, false, address, now);
            return Err(Error::Unauthorized);
        };
        match known.find(hash.as_ref(), address, now) {
            Ok(secret) => {
                self.attempts.good(id, address, now);
                self.note_use(id, secret, now).await;
                Ok(known.caller(address))
            }
            Err(refusal) => {
                // Everybody knows the client id of a public client, and most of its users have an address of their own.
                self.attempts.failed(id, !known.is_public(), address, now);
                self.note_refusal(id, refusal, address, now).await?;
                Err(Error::Unauthorized)
            }
        }
    }

    /// The application that a request comes from. One that cannot keep a secret need not show one, but one that it shows
    /// must be right; any other must show one.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub async fn identify(
        &self,
        client_id: &str,
        secret: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<Arc<Caller>, Error> {
        if let Some(secret) = secret {
            return self.authenticate(client_id, secret, address).await;
        }
        let id: ApplicationId = client_id.parse()?;
        let now = self.now();
        if let Some(known) = self.callers.get(id, now).filter(|known| known.is_public()) {
            return Ok(known.caller(address));
        }
        self.attempts.check(id, address, now)?;
        match self.read_application(id, now).await?.filter(|known| known.is_public()) {
            Some(known) => {
                self.attempts.good(id, address, now);
                Ok(known.caller(address))
            }
            None => {
                self.attempts.failed(id, false, address, now);
                Err(Error::Unauthorized)
            }
        }
    }

    /// An application by its id, for requests whose right comes from a token that was given to it.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when there is none, or it has no valid secret and is not public.
    pub(in crate::engine) async fn caller(
        &self,
        id: ApplicationId,
        address: Option<IpAddr>,
    ) -> Result<Arc<Caller>, Error> {
        let now = self.now();
        let known = match self.callers.get(id, now) {
            Some(known) => Some(known),
            None => self.read_application(id, now).await?,
        };
        let lasts = |(row, _): &(CredentialRow, _)| row.expires_at.is_none_or(|at| at > now);
        let known = known.filter(|known| known.is_public() || known.secrets.iter().any(lasts));
        Ok(known.ok_or(Error::Unauthorized)?.caller(address))
    }

    /// An application by its id, for requests with a token that stands for its secret: one of its secrets must be good from
    /// there.
    ///
    /// # Errors
    /// [`Error::Unauthorized`].
    pub(in crate::engine) async fn caller_from(
        &self,
        id: ApplicationId,
        address: Option<IpAddr>,
    ) -> Result<Arc<Caller>, Error> {
        let now = self.now();
        let known = match self.callers.get(id, now) {
            Some(known) => Some(known),
            None => self.read_application(id, now).await?,
        };
        let known = known.ok_or(Error::Unauthorized)?;
        if known.has_secret_for(address, now) { Ok(known.caller(address)) } else { Err(Error::Unauthorized) }
    }

    async fn read_application(&self, id: ApplicationId, now: i64) -> Result<Option<Arc<Known>>, Error> {
        let found = self.store.application_with_secrets(id.tenant, id.local, now).await?;
        let Some((application, rows)) = found else { return Ok(None) };
        let policy = Policy::of(&self.store.policies(id.tenant, id.local).await?)?;
        let oauth = self.store.oauth_client(id.tenant, id.local).await?;
        let oauth = oauth.as_ref().map(oauth::client::read).transpose()?.map(Arc::new);
        let web = match self.console_web(id).await? {
            Some(own) => own,
            None => web::read(self.store.web_client(id.tenant, id.local).await?.as_ref())?,
        };
        let web = Arc::new(web);
        let secrets = rows
            .into_iter()
            .map(|row| networks(&row).map(|networks| (row, networks)))
            .collect::<Result<Vec<_>, Error>>()?;
        let (application, policy) = (Arc::new(application), Arc::new(policy));
        let known = Arc::new(Known { application, policy, oauth, web, secrets, read_at: now });
        self.callers.put(id, Arc::clone(&known));
        Ok(Some(known))
    }

    /// When a secret was last used, to ten minutes. Nobody is refused because that could not be written down.
    async fn note_use(&self, id: ApplicationId, secret: &CredentialRow, now: i64) {
        if secret.last_used_at.is_some_and(|at| is_fresh(at, now, USED_EVERY)) {
            return;
        }
        if let Err(error) = self.store.write(vec![secret.used(id.tenant, id.local, now)]).await {
            tracing::debug!(%error, "the use of a secret was not noted");
        }
    }

    async fn note_refusal(
        &self,
        id: ApplicationId,
        refusal: Refusal,
        address: Option<IpAddr>,
        now: i64,
    ) -> Result<(), Error> {
        if !self.attempts.is_worth_noting(id, now) {
            return Ok(());
        }
        let why = match refusal {
            Refusal::Wrong => "wrong secret; more of the next ten minutes are not noted",
            Refusal::Address => {
                "the secret may not be used from there; more of the next ten minutes are not noted"
            }
        };
        let event = self.event_with(id.tenant, "application.refused", &By("unknown", address), &id, why)?;
        Ok(self.store.write(vec![event]).await?)
    }
}
