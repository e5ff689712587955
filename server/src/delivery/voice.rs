//! Calls that say a code, by Twilio or whoever speaks as Twilio does. The provider is told whom to call and where the words
//! are, and nothing else: it fetches them from us, signed, when somebody answers (`api::calls`).

use std::sync::Arc;

use url::form_urlencoded;

use super::sms::TwilioSms;
use crate::engine::providers::TwilioAccount;
use crate::engine::{Attempt, Engine, Message, Moment, Parcel, Reporter, Targets};

/// Seconds that it rings at most: before most mailboxes answer, to which no code should be said.
const RINGS: &str = "25";
/// Seconds that a call lasts at most.
const LONGEST: &str = "120";

/// Makes calls.
#[derive(Debug)]
pub struct Voice {
    twilio: TwilioSms,
}

impl Voice {
    /// Through providers at what `targets` allows. Opens no connection yet.
    #[must_use]
    pub fn new(targets: Targets) -> Self {
        Self { twilio: TwilioSms::new(Arc::new(targets)) }
    }

    /// Makes one attempt to have somebody called.
    pub async fn tell(
        &self,
        engine: &Engine,
        parcel: &Parcel,
        account: &TwilioAccount,
        message: &Message,
        at: Moment<'_>,
    ) -> Attempt {
        let script = engine.receipt_url(parcel.tenant, parcel.id, Reporter::Call);
        let call = form(account, &message.to, &script);
        self.twilio.post(parcel, account, "Calls.json", call, at).await
    }
}

/// `script` is where the words are.
fn form(account: &TwilioAccount, to: &str, script: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("To", to)
        .append_pair("From", &account.from)
        .append_pair("Url", script)
        .append_pair("Method", "POST")
        .append_pair("StatusCallback", &format!("{script}/status"))
        .append_pair("StatusCallbackMethod", "POST")
        .append_pair("Timeout", RINGS)
        .append_pair("TimeLimit", LONGEST)
        .finish()
}
