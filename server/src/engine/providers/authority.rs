//! The certificate authority that an account may bring along.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::engine::Error;

/// Whether what is given for one is at least one certificate in PEM.
///
/// # Errors
/// [`Error::Invalid`] says what to give instead.
pub(super) fn check_ca(ca: Option<&str>) -> Result<(), Error> {
    let Some(pem) = ca else { return Ok(()) };
    let mut certificates = CertificateDer::pem_slice_iter(pem.as_bytes()).peekable();
    if certificates.peek().is_some() && certificates.all(|certificate| certificate.is_ok()) {
        return Ok(());
    }
    let sentence =
        "the certificate authority must be a file of certificates in PEM (-----BEGIN CERTIFICATE-----)";
    Err(Error::Invalid(sentence.to_owned()))
}
