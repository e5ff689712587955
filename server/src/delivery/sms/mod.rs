//! Short messages: by HTTP to a gateway, through Twilio, or by SMPP to a message centre. The words come from outside;
//! here is how they travel, and what each provider's answers and receipts mean.

mod http;
pub mod smpp;
mod status;
mod twilio;

use std::sync::Arc;
use std::time::Duration;

use crate::engine::providers::Account;
use crate::engine::{Attempt, Engine, Error, Message, Moment, Parcel, Reporter, Targets};
use http::HttpSms;
use smpp::Smpp;
pub use smpp::Told;
pub(in crate::delivery) use twilio::TwilioSms;

/// Who asks. No version: it would tell strangers which weaknesses to try.
const USER_AGENT: &str = "Countersign";
/// Bytes of a reply's body that are read.
const REPLY: usize = 8 * 1024;
/// A receipt can be faster than the note of what the provider calls the message, above all on another node.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A message to one phone.
#[derive(Clone, Copy)]
pub struct ShortMessage<'a> {
    /// The number in E.164.
    pub to: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Where the provider may report what became of it.
    pub receipt_url: &'a str,
}

impl std::fmt::Debug for ShortMessage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShortMessage(…)")
    }
}

/// Carries short messages.
#[derive(Debug)]
pub struct Sms {
    http: HttpSms,
    twilio: TwilioSms,
    smpp: Smpp,
}

impl Sms {
    /// To providers at what `targets` allows. Opens no connection yet.
    #[must_use]
    pub fn new(targets: Targets) -> Self {
        let targets = Arc::new(targets);
        Self {
            http: HttpSms::new(Arc::clone(&targets)),
            twilio: TwilioSms::new(Arc::clone(&targets)),
            smpp: Smpp::new(targets),
        }
    }

    /// Makes one attempt to tell somebody something, in the tenant's words.
    pub async fn tell(&self, engine: &Engine, parcel: &Parcel, message: &Message, at: Moment<'_>) -> Attempt {
        let text = match engine.sms_words(parcel.tenant, message).await {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, message = %parcel.id, "a short message could not be written");
                return Attempt::failed("internal");
            }
        };
        let reporter = match &parcel.provider.account {
            Account::Twilio(_) => Reporter::Twilio,
            _ => Reporter::Gateway,
        };
        let receipt_url = engine.receipt_url(parcel.tenant, parcel.id, reporter);
        let message = ShortMessage { to: &message.to, text: &text, receipt_url: &receipt_url };
        self.send(parcel, &message, at).await
    }

    /// Makes one attempt.
    pub async fn send(&self, parcel: &Parcel, message: &ShortMessage<'_>, at: Moment<'_>) -> Attempt {
        match &parcel.provider.account {
            Account::Http(account) => self.http.send(parcel, account, message, at).await,
            Account::Twilio(account) => self.twilio.send(parcel, account, message, at).await,
            Account::Smpp(account) => self.smpp.send(parcel, account, message, at).await,
            // Nobody can set these up for short messages.
            _ => Attempt::failed("wrong_account").in_trouble(),
        }
    }

    /// Waits for the next receipt that came over a session. What comes by HTTP goes to `api`.
    pub async fn told(&self) -> Told {
        self.smpp.told().await
    }

    /// Takes leave of all message centres: a few seconds at most.
    pub async fn close(&self) {
        self.smpp.close().await;
    }
}

/// Writes a receipt down that came over a session.
pub(super) async fn note(engine: Arc<Engine>, told: Told) {
    for again in [true, false] {
        match noted(&engine, &told).await {
            Ok(true) => return,
            Ok(false) if again => tokio::time::sleep(LOOK_AGAIN).await,
            Ok(false) => {
                tracing::debug!(provider = %told.provider, "a receipt is of no message that is known, or no news")
            }
            Err(error) => {
                tracing::warn!(%error, provider = %told.provider, "a receipt could not be written down");
                return;
            }
        }
    }
}

async fn noted(engine: &Engine, told: &Told) -> Result<bool, Error> {
    if let Some((tenant, job)) = told.job {
        // What it does not change now it changes never.
        return engine.delivery_receipt(tenant, job, told.said).await.map(|_| true);
    }
    for name in &told.names {
        if engine.named_receipt(told.provider, name, told.said).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whole minutes until a message is pointless, at least one; a day when it never is.
fn minutes_left(expires_at: Option<i64>, now: i64) -> i64 {
    expires_at.map_or(1_440, |end| ((end - now) / 60_000).max(1))
}

/// The beginning of a reply's body, as far as it is text and comes while the attempt lasts.
async fn read_reply(mut response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= REPLY {
            bytes.truncate(REPLY);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
