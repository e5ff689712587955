//! Webhooks: who hears of decisions, what they are told, and how they can know that it comes from here.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::id::{ChallengeId, TenantId, from_base32, to_base32};
use countersign_protocol::wire::Outcome;
use ring::hmac;
use serde::Serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::mail::payload_place;
use super::{ApplicationId, Engine, Error, Targets};
use crate::host::random;
use crate::seal::Place;
use crate::store::webhooks::{WEBHOOKS, disable, enable, remove};
use crate::store::{NewJob, Statement, StoreError, Told, WebhookRow};
use crate::timestamp::rfc3339;

/// What every webhook secret begins with (Standard Webhooks).
const SECRET_PREFIX: &str = "whsec_";

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

/// How `X-MYPASS-Signature` is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignatureFormat {
    /// 64 lower-case hex digits.
    Hex,
    /// The same after `sha256=`.
    #[default]
    Sha256Hex,
    /// 44 characters.
    Base64,
}

impl SignatureFormat {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Hex, "hex"), (Self::Sha256Hex, "sha256=hex"), (Self::Base64, "base64")];

    /// Its word in commands and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, word)| word)
    }

    fn write(self, mac: &[u8]) -> String {
        match self {
            Self::Hex => hex(mac),
            Self::Sha256Hex => format!("sha256={}", hex(mac)),
            Self::Base64 => STANDARD.encode(mac),
        }
    }
}

impl FromStr for SignatureFormat {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.iter().find(|(_, word)| *word == text).map(|(format, _)| *format);
        found.ok_or_else(|| Error::Invalid("format must be hex, sha256=hex or base64".to_owned()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

/// A signed message, ready for the wire. It is signed anew for each attempt.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Where to.
    pub url: String,
    /// The message's id: the same in each attempt.
    pub id: Uuid,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// `X-MYPASS-Signature`: over the body, by the newest secret.
    pub mypass_signature: String,
    /// `webhook-signature` (Standard Webhooks): over id, timestamp and body, by each active secret.
    pub standard_signature: String,
    /// JSON.
    pub body: Vec<u8>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.id)
    }
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

/// The key of the seed-style signature is the secret as it is shown; that of Standard Webhooks is what it decodes to.
fn sign(secrets: &[Zeroizing<Vec<u8>>], format: SignatureFormat, call: &mut Call) -> Option<()> {
    let mac = |key: &[u8], parts: &[&[u8]]| {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    };
    call.mypass_signature = format.write(mac(secrets.first()?, &[&call.body]).as_ref());
    let head = format!("{}.{}.", call.id, call.timestamp);
    let each = secrets.iter().map(|secret| {
        let encoded = secret.strip_prefix(SECRET_PREFIX.as_bytes())?;
        let key = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        Some(format!("v1,{}", STANDARD.encode(mac(&key, &[head.as_bytes(), &call.body]))))
    });
    call.standard_signature = each.collect::<Option<Vec<_>>>()?.join(" ");
    Some(())
}

impl Engine {
    /// The statements that tell of a challenge that ends as `outcome` in the same batch: one for each webhook that
    /// wants to hear of it. After the batch is written, call [`Engine::outbox_changed`].
    pub(super) fn tell(
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
            let target = Some(*webhook);
            let job =
                NewJob { tenant, id, kind: "webhook", target, payload, created_at: now, expires_at: None };
            Ok(job.insert_told(challenge.0, outcome.as_str()))
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
        let event = self.event(tenant, "webhook.added", &"operator", &name)?;
        match self.store.write(vec![row.insert(), event]).await {
            Ok(()) => Ok((name, secret)),
            Err(StoreError::Unmet(0)) => {
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

    pub(super) async fn webhook(&self, id: WebhookId) -> Result<WebhookRow, Error> {
        self.store.webhook(id.tenant, id.local).await?.ok_or(Error::WebhookNotFound)
    }

    /// Gives the webhook a new secret. The one before goes on signing beside it, until [`Engine::end_old_secret`] or
    /// the next rotation.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn rotate_webhook_secret(&self, id: WebhookId) -> Result<String, Error> {
        let row = self.webhook(id).await?;
        let (secret, sealed) = self.new_webhook_secret(id.tenant, id.local)?;
        self.change_webhook(id, row.rotate(sealed), "webhook.secret_rotated", &"operator").await?;
        Ok(secret)
    }

    /// Lets only the newest secret sign.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn end_old_secret(&self, id: WebhookId) -> Result<(), Error> {
        let row = self.webhook(id).await?;
        self.change_webhook(id, row.end_old(), "webhook.secret_ended", &"operator").await
    }

    /// Calls a webhook again that answered 410. What it missed is dead: replay it.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn enable_webhook(&self, id: WebhookId) -> Result<(), Error> {
        self.change_webhook(id, enable(id.tenant, id.local), "webhook.enabled", &"operator").await
    }

