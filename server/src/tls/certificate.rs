//! A certificate with its key: read from files, and judged before anybody is shown it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::dates::validity;
use crate::api::rfc3339;
use crate::config::Tls;

/// Milliseconds before its end from which on a certificate ends soon: 14 days. Certificates of 90 days are usually
/// renewed 30 days before, so that something has gone wrong by then.
const SOON: i64 = 14 * 24 * 3600 * 1000;

/// Why certificate and key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// One of the files cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, String),
    /// The first file has no certificate in it.
    #[error("{0} has no certificate in it; a PEM file with -----BEGIN CERTIFICATE----- is needed")]
    NoCertificate(PathBuf),
    /// A certificate in it cannot be read.
    #[error("{0} has a certificate that cannot be read ({1}); is the file whole?")]
    BadCertificate(PathBuf, String),
    /// The second file has no key in it.
    #[error("{0} has no private key in it that can be read; a PEM file with one is needed, not encrypted")]
    NoKey(PathBuf),
    /// The key is of a kind that cannot sign here.
    #[error("the key in {0} cannot be used ({1}); ECDSA P-256, P-384, Ed25519 and RSA from 2048 bits can")]
    BadKey(PathBuf, String),
    /// They do not belong together.
    #[error("the key in {1} is not the one of the certificate in {0}; were both files replaced?")]
    Mismatch(PathBuf, PathBuf),
}

/// Something about a certificate that its operator should see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// It has ended.
    Expired(i64),
    /// It has not begun.
    NotYet(i64),
    /// It ends within 14 days.
    Soon(i64),
    /// It is for another name than the public URL's.
    Name(String),
}

impl Concern {
    /// Whether nobody can connect.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Expired(_) | Self::NotYet(_))
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(at) => {
                write!(f, "the certificate ended at {}; nobody can connect, renew it", rfc3339(*at))
            }
            Self::NotYet(from) => {
                write!(f, "the certificate begins at {}; nobody can connect before", rfc3339(*from))
            }
            Self::Soon(at) => write!(f, "the certificate ends at {}; renew it", rfc3339(*at)),
            Self::Name(host) => {
                write!(f, "the certificate is not for {host}, which public_url names; phones will refuse it")
            }
        }
    }
}

/// A certificate that could be shown, with its key.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) certified: Arc<CertifiedKey>,
    /// SHA-256 over both files, to see whether they have changed.
    pub(super) files: [u8; 32],
    /// The latest beginning in the chain, in milliseconds since 1970.
    from: i64,
    /// The earliest end in the chain.
    pub(super) until: i64,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads both files.
    pub(super) fn load(tls: &Tls) -> Result<Self, TlsError> {
        let (chain, key) = (read(&tls.cert)?, read(&tls.key)?);
        let both = [digest(&SHA256, &chain), digest(&SHA256, &key)];
        let files = digest(&SHA256, &[both[0].as_ref(), both[1].as_ref()].concat());
        let bad = |why: String| TlsError::BadCertificate(tls.cert.clone(), why);
        let chain = CertificateDer::pem_slice_iter(&chain).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| bad(error.to_string()))?;
        let no_dates = || bad("it has no dates".to_owned());
        let dates = chain.iter().map(|der| validity(der).ok_or_else(no_dates));
        let dates = dates.collect::<Result<Vec<_>, _>>()?;
        let from = dates.iter().map(|(from, _)| *from).max();
        let until = dates.iter().map(|(_, until)| *until).min();
        let (Some(from), Some(until), Some(first)) = (from, until, chain.first()) else {
            return Err(TlsError::NoCertificate(tls.cert.clone()));
        };
        ParsedCertificate::try_from(first).map_err(|error| bad(error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::NoKey(tls.key.clone()))?;
        let certified = certify(tls, chain, key)?;
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(files.as_ref());
        Ok(Self { certified: Arc::new(certified), files: fingerprint, from, until })
    }

    /// What its operator should see to, the worst first.
    pub(super) fn concerns(&self, host: Option<&str>, now: i64) -> Vec<Concern> {
        let mut concerns = Vec::new();
        if now > self.until {
            concerns.push(Concern::Expired(self.until));
        } else if now < self.from {
            concerns.push(Concern::NotYet(self.from));
        } else if now > self.until - SOON {
            concerns.push(Concern::Soon(self.until));
        }
        if let Some(host) = host.filter(|host| !self.names(host)) {
            concerns.push(Concern::Name(host.to_owned()));
        }
        concerns
    }

    fn names(&self, host: &str) -> bool {
        let named = || {
            let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).ok()?;
            let certificate = ParsedCertificate::try_from(self.certified.end_entity_cert().ok()?).ok()?;
            verify_server_name(&certificate, &name).ok()
        };
        named().is_some()
    }
}

/// Whether the files have other content than what was read from them before. Unreadable counts as other: reading them
/// properly then says why.
pub(super) fn changed(tls: &Tls, before: &[u8; 32]) -> bool {
    match (read(&tls.cert), read(&tls.key)) {
        (Ok(chain), Ok(key)) => {
            let both = [digest(&SHA256, &chain), digest(&SHA256, &key)];
            digest(&SHA256, &[both[0].as_ref(), both[1].as_ref()].concat()).as_ref() != before
        }
        _ => true,
    }
}

fn certify(
    tls: &Tls,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<CertifiedKey, TlsError> {
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain, key, &provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch(tls.cert.clone(), tls.key.clone()),
        other => TlsError::BadKey(tls.key.clone(), other.to_string()),
    })
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let bytes = std::fs::read(path).map_err(|error| TlsError::File(path.to_owned(), error.to_string()))?;
    Ok(Zeroizing::new(bytes))
}
