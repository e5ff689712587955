//! Calling a webhook: one POST, over a connection to an address that was checked, with limits on everything.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use time::{Date, Month, OffsetDateTime, Time};
use url::Url;

use super::SetupError;
use super::outgoing::{Clients, word};
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
}

impl Caller {
    /// Calls what `targets` allows.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(targets: Targets) -> Result<Self, SetupError> {
        Ok(Self { clients: Clients::new(&Arc::new(targets), None, PATIENCE, USER_AGENT)? })
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

/// Seconds to wait: a number, or a date (RFC 9110 §10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(seconds.into()),
        Err(_) => Some(date(text)?.unix_timestamp() - now),
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`: the one form of date that is sent today.
fn date(text: &str) -> Option<OffsetDateTime> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = text.split_once(", ")?.1.split(' ');
    let day = words.next()?.parse().ok()?;
    let month = words.next().filter(|name| name.len() == 3).and_then(|name| MONTHS.find(name))?;
    let month = Month::try_from(u8::try_from(month / 3 + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(words.next()?.parse().ok()?, month, day).ok()?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<u8>().ok());
    let time = Time::from_hms(clock.next()??, clock.next()??, clock.next()??).ok()?;
    Some(date.with_time(time).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn s44_retry_after_is_a_number_or_a_date() {
        let read = |text: &'static str| {
            retry_after(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]), 784_111_700)
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read(" 0 "), Some(0));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(77));
        for wrong in [
            "",
            "-1",
            "soon",
            "Sun, 06 Nov 1994",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "99999999999",
            "a, b c d e",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), 0), None);
    }
}
