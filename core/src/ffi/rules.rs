//! The plain data that crosses about standing permissions.

use crate::authenticator as core;

/// A rule that could be made of a request: what the person agrees to, and the handle to go on with.
#[derive(Debug, uniffi::Object)]
pub struct StandingOffer {
    pub(super) offer: crate::approve::RuleOffer,
}

#[uniffi::export]
impl StandingOffer {
    /// The application whose sign-ins would be let through.
    pub fn application(&self) -> String {
        crate::scan::visible(self.offer.application(), 500)
    }

    /// From where, such as `192.0.2.7/32`.
    pub fn network(&self) -> String {
        self.offer.network().to_string()
    }
}

/// A standing permission of this device.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StandingRule {
    /// Names it at its server.
    pub id: String,
    /// The account it is for.
    pub account: String,
    /// The application whose sign-ins it lets through.
    pub application: String,
    /// From where.
    pub network: String,
    /// Seconds since 1970 by the server's clock.
    pub made_at: u64,
    /// Until when it counts.
    pub ends_at: u64,
    /// RFC 3339; none when it never approved anything.
    pub last_used_at: Option<String>,
}

impl From<core::RuleView> for StandingRule {
    fn from(view: core::RuleView) -> Self {
        Self {
            id: view.id,
            account: view.account.to_string(),
            application: view.application,
            network: view.network,
            made_at: view.made_at,
            ends_at: view.ends_at,
            last_used_at: view.last_used_at,
        }
    }
}

/// The rules of one account.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StandingRules {
    /// Those that this device has signed.
    pub rules: Vec<StandingRule>,
    /// How many the server lists that this device has not signed.
    pub foreign: u64,
}

impl From<core::RulesView> for StandingRules {
    fn from(view: core::RulesView) -> Self {
        Self {
            rules: view.rules.into_iter().map(StandingRule::from).collect(),
            foreign: u64::try_from(view.foreign).unwrap_or(u64::MAX),
        }
    }
}
