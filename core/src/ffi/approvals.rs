//! Enrolling, being asked, answering, and the accounts.

use std::sync::Arc;

use countersign_protocol::id::ChallengeId;

use super::{
    Account, AnswerOutcome, CoreError, CountersignCore, DevicePlatform, EnrolledDevice, EnrollmentOffer,
    Inbox, InboxWatch, OfferDetails, StandingOffer, StandingRule, StandingRules, Successor, Troubled,
};
use crate::approve::AccountId;
use crate::authenticator::AuthenticatorError;

/// The digits of what was typed into a field for digits: ASCII, whatever script the keyboard writes; nothing else of it.
#[uniffi::export]
pub fn typed_digits(typed: String) -> String {
    crate::digits::digits_of(&typed)
}

#[uniffi::export]
impl EnrollmentOffer {
    /// What the person confirms.
    pub fn details(&self) -> OfferDetails {
        (&self.offer).into()
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Asks the server of an enrolment link whose link it is. Changes nothing.
    pub async fn look_at(&self, link: String) -> Result<Arc<EnrollmentOffer>, CoreError> {
        let offer = self.authenticator.look_at(&link).await?;
        Ok(Arc::new(EnrollmentOffer { offer }))
    }

    /// Hands in the code that an offer asks for. What comes back is the same offer, which asks for nothing more.
    pub async fn verify_enrollment(
        &self,
        offer: Arc<EnrollmentOffer>,
        code: String,
    ) -> Result<Arc<EnrollmentOffer>, CoreError> {
        let offer = self.authenticator.verify_enrollment(&offer.offer, &code).await?;
        Ok(Arc::new(EnrollmentOffer { offer }))
    }

    /// Has the code mailed again. Returns the seconds until the next one can be asked for.
    pub async fn resend_code(&self, offer: Arc<EnrollmentOffer>) -> Result<u64, CoreError> {
        Ok(self.authenticator.resend_code(&offer.offer).await?)
    }

    /// Enrols this device after the person said yes.
    pub async fn enroll(
        &self,
        offer: Arc<EnrollmentOffer>,
        device_name: String,
        platform: DevicePlatform,
        device_token: Option<String>,
    ) -> Result<EnrolledDevice, CoreError> {
        let token = device_token.as_deref();
        Ok(self.authenticator.enroll(&offer.offer, &device_name, platform.into(), token).await?.into())
    }

    /// All accounts, the oldest first.
    pub fn accounts(&self) -> Result<Vec<Account>, CoreError> {
        Ok(self.authenticator.accounts()?.into_iter().map(Account::from).collect())
    }

    /// What waits over all accounts; with `wait_seconds` over 0 (at most 25) as soon as something does.
    pub async fn inbox(&self, wait_seconds: u32) -> Result<Inbox, CoreError> {
        Ok(self.authenticator.inbox(wait_seconds).await?.into())
    }

    /// The inbox as it changes.
    pub fn watch(&self) -> Arc<InboxWatch> {
        Arc::new(InboxWatch::new(self.authenticator.watch()))
    }

    /// Yes, it is me.
    pub async fn approve(&self, request: String, number: Option<String>) -> Result<AnswerOutcome, CoreError> {
        Ok(self.authenticator.approve(id(&request)?, number.as_deref()).await?.into())
    }

    /// No.
    pub async fn deny(&self, request: String) -> Result<AnswerOutcome, CoreError> {
        Ok(self.authenticator.deny(id(&request)?).await?.into())
    }

    /// No, and it was not me.
    pub async fn report(&self, request: String) -> Result<AnswerOutcome, CoreError> {
        Ok(self.authenticator.report(id(&request)?).await?.into())
    }

    /// What came of an approval whose code was shown: asks once. `Code` while it was not typed yet.
    pub async fn after_code(&self, request: String) -> Result<AnswerOutcome, CoreError> {
        Ok(self.authenticator.after_code(id(&request)?).await?.into())
    }

    /// What rule the waiting request allows; to be asked for before it is answered.
    pub async fn rule_offer(&self, request: String) -> Result<Arc<StandingOffer>, CoreError> {
        let offer = self.authenticator.rule_offer(id(&request)?).await?;
        Ok(Arc::new(StandingOffer { offer }))
    }

    /// Makes the rule, for 1 to 30 days. Asks the person for their verification.
    pub async fn make_rule(&self, offer: Arc<StandingOffer>, days: u32) -> Result<StandingRule, CoreError> {
        Ok(self.authenticator.make_rule(&offer.offer, days).await?.into())
    }

    /// The rules that this device has made at one server.
    pub async fn rules(&self, account: String) -> Result<StandingRules, CoreError> {
        Ok(self.authenticator.rules(&AccountId::from(account.as_str())).await?.into())
    }

    /// Ends a rule at once.
    pub async fn end_rule(&self, account: String, rule: String) -> Result<(), CoreError> {
        Ok(self.authenticator.end_rule(&AccountId::from(account.as_str()), &rule).await?)
    }

    /// Gives this device another name at one server.
    pub async fn rename(&self, account: String, device_name: String) -> Result<(), CoreError> {
        Ok(self.authenticator.rename(&AccountId::from(account.as_str()), &device_name).await?)
    }

    /// Tells every server where pushes go. What failed is returned, kept, and tried again with the next contact.
    pub async fn set_push_token(&self, device_token: String) -> Result<Vec<Troubled>, CoreError> {
        let troubles = self.authenticator.set_push_token(&device_token).await?;
        Ok(troubles.into_iter().map(Troubled::from).collect())
    }

    /// The network may be back: what waits before it tries again tries now, and what could not be told is told.
    pub async fn network_is_back(&self) -> Result<Vec<Troubled>, CoreError> {
        let troubles = self.authenticator.network_is_back().await?;
        Ok(troubles.into_iter().map(Troubled::from).collect())
    }

    /// A link with which another phone takes the account over.
    pub async fn transfer(&self, account: String) -> Result<Successor, CoreError> {
        Ok(self.authenticator.transfer(&AccountId::from(account.as_str())).await?.into())
    }

    /// Removes an account here and at its server.
    pub async fn remove_account(
        &self,
        account: String,
        even_if_server_is_gone: bool,
    ) -> Result<(), CoreError> {
        let account = AccountId::from(account.as_str());
        Ok(self.authenticator.remove_account(&account, even_if_server_is_gone).await?)
    }
}

fn id(request: &str) -> Result<ChallengeId, CoreError> {
    Ok(request.parse().map_err(|_| AuthenticatorError::UnknownChallenge)?)
}
