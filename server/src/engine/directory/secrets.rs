//! Secrets of applications (S33): giving an application another one while the old one goes on working for a time, and
//! ending one.

use std::fmt;

use countersign_protocol::id::{from_base32, to_base32};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::{ApplicationId, Engine, Error};
use crate::host::random;
use crate::network::Networks;
use crate::store::applications::{end_secret, end_secrets};
use crate::store::tenants::hold;
use crate::store::{CredentialRow, StoreError};

/// What every API secret begins with, so that a leaked one is recognised (S33).
pub const SECRET_PREFIX: &str = "cs_secret_";
/// Secrets of one application that are valid at the same time, at most (S33).
const AT_ONCE: i64 = 2;

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

impl Engine {
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
    pub async fn rotate_secret(
        &self,
        id: ApplicationId,
        rotation: Rotation,
        by: &dyn Actor,
    ) -> Result<NewSecret, Error> {
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
            self.event_with(id.tenant, "application.secret_made", by, &id, &secret.id)?,
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
    pub async fn revoke_secret(
        &self,
        id: ApplicationId,
        which: &str,
        by: &dyn Actor,
    ) -> Result<usize, Error> {
        let active: Vec<_> = self.secrets(id).await?.into_iter().filter(|secret| secret.active).collect();
        let by_id = which.strip_prefix("sec_").and_then(from_base32);
        let mut meant = active.iter().filter(|s| Some(s.row.id) == by_id || s.row.prefix == which);
        let (Some(secret), None) = (meant.next(), meant.next()) else { return Err(Error::SecretNotFound) };
        let end = end_secret(id.tenant, id.local, secret.row.id, self.now());
        let event = self.event_with(id.tenant, "application.secret_revoked", by, &id, &secret.id)?;
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
pub(super) fn networks(row: &CredentialRow) -> Result<Option<Networks>, Error> {
    row.networks.as_deref().map(Networks::parse).transpose().map_err(|_| Error::Damaged("list of networks"))
}
