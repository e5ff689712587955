//! Keys and certificates as operators have them: text in PEM. What cannot be used is refused with a word on what to do.

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use url::Url;

use super::Secret;
use crate::engine::Error;

/// The one key in a text. `what` names it in the error.
///
/// # Errors
/// [`Error::Invalid`] says how it has to be written.
pub(super) fn pkcs8(pem: &Secret, what: &str) -> Result<PrivatePkcs8KeyDer<'static>, Error> {
    PrivatePkcs8KeyDer::from_pem_slice(pem.reveal().as_bytes()).map_err(|_| {
        Error::Invalid(format!(
            "{what} is not a private key in PKCS#8 form (-----BEGIN PRIVATE KEY-----); `openssl pkcs8 -topk8 -nocrypt \
             -in FILE` makes that form of another one"
        ))
    })
}

/// The certificates of the authorities in a text; none without one.
///
/// # Errors
/// [`Error::Invalid`]: there are none in it, or one that cannot be used.
pub(crate) fn authorities(pem: Option<&str>) -> Result<Vec<CertificateDer<'static>>, Error> {
    let Some(pem) = pem else { return Ok(Vec::new()) };
    let unusable = || {
        Error::Invalid(
            "the certificate authority must be a file of certificates in PEM (-----BEGIN CERTIFICATE-----)"
                .to_owned(),
        )
    };
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let all = all.ok().filter(|all| !all.is_empty()).ok_or_else(unusable)?;
    let mut roots = RootCertStore::empty();
    for certificate in &all {
        roots.add(certificate.clone()).map_err(|_| unusable())?;
    }
    Ok(all)
}

/// Whether what is given for certificate authorities are certificates that can be used; nothing is good too.
///
/// # Errors
/// As [`authorities`].
pub(super) fn check_ca(ca: Option<&str>) -> Result<(), Error> {
    authorities(ca).map(drop)
}

/// Whether a text is an address that keeps secrets secret: https, a host, nobody's name in it. `bare`: no path either.
pub(super) fn is_https(text: &str, bare: bool) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let nobody = url.username().is_empty() && url.password().is_none();
        let short = url.query().is_none() && url.fragment().is_none() && (!bare || url.path() == "/");
        url.scheme() == "https" && url.has_host() && nobody && short
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_and_no_certificate_is_said_and_not_shown() {
        let broken = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";
        for text in ["", "c2VjcmV0", broken, "-----BEGIN PRIVATE KEY-----\nc2Vjc"] {
            let error = pkcs8(&Secret::new(text.to_owned()), "the key").unwrap_err().to_string();
            assert!(error.contains("PKCS#8") && !error.contains("c2Vj"), "{error}");
        }
        assert_eq!(check_ca(None), Ok(()));
        for text in ["", "no", broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(check_ca(Some(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_https_and_nothing_beside() {
        for good in ["https://fcm.example.org", "https://127.0.0.1:8443/"] {
            assert!(is_https(good, true), "{good}");
        }
        assert!(is_https("https://example.org/token", false) && !is_https("https://example.org/token", true));
        for wrong in [
            "",
            "example.org",
            "http://example.org/",
            "https://a:b@example.org",
            "https://a/?b",
            "https://a/#b",
        ] {
            assert!(!is_https(wrong, false), "{wrong}");
        }
    }
}
