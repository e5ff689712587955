//! Rules that a person signed: this application, from this network, until this day, is me. Off unless the tenant allows
//! them; they never answer what is unusual; a report ends them all.

use std::net::IpAddr;

use countersign_protocol::id::DeviceId;
use countersign_protocol::jws::Purpose;
use countersign_protocol::rule::{MAX_PER_DEVICE, Rule, RuleError};
use countersign_protocol::verdict::RuleVerdict;

use crate::engine::audit::By;
use crate::engine::challenge::ask::{Prompt, device_keys};
use crate::engine::challenge::question::Question;
use crate::engine::keyring::TenantKeys;
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::device_rules::end_rule;
use crate::store::{Askable, DeviceRow, DeviceRuleRow, Statement, StoreError, Told, devices};

/// A rule that approves a question, and the server's word for it.
#[derive(Debug)]
pub(in crate::engine) struct ByRule {
    pub(in crate::engine) rule: DeviceRuleRow,
    pub(in crate::engine) verdict: String,
    pub(in crate::engine) device_name: Option<String>,
    pub(in crate::engine) told: Told,
}

impl Engine {
    /// Takes a rule that a device's person signed, and returns its id. The same rule again is no error.
    ///
    /// # Errors
    /// [`Error::Rule`] when it does not hold; [`Error::RulesOff`] when the application does not allow rules;
    /// [`Error::TooManyRules`].
    pub async fn add_rule(
        &self,
        device: &DeviceRow,
        compact: &str,
        address: Option<IpAddr>,
    ) -> Result<String, Error> {
        let rule = Rule::verify(compact, &device_keys(device)?.verification)?;
        rule.check_new(&self.server_id, device.id, self.server_time())?;
        let application: ApplicationId = rule.app.parse().map_err(|_| RuleError::Application)?;
        if application.tenant != device.id.tenant {
            return Err(RuleError::Application.into());
        }
        if !self.policy_of(device.id.tenant, application.local).await?.auto_accept {
            return Err(Error::RulesOff);
        }
        let row = DeviceRuleRow {
            device: device.id,
            id: rule.jti.clone(),
            application_id: application.local,
            rule: compact.to_owned(),
            created_at: self.now(),
            expires_at: i64::try_from(rule.exp).unwrap_or(i64::MAX).saturating_mul(1000),
            last_used_at: None,
        };
        let event = self.event(device.id.tenant, "rule.added", &By(device.id, address), &rule.jti)?;
        let most = i64::try_from(MAX_PER_DEVICE).unwrap_or(i64::MAX);
        match self.store.write(vec![devices::hold(device.id, 0), row.insert(most), event]).await {
            Ok(()) => Ok(rule.jti),
            Err(StoreError::Duplicate) => {
                let key = device_keys(device)?.verification;
                let same =
                    |row: &DeviceRuleRow| Rule::verify(&row.rule, &key).is_ok_and(|known| known == rule);
                if self.rules(device.id).await?.iter().any(same) {
                    Ok(rule.jti)
                } else {
                    Err(Error::RuleEnded)
                }
            }
            Err(StoreError::Unmet(0)) => Err(Error::DeviceUnknown),
            Err(StoreError::Unmet(1)) => Err(Error::TooManyRules),
            Err(error) => Err(error.into()),
        }
    }

    /// The device's rules that are in force.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn rules(&self, device: DeviceId) -> Result<Vec<DeviceRuleRow>, Error> {
        Ok(self.store.rules_of_device(device, self.now()).await?)
    }

    /// Ends a rule at its device's word.
    ///
    /// # Errors
    /// [`Error::RuleNotFound`].
    pub async fn end_rule(&self, device: DeviceId, id: &str, address: Option<IpAddr>) -> Result<(), Error> {
        let event = self.event(device.tenant, "rule.ended", &By(device, address), &id)?;
        match self.store.write(vec![end_rule(device, id, self.now()), event]).await {
            Err(StoreError::Unmet(0)) => Err(Error::RuleNotFound),
            result => Ok(result?),
        }
    }

    /// A rule that approves this question, if there is one.
    pub(in crate::engine) async fn by_rule(
        &self,
        keys: &TenantKeys,
        seen: &Askable,
        question: &Question,
        prompts: &[Prompt],
        session_ref: Option<String>,
    ) -> Result<Option<ByRule>, Error> {
        if !question.demand.rules_allowed || question.context.ip.is_none() {
            return Ok(None);
        }
        let (tenant, now) = (seen.user.tenant, question.created_at);
        let rules = self.store.rules_of_user(tenant, seen.user.id, question.application_id, now).await?;
        let at = self.server_time();
        for row in rules {
            let device = seen.devices.iter().find(|device| device.id == row.device);
            let prompt = prompts.iter().find(|prompt| prompt.device == row.device);
            let (Some(device), Some(prompt)) = (device, prompt) else { continue };
            let rule = Rule::verify(&row.rule, &device_keys(device)?.verification);
            if rule.and_then(|rule| rule.applies(&prompt.challenge, at)).is_ok() {
                let verdict = RuleVerdict::of(&prompt.challenge, &prompt.jws, &row.rule, at);
                let verdict = keys.sign(Purpose::Verdict, &verdict)?;
                let device_name = device.device_name.clone();
                let told = self.store.to_be_told(tenant, question.application_id, session_ref).await?;
                return Ok(Some(ByRule { rule: row, verdict, device_name, told }));
            }
        }
        Ok(None)
    }
}

impl ByRule {
    /// For the batch in which the question is added.
    pub(in crate::engine) fn approve(&self, question: &Question) -> [Statement; 2] {
        self.rule.approve(question.id, &self.verdict, question.created_at)
    }
}
