//! Connections to whoever takes our messages: to addresses that were checked (S45), by TLS that believes public
//! authorities and, where an account names one, its own. What is said over them is the couriers'.

use std::collections::HashMap;
use std::error::Error as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use uuid::Uuid;

use super::SetupError;
use crate::engine::{Targets, literal};

/// Idle connections kept to one host, and for how long.
const IDLE: (usize, Duration) = (2, Duration::from_secs(30));
/// Accounts whose connections are kept at once, and for how many milliseconds after their last message.
const KEPT: (usize, i64) = (1_000, 3_600_000);

/// Why no connection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stopped {
    #[error("the name has no address")]
    Unknown,
    #[error("the name leads to addresses that must not be called")]
    Refused,
}

impl Stopped {
    /// A word for the attempt.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_host",
            Self::Refused => "refused_address",
        }
    }
}

/// Looks a name up, and keeps only addresses that may be connected to: over TLS, or `plain` without it. An address in
/// place of a name is checked in the same way.
pub(super) async fn addresses(
    targets: &Targets,
    host: &str,
    port: u16,
    plain: bool,
) -> Result<Vec<SocketAddr>, Stopped> {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let all: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![(address, port).into()],
        Err(_) => tokio::net::lookup_host((host, port)).await.map_err(|_| Stopped::Unknown)?.collect(),
    };
    if all.is_empty() {
        return Err(Stopped::Unknown);
    }
    let good: Vec<SocketAddr> =
        all.into_iter().filter(|address| targets.may_connect(address.ip(), plain)).collect();
    if good.is_empty() { Err(Stopped::Refused) } else { Ok(good) }
}

/// TLS with these protocols offered (ALPN). `ca` is an authority (PEM) that is believed beside the public ones.
pub(super) fn tls(ca: Option<&str>, protocols: &[&[u8]]) -> Result<ClientConfig, SetupError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = ca {
        let bad = || SetupError("the certificate authority is no certificate in PEM".to_owned());
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let (added, _) = roots.add_parsable_certificates(certificates.map_err(|_| bad())?);
        if added == 0 {
            return Err(bad());
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}

/// Clients for requests to one account's addresses: for https, and for http, which the operator has to allow address by
/// address. Neither follows a redirect, asks a proxy, or tries again by itself.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    targets: Arc<Targets>,
    over_tls: Client,
    plain: Client,
}

impl Clients {
    /// `patience` is the longest time for a whole request, looking up the name included. `agent` names the caller, without
    /// a version: it would tell strangers which weaknesses to try.
    pub(super) fn new(
        targets: &Arc<Targets>,
        ca: Option<&str>,
        patience: Duration,
        agent: &'static str,
    ) -> Result<Self, SetupError> {
        let client = |plain| -> Result<Client, SetupError> {
            let builder: ClientBuilder = Client::builder()
                .tls_backend_preconfigured(tls(ca, &[b"h2", b"http/1.1"])?)
                .dns_resolver(Guard { targets: Arc::clone(targets), plain })
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                .no_proxy()
                .referer(false)
                .user_agent(agent)
                .timeout(patience)
                .pool_max_idle_per_host(IDLE.0)
                .pool_idle_timeout(IDLE.1);
            builder.build().map_err(|error| SetupError(error.to_string()))
        };
        Ok(Self { targets: Arc::clone(targets), over_tls: client(false)?, plain: client(true)? })
    }

    /// The client for an address; none if it must not be called.
    pub(super) fn towards(&self, url: &Url) -> Option<&Client> {
        let plain = url.scheme() != "https";
        // An address in place of a name never comes to the resolver.
        if literal(url).is_some_and(|address| !self.targets.may_connect(address, plain)) {
            return None;
        }
        Some(if plain { &self.plain } else { &self.over_tls })
    }
}

/// Looks names up and passes on only addresses that may be connected to. The connector takes these and asks nobody
/// again, so a name cannot lead elsewhere between the check and the connection.
#[derive(Debug)]
struct Guard {
    targets: Arc<Targets>,
    plain: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (targets, plain) = (Arc::clone(&self.targets), self.plain);
        Box::pin(async move {
            let good = addresses(&targets, name.as_str(), 0, plain).await?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// What went wrong before there was a reply, in a word: never the error's own text, which may quote the URL.
pub(super) fn word(error: &reqwest::Error) -> &'static str {
    let mut cause = error.source();
    while let Some(this) = cause {
        if let Some(stopped) = this.downcast_ref::<Stopped>() {
            return stopped.word();
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

/// What is kept open for accounts, each under its provider's id.
#[derive(Debug)]
pub(super) struct Kept<T> {
    all: Mutex<HashMap<Uuid, (T, i64)>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { all: Mutex::default() }
    }
}

impl<T: Clone> Kept<T> {
    /// What is kept for a provider, or made now. What was not used for an hour is dropped, and when there is too much,
    /// what was used longest ago. `now` is in milliseconds.
    pub(super) fn or_make<E>(
        &self,
        provider: Uuid,
        now: i64,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kept, used)) = all.get_mut(&provider) {
            *used = now;
            return Ok(kept.clone());
        }
        all.retain(|_, (_, used)| now - *used < KEPT.1);
        if all.len() >= KEPT.0 {
            let oldest = all.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|id| all.remove(&id));
        }
        let made = make()?;
        all.insert(provider, (made.clone(), now));
        Ok(made)
    }

    /// Takes everything out, for the end.
    pub(super) fn take_all(&self) -> Vec<T> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.drain().map(|(_, (kept, _))| kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[tokio::test]
    async fn s45_an_address_in_place_of_a_name_is_checked_too() {
        let nowhere = Targets::default();
        for host in ["127.0.0.1", "[::1]", "::1", "169.254.169.254", "10.0.0.1"] {
            assert_eq!(addresses(&nowhere, host, 2775, false).await, Err(Stopped::Refused), "{host}");
        }
        assert!(addresses(&nowhere, "8.8.8.8", 2775, false).await.is_ok());
        assert_eq!(addresses(&nowhere, "8.8.8.8", 2775, true).await, Err(Stopped::Refused));
    }

    #[test]
    fn what_is_kept_ends_an_hour_after_its_last_use() {
        let kept = Kept::default();
        let id = Uuid::from_u128;
        let get = |id, now| kept.or_make(id, now, || Ok::<_, ()>(now)).unwrap();
        assert_eq!((get(id(1), 0), get(id(1), 3_000_000)), (0, 0));
        assert_eq!(get(id(2), 5_000_000), 5_000_000);
        assert_eq!(get(id(1), 5_000_000), 0);
        assert_eq!(get(id(3), 8_700_000), 8_700_000, "the others are dropped now");
        assert_eq!(kept.take_all(), [8_700_000]);
    }

    #[test]
    fn an_authority_that_is_none_is_said_so() {
        assert!(tls(Some("no certificate"), &[]).is_err());
        assert!(tls(None, &[]).is_ok());
    }
}
