//! A person's standing permission: `cs-rule+jwt`. Sign-ins to one application from one network are approved for a while
//! without asking.
//!
//! It is signed by the verification key, so nobody but the person makes one. It counts only where the server's signed
//! challenge says that it may (`rules_allowed`), never for a raised risk, and the receipt of such a decision carries the
//! rule as its evidence.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::challenge::Challenge;
use crate::id::DeviceId;
use crate::jwk::PublicKey;
use crate::jws::{self, JwsError, Purpose};
use crate::network::Network;
use crate::risk::Risk;

/// Longest life of a rule, in seconds: 30 days.
pub const MAX_LIFE: u64 = 30 * 24 * 60 * 60;
/// Most rules of one device at a time.
pub const MAX_PER_DEVICE: usize = 32;
/// Longest `app` and `app_name`, in Unicode scalar values.
pub const MAX_NAME: usize = 200;
/// How far ahead of the server's clock a new rule may begin, in seconds: two nodes of one server differ a little.
pub const MAX_AHEAD: u64 = 300;

/// The signed content of a rule. Times are seconds since 1970 by the server's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The device whose person made it.
    pub iss: DeviceId,
    /// The server's id.
    pub aud: String,
    /// Names the rule: 128 random bits in base64url, 22 characters.
    pub jti: String,
    /// The application's client id, as the challenge named it.
    pub app: String,
    /// The application's display name when the rule was made. For people only; nothing is decided by it.
    pub app_name: String,
    /// Where the sign-in must come from.
    pub network: Network,
    /// From when on it counts.
    pub iat: u64,
    /// From this second on it does not count; at most [`MAX_LIFE`] after `iat`.
    pub exp: u64,
}

/// Why a rule does not count. Each means that the person has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Its signature or form, its network included.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// Its id is not 128 bits, or the application's id or name is empty or too long.
    #[error("the rule's id, or the application it names, is ill-formed")]
    Form,
    /// It ends before it begins, lasts for more than 30 days, or begins in the future.
    #[error("a rule lasts for at most 30 days from now")]
    Life,
    /// Made by another device, or for another server.
    #[error("the rule belongs to another device or server")]
    Binding,
    /// The challenge is another application's, or does not name its application.
    #[error("the rule is for another application")]
    Application,
    /// The sign-in comes from elsewhere, or nobody knows from where.
    #[error("the sign-in does not come from the rule's network")]
    Network,
    /// The rule had not begun or had ended.
    #[error("the rule does not count at that time")]
    Time,
    /// The challenge does not allow rules, or its risk is raised.
    #[error("this sign-in has to be answered by the person")]
    NotAllowed,
}

impl Rule {
    /// Reads a rule that `verification` signed, and checks its form. Whether it still counts is said by
    /// [`Rule::check_new`] and [`Rule::applies`].
    ///
    /// # Errors
    /// [`RuleError::Jws`], [`RuleError::Form`], [`RuleError::Life`].
    pub fn verify(compact: &str, verification: &PublicKey) -> Result<Self, RuleError> {
        let rule: Self = jws::verify(compact, Purpose::Rule, &[*verification])?.claims;
        let id = crate::from_base64url(&rule.jti).is_some_and(|bytes| bytes.len() == 16);
        let named = |text: &str| (1..=MAX_NAME).contains(&text.chars().count());
        if !id || !named(&rule.app) || !named(&rule.app_name) {
            return Err(RuleError::Form);
        }
        if rule.exp <= rule.iat || rule.exp - rule.iat > MAX_LIFE {
            return Err(RuleError::Life);
        }
        Ok(rule)
    }

    /// What the server checks when `device` hands in a new rule.
    ///
    /// # Errors
    /// [`RuleError::Binding`]; [`RuleError::Life`] when it is over or begins in the future.
    pub fn check_new(&self, server: &str, device: DeviceId, server_now: u64) -> Result<(), RuleError> {
        if self.iss != device || self.aud != server {
            return Err(RuleError::Binding);
        }
        if self.exp <= server_now || self.iat > server_now.saturating_add(MAX_AHEAD) {
            return Err(RuleError::Life);
        }
        Ok(())
    }

    /// Whether the rule approves `challenge` at the second `at`, by the server's clock. The same check serves the server
    /// when it decides and whoever verifies the receipt later.
    ///
    /// # Errors
    /// [`RuleError`] says what does not fit.
    pub fn applies(&self, challenge: &Challenge, at: u64) -> Result<(), RuleError> {
        if self.iss != challenge.aud || self.aud != challenge.iss {
            return Err(RuleError::Binding);
        }
        if !challenge.rules_allowed || challenge.risk != Risk::Ordinary {
            return Err(RuleError::NotAllowed);
        }
        if challenge.app.id.as_deref() != Some(self.app.as_str()) {
            return Err(RuleError::Application);
        }
        let from = challenge.context.ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok());
        if !from.is_some_and(|ip| self.network.contains(ip)) {
            return Err(RuleError::Network);
        }
        if !(self.iat..self.exp).contains(&at) {
            return Err(RuleError::Time);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
