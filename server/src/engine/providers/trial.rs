//! Trying a provider: one message that is nobody's code, now, past the outbox.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};

use super::{Channel, PLATFORM};
use crate::engine::{Attempt, Content, Engine, Error, Language, Message, Parcel, Push, Template, Then};

/// Milliseconds for which a trial is worth delivering.
const LIFETIME: i64 = 120_000;
/// A code that is none: it opens nothing, so anybody may see it.
pub const NO_CODE: &str = "000000";

impl Engine {
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
                template: Template::ContactCode,
                language,
                tenant: name,
                application: None,
                code: Some(NO_CODE.to_owned()),
                minutes: 2,
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
