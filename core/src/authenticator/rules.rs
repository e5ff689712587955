//! Standing permissions over a vault: offered by a request that waits, made, listed, ended.

use countersign_protocol::id::ChallengeId;
use countersign_protocol::problem::Code;
use countersign_protocol::wire::Rules;
use serde::Serialize;

use super::views::shown;
use super::{Authenticator, AuthenticatorError};
use crate::approve::{AccountId, Ask, KnownRule, KnownRules, RuleFault, RuleOffer, ToRule};
use crate::exchange::ReplyError;
use crate::keys::KeyPurpose;

/// A standing permission of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleView {
    /// Names it at its server.
    pub id: String,
    /// The account it is for.
    pub account: AccountId,
    /// The application whose sign-ins it lets through.
    pub application: String,
    /// From where.
    pub network: String,
    /// When it was made, seconds since 1970 by the server's clock.
    pub made_at: u64,
    /// Until when it counts.
    pub ends_at: u64,
    /// RFC 3339, as the server says; none when it never approved anything.
    pub last_used_at: Option<String>,
}

impl RuleView {
    fn of(account: &AccountId, known: &KnownRule) -> Self {
        let rule = &known.rule;
        Self {
            id: rule.jti.clone(),
            account: account.clone(),
            application: shown(&rule.app_name),
            network: rule.network.to_string(),
            made_at: rule.iat,
            ends_at: rule.exp,
            last_used_at: known.last_used_at.as_deref().map(shown),
        }
    }
}

/// The rules of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RulesView {
    /// Those that this device has signed.
    pub rules: Vec<RuleView>,
    /// How many the server lists that this device has not signed; the person should tell the administrator.
    pub foreign: usize,
}

impl Authenticator {
    /// What rule the waiting request `id` allows. To be asked for before the request is answered, and to be made into a
    /// rule only after the person has approved it.
    ///
    /// # Errors
    /// [`AuthenticatorError::Rule`] when it allows none; otherwise as [`Authenticator::approve`].
    pub async fn rule_offer(&self, id: ChallengeId) -> Result<RuleOffer, AuthenticatorError> {
        Ok(RuleOffer::of(&self.pending(id).await?)?)
    }

    /// Makes the rule for `days` (1…30) from when the request was asked. The key store asks the person for their
    /// verification.
    ///
    /// # Errors
    /// [`AuthenticatorError`]; after an error of the network the rule may or may not be there: look at the list.
    pub async fn make_rule(&self, offer: &RuleOffer, days: u32) -> Result<RuleView, AuthenticatorError> {
        let account = self.inner.account(offer.account())?;
        let random = self.inner.random()?;
        let to_rule = ToRule::new(&account, offer, days, &random)?;
        let client = &self.inner.client;
        let prompt = shown(offer.application());
        let input = to_rule.signing_input();
        let signature = client.sign(&account.id, KeyPurpose::Verification, input, &prompt).await?;
        let (ask, rule) = to_rule.signed(&account, &signature)?;
        client.ask(&account, ask).await?.success()?;
        Ok(RuleView::of(&account.id, &rule))
    }

    /// The rules that this device has made at one server, each checked to be by its own key.
    ///
    /// # Errors
    /// [`AuthenticatorError`].
    pub async fn rules(&self, account: &AccountId) -> Result<RulesView, AuthenticatorError> {
        let account = self.inner.account(account)?;
        let list: Rules = self.inner.client.ask(&account, Ask::rules()).await?.json()?;
        let known = KnownRules::of(&account, list);
        let rules = known.rules.iter().map(|rule| RuleView::of(&account.id, rule)).collect();
        Ok(RulesView { rules, foreign: known.foreign })
    }

    /// Ends a rule at once. `rule` is the id in its [`RuleView`]; one that has ended already is no error.
    ///
    /// # Errors
    /// [`AuthenticatorError`]; the rule may still count.
    pub async fn end_rule(&self, account: &AccountId, rule: &str) -> Result<(), AuthenticatorError> {
        let account = self.inner.account(account)?;
        let is_id =
            |id: &str| countersign_protocol::from_base64url(id).is_some_and(|bytes| bytes.len() == 16);
        if !is_id(rule) {
            return Err(AuthenticatorError::UnknownRule);
        }
        match self.inner.client.ask(&account, Ask::end_rule(rule)).await?.success() {
            // It is over, which is what was wanted: ended elsewhere, or by a request whose reply was lost.
            Err(ReplyError::Refused(refusal)) if refusal.known() == Code::RuleNotFound => Ok(()),
            result => Ok(result?),
        }
    }
}

impl From<RuleFault> for AuthenticatorError {
    fn from(fault: RuleFault) -> Self {
        match fault {
            RuleFault::Refusal(refusal) => refusal.into(),
            RuleFault::Answer(error) => error.into(),
        }
    }
}
