//! The server's question to one device: `cs-challenge+jwt`.

use serde::{Deserialize, Serialize};

use crate::id::{ChallengeId, DeviceId};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, JwsError, Purpose};
use crate::number::{Digits, TwoDigits};
use crate::risk::Risk;

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
    /// How unusual this sign-in is. Left out when it is [`Risk::Ordinary`]; a [`Risk::High`] one always demands
    /// verification.
    #[serde(default, skip_serializing_if = "Risk::is_ordinary")]
    pub risk: Risk,
    /// Whether a [rule](crate::rule) of the person's may answer challenges like this one, so that the phone may offer to
    /// make one. Left out when it is false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rules_allowed: bool,
    /// The two keys that may answer. The server's signature over them makes a receipt evidence of its own: it says
    /// whose key it is that signed the answer.
    pub keys: KeyThumbprints,
}

/// The relying party as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its client id at the server, which never changes; a [rule](crate::rule) names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
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
    /// What the relying party wants the person to see: amount and payee, the name of the machine, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Detail>,
}

/// Most details of one challenge.
pub const MAX_DETAILS: usize = 8;
/// Longest label of a detail, in Unicode scalar values.
pub const MAX_LABEL: usize = 40;
/// Longest value of a detail, in Unicode scalar values.
pub const MAX_VALUE: usize = 120;

/// One line of what the relying party wants the person to see.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// What it is: 1…40 characters, no control characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub label: String,
    /// Its content: 1…120 characters, no control characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120))]
    pub value: String,
}

impl Detail {
    /// Whether both texts have a length and form that every screen can show.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        let fits = |text: &str, most| {
            (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        fits(&self.label, MAX_LABEL) && fits(&self.value, MAX_VALUE)
    }
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
    /// The phone shows a code of this many digits once the person has approved, and they type it into the login page.
    /// The code comes with the server's reply to the approval and nowhere before. One try.
    Show {
        /// 2 or 6.
        digits: u8,
    },
    /// The login screen shows one of these three different numbers; the person picks it on the phone. Weak: whoever
    /// approves without looking is right one time in three.
    Pick {
        /// In random order; nothing here tells which one is right.
        options: [TwoDigits; 3],
    },
    /// No number. Allowed only when approving needs the verification key.
    None,
}

impl NumberMatch {
    /// Whether it has a form that binds two screens: 2 or 6 digits, or three different numbers; or, without any number,
    /// whether `verify` is there in its place.
    #[must_use]
    pub fn protects(&self, verify: bool) -> bool {
        match self {
            Self::Type { digits } | Self::Show { digits } => Digits::from_count(*digits).is_some(),
            Self::Pick { options: [a, b, c] } => a != b && b != c && a != c,
            Self::None => verify,
        }
    }
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
    /// It asks for an approval without number and without verification, for a number that is not 2 or 6 digits, for a
    /// choice among fewer than three, or for an unverified approval of what is unusual.
    #[error("the challenge asks for an approval that nothing protects")]
    Unprotected,
    /// More details than [`MAX_DETAILS`], or one that is empty, too long, or holds control characters.
    #[error("the challenge carries details that no screen can show whole")]
    Details,
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
        challenge.check_content()?;
        Ok(challenge)
    }

    /// Checks what does not depend on who reads it. A server calls it before it signs, so that it never asks what its
    /// devices refuse to show.
    ///
    /// # Errors
    /// [`ChallengeError::Unprotected`], [`ChallengeError::Details`].
    pub fn check_content(&self) -> Result<(), ChallengeError> {
        let careless = self.risk == Risk::High && !self.verify;
        if careless || !self.number.protects(self.verify) {
            return Err(ChallengeError::Unprotected);
        }
        let details = &self.context.details;
        if details.len() > MAX_DETAILS || !details.iter().all(Detail::is_well_formed) {
            return Err(ChallengeError::Details);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "challenge_tests.rs"]
mod tests;
