//! Trying a provider: one message that is nobody's code, now, past the outbox.

use std::fmt;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
use serde_json::Value;
use uuid::Uuid;

use super::{Channel, PLATFORM};
use crate::engine::audit::By;
use crate::engine::console::OperatorId;
use crate::engine::directory::users::check_email;
use crate::engine::limits::times::{Bound, one_more};
use crate::engine::policy::Factor;
use crate::engine::{
    Attempt, Call, Content, Engine, Error, Language, Mask, Message, Parcel, Phone, Push, Targets, Template,
    Then,
};
use crate::store::sendings::replace_times;
use crate::store::{Statement, StoreError};

/// Milliseconds for which a trial is worth delivering.
const LIFETIME: i64 = 120_000;
/// A code that is none: it opens nothing, so anybody may see it.
pub const NO_CODE: &str = "000000";
/// Trials that an operator may make from the console: nobody sends messages in numbers by it.
const TRIALS: [Bound; 1] = [Bound { span: 3_600_000, limit: 10 }];
/// Characters of a push token at most.
const LONGEST_TOKEN: usize = 4_096;

/// Who carries parcels and calls webhooks, one attempt at a time: what the engine knows of `delivery`.
#[async_trait]
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Makes one attempt to deliver a parcel, and gives up after [`ATTEMPT`](crate::engine::ATTEMPT).
    async fn carry(&self, engine: &Engine, parcel: &Parcel) -> Attempt;

    /// Makes one attempt to call a webhook, and gives up after a few seconds.
    async fn ring(&self, call: &Call) -> Attempt;

    /// Where webhooks may lead.
    fn targets(&self) -> &Targets;

    /// The newest messages of a tenant that were written to files, older than `before`; none where messages are never
    /// written to files, which is in production (S53).
    async fn written_down(
        &self,
        tenant: TenantId,
        before: Option<Uuid>,
        limit: usize,
    ) -> Option<io::Result<Vec<Value>>>;
}

/// A message to try a provider with.
#[derive(Debug, Clone)]
pub struct Trial {
    /// By which way.
    pub channel: Channel,
    /// A push token, a number or an address.
    pub to: String,
    /// In which words.
    pub template: Template,
    /// In which language.
    pub language: Language,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The kind of account.
    pub kind: &'static str,
    /// What the provider said.
    pub came: Attempt,
}

/// Why nothing was tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// The operator has tried as often as an hour may have.
    #[error("you have tried as often as an hour may have; wait {retry_after} s")]
    TooOften {
        /// Whole seconds to wait.
        retry_after: u64,
    },
    /// A rule said no.
    #[error(transparent)]
    Rule(#[from] Error),
}

impl From<StoreError> for TrialError {
    fn from(error: StoreError) -> Self {
        Self::Rule(error.into())
    }
}

impl Engine {
    /// From now on trials and pings go out by this carrier. Once: the first one stays.
    pub fn carry_by(&self, carrier: Arc<dyn Carrier>) {
        self.carrier.get_or_init(|| carrier);
    }

    /// Who carries trials and pings; nobody beside a server that runs.
    #[must_use]
    pub fn carrier(&self) -> Option<&Arc<dyn Carrier>> {
        self.carrier.get()
    }

    /// Sends one message for an operator of the console, and tells what the provider answered. It counts as any other does
    /// for the number or address, for the countries and for the tenant's day; and an operator has ten in an hour.
    ///
    /// # Errors
    /// [`TrialError`].
    pub async fn try_provider(
        &self,
        tenant: TenantId,
        trial: &Trial,
        by: &By<OperatorId>,
    ) -> Result<Tried, TrialError> {
        let carrier = self.carrier().ok_or(Error::NoProvider(trial.channel.as_str()))?;
        let (to, masked) = destination(trial.channel, &trial.to)?;
        let parcel = self.parcel(tenant, trial, &to).await?;
        self.count_trial(by.0).await?;
        let mut batch = self.room_for_trial(tenant, trial.channel, &to).await?;
        let log = self.log_about(tenant).await?;
        let detail = format!("{} to {masked}", trial.template.as_str());
        batch.push(self.event_with(log, "provider.tried", by, &trial.channel.as_str(), &detail)?);
        match self.store.write(batch).await {
            Err(StoreError::Unmet(_)) => return Err(Error::SentJustNow { retry_after: 1 }.into()),
            written => written?,
        }
        let came = carrier.carry(self, &parcel).await;
        self.tried(&parcel, &came).await?;
        Ok(Tried { kind: parcel.provider.account.kind(), came })
    }

