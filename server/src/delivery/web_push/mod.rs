//! Web Push (RFC 8030), which UnifiedPush speaks too: one POST to the address that the device gave, encrypted for it, under
//! a token that says who we are. The address comes from outside, so it is called as webhooks are: over TLS, at an
//! address that was checked, without following anything (S45).

mod encryption;
mod vapid;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey};
use ring::digest::{SHA256, digest};

use super::SetupError;
use super::alert::data;
use super::outgoing::retry_after;
use super::outgoing::{Clients, Kept, word};
use crate::engine::providers::{Subscription, WebPushAccount};
use crate::engine::{Attempt, Moment, Parcel, Push, Targets, Then};
use crate::host::{random, ring_dice};
use encryption::sealed;
use vapid::Vapid;

/// Longest time for an attempt, looking up the name included. Shorter than whoever sends waits.
const PATIENCE: Duration = Duration::from_secs(8);
/// Bytes that every text is filled up to.
const SIZE: usize = 512;
/// Seconds that a message without an end of its own is kept at most: the longest answer window (S2).
const LONGEST: i64 = 600;
/// Characters of a `Topic` at most (RFC 8030 §5.4): 24 bytes in base64url.
const TOPIC: usize = 24;
/// Seconds to wait when there was too much and nobody says for how long.
const THROTTLED: i64 = 60;

/// Carries pushes to push services.
#[derive(Debug)]
pub struct WebPush {
    targets: Arc<Targets>,
    senders: Kept<Arc<Sender>>,
}

/// What is kept for one account.
#[derive(Debug)]
struct Sender {
    clients: Clients,
    vapid: Vapid,
}

impl Sender {
    fn new(account: &WebPushAccount, targets: &Arc<Targets>) -> Result<Arc<Self>, SetupError> {
        let clients = Clients::new(targets, account.ca.as_deref(), PATIENCE, "Countersign")?;
        let vapid = Vapid::new(account).map_err(|error| SetupError(error.to_string()))?;
        Ok(Arc::new(Self { clients, vapid }))
    }
}

impl WebPush {
    /// A courier to what `targets` allows, over TLS only; it has no connection yet.
    #[must_use]
    pub fn new(targets: Targets) -> Self {
        Self { targets: Arc::new(targets), senders: Kept::default() }
    }

    /// Makes one attempt, which takes 8 seconds at most.
    pub async fn send(
        &self,
        parcel: &Parcel,
        account: &WebPushAccount,
        push: &Push,
        at: Moment<'_>,
    ) -> Attempt {
        let Ok(subscription) = Subscription::parse(&push.token) else {
            return Attempt::dead("no_subscription");
        };
        let left = parcel.expires_at.map_or(LONGEST, |end| (end - at.now) / 1000);
        if left <= 0 {
            return Attempt::dead("expired");
        }
        let made = self.senders.or_make(parcel.provider.id, at.now, || Sender::new(account, &self.targets));
        let Ok(sender) = made else { return Attempt::failed("unusable_account").in_trouble() };
        let Some(client) = sender.clients.towards(&subscription.endpoint) else {
            return Attempt::dead("refused_address");
        };
        let Some(body) = body(&subscription, push, at) else { return Attempt::failed("not_encrypted") };
        let Some(shown) = sender.vapid.header(&subscription.endpoint, at.seconds()) else {
            return Attempt::failed("unusable_key").in_trouble();
        };
        let request = client.post(subscription.endpoint).header(AUTHORIZATION, shown).body(body);
        let request = with_headers(request, push, left.min(LONGEST));
        match request.send().await {
            Ok(response) => {
                verdict(response.status().as_u16(), retry_after(response.headers(), at.seconds()))
            }
            Err(error) => Attempt::failed(word(&error)),
        }
    }
}

fn with_headers(request: RequestBuilder, push: &Push, left: i64) -> RequestBuilder {
    request
        .header("TTL", left)
        .header("Urgency", HeaderValue::from_static("high"))
        .header("Topic", topic(push))
        .header(CONTENT_ENCODING, "aes128gcm")
        .header(CONTENT_TYPE, "application/octet-stream")
}

/// What a later message about the same question would replace. A hash, so that the push service learns no id.
fn topic(push: &Push) -> String {
    let hash = digest(&SHA256, push.challenge.0.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..TOPIC).unwrap_or_default())
}

fn body(subscription: &Subscription, push: &Push, at: Moment<'_>) -> Option<Vec<u8>> {
    let salt = random(at.rng).ok()?;
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &ring_dice()).ok()?;
    sealed(subscription, data(push).to_string().as_bytes(), SIZE, salt, ours)
}

/// What a push service's answer means (RFC 8030 §5 and §8.4, RFC 8292 §4.2). `wait`: seconds of `Retry-After`.
fn verdict(status: u16, wait: Option<i64>) -> Attempt {
    let failed = |word| Attempt::failed(word).with_status(status);
    match status {
        200..=299 => Attempt::done(Some(status), None),
        404 | 410 => Attempt { then: Then::Gone(None), ..failed("unsubscribed") },
        // It does not know us, or our clock is wrong.
        401 | 403 => failed("vapid_refused").in_trouble(),
        400 => Attempt { then: Then::Dead, ..failed("bad_request") }.in_trouble(),
        413 => Attempt { then: Then::Dead, ..failed("too_large") }.in_trouble(),
        429 => Attempt { then: Then::Again(wait.or(Some(THROTTLED))), ..failed("throttled") },
        300..=399 => failed("redirect"),
        500..=599 => Attempt { then: Then::Again(wait), ..failed("unavailable") },
        _ => Attempt { then: Then::Again(wait), ..failed("status") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Language;
    use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
    use uuid::Uuid;

    fn push(language: Language) -> Push {
        let tenant = TenantId(Uuid::from_u128(1));
        let device = DeviceId { tenant, local: Uuid::from_u128(2) };
        Push { device, token: String::new(), challenge: ChallengeId(Uuid::from_u128(3)), language }
    }

    #[test]
    fn a_topic_is_32_characters_and_tells_no_id() {
        let topic = topic(&push(Language::En));
        assert_eq!(topic.len(), 32);
        assert!(topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }

    #[test]
    fn every_text_fits() {
        for language in [Language::En, Language::Ar] {
            assert!(data(&push(language)).to_string().len() <= SIZE);
        }
    }
}
