//! Connections to whoever takes our messages: to addresses that were checked (S45), by TLS that believes public
//! authorities and, where an account names one, its own. What is said over them is the couriers'.

mod guard;
mod kept;
mod reply;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

pub(super) use guard::{Guard, addresses};
pub(super) use kept::Kept;
pub(super) use reply::{body, retry_after, word};

use super::SetupError;
use crate::engine::{Targets, literal};

/// Idle connections kept to one host, and for how long.
const IDLE: (usize, Duration) = (2, Duration::from_secs(30));
/// What is offered to whom we speak HTTP with.
pub(super) const HTTP: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// TLS with these protocols offered (ALPN). `ca` are authorities (PEM) that are believed beside the public ones.
///
/// # Errors
/// [`SetupError`]: the certificates cannot be used.
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

/// The beginning of a client: no redirects, no repeating, no proxy of the environment, no `Referer`.
///
/// # Errors
/// As [`tls`].
pub(super) fn client(ca: Option<&str>) -> Result<ClientBuilder, SetupError> {
    let builder = Client::builder().tls_backend_preconfigured(tls(ca, &HTTP)?);
    Ok(builder.redirect(redirect::Policy::none()).retry(retry::never()).no_proxy().referer(false))
}

/// A client as it was asked for.
///
/// # Errors
/// [`SetupError`].
pub(super) fn built(builder: ClientBuilder) -> Result<Client, SetupError> {
    builder.build().map_err(|error| SetupError(error.to_string()))
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
        let client = |plain| {
            let guard = Guard { targets: Arc::clone(targets), plain };
            let builder = client(ca)?.dns_resolver(guard).user_agent(agent).timeout(patience);
            built(builder.pool_max_idle_per_host(IDLE.0).pool_idle_timeout(IDLE.1))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_is_none_is_said_so() {
        assert!(tls(Some("no certificate"), &[]).is_err());
        assert!(tls(None, &[]).is_ok());
    }
}
