//! What App Attest must say, step by step as Apple publishes it ("Validating apps that connect to your server"). It is the
//! word of a genuine app, by a key of its own, for the two keys that enrol; the app makes those in the Secure Enclave.

use countersign_protocol::attestation::apple::{self, EXTENSION};
use countersign_protocol::attestation::certificate::Certificate;
use countersign_protocol::attestation::{AppObject, KeyId, apple_challenge};
use ring::digest::{SHA256, digest};

use super::chain::{OwnDates, leads_to};
use super::trust::AppleTrust;
use super::{About, AttestationError};

const PRODUCTION: &[u8] = b"appattest\0\0\0\0\0\0\0";
const DEVELOPMENT: &[u8] = b"appattestdevelop";

/// Judges the object.
pub(super) fn judge(
    trust: &AppleTrust,
    (key_id, object): (&KeyId, &AppObject),
    about: About<'_>,
    now: i64,
) -> Result<(), AttestationError> {
    let object = apple::Object::read(object.as_bytes()).ok_or(AttestationError::Unreadable)?;
    let certificates: Option<Vec<_>> = object.certificates.iter().map(|der| Certificate::read(der)).collect();
    let certificates = certificates.ok_or(AttestationError::Unreadable)?;
    leads_to(&trust.roots, &certificates, OwnDates::Count, now)?;
    let own = certificates.first().ok_or(AttestationError::Unreadable)?;
    let said = own.extension(EXTENSION).ok_or(AttestationError::Silent)?;
    let challenge = apple_challenge(about.server, about.token, &about.keys.thumbprints());
    let nonce = digest(&SHA256, &[object.authenticator_data, &challenge].concat());
    if apple::nonce(said).ok_or(AttestationError::Unreadable)? != nonce.as_ref() {
        return Err(AttestationError::OtherEnrolment);
    }
    let id = digest(&SHA256, own.key);
    if key_id.as_bytes() != id.as_ref() || object.credential_id != id.as_ref() {
        return Err(AttestationError::OtherKey);
    }
    if !trust.apps.iter().any(|app| app == object.app_id_hash) {
        return Err(AttestationError::OtherApp);
    }
    if object.counter != 0 {
        return Err(AttestationError::Used);
    }
    let right = object.environment == PRODUCTION || (trust.development && object.environment == DEVELOPMENT);
    if right { Ok(()) } else { Err(AttestationError::OtherApp) }
}
