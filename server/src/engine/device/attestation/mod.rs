//! Whether a phone's keys are in its hardware: what a proof that came with an enrolment must say, for each form of it, and
//! what a tenant demands. Taking the bytes apart is `protocol::attestation`; what the operator trusts is `trust`.

mod android;
mod apple;
mod chain;
mod error;
#[cfg(test)]
#[expect(dead_code, unreachable_pub, reason = "the end-to-end tests use this file too")]
mod forge;
#[cfg(test)]
mod tests;
mod trust;

use countersign_protocol::attestation::Attestation;
use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::id::EnrollmentToken;
use serde_json::json;

pub use error::AttestationError;
pub use trust::{Trust, TrustError};

use crate::engine::{Engine, Error};
use crate::store::{AttestationRow, Evidence};

/// What a proof is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It holds: both keys were made in hardware and stay there, by the word of an authority that the operator trusts.
    Hardware,
    /// It was not looked at, because the operator trusts no authority for its form. It proves nothing.
    Unverified,
}

impl Level {
    /// Its word in replies and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hardware => "hardware",
            Self::Unverified => "unverified",
        }
    }
}

/// The enrolment that a proof must be about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The server's id.
    pub server: &'a str,
    /// The link's token.
    pub token: &'a EnrollmentToken,
    /// The keys that are being enrolled.
    pub keys: &'a DeviceKeys,
}

impl Trust {
    /// Says what a proof is worth. `now`: seconds since 1970.
    ///
    /// # Errors
    /// [`AttestationError`] for one that does not hold: whoever sends one that is wrong is not taken without it.
    pub fn judge(&self, sent: &Attestation, about: About<'_>, now: i64) -> Result<Level, AttestationError> {
        match (sent, &self.android, &self.apple) {
            (Attestation::AndroidKey { possession, verification }, Some(trust), _) => {
                android::judge(trust, [possession, verification], about, now)?;
            }
            (Attestation::AppleAppAttest { key_id, object }, _, Some(trust)) => {
                apple::judge(trust, (key_id, object), about, now)?;
            }
            _ => return Ok(Level::Unverified),
        }
        Ok(Level::Hardware)
    }
}

impl Engine {
    /// Judges the proof that a phone sent with its keys, if it did, against what the tenant demands.
    ///
    /// # Errors
    /// [`Error::Attestation`], [`Error::AttestationRequired`].
    pub(in crate::engine) async fn judge_attestation(
        &self,
        token: &EnrollmentToken,
        keys: Option<&DeviceKeys>,
        sent: Option<&Attestation>,
    ) -> Result<Option<Evidence>, Error> {
        let tenant = token.tenant();
        // A link has no application, so what holds for all of the tenant's holds.
        let demanded = self.policy_of(tenant, tenant.0).await?.attestation_required;
        let judged = match (keys, sent) {
            (Some(keys), Some(sent)) => {
                let about = About { server: &self.server_id, token, keys };
                Some((sent, self.trust.judge(sent, about, self.now() / 1000)?))
            }
            (None, Some(_)) => return Err(AttestationError::NoKeys.into()),
            (_, None) => None,
        };
        match judged {
            None if demanded => Err(Error::AttestationRequired(
                "this organisation takes only phones that prove that their keys are in hardware, and this device did \
                 not; try again with a network, use another phone, or ask the administrator",
            )),
            Some((_, Level::Unverified)) if demanded => Err(Error::AttestationRequired(
                "this organisation takes only phones that prove that their keys are in hardware, and its server cannot \
                 check this phone's proof; ask the administrator to set the roots in [attestation]",
            )),
            None => Ok(None),
            Some((sent, level)) => Ok(Some(Evidence {
                row: AttestationRow {
                    format: sent.format().to_owned(),
                    level: level.as_str().to_owned(),
                    judged_at: self.now(),
                },
                // The challenge is made of these, which are kept nowhere else for as long as the device is.
                sent: json!({"server": self.server_id, "token_hash": token.hash(), "sent": sent}).to_string(),
            })),
        }
    }
}
