//! Short messages through Twilio, or whoever speaks as Twilio does; calls are asked for over the same request.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::status::refusal;
use super::{ShortMessage, read_reply};
use crate::delivery::outgoing::{Clients, Kept, word};
use crate::engine::providers::TwilioAccount;
use crate::engine::{Attempt, Moment, Parcel, Targets};

/// Longest time for a whole request.
const PATIENCE: Duration = Duration::from_secs(8);
/// Seconds that a message may wait there at most: Twilio's own limit.
const LONGEST_VALIDITY: i64 = 14_400;

/// Sends through Twilio.
#[derive(Debug)]
pub(in crate::delivery) struct TwilioSms {
    targets: Arc<Targets>,
    clients: Kept<Clients>,
}

/// What is read of an answer; an error has `code`, a message `sid`.
#[derive(Debug, Default, Deserialize)]
struct Reply {
    code: Option<i64>,
    sid: Option<String>,
}

impl TwilioSms {
    /// To accounts at what `targets` allows.
    pub(in crate::delivery) fn new(targets: Arc<Targets>) -> Self {
        Self { targets, clients: Kept::default() }
    }

    /// Makes one attempt.
    pub(super) async fn send(
        &self,
        parcel: &Parcel,
        account: &TwilioAccount,
        message: &ShortMessage<'_>,
        at: Moment<'_>,
    ) -> Attempt {
        self.post(parcel, account, "Messages.json", form(parcel, account, message, at.now), at).await
    }

    /// Asks for something new in one of the account's resources. `form` is urlencoded.
    pub(in crate::delivery) async fn post(
        &self,
        parcel: &Parcel,
        account: &TwilioAccount,
        resource: &str,
        form: String,
        at: Moment<'_>,
    ) -> Attempt {
        let make = || Clients::new(&self.targets, account.ca.as_deref(), PATIENCE, super::USER_AGENT);
        let Ok(clients) = self.clients.or_make(parcel.provider.id, at.now, make) else {
            return Attempt::failed("authority").in_trouble();
        };
        let Ok(url) = Url::parse(&account.resource(resource)) else {
            return Attempt::dead("address").in_trouble();
        };
        let Some(client) = clients.towards(&url) else {
            return Attempt::failed("refused_address").in_trouble();
        };
        let request = client
            .post(url)
            .basic_auth(&account.account_sid, Some(account.auth_token.reveal()))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Attempt::failed(word(&error)),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let reply: Reply = serde_json::from_str(&read_reply(response).await).unwrap_or_default();
        if (200..300).contains(&status) {
            return Attempt::done(Some(status), reply.sid.filter(|sid| (1..=64).contains(&sid.len())));
        }
        refused(status, reply.code, &headers, at.seconds())
    }
}

fn form(parcel: &Parcel, account: &TwilioAccount, message: &ShortMessage<'_>, now: i64) -> String {
    let sender = if account.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("To", message.to)
        .append_pair(sender, &account.from)
        .append_pair("Body", message.text)
        .append_pair("StatusCallback", message.receipt_url);
    if let Some(end) = parcel.expires_at {
        let left = ((end - now) / 1_000).clamp(1, LONGEST_VALIDITY);
        form.append_pair("ValidityPeriod", &left.to_string());
    }
    form.finish()
}

/// What Twilio's numbers mean (its own list of errors); what is not listed goes by the status.
fn refused(status: u16, code: Option<i64>, headers: &HeaderMap, now: i64) -> Attempt {
    let came = match code {
        Some(20_003 | 20_008 | 20_404) => Attempt::failed("login_refused").in_trouble(),
        Some(20_429 | 14_107) => refusal(429, headers, now),
        Some(21_205 | 21_609) => Attempt::failed("address_of_ours_refused").in_trouble(),
        Some(21_211 | 21_214 | 21_216 | 21_217 | 21_219 | 21_265 | 21_614) => Attempt::dead("bad_number"),
        Some(21_610) => Attempt::dead("opted_out"),
        Some(21_215 | 21_408 | 21_612) => Attempt::dead("country_not_allowed").in_trouble(),
        Some(21_210 | 21_212 | 21_603 | 21_606 | 21_607 | 21_611 | 21_659 | 21_660 | 21_701 | 21_703) => {
            Attempt::failed("wrong_sender").in_trouble()
        }
        Some(21_605 | 21_617) => Attempt::dead("too_long"),
        _ => return refusal(status, headers, now),
    };
    came.with_status(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Then;

    #[test]
    fn twilios_numbers_tell_the_number_the_account_and_the_moment_apart() {
        let read = |status, code| {
            let came = refused(status, code, &HeaderMap::new(), 0);
            (came.error.unwrap(), came.trouble, came.then)
        };
        let again = Then::Again(None);
        for (status, code, expected) in [
            (400, Some(21_211), ("bad_number", false, Then::Dead)),
            (400, Some(21_614), ("bad_number", false, Then::Dead)),
            (400, Some(21_610), ("opted_out", false, Then::Dead)),
            (400, Some(21_408), ("country_not_allowed", true, Then::Dead)),
            (400, Some(21_205), ("address_of_ours_refused", true, again)),
            (400, Some(21_606), ("wrong_sender", true, again)),
            (401, Some(20_003), ("login_refused", true, again)),
            (401, None, ("login_refused", true, again)),
            (429, Some(20_429), ("throttled", false, again)),
            (400, Some(29_999), ("rejected", false, Then::Dead)),
            (500, None, ("provider_error", false, again)),
        ] {
            assert_eq!(read(status, code), expected, "{status} {code:?}");
        }
    }
}
