//! Whom the client believes: the web's public authorities, and one of the organisation's own if it has one.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::ClientError;

/// TLS 1.2 and 1.3 by ring, with the roots built in: the phones' own stores differ and can be added to by anyone with
/// the unlocked phone in hand.
pub(super) fn config(ca_pem: Option<&[u8]>) -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = ca_pem {
        add(&mut roots, pem)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError::Setup { reason: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), ClientError> {
    let bad = |reason: String| ClientError::CertificateAuthority { reason };
    let mut count = 0_usize;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| bad(error.to_string()))?;
        roots.add(certificate).map_err(|error| bad(error.to_string()))?;
        count = count.saturating_add(1);
    }
    if count == 0 { Err(bad("there is no certificate in it".to_owned())) } else { Ok(()) }
}
