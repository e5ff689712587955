//! What every courier reads from the other side alike: what went wrong before there was a reply, the reply's body, and how
//! long it asks us to wait.

use std::error::Error;
use std::io;

use reqwest::Response;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use time::{Date, Month, OffsetDateTime, Time};

use super::guard::Stopped;

/// What went wrong before there was a reply, in a word: never the error's own text, which may quote the URL.
pub(in crate::delivery) fn word(error: &reqwest::Error) -> &'static str {
    let mut cause = error.source();
    while let Some(this) = cause {
        if let Some(stopped) = this.downcast_ref::<Stopped>() {
            return stopped.word();
        }
        if is_tls(this) {
            return "tls";
        }
        cause = this.source();
    }
    match error {
        _ if error.is_timeout() => "timeout",
        _ if error.is_connect() => "connect",
        _ => "protocol",
    }
}

/// Whether TLS has failed. Connectors wrap that into errors of input and output, one in the other, whose `source` passes
/// over what they hold.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || held.is_some_and(|held| is_tls(held))
}

/// A reply's body. None when it is longer than `most` bytes, or breaks off.
pub(in crate::delivery) async fn body(mut response: Response, most: usize) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if all.len() + chunk.len() > most {
            return None;
        }
        all.extend_from_slice(&chunk);
    }
    Some(all)
}

/// Seconds to wait, as seen at `now` (seconds since 1970): a number, or a date (RFC 9110 §10.2.3).
pub(in crate::delivery) fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
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
