//! Webhooks: who hears of decisions, what they are told, and how they can know that it comes from here.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::id::{ChallengeId, TenantId, from_base32, to_base32};
use countersign_protocol::wire::Outcome;
use serde::Serialize;
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::outbox::message::payload_place;
use crate::engine::outbox::webhook_signature::{Call, SECRET_PREFIX, SignatureFormat, sign};
use crate::engine::{ApplicationId, Engine, Error, Targets};
use crate::host::random;
use crate::seal::Place;
use crate::store::webhooks::{WEBHOOKS, disable, enable, remove};
use crate::store::{NewJob, Statement, StoreError, Told, WebhookRow, tenants};
use crate::timestamp::rfc3339;

/// `whk_`, the tenant's 26 characters, its own 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WebhookId {
    /// Its tenant.
    pub tenant: TenantId,
    /// The webhook within the tenant.
    pub local: Uuid,
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "whk_{}{}", to_base32(self.tenant.0), to_base32(self.local))
    }
}

impl FromStr for WebhookId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let parse = || {
            let (tenant, local) = text.strip_prefix("whk_")?.split_at_checked(26)?;
            Some(Self { tenant: TenantId(from_base32(tenant)?), local: from_base32(local)? })
        };
        parse().ok_or(Error::WebhookNotFound)
    }
}

/// A webhook to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where it is.
    pub url: String,
    /// Whose challenges it hears of; none: all of the tenant's.
    pub application: Option<ApplicationId>,
    /// How its seed-style signature is written.
    pub format: SignatureFormat,
}

/// The seed's event, field by field in its order.
#[derive(Serialize)]
struct Response<'a> {
    event: &'static str,
    session_id: ChallengeId,
    session_ref: Option<&'a str>,
    status: Outcome,
    responded_at: String,
}

#[derive(Serialize)]
struct Ping {
    event: &'static str,
    webhook_id: String,
    sent_at: String,
}

fn secret_place(tenant: TenantId, webhook: Uuid) -> Place {
    Place { tenant, column: "webhooks.secret", row: webhook }
}

impl Engine {
    /// The statements that tell of a challenge that ends as `outcome` in the same batch: one for each webhook that
    /// wants to hear of it. After the batch is written, call [`Engine::outbox_changed`].
    pub(in crate::engine) fn tell(
        &self,
        tenant: TenantId,
        challenge: ChallengeId,
        outcome: Outcome,
        told: &Told,
        now: i64,
    ) -> Result<Vec<Statement>, Error> {
        let response = Response {
            event: "mfa.response",
            session_id: challenge,
            session_ref: told.session_ref.as_deref(),
            status: outcome,
            responded_at: rfc3339(now),
        };
        let body = serde_json::to_vec(&response).map_err(|_| Error::Damaged("event"))?;
        let each = told.webhooks.iter().map(|webhook| {
            let id = self.new_id()?;
            let payload = self.master.seal(&*self.rng, payload_place(tenant, id), &body)?;
            let job = NewJob {
                tenant,
                id,
                kind: "webhook",
                target: Some(*webhook),
                subject: Some(challenge.0),
                lane: *webhook,
                payload,
                created_at: now,
                expires_at: None,
            };
            Ok(job.insert_told(outcome.as_str()))
        });
        each.collect()
    }

    /// Makes a webhook. Its secret is returned here and never again.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TenantNotFound`].
    pub async fn add_webhook(
        &self,
        tenant: TenantId,
        new: NewWebhook,
        targets: &Targets,
        by: &dyn Actor,
    ) -> Result<(WebhookId, String), Error> {
        let url = targets.url(&new.url)?;
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        let application = match new.application {
            None => None,
            Some(id) if id.tenant == tenant && self.store.has_application(tenant, id.local).await? => {
                Some(id.local)
            }
            Some(id) => return Err(Error::Invalid(format!("the tenant has no application {id}"))),
        };
        let id = self.new_id()?;
        let (secret, sealed) = self.new_webhook_secret(tenant, id)?;
        let row = WebhookRow {
            tenant,
            id,
            application,
            url: url.into(),
            format: new.format.as_str().to_owned(),
            secret: sealed,
            old_secret: None,
            created_at: self.now(),
            disabled: None,
        };
        let name = WebhookId { tenant, local: id };
        let event = self.event(tenant, "webhook.added", by, &name)?;
        match self.store.write(vec![tenants::hold(tenant), row.insert(), event]).await {
            Ok(()) => Ok((name, secret)),
            Err(StoreError::Unmet(1)) => {
                Err(Error::Invalid(format!("a tenant has {WEBHOOKS} webhooks at most; remove one first")))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn new_webhook_secret(&self, tenant: TenantId, webhook: Uuid) -> Result<(String, Vec<u8>), Error> {
        let secret = format!("{SECRET_PREFIX}{}", STANDARD.encode(random::<32>(&*self.rng)?));
        let sealed = self.master.seal(&*self.rng, secret_place(tenant, webhook), secret.as_bytes())?;
        Ok((secret, sealed))
    }

    /// The tenant's webhooks, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookRow>, Error> {
        Ok(self.store.webhooks(tenant).await?)
    }

    /// The webhook with this id.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn webhook(&self, id: WebhookId) -> Result<WebhookRow, Error> {
        self.store.webhook(id.tenant, id.local).await?.ok_or(Error::WebhookNotFound)
    }

    /// Gives the webhook a new secret. The one before goes on signing beside it, until [`Engine::end_old_secret`] or
    /// the next rotation.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn rotate_webhook_secret(&self, id: WebhookId, by: &dyn Actor) -> Result<String, Error> {
        let row = self.webhook(id).await?;
        let (secret, sealed) = self.new_webhook_secret(id.tenant, id.local)?;
        self.change_webhook(id, row.rotate(sealed), "webhook.secret_rotated", by).await?;
        Ok(secret)
    }