    /// Forgets a webhook. What it has not been told yet becomes dead.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`].
    pub async fn remove_webhook(&self, id: WebhookId) -> Result<(), Error> {
        self.change_webhook(id, remove(id.tenant, id.local), "webhook.removed", &"operator").await
    }

    /// Stops calling a webhook that says it is gone. Whoever disabled it before does not mind.
    pub(super) async fn webhook_is_gone(&self, id: WebhookId) -> Result<(), Error> {
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
        actor: &'static &str,
    ) -> Result<(), Error> {
        let event = self.event(id.tenant, name, actor, &id)?;
        match self.store.write(vec![change, event]).await {
            Err(StoreError::Unmet(0)) => Err(Error::WebhookNotFound),
            result => Ok(result?),
        }
    }

    /// A message for a webhook, signed now.
    pub(super) fn signed(&self, webhook: &WebhookRow, id: Uuid, body: Vec<u8>) -> Result<Call, Error> {
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

    const MYPASS: &str = "sha256=ee7bc2c1787832e4915d4ca026a0243e9de219dfdd586514c35b11f99c5fcd78";
    const STANDARD_NEW: &str = "v1,pz+2pcggMe8322d7s1QZMxcqxnrg4+xG/qZPNEo4eIQ=";

    fn call() -> Call {
        Call {
            url: String::new(),
            id: "0190f3c2-1111-7222-8333-444444444444".parse().unwrap(),
            timestamp: 1_674_087_231,
            mypass_signature: String::new(),
            standard_signature: String::new(),
            body: br#"{"event":"mfa.response"}"#.to_vec(),
        }
    }

    fn secret(byte: u8) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(format!("{SECRET_PREFIX}{}", STANDARD.encode([byte; 32])).into_bytes())
    }

    /// Expected values: Python's hmac and hashlib.
    #[test]
    fn s42_both_kinds_of_signature_are_what_another_implementation_computes() {
        let mut signed = call();
        sign(&[secret(1), secret(2)], SignatureFormat::Sha256Hex, &mut signed).unwrap();
        assert_eq!(signed.mypass_signature, MYPASS);
        let (new, old) = signed.standard_signature.split_once(' ').unwrap();
        assert_eq!(new, STANDARD_NEW);
        assert_ne!(new, old);
        let mut alone = call();
        sign(&[secret(2)], SignatureFormat::Hex, &mut alone).unwrap();
        assert_eq!(alone.standard_signature, old);
        sign(&[secret(1)], SignatureFormat::Hex, &mut alone).unwrap();
        assert_eq!(format!("sha256={}", alone.mypass_signature), MYPASS);
        sign(&[secret(1)], SignatureFormat::Base64, &mut alone).unwrap();
        assert_eq!(STANDARD.decode(&alone.mypass_signature).map(|mac| hex(&mac)).unwrap(), MYPASS[7..]);
        assert!(sign(&[], SignatureFormat::Hex, &mut alone).is_none());
    }

    #[test]
    fn ids_and_words_come_back() {
        let id = WebhookId { tenant: TenantId(Uuid::from_u128(7)), local: Uuid::from_u128(9) };
        assert_eq!(id.to_string().parse::<WebhookId>(), Ok(id));
        assert_eq!("whk_".parse::<WebhookId>(), Err(Error::WebhookNotFound));
        for (format, word) in SignatureFormat::ALL {
            assert_eq!((word.parse(), format.as_str()), (Ok(format), word));
        }
        assert!("md5".parse::<SignatureFormat>().is_err());
    }
}
