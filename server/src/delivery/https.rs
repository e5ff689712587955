//! What every courier that speaks HTTPS does alike: a client that follows, repeats and remembers nothing by itself, the
//! guard over what names lead to, words for what went wrong, and how long the other side asks us to wait.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use time::{Date, Month, OffsetDateTime, Time};

use super::SetupError;
use crate::engine::Targets;
use crate::engine::providers::authorities;

/// Whom the public authorities vouch for is believed, and whom those in `ca` (PEM) vouch for, if there are any. HTTP/2
/// where the other side speaks it.
///
/// # Errors
/// [`SetupError`]: the certificates cannot be used.
pub(super) fn tls(ca: Option<&str>) -> Result<ClientConfig, SetupError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in authorities(ca).map_err(|error| SetupError(error.to_string()))? {
        roots.add(certificate).map_err(|error| SetupError(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The beginning of a client: no redirects, no repeating, no proxy of the environment, no `Referer`.
///
/// # Errors
/// As [`tls`].
pub(super) fn client(ca: Option<&str>) -> Result<ClientBuilder, SetupError> {
    let builder = Client::builder().tls_backend_preconfigured(tls(ca)?);
    Ok(builder.redirect(redirect::Policy::none()).retry(retry::never()).no_proxy().referer(false))
}

/// A client as it was asked for.
///
/// # Errors
/// [`SetupError`].
pub(super) fn built(builder: ClientBuilder) -> Result<Client, SetupError> {
    builder.build().map_err(|error| SetupError(error.to_string()))
}

/// Looks names up and passes on only addresses that may be connected to. The connector takes these and asks nobody
/// again, so a name cannot lead elsewhere between the check and the connection.
#[derive(Debug)]
pub(super) struct Guard {
    /// What may be connected to.
    pub(super) targets: Arc<Targets>,
    /// Without TLS.
    pub(super) plain: bool,
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
pub(super) fn word(error: &reqwest::Error) -> &'static str {
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

/// A reply's body. None when it is longer than `most` bytes, or breaks off.
pub(super) async fn body(mut response: Response, most: usize) -> Option<Vec<u8>> {
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