    /// Lets only the newest secret sign.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn end_old_secret(&self, id: WebhookId, by: &dyn Actor) -> Result<(), Error> {
        let row = self.webhook(id).await?;
        self.change_webhook(id, row.end_old(), "webhook.secret_ended", by).await
    }

    /// Calls a webhook again that answered 410. What it missed is dead: replay it.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn enable_webhook(&self, id: WebhookId, by: &dyn Actor) -> Result<(), Error> {
        self.change_webhook(id, enable(id.tenant, id.local), "webhook.enabled", by).await
    }

    /// Forgets a webhook. What it has not been told yet becomes dead.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn remove_webhook(&self, id: WebhookId, by: &dyn Actor) -> Result<(), Error> {
        self.change_webhook(id, remove(id.tenant, id.local), "webhook.removed", by).await
    }

    /// Stops calling a webhook that says it is gone. Whoever disabled it before does not mind.
    pub(in crate::engine) async fn webhook_is_gone(&self, id: WebhookId) -> Result<(), Error> {
        let change = disable(id.tenant, id.local, self.now(), "gone");
        match self.change_webhook(id, change, "webhook.disabled", &"server").await {
            Err(Error::WebhookNotFound) => Ok(()),
            result => result,
        }
    }

    async fn change_webhook(
        &self,
        id: WebhookId,
        change: Statement,
        name: &'static str,
        by: &dyn Actor,
    ) -> Result<(), Error> {
        let event = self.event(id.tenant, name, by, &id)?;
        match self.store.write(vec![change, event]).await {
            Err(StoreError::Unmet(0)) => Err(Error::WebhookNotFound),
            result => Ok(result?),
        }
    }

    /// A message for a webhook, signed now.
    pub(in crate::engine) fn signed(
        &self,
        webhook: &WebhookRow,
        id: Uuid,
        body: Vec<u8>,
    ) -> Result<Call, Error> {
        let place = secret_place(webhook.tenant, webhook.id);
        let sealed = std::iter::once(&webhook.secret).chain(&webhook.old_secret);
        let secrets = sealed.map(|sealed| self.master.open(place, sealed)).collect::<Result<Vec<_>, _>>()?;
        let (timestamp, url) = (self.now() / 1000, webhook.url.clone());
        let (mypass_signature, standard_signature) = (String::new(), String::new());
        let mut call = Call { url, id, timestamp, mypass_signature, standard_signature, body };
        sign(&secrets, webhook.format.parse()?, &mut call).ok_or(Error::Damaged("webhook secret"))?;
        Ok(call)
    }

    /// A message that tells nothing, to try a webhook out with.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn ping(&self, id: WebhookId) -> Result<Call, Error> {
        let row = self.webhook(id).await?;
        let ping = Ping { event: "mfa.ping", webhook_id: id.to_string(), sent_at: rfc3339(self.now()) };
        let body = serde_json::to_vec(&ping).map_err(|_| Error::Damaged("event"))?;
        self.signed(&row, self.new_id()?, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back() {
        let id = WebhookId { tenant: TenantId(Uuid::from_u128(7)), local: Uuid::from_u128(9) };
        assert_eq!(id.to_string().parse::<WebhookId>(), Ok(id));
        assert_eq!("whk_".parse::<WebhookId>(), Err(Error::WebhookNotFound));
    }
}
