//! What Android's key attestation must say of both keys. Google's advice is followed where there is any: see
//! docs/attestation.md.

use countersign_protocol::attestation::android::{
    Authorizations, BOOT_VERIFIED, EXTENSION, KeyDescription, ORIGIN_GENERATED, PURPOSE_SIGN, SecurityLevel,
};
use countersign_protocol::attestation::certificate::Certificate;
use countersign_protocol::attestation::{Chain, android_challenge};
use countersign_protocol::jwk::PublicKey;

use super::chain::{OwnDates, leads_to};
use super::trust::AndroidTrust;
use super::{About, AttestationError};

/// Judges the certificates of the possession key and of the verification key, in this order.
pub(super) fn judge(
    trust: &AndroidTrust,
    [possession, verification]: [&Chain; 2],
    about: About<'_>,
    now: i64,
) -> Result<(), AttestationError> {
    let challenge = android_challenge(about.server, about.token);
    let of_device = judge_key(trust, possession, &about.keys.possession, now)?;
    let of_person = judge_key(trust, verification, &about.keys.verification, now)?;
    for description in [&of_device, &of_person] {
        judge_making(description.get()?, &challenge)?;
        judge_app(trust, &description.get()?)?;
    }
    judge_person(&of_person.get()?)
}

/// The extension of a key's certificate, which the certificate's chain vouches for.
struct Vouched<'a>(&'a [u8]);

impl<'a> Vouched<'a> {
    fn get(&self) -> Result<KeyDescription<'a>, AttestationError> {
        KeyDescription::read(self.0).ok_or(AttestationError::Unreadable)
    }
}

/// Checks who says it, and of which key.
fn judge_key<'a>(
    trust: &AndroidTrust,
    chain: &'a Chain,
    key: &PublicKey,
    now: i64,
) -> Result<Vouched<'a>, AttestationError> {
    let certificates: Option<Vec<_>> = chain.certificates().map(Certificate::read).collect();
    let certificates = certificates.ok_or(AttestationError::Unreadable)?;
    leads_to(&trust.roots, &certificates, OwnDates::AreThePhones, now)?;
    if certificates.iter().any(|certificate| trust.revoked.contains(certificate.serial)) {
        return Err(AttestationError::Revoked);
    }
    let (own, issuers) = certificates.split_first().ok_or(AttestationError::Unreadable)?;
    // A key that is attested can sign certificates like any other. Only the statement next to the root is the hardware's.
    if issuers.iter().any(|issuer| issuer.extension(EXTENSION).is_some()) {
        return Err(AttestationError::GoesOn);
    }
    if own.key != key.point() {
        return Err(AttestationError::OtherKey);
    }
    own.extension(EXTENSION).map(Vouched).ok_or(AttestationError::Silent)
}

/// Checks when, where and for what the key was made.
fn judge_making(description: KeyDescription<'_>, challenge: &[u8]) -> Result<(), AttestationError> {
    let hardware = &description.by_hardware;
    if description.challenge != challenge {
        return Err(AttestationError::OtherEnrolment);
    }
    if description.attestation_level.min(description.key_level) < SecurityLevel::TrustedEnvironment {
        return Err(AttestationError::Software);
    }
    if hardware.origin != Some(ORIGIN_GENERATED) {
        return Err(AttestationError::Imported);
    }
    if hardware.purposes.as_deref() != Some(&[PURPOSE_SIGN]) {
        return Err(AttestationError::OtherPurpose);
    }
    Ok(())
}

/// Checks that the key works only when the person was recognised, each time.
fn judge_person(description: &KeyDescription<'_>) -> Result<(), AttestationError> {
    let KeyDescription { by_hardware, by_software, .. } = description;
    let recognised = by_hardware.user_auth_type.is_some_and(|ways| ways != 0);
    let without = |list: &Authorizations<'_>| list.no_auth_required || list.auth_timeout.is_some();
    if !recognised || without(by_hardware) || without(by_software) {
        return Err(AttestationError::WithoutPerson);
    }
    Ok(())
}

/// Checks which app asked for the key, where the operator names some. It is the system's word, so the system must be the
/// maker's.
fn judge_app(trust: &AndroidTrust, description: &KeyDescription<'_>) -> Result<(), AttestationError> {
    if trust.packages.is_empty() && trust.signatures.is_empty() {
        return Ok(());
    }
    let makers = |root: &countersign_protocol::attestation::android::RootOfTrust| {
        root.locked && root.boot_state == BOOT_VERIFIED
    };
    if !description.by_hardware.root_of_trust.as_ref().is_some_and(makers) {
        return Err(AttestationError::OtherSystem);
    }
    let application = description.by_software.application.as_ref().ok_or(AttestationError::OtherApp)?;
    // All of them, not one of them: apps that share an identity can do the same.
    let named = |known: &[Vec<u8>], said: &[&[u8]]| {
        known.is_empty() || (!said.is_empty() && said.iter().all(|one| known.iter().any(|k| k == one)))
    };
    let fits =
        named(&trust.packages, &application.packages) && named(&trust.signatures, &application.signatures);
    if fits { Ok(()) } else { Err(AttestationError::OtherApp) }
}
