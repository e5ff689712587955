//! Why a proof of where keys are does not hold.

/// What is wrong with it. Each sentence says what to do; which part of which byte is wrong helps nobody but an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// It came without keys.
    #[error("attestation is about keys; send keys and proof with it")]
    NoKeys,
    /// Not of the form that it says.
    #[error("the attestation cannot be read; send what the platform gave, unchanged")]
    Unreadable,
    /// The platform says nothing of the key.
    #[error("the key's certificate says nothing about the key; make the key with an attestation challenge")]
    Silent,
    /// The certificates lead nowhere, or a signature is wrong.
    #[error(
        "the attestation's certificates do not lead to an authority that this server trusts; use a phone with its maker's \
         system, or ask the administrator whether its authority can be added"
    )]
    Untrusted,
    /// A certificate has ended, or has not begun.
    #[error(
        "a certificate of the attestation is not valid at this time; bring the phone's system up to date and try again"
    )]
    NotNow,
    /// Google or the operator took a certificate back.
    #[error("a certificate of the attestation was revoked; use another phone")]
    Revoked,
    /// It goes on behind a statement: by a key of the phone itself, which can sign anything.
    #[error(
        "the attestation's certificates go on behind the statement about a key; send what the platform gave, unchanged"
    )]
    GoesOn,
    /// It is about another key.
    #[error(
        "the attestation is about another key than the one that is being enrolled; enrol again with fresh keys"
    )]
    OtherKey,
    /// It was made for another enrolment.
    #[error("the attestation was made for another enrolment; enrol again with fresh keys")]
    OtherEnrolment,
    /// The key is the system's, not the hardware's.
    #[error("the key is kept by the phone's software, not by its hardware; use another phone")]
    Software,
    /// The key came from elsewhere.
    #[error("the key was not made in the phone's hardware; enrol again with fresh keys")]
    Imported,
    /// The key is good for other things too.
    #[error("the key may be used for more than signing; enrol again with fresh keys")]
    OtherPurpose,
    /// The verification key works without the person.
    #[error(
        "the verification key works without the person; set up a screen lock or biometrics on the phone and enrol again"
    )]
    WithoutPerson,
    /// Another app made it.
    #[error(
        "the attestation was made by another app than this server takes; install the app that your organisation names"
    )]
    OtherApp,
    /// The phone's system is not the maker's, so its word on which app it was is worth nothing.
    #[error("the phone was started with a system that its maker did not sign, or can be; use another phone")]
    OtherSystem,
    /// App Attest's key was used before.
    #[error("the attestation's key was used before; enrol again")]
    Used,
}
