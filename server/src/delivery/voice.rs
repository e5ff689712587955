//! Calls that say a code, by Twilio or whoever speaks as Twilio does. The provider is told whom to call and where the words
//! are, and nothing else: it fetches them from us, signed, when somebody answers (`api::calls`).

use std::sync::Arc;

use url::form_urlencoded;

use super::sms::TwilioSms;
use crate::engine::providers::{NO_CODE, TwilioAccount};
use crate::engine::words::{CallScript, Part};
use crate::engine::{Attempt, Engine, Language, Message, Moment, Parcel, Reporter, Targets};

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
        // A trial is in no outbox, and its code is none: it can go with the request.
        let trial = match message.code.as_deref() {
            Some(NO_CODE) => engine.call_words(parcel.tenant, message).await.ok(),
            _ => None,
        };
        let address = engine.receipt_url(parcel.tenant, parcel.id, Reporter::Call);
        let call = form(account, &message.to, &address, trial.as_ref());
        self.twilio.post(parcel, account, "Calls.json", call, at).await
    }
}

/// `address` is where the words are, unless they go along.
fn form(account: &TwilioAccount, to: &str, address: &str, words: Option<&CallScript>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("To", to).append_pair("From", &account.from);
    match words {
        Some(words) => form.append_pair("Twiml", &twiml(words)),
        None => form
            .append_pair("Url", address)
            .append_pair("Method", "POST")
            .append_pair("StatusCallback", &format!("{address}/status"))
            .append_pair("StatusCallbackMethod", "POST"),
    };
    form.append_pair("Timeout", RINGS).append_pair("TimeLimit", LONGEST).finish()
}

/// What is said, as Twilio reads it.
pub(crate) fn twiml(script: &CallScript) -> String {
    // The provider's usual voice speaks no Arabic.
    let attributes = match script.language {
        Language::En => r#"language="en-US""#,
        Language::Ar => r#"voice="Polly.Zeina" language="arb""#,
    };
    let part = |part: &Part| match part {
        Part::Say(words) => format!("<Say {attributes}>{}</Say>", escaped(words)),
        Part::Digit(digit) => format!("<Say {attributes}>{}</Say>", escaped(&digit.to_string())),
        Part::Pause(seconds) => format!(r#"<Pause length="{seconds}"/>"#),
    };
    let parts: String = script.parts.iter().map(part).collect();
    format!(r#"<?xml version="1.0" encoding="UTF-8"?><Response>{parts}<Hangup/></Response>"#)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            _ => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_and_never_markup() {
        let parts = vec![
            Part::Say("A & B</Say><Dial>+1900</Dial>".to_owned()),
            Part::Pause(1),
            Part::Digit('7'),
            Part::Digit('<'),
        ];
        let script = CallScript { language: Language::En, parts };
        assert_eq!(
            twiml(&script),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>\
             <Say language=\"en-US\">A &amp; B&lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;</Say>\
             <Pause length=\"1\"/><Say language=\"en-US\">7</Say><Say language=\"en-US\">&lt;</Say>\
             <Hangup/></Response>"
        );
        let arabic = CallScript { language: Language::Ar, parts: vec![Part::Say("مرحبا".to_owned())] };
        assert!(twiml(&arabic).contains(r#"<Say voice="Polly.Zeina" language="arb">مرحبا</Say>"#));
    }
}