    async fn count_trial(&self, who: OperatorId) -> Result<(), TrialError> {
        let home = self.console_home().await?.tenant;
        let subject = format!("trial {who}");
        let [seen, _] = self.store.sendings(home, [&subject, ""]).await?;
        let times = one_more(seen.as_deref().unwrap_or_default(), self.now(), &TRIALS)
            .map_err(|retry_after| TrialError::TooOften { retry_after })?;
        match self.store.write(vec![replace_times(home, &subject, seen.as_deref(), times)]).await {
            // Sent twice at once: the other one is under way.
            Err(StoreError::Unmet(_)) => Err(TrialError::TooOften { retry_after: 1 }),
            written => Ok(written?),
        }
    }

    async fn room_for_trial(
        &self,
        tenant: TenantId,
        channel: Channel,
        to: &str,
    ) -> Result<Vec<Statement>, Error> {
        let by = match channel {
            Channel::Sms => Factor::Sms,
            Channel::Voice => Factor::Voice,
            Channel::Email => Factor::Email,
            Channel::Apns | Channel::Fcm | Channel::WebPush => return Ok(Vec::new()),
        };
        let limits = self.limits_of(tenant, channel).await?;
        self.room_to_send(tenant, by, to, &limits).await
    }

    /// A message to `to` (a push token, a number, an address) as a provider would be handed it.
    ///
    /// # Errors
    /// [`Error::NoProvider`], [`Error::TenantNotFound`].
    pub async fn trial(
        &self,
        tenant: TenantId,
        channel: Channel,
        to: &str,
        language: Language,
    ) -> Result<Parcel, Error> {
        let trial = Trial { channel, to: to.to_owned(), template: Template::ContactCode, language };
        self.parcel(tenant, &trial, to).await
    }

    async fn parcel(&self, tenant: TenantId, trial: &Trial, to: &str) -> Result<Parcel, Error> {
        let Trial { channel, template, language, .. } = *trial;
        let name = match tenant {
            PLATFORM => "Countersign".to_owned(),
            tenant => {
                let row = self.store.tenant(tenant).await?;
                row.ok_or(Error::TenantNotFound(tenant.to_string()))?.name
            }
        };
        let provider = self.provider_needed(tenant, channel).await?;
        let content = match channel {
            Channel::Apns | Channel::Fcm | Channel::WebPush => Content::Push(Push {
                device: DeviceId { tenant, local: self.new_id()? },
                token: to.to_owned(),
                challenge: ChallengeId(self.new_id()?),
                language,
            }),
            Channel::Sms | Channel::Voice | Channel::Email => Content::Message(Message {
                to: to.to_owned(),
                template,
                language,
                tenant: name,
                application: None,
                code: template.has_code().then(|| NO_CODE.to_owned()),
                minutes: 2,
                invited: None,
            }),
        };
        let expires_at = Some(self.now() + LIFETIME);
        Ok(Parcel { tenant, id: self.new_id()?, expires_at, provider, content })
    }

    /// Writes down what a trial says of the provider's account, as if it had been a message.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn tried(&self, parcel: &Parcel, came: &Attempt) -> Result<(), Error> {
        let word = came.trouble.then(|| came.error.unwrap_or("refused"));
        if word.is_none() && came.then != Then::Done {
            return Ok(());
        }
        self.provider_answered(parcel.tenant, &parcel.provider, word).await
    }
}

/// Where it goes, and what the log says of that.
fn destination(channel: Channel, to: &str) -> Result<(String, String), Error> {
    let to = to.trim();
    match channel {
        Channel::Sms | Channel::Voice => {
            let phone = Phone::parse(to)?;
            Ok((phone.as_str().to_owned(), phone.masked()))
        }
        Channel::Email => check_email(to).map(|to| (to.clone(), Mask::Plain.email(&to))),
        Channel::Apns | Channel::Fcm | Channel::WebPush => {
            let word = (1..=LONGEST_TOKEN).contains(&to.len()) && to.bytes().all(|b| b.is_ascii_graphic());
            let wrong = "a push token is one word, as the app shows it";
            if word {
                Ok((to.to_owned(), "a token".to_owned()))
            } else {
                Err(Error::Invalid(wrong.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_goes_where_a_message_could_go_and_the_log_has_no_whole_address() {
        let (to, masked) = destination(Channel::Sms, " +966 50 123 4567 ").unwrap();
        assert_eq!((to.as_str(), masked.as_str()), ("+966501234567", "+9665••••••67"));
        let (_, masked) = destination(Channel::Email, "someone@example.org").unwrap();
        assert_eq!(masked, "s…e@example.org");
        for (channel, wrong) in [
            (Channel::Sms, "0501234567"),
            (Channel::Voice, "sip:x@example.org"),
            (Channel::Email, "a@b.example\r\nBcc: c@d.example"),
            (Channel::Email, "nobody"),
            (Channel::Fcm, ""),
            (Channel::Fcm, "two words"),
        ] {
            assert!(destination(channel, wrong).is_err(), "{wrong:?}");
        }
    }
}
