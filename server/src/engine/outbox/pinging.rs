//! Trying a webhook out while the server runs: who calls it is handed in, because the engine itself calls nobody.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::engine::audit::Actor;
use crate::engine::{Attempt, Call, Engine, Error, Targets, Then, WebhookId};

/// Who calls webhooks.
#[async_trait]
pub trait Caller: fmt::Debug + Send + Sync {
    /// What it calls.
    fn targets(&self) -> &Targets;

    /// Makes one attempt, and gives up after a few seconds.
    async fn ring(&self, call: &Call) -> Attempt;
}

/// What came of a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinged {
    /// What came back.
    pub came: Attempt,
    /// After how many milliseconds.
    pub took: i64,
}

impl Engine {
    /// From now on webhooks are tried out by this caller. Once: the first one stays.
    pub fn ring_by(&self, caller: Arc<dyn Caller>) {
        self.webhook_caller.get_or_init(|| caller);
    }

    /// Where webhooks may lead. Where nobody calls, public addresses alone.
    #[must_use]
    pub fn webhook_targets(&self) -> Targets {
        self.webhook_caller.get().map(|caller| caller.targets().clone()).unwrap_or_default()
    }

    /// Sends a ping now, past the outbox, and says what came back.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`]; [`Error::Invalid`] where nobody calls.
    pub async fn try_webhook(&self, id: WebhookId, by: &dyn Actor) -> Result<Pinged, Error> {
        let nobody = || Error::Invalid("this server calls no webhooks; look at one that runs".to_owned());
        let caller = self.webhook_caller.get().ok_or_else(nobody)?;
        let call = self.ping(id).await?;
        let begun = self.now();
        let came = caller.ring(&call).await;
        let status = came.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let word = if came.then == Then::Done { "taken" } else { came.error.unwrap_or("refused") };
        let event = self.event_with(id.tenant, "webhook.tested", by, &id, &format!("{status} {word}"))?;
        self.store.write(vec![event]).await?;
        Ok(Pinged { came, took: (self.now() - begun).max(0) })
    }
}
