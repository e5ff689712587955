//! Secrets of applications (S33): telling an application by its client id and secret, and giving it another secret while
//! the old one goes on working for a time.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::{from_base32, to_base32};
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::engine::audit::By;
use crate::engine::oauth::{self, OauthClient};
use crate::engine::policy::Policy;
use crate::engine::web::{self, WebClient};
use crate::engine::{ApplicationId, Caller, Engine, Error, is_fresh};
use crate::host::random;
use crate::network::Networks;
use crate::store::applications::{end_secret, end_secrets};
use crate::store::tenants::hold;
use crate::store::{ApplicationRow, CredentialRow, StoreError};

/// What every API secret begins with, so that a leaked one is recognised (S33).
pub const SECRET_PREFIX: &str = "cs_secret_";
/// Secrets of one application that are valid at the same time, at most (S33).
const AT_ONCE: i64 = 2;
/// Milliseconds that a secret is believed without asking the store: one revoked by command works for this long at most.
const BELIEVED: i64 = 3_000;
/// Applications remembered at most.
const REMEMBERED: usize = 4_096;
/// Milliseconds between two notes that a secret was used.
const USED_EVERY: i64 = 10 * 60 * 1000;

/// Where and how long a new secret is good.
#[derive(Debug, Clone, Default)]
pub struct SecretTerms {
    /// Milliseconds since 1970; none: for good.
    pub expires_at: Option<i64>,
    /// Where it may be used from; none: from anywhere.
    pub networks: Option<Networks>,
}

/// A secret that was made. Its text is here and never again.
#[derive(Clone)]
pub struct NewSecret {
    /// Its id: `sec_` and 26 characters.
    pub id: String,
    /// The secret itself.
    pub text: String,
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewSecret({}, …)", self.id)
    }
}

/// How an application gets another secret.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Milliseconds until those that it has end; 0: at once.
    pub old_end_in: i64,
    /// When the new one ends: milliseconds since 1970; none: never.
    pub expires_at: Option<i64>,
    /// Where the new one may be used from.
    pub networks: NewNetworks,
}

/// Where a new secret may be used from.
#[derive(Debug, Clone)]
pub enum NewNetworks {
    /// From where the newest of the old ones may be.
    Same,
    /// From anywhere.
    Anywhere,
    /// From here only.
    Only(Networks),
}

/// A secret as an operator may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretInfo {
    /// Its id: `sec_` and 26 characters.
    pub id: String,
    /// The row.
    pub row: CredentialRow,
    /// Whether it is good now.
    pub active: bool,
}

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

    async fn read_application(&self, id: ApplicationId, now: i64) -> Result<Option<Arc<Known>>, Error> {
        let found = self.store.application_with_secrets(id.tenant, id.local, now).await?;
        let Some((application, rows)) = found else { return Ok(None) };
        let policy = Policy::of(&self.store.policies(id.tenant, id.local).await?)?;
        let oauth = self.store.oauth_client(id.tenant, id.local).await?;
        let oauth = oauth.as_ref().map(oauth::client::read).transpose()?.map(Arc::new);
        let web = Arc::new(web::read());
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

    /// A secret's text and its row.
    pub(in crate::engine) fn new_secret(
        &self,
        terms: SecretTerms,
    ) -> Result<(NewSecret, CredentialRow), Error> {
        let now = self.now();
        if terms.expires_at.is_some_and(|at| at <= now) {
            return Err(Error::Invalid("a secret must end in the future".to_owned()));
        }
        let text = format!("{SECRET_PREFIX}{}", countersign_protocol::base64url(&random::<32>(&*self.rng)?));
        let row = CredentialRow {
            id: self.new_id()?,
            secret_hash: digest(&SHA256, text.as_bytes()).as_ref().to_vec(),
            prefix: text.chars().take(SECRET_PREFIX.len() + 4).collect(),
            created_at: now,
            expires_at: terms.expires_at,
            networks: terms.networks.map(|networks| networks.to_string()),
            last_used_at: None,
        };
        Ok((NewSecret { id: secret_id(row.id), text }, row))
    }

    /// Gives an application another secret. Those that it has end after a while, or at once.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`]; [`Error::TwoSecrets`] when two would go on working beside it; [`Error::Invalid`].
    pub async fn rotate_secret(&self, id: ApplicationId, rotation: Rotation) -> Result<NewSecret, Error> {
        let secrets = self.secrets(id).await?;
        let newest = secrets.iter().rev().find(|secret| secret.active).or(secrets.last());
        let networks = match rotation.networks {
            NewNetworks::Same => newest.map(|secret| networks(&secret.row)).transpose()?.flatten(),
            NewNetworks::Anywhere => None,
            NewNetworks::Only(networks) => Some(networks),
        };
        let (secret, row) = self.new_secret(SecretTerms { expires_at: rotation.expires_at, networks })?;
        let old_end = row.created_at.saturating_add(rotation.old_end_in.max(0));
        let batch = vec![
            hold(id.tenant),
            end_secrets(id.tenant, id.local, old_end),
            row.insert(id.tenant, id.local, AT_ONCE),
            self.event_with(id.tenant, "application.secret_made", &"operator", &id, &secret.id)?,
        ];
        match self.store.write(batch).await {
            Ok(()) => Ok(secret),
            Err(StoreError::Unmet(_)) => Err(Error::TwoSecrets),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a secret now, by its id or by its first characters. A running server refuses it within three seconds.
    /// Returns how many active ones are left.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`], [`Error::SecretNotFound`].
    pub async fn revoke_secret(&self, id: ApplicationId, which: &str) -> Result<usize, Error> {
        let active: Vec<_> = self.secrets(id).await?.into_iter().filter(|secret| secret.active).collect();
        let by_id = which.strip_prefix("sec_").and_then(from_base32);
        let mut meant = active.iter().filter(|s| Some(s.row.id) == by_id || s.row.prefix == which);
        let (Some(secret), None) = (meant.next(), meant.next()) else { return Err(Error::SecretNotFound) };
        let end = end_secret(id.tenant, id.local, secret.row.id, self.now());
        let event = self.event_with(id.tenant, "application.secret_revoked", &"operator", &id, &secret.id)?;
        match self.store.write(vec![end, event]).await {
            Ok(()) => Ok(active.len() - 1),
            Err(StoreError::Unmet(_)) => Err(Error::SecretNotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// All secrets that an application ever had, oldest first. Not the secrets themselves: nobody has those.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`].
    pub async fn secrets(&self, id: ApplicationId) -> Result<Vec<SecretInfo>, Error> {
        if self.store.application(id.tenant, id.local).await?.is_none() {
            return Err(Error::ApplicationNotFound(id.to_string()));
        }
        let now = self.now();
        let info = |row: CredentialRow| {
            let active = row.expires_at.is_none_or(|at| at > now);
            SecretInfo { id: secret_id(row.id), active, row }
        };
        Ok(self.store.credentials(id.tenant, id.local).await?.into_iter().map(info).collect())
    }
}

fn secret_id(id: Uuid) -> String {
    format!("sec_{}", to_base32(id))
}

/// A list that cannot be read lets nobody in.
fn networks(row: &CredentialRow) -> Result<Option<Networks>, Error> {
    row.networks.as_deref().map(Networks::parse).transpose().map_err(|_| Error::Damaged("list of networks"))
}
