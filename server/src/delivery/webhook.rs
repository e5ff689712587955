//! Calling a webhook: one POST, over a connection to an address that was checked, with limits on everything.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use time::{Date, Month, OffsetDateTime, Time};
use url::Url;

use super::SetupError;
use crate::engine::{Attempt, Call, Targets, Then, literal};

/// Longest time for a whole call, looking up the name included.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a reply's body that are read, so that the connection can be used again; a longer one is hung up on.
const REPLY: usize = 4 * 1024;
/// Longest time for these.
const REPLY_PATIENCE: Duration = Duration::from_secs(1);
/// Idle connections kept to one host, and for how long.
const IDLE: (usize, Duration) = (2, Duration::from_secs(30));
/// Who calls. No version: it would tell strangers which weaknesses to try.
const USER_AGENT: &str = "Countersign-Webhooks";

/// Calls webhooks.
#[derive(Debug)]
pub struct Caller {
    targets: Arc<Targets>,
    /// For https.
    over_tls: Client,
    /// For http, which the operator has to allow address by address.
    plain: Client,
}

impl Caller {
    /// Calls what `targets` allows.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(targets: Targets) -> Result<Self, SetupError> {
        let targets = Arc::new(targets);
        let client = |plain| {
            Client::builder()
                .tls_backend_preconfigured(tls()?)
                .dns_resolver(Guard { targets: Arc::clone(&targets), plain })
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                .no_proxy()
                .referer(false)
                .user_agent(USER_AGENT)
                .timeout(PATIENCE)
                .pool_max_idle_per_host(IDLE.0)
                .pool_idle_timeout(IDLE.1)
                .build()
                .map_err(|error| SetupError(error.to_string()))
        };
        let (over_tls, plain) = (client(false)?, client(true)?);
        Ok(Self { targets, over_tls, plain })
    }

    /// Makes one attempt.
    pub async fn call(&self, call: &Call) -> Attempt {
        // The operator's list may be shorter than when the webhook was made.
        let Ok(url) = Url::parse(&call.url) else { return Attempt::failed("refused_address") };
        let plain = url.scheme() != "https";
        // An address in place of a name never comes to the resolver.
        if literal(&url).is_some_and(|address| !self.targets.may_connect(address, plain)) {
            return Attempt::failed("refused_address");
        }
        let client = if plain { &self.plain } else { &self.over_tls };
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

fn tls() -> Result<ClientConfig, SetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError(error.to_string()))?
        .with_root_certificates(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Looks names up and passes on only addresses that may be connected to. The connector takes these and asks nobody
/// again, so a name cannot lead elsewhere between the check and the connection.
#[derive(Debug)]
struct Guard {
    targets: Arc<Targets>,
    plain: bool,
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("the name has no address")]
    Unknown,
    #[error("the name leads to addresses that must not be called")]
    Refused,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (targets, plain) = (Arc::clone(&self.targets), self.plain);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| Stopped::Unknown)?;
            let all: Vec<SocketAddr> = found.collect();
            let empty = all.is_empty();
            let good: Vec<SocketAddr> =
                all.into_iter().filter(|address| targets.may_connect(address.ip(), plain)).collect();
            match good.is_empty() {
                false => Ok(Box::new(good.into_iter()) as Addrs),
                true if empty => Err(Stopped::Unknown.into()),
                true => Err(Stopped::Refused.into()),
            }
        })
    }
}

/// What went wrong before there was a reply, in a word: never the error's own text, which may quote the URL.
fn word(error: &reqwest::Error) -> &'static str {
    let mut cause = error.source();
    while let Some(this) = cause {
        match this.downcast_ref() {
            Some(Stopped::Unknown) => return "unknown_host",
            Some(Stopped::Refused) => return "refused_address",
            None => {}
        }
        let wrapped = this.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if this.is::<rustls::Error>() || wrapped.is_some_and(|inner| inner.is::<rustls::Error>()) {
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
fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
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

    #[tokio::test]
    async fn s45_a_name_that_leads_to_this_machine_is_not_resolved() {
        let ask = async |targets: Targets, plain| {
            let guard = Guard { targets: Arc::new(targets), plain };
            guard.resolve("localhost".parse().unwrap()).await.map(Iterator::count)
        };
        let refused = ask(Targets::default(), false).await.unwrap_err();
        assert!(matches!(refused.downcast_ref(), Some(Stopped::Refused)), "{refused}");
        let other = vec!["10.0.0.0/8".to_owned()].try_into().unwrap();
        assert!(ask(Targets::new(other), true).await.is_err());
        let listed = vec!["127.0.0.0/8".to_owned(), "::1".to_owned()].try_into().unwrap();
        assert!(ask(Targets::new(listed), true).await.unwrap() > 0);
    }
}
