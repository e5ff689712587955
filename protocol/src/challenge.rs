//! The server's question to one device: `cs-challenge+jwt`.

use serde::{Deserialize, Serialize};

use crate::id::{ChallengeId, DeviceId};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, JwsError, Purpose};
use crate::number::Digits;

/// What is asked, by whom, of whom and until when. Times are seconds since 1970 by the server's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// The server's id: its public base URL.
    pub iss: String,
    /// The one device that may answer.
    pub aud: DeviceId,
    /// The challenge.
    pub jti: ChallengeId,
    /// When it was asked.
    pub iat: u64,
    /// From this second on no answer counts.
    pub exp: u64,
    /// 128 random bits, so that no two challenges have the same hash.
    pub nonce: String,
    /// Who wants to know.
    pub app: Application,
    /// Whose sign-in it is, as the relying party names them.
    pub user: String,
    /// What it is about: `login`, `payment`, … as the relying party says.
    #[serde(rename = "type")]
    pub kind: String,
    /// The relying party's own words, at most 500 characters.
    pub message: String,
    /// Where the sign-in comes from.
    pub context: Context,
    /// How the two screens are bound.
    #[serde(rename = "match")]
    pub number: NumberMatch,
    /// Whether approving needs the verification key. Denying never does.
    pub verify: bool,
    /// The two keys that may answer. The server's signature over them makes a receipt evidence of its own: it says
    /// whose key it is that signed the answer.
    pub keys: KeyThumbprints,
}

/// The relying party as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Display name.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
}

/// What is known of the browser or machine that the person signs in with. All optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Textual IPv4 or IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Town and country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Browser name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// Operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
}

/// How the two screens are bound together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum NumberMatch {
    /// The login screen shows a number of this many digits; the person types it on the phone. One try.
    Type {
        /// 2 or 6.
        digits: u8,
    },
    /// No number. Allowed only when approving needs the verification key.
    None,
}

/// The thumbprints of a device's two keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyThumbprints {
    /// Signs without asking the person: fetches, denials, approvals that need no verification.
    pub possession: Thumbprint,
    /// Signs only after biometrics, device passcode or vault password.
    pub verification: Thumbprint,
}

/// A device's two public keys.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceKeys {
    /// Signs requests and denials. Used without a prompt.
    pub possession: PublicKey,
    /// Signs approvals that need the person. Used only after biometrics or a passcode.
    pub verification: PublicKey,
}

impl DeviceKeys {
    /// Both thumbprints.
    #[must_use]
    pub fn thumbprints(&self) -> KeyThumbprints {
        KeyThumbprints {
            possession: self.possession.thumbprint(),
            verification: self.verification.thumbprint(),
        }
    }
}

/// Why a challenge is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// Its signature or form.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Another server than the one the device enrolled with.
    #[error("the challenge comes from another server than the account's")]
    Issuer,
    /// For another device, or for keys that this device does not have.
    #[error("the challenge is for another device")]
    Audience,
    /// Its time is over.
    #[error("the challenge has expired")]
    Expired,
    /// It asks for an approval without number and without verification, or for a number that is not 2 or 6 digits.
    #[error("the challenge asks for an approval that nothing protects")]
    Unprotected,
}

/// What a device knows when a challenge arrives.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The server's id that the device enrolled with.
    pub issuer: &'a str,
    /// The server's key as pinned.
    pub server_key: &'a PublicKey,
    /// This device.
    pub device: DeviceId,
    /// This device's keys.
    pub keys: &'a KeyThumbprints,
    /// Seconds since 1970 by the **server's** clock, from its latest reply. The phone's own clock does not matter.
    pub server_now: u64,
}

impl Challenge {
    /// Checks what the server sent before anything of it is shown.
    ///
    /// # Errors
    /// [`ChallengeError`]; each one means that the challenge is not shown.
    pub fn verify(compact: &str, expected: &Expected<'_>) -> Result<Self, ChallengeError> {
        let challenge: Self = jws::verify(compact, Purpose::Challenge, &[*expected.server_key])?.claims;
        if challenge.iss != expected.issuer {
            return Err(ChallengeError::Issuer);
        }
        if challenge.aud != expected.device || challenge.keys != *expected.keys {
            return Err(ChallengeError::Audience);
        }
        if expected.server_now >= challenge.exp {
            return Err(ChallengeError::Expired);
        }
        let protected = match challenge.number {
            NumberMatch::Type { digits } => Digits::from_count(digits).is_some(),
            NumberMatch::None => challenge.verify,
        };
        if protected { Ok(challenge) } else { Err(ChallengeError::Unprotected) }
    }
}

#[cfg(test)]
#[path = "challenge_tests.rs"]
mod tests;
