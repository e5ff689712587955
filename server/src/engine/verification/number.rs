//! Numbers that a channel has verified: a code by short message, of which the caller hears whether the gateway took it.

use std::time::Duration;

use uuid::Uuid;

use super::{Judgement, SentCode, Verified, Words};
use crate::engine::policy::Factor;
use crate::engine::providers::Channel;
use crate::engine::{ChannelCaller, Engine, Error, Language, Phone};
use crate::store::outbox::withdraw;
use crate::store::{StoreError, VerificationRow};
use crate::wake::Topic;

/// How long a caller waits for the gateway to take a message.
pub const GATEWAY_PATIENCE: Duration = Duration::from_secs(10);

/// A number that a channel has verified.
#[derive(Debug, Clone, Copy)]
pub struct NumberToVerify<'a> {
    /// As the caller wrote it.
    pub number: &'a str,
    /// For which application of the caller's, named in the message; none: for the tenant itself. A code that was sent
    /// for one is worth nothing for another.
    pub application: Option<&'a str>,
}

impl NumberToVerify<'_> {
    fn phone(&self, caller: &ChannelCaller) -> Result<Phone, Error> {
        Phone::parse_from(self.number, caller.country.as_deref())
    }

    fn of<'a>(&'a self, caller: &ChannelCaller, phone: &'a Phone) -> Verified<'a> {
        Verified {
            tenant: caller.id.tenant,
            scope: caller.id.local,
            by: Factor::Sms,
            to: phone.as_str(),
            label: self.application.unwrap_or_default(),
        }
    }
}

impl Engine {
    /// Sends a code to a number. False when the gateway did not take it within ten seconds, or nobody carries short
    /// messages: then no message goes out later either, and the code is worth nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no number; otherwise as [`Engine::room_to_send`]; [`Error::NoProvider`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn send_number_code(
        &self,
        caller: &ChannelCaller,
        number: NumberToVerify<'_>,
        language: Language,
    ) -> Result<bool, Error> {
        let tenant = caller.id.tenant;
        let phone = number.phone(caller)?;
        let row = self.store.tenant(tenant).await?.ok_or(Error::Unauthorized)?;
        let words = Words { language, tenant: &row.name, application: number.application };
        let limits = self.limits_of(tenant, Channel::Sms).await?;
        let verified = number.of(caller, &phone);
        let sent = self.send_verified(verified, Some(words), &limits, &caller.actor()).await?;
        let SentCode { row, job: Some(job) } = sent else { return Ok(false) };
        if self.was_taken(&row, job).await? {
            return Ok(true);
        }
        let event = self.verification_event("verification.withdrawn", &verified, &caller.actor())?;
        self.store.write(vec![row.end(self.now()), event]).await?;
        Ok(false)
    }

    /// Judges the code that came back for a number.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no number; otherwise as [`Engine::judge_verification`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn judge_number_code(
        &self,
        caller: &ChannelCaller,
        number: NumberToVerify<'_>,
        code: &str,
    ) -> Result<Judgement, Error> {
        let phone = number.phone(caller)?;
        self.judge_verified(number.of(caller, &phone), code, &caller.actor()).await
    }

    /// Waits for the first attempt to send a message. When it failed, or did not end in time, the message is taken back.
    async fn was_taken(&self, row: &VerificationRow, job: Uuid) -> Result<bool, Error> {
        let tenant = row.tenant;
        let mut waiting = self.wake.subscribe(Topic::Message(job), self.gateway_patience);
        loop {
            let armed = waiting.arm();
            let first = match self.store.sending(tenant, job).await? {
                Some((state, _)) if state == "done" => return Ok(true),
                Some((state, 0)) if state == "waiting" => true,
                Some((state, _)) if state == "waiting" => false,
                _ => return Ok(false),
            };
            if first && waiting.again(armed, Duration::MAX).await {
                continue;
            }
            match self.store.write(vec![withdraw(tenant, job, self.now())]).await {
                Ok(()) => return Ok(false),
                // It has ended this very moment.
                Err(StoreError::Unmet(0)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
