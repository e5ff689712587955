//! Standing permissions: how a person says that sign-ins to one application from where they are now need not be asked
//! about for a while. The rule is taken from a challenge that passed every check, so it names nothing that the server has
//! not signed; the verification key signs it.

use std::net::IpAddr;

use countersign_protocol::id::DeviceId;
use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::network::Network;
use countersign_protocol::risk::Risk;
use countersign_protocol::rule::{MAX_LIFE, MAX_NAME, Rule};
use countersign_protocol::wire::Rules;

use super::{Account, AccountId, AnswerError, Ask, Pending};

/// Seconds in a day.
const DAY: u64 = 24 * 60 * 60;
/// Longest life of a rule, in days.
pub const MAX_RULE_DAYS: u32 = 30;

/// Why no rule is made. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleRefusal {
    /// The challenge does not say that rules are allowed, or its risk is raised.
    #[error("your organisation does not let this kind of request be answered by a rule; answer each one")]
    NotAllowed,
    /// The server did not say which application asks, or from where the sign-in comes.
    #[error("the server does not say from which network this sign-in comes, so no rule can be made of it")]
    NoPlace,
    /// Not 1…30 days.
    #[error("a rule lasts for 1 to 30 days; say how many")]
    Days,
}

impl RuleRefusal {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "rules_not_allowed",
            Self::NoPlace => "rule_not_possible",
            Self::Days => "rule_days",
        }
    }
}

/// A rule that could be made of a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOffer {
    account: AccountId,
    app: String,
    app_name: String,
    network: Network,
    asked_at: u64,
}

impl RuleOffer {
    /// What rule `pending` allows: for its application, from the network around its address.
    ///
    /// # Errors
    /// [`RuleRefusal::NotAllowed`], [`RuleRefusal::NoPlace`].
    pub fn of(pending: &Pending) -> Result<Self, RuleRefusal> {
        let challenge = &pending.challenge;
        if !challenge.rules_allowed || challenge.risk != Risk::Ordinary {
            return Err(RuleRefusal::NotAllowed);
        }
        let address = challenge.context.ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok());
        let app = challenge.app.id.clone().filter(|id| !id.is_empty() && id.chars().count() <= MAX_NAME);
        let (Some(address), Some(app)) = (address, app) else { return Err(RuleRefusal::NoPlace) };
        // For people only, so an application without a name is called by its id.
        let name: String = challenge.app.name.chars().take(MAX_NAME).collect();
        Ok(Self {
            account: pending.account.clone(),
            app_name: if name.is_empty() { app.clone() } else { name },
            app,
            network: Network::around(address),
            asked_at: challenge.iat,
        })
    }

    /// The account it is for.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The application's name, as the server wrote it.
    #[must_use]
    pub fn application(&self) -> &str {
        &self.app_name
    }

    /// Where a sign-in must come from.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }
}

/// A rule that waits for its signature.
#[derive(Debug, Clone)]
pub struct ToRule {
    unsigned: Unsigned,
    rule: Rule,
}

impl ToRule {
    /// Lays out the rule for `days` from when the challenge was asked, by the server's clock: the phone's own does not
    /// matter here either. `random`: 128 fresh random bits that name it.
    ///
    /// # Errors
    /// [`RuleRefusal::Days`]; [`AnswerError::OtherAccount`] when the offer is another account's.
    pub fn new(
        account: &Account,
        offer: &RuleOffer,
        days: u32,
        random: &[u8; 16],
    ) -> Result<Self, RuleFault> {
        if offer.account != account.id {
            return Err(AnswerError::OtherAccount.into());
        }
        if !(1..=MAX_RULE_DAYS).contains(&days) {
            return Err(RuleRefusal::Days.into());
        }
        let rule = Rule {
            iss: account.device,
            aud: account.server.clone(),
            jti: countersign_protocol::base64url(random),
            app: offer.app.clone(),
            app_name: offer.app_name.clone(),
            network: offer.network,
            iat: offer.asked_at,
            exp: offer.asked_at.saturating_add(u64::from(days).saturating_mul(DAY).min(MAX_LIFE)),
        };
        let kid = account.keys.verification.thumbprint();
        Ok(Self { unsigned: Unsigned::new(Purpose::Rule, &kid, &rule), rule })
    }

    /// What the verification key signs.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.unsigned.signing_input()
    }

    /// What to ask of the server, with the signature, 64 bytes `r‖s`; and the rule as the server will list it.
    ///
    /// # Errors
    /// [`AnswerError::Signature`] when it is not by the account's verification key.
    pub fn signed(self, account: &Account, signature: &[u8; 64]) -> Result<(Ask, KnownRule), AnswerError> {
        if !account.keys.verification.verifies(self.signing_input(), signature) {
            return Err(AnswerError::Signature);
        }
        let ask = Ask::make_rule(&self.unsigned.with_signature(signature));
        Ok((ask, KnownRule { rule: self.rule, last_used_at: None }))
    }
}

/// Why [`ToRule::new`] makes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// No rule of this kind.
    #[error(transparent)]
    Refusal(#[from] RuleRefusal),
    /// Not for this account.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

/// A rule that this device has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRule {
    /// Its content.
    pub rule: Rule,
    /// RFC 3339, as the server says; none when it never approved anything.
    pub last_used_at: Option<String>,
}

/// The rules of one device, as its server lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownRules {
    /// Those that this device has signed.
    pub rules: Vec<KnownRule>,
    /// How many others the server lists: it would be dishonest or damaged, for they can approve nothing.
    pub foreign: usize,
}

impl KnownRules {
    /// Checks each rule of the list against the account's own key, so that nobody passes off a rule as the person's.
    #[must_use]
    pub fn of(account: &Account, list: Rules) -> Self {
        let mine = |rule: &Rule, device: DeviceId| rule.iss == device && rule.aud == account.server;
        let mut known = Self::default();
        for entry in list.rules {
            match Rule::verify(&entry.rule, &account.keys.verification) {
                Ok(rule) if mine(&rule, account.device) => {
                    known.rules.push(KnownRule { rule, last_used_at: entry.last_used_at });
                }
                _ => known.foreign = known.foreign.saturating_add(1),
            }
        }
        known
    }
}
