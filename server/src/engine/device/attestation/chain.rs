//! From a key's certificate to a root that the operator trusts, certificate by certificate as they were sent.
//!
//! It is stricter than a search for some way: the list must be the way. And it is laxer in one thing, as Google asks
//! for: the dates of the last certificate of an Android chain are written by the phone, by its own clock.

use countersign_protocol::attestation::certificate::Certificate;

use super::AttestationError;

/// Whether the dates of the first certificate, the key's own, are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnDates {
    /// They are.
    Count,
    /// They are not: the phone wrote them.
    AreThePhones,
}

/// Checks the way from `chain`'s first certificate to one of `roots` (in DER). `now`: seconds since 1970.
pub(super) fn leads_to(
    roots: &[Vec<u8>],
    chain: &[Certificate<'_>],
    own_dates: OwnDates,
    now: i64,
) -> Result<(), AttestationError> {
    let roots: Vec<_> = roots.iter().filter_map(|der| Certificate::read(der)).collect();
    for (i, certificate) in chain.iter().enumerate() {
        let next = chain.get(i + 1);
        let is = |root: &Certificate<'_>| root.subject == certificate.subject && root.key == certificate.key;
        if i > 0 && roots.iter().any(is) {
            // A root is trusted as it is, by its name and key: phones carry older issues of it.
            return if next.is_none() { Ok(()) } else { Err(AttestationError::Untrusted) };
        }
        if certificate.demands_more() {
            return Err(AttestationError::Untrusted);
        }
        let counts = i > 0 || own_dates == OwnDates::Count;
        if counts && !(certificate.not_before..=certificate.not_after).contains(&now) {
            return Err(AttestationError::NotNow);
        }
        let issued = match next {
            Some(issuer) => issuer.may_issue(i) && is_issued_by(certificate, issuer),
            None => return found(roots.iter().any(|root| is_issued_by(certificate, root))),
        };
        found(issued)?;
    }
    Err(AttestationError::Untrusted)
}

fn found(is_there: bool) -> Result<(), AttestationError> {
    if is_there { Ok(()) } else { Err(AttestationError::Untrusted) }
}

fn is_issued_by(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
    let provider = rustls::crypto::ring::default_provider();
    let fits = |algorithm: &&&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
        algorithm.public_key_alg_id().as_ref() == issuer.key_algorithm
            && algorithm.signature_alg_id().as_ref() == certificate.signature_algorithm
    };
    let holds = |algorithm: &&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
        algorithm.verify_signature(issuer.key, certificate.signed, certificate.signature).is_ok()
    };
    let all = provider.signature_verification_algorithms.all;
    certificate.issuer == issuer.subject && all.iter().filter(fits).any(holds)
}
