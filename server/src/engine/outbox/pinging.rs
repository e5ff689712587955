//! Trying a webhook out while the server runs, by whoever carries messages, because the engine itself calls nobody.

use crate::engine::audit::Actor;
use crate::engine::{Attempt, Engine, Error, Targets, Then, WebhookId};

/// What came of a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinged {
    /// What came back.
    pub came: Attempt,
    /// After how many milliseconds.
    pub took: i64,
}

impl Engine {
    /// Where webhooks may lead. Where nobody calls, public addresses alone.
    #[must_use]
    pub fn webhook_targets(&self) -> Targets {
        self.carrier().map(|carrier| carrier.targets().clone()).unwrap_or_default()
    }

    /// Sends a ping now, past the outbox, and says what came back.
    ///
    /// # Errors
    /// [`Error::WebhookNotFound`]; [`Error::Invalid`] where nobody calls.
    pub async fn try_webhook(&self, id: WebhookId, by: &dyn Actor) -> Result<Pinged, Error> {
        let nobody = || Error::Invalid("this server calls no webhooks; look at one that runs".to_owned());
        let carrier = self.carrier().ok_or_else(nobody)?;
        let call = self.ping(id).await?;
        let begun = self.now();
        let came = carrier.ring(&call).await;
        let status = came.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let word = if came.then == Then::Done { "taken" } else { came.error.unwrap_or("refused") };
        let event = self.event_with(id.tenant, "webhook.tested", by, &id, &format!("{status} {word}"))?;
        self.store.write(vec![event]).await?;
        Ok(Pinged { came, took: (self.now() - begun).max(0) })
    }
}
