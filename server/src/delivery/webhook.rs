//! Calling a webhook: one POST, over a connection to an address that was checked, with limits on everything.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use url::Url;

use super::SetupError;
use super::outgoing::{Clients, retry_after, word};
use crate::engine::{Attempt, Call, Targets, Then};

/// Longest time for a whole call, looking up the name included.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a reply's body that are read, so that the connection can be used again; a longer one is hung up on.
const REPLY: usize = 4 * 1024;
/// Longest time for these.
const REPLY_PATIENCE: Duration = Duration::from_secs(1);
/// Who calls.
const USER_AGENT: &str = "Countersign-Webhooks";

/// Calls webhooks.
#[derive(Debug)]
pub struct Caller {
    clients: Clients,
    targets: Targets,
}

impl Caller {
    /// Calls what `targets` allows.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(targets: Targets) -> Result<Self, SetupError> {
        let clients = Clients::new(&Arc::new(targets.clone()), None, PATIENCE, USER_AGENT)?;
        Ok(Self { clients, targets })
    }

    /// What it calls.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Makes one attempt.
    pub async fn call(&self, call: &Call) -> Attempt {
        // The operator's list may be shorter than when the webhook was made.
        let Ok(url) = Url::parse(&call.url) else { return Attempt::failed("refused_address") };
        let Some(client) = self.clients.towards(&url) else { return Attempt::failed("refused_address") };
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("X-MYPASS-Signature", &call.mypass_signature)
            .header("X-MYPASS-Delivery", call.id.to_string())
            .header("X-MYPASS-Timestamp", call.timestamp)
            .header("webhook-id", call.id.to_string())
            .header("webhook-timestamp", call.timestamp)
            .header("webhook-signature", &call.standard_signature)
            .body(call.body.clone());
        match request.send().await {
            Ok(response) => answered(response, call.timestamp).await,
            Err(error) => Attempt::failed(word(&error)),
        }
    }
}

async fn answered(mut response: Response, now: i64) -> Attempt {
    let status = response.status();
    let attempt =
        |error, then| Attempt { status: Some(status.as_u16()), error, reference: None, trouble: false, then };
    let came = match status.as_u16() {
        200..=299 => attempt(None, Then::Done),
        300..=399 => attempt(Some("redirect"), Then::Again(None)),
        410 => attempt(Some("gone"), Then::Gone(None)),
        _ => attempt(Some("status"), Then::Again(retry_after(response.headers(), now))),
    };
    let mut left = REPLY;
    let read = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            match left.checked_sub(chunk.len()) {
                Some(less) => left = less,
                None => return,
            }
        }
    };
    let _enough = tokio::time::timeout(REPLY_PATIENCE, read).await;
    came
}
