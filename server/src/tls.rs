//! TLS of the server's own: TLS 1.2 and 1.3 by rustls, with a certificate that is read again from its files without a
//! restart. Connections that are up go on with the one they began with.

mod certificate;
mod dates;
mod upkeep;

use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::Tls;
use certificate::Identity;
pub use certificate::{Concern, TlsError};
pub(crate) use upkeep::{keep_fresh, read_again};

/// The certificate that is shown to whoever connects.
#[derive(Debug)]
pub struct Certificate {
    files: Tls,
    /// The public URL's host, which the certificate should be for.
    host: Option<String>,
    current: RwLock<Identity>,
}

impl Certificate {
    /// Reads both files. `public_url` is the address that phones use.
    ///
    /// # Errors
    /// [`TlsError`] says what is wrong with which file.
    pub fn load(files: Tls, public_url: &str) -> Result<Self, TlsError> {
        let current = RwLock::new(Identity::load(&files)?);
        let host = url::Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        Ok(Self { files, host, current })
    }

    /// Reads both files again. When something is wrong with them, the certificate from before goes on being shown.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn reload(&self) -> Result<(), TlsError> {
        let new = Identity::load(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Whether the files have changed since they were last read with success.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        certificate::changed(&self.files, &self.current().files)
    }

    /// When it ends, in milliseconds since 1970: the earliest end in the chain.
    #[must_use]
    pub fn until(&self) -> i64 {
        self.current().until
    }

    /// What its operator should see to at `now`, in milliseconds since 1970.
    #[must_use]
    pub fn concerns(&self, now: i64) -> Vec<Concern> {
        self.current().concerns(self.host.as_deref(), now)
    }

    fn current(&self) -> Identity {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current().certified)
    }
}

/// How TLS is spoken.
///
/// # Errors
/// rustls's own, when ring has no randomness for session tickets.
pub fn server_config(certificate: Arc<Certificate>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Phones come back often: a ticket saves them a signature and a round trip.
    config.ticketer = rustls::crypto::ring::Ticketer::new()?;
    Ok(Arc::new(config))
}

#[cfg(test)]
pub(crate) mod tests;
