//! Putting something into the outbox: in the batch of the thing that it tells of, so that neither is without the other.

use countersign_protocol::id::{ChallengeId, TenantId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::outbox::message::payload_place;
use crate::engine::providers::Channel;
use crate::engine::{Engine, Error, Message};
use crate::store::{DeviceRow, NewJob, Statement};

/// The channel that wakes a device of this platform; none for one that is never woken. A phone with Android has a token
/// of Google's, or the address of a push service.
pub(in crate::engine) fn push_channel(platform: &str, token: &str) -> Option<Channel> {
    match platform {
        "ios" => Some(Channel::Apns),
        "android" if token.starts_with("https://") => Some(Channel::WebPush),
        "android" => Some(Channel::Fcm),
        _ => None,
    }
}

impl Engine {
    /// The statement that sends a message to a person, and the message's id, for the batch that makes its code or of
    /// which it tells. After that batch is written, call [`Engine::outbox_changed`]. `subject` is the challenge that asks
    /// for the code: the message is sent only while that is pending and this is its newest one (`code_job`).
    /// `expires_at`, in milliseconds since 1970, is when sending it becomes pointless.
    ///
    /// # Errors
    /// [`Error::NoProvider`] when nobody carries messages of this channel; [`Error::Store`].
    pub async fn enqueue_message(
        &self,
        tenant: TenantId,
        channel: Channel,
        message: &Message,
        subject: Option<ChallengeId>,
        expires_at: i64,
    ) -> Result<(Uuid, Statement), Error> {
        let provider = self.provider_needed(tenant, channel).await?;
        let id = self.new_id()?;
        let plain = Zeroizing::new(serde_json::to_vec(message).map_err(|_| Error::Damaged("message"))?);
        let job = NewJob {
            tenant,
            id,
            kind: channel.job_kind(),
            target: None,
            subject: subject.map(|challenge| challenge.0),
            lane: provider.id,
            payload: self.master.seal(&*self.rng, payload_place(tenant, id), &plain)?,
            created_at: self.now(),
            expires_at: Some(expires_at),
        };
        Ok((id, job.insert()))
    }

    /// The statements that wake a person's devices for a challenge: one for each that can be woken and has a provider.
    /// After the batch is written, call [`Engine::outbox_changed`].
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn enqueue_push(
        &self,
        tenant: TenantId,
        challenge: ChallengeId,
        devices: &[DeviceRow],
        expires_at: i64,
    ) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::new();
        for device in devices.iter().filter(|device| device.keys.is_some() && !device.token_dead) {
            let Some(channel) = push_channel(&device.platform, &device.device_token) else { continue };
            let Some(provider) = self.provider_for(tenant, channel).await? else { continue };
            let job = NewJob {
                tenant,
                id: self.new_id()?,
                kind: channel.job_kind(),
                target: Some(device.id.local),
                subject: Some(challenge.0),
                lane: provider.id,
                // What it says is made when it goes out, of what holds then.
                payload: Vec::new(),
                created_at: self.now(),
                expires_at: Some(expires_at),
            };
            statements.push(job.insert());
        }
        Ok(statements)
    }

    /// Tells the one who sends that there may be something to send now.
    pub fn outbox_changed(&self) {
        self.outbox.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_by_which_way_it_is_reached() {
        assert_eq!(push_channel("ios", "00ff"), Some(Channel::Apns));
        assert_eq!(push_channel("android", "dGVzdA:APA91b"), Some(Channel::Fcm));
        assert_eq!(
            push_channel("android", "https://push.example.org/x#p256dh=A&auth=B"),
            Some(Channel::WebPush)
        );
        assert_eq!(push_channel("ios", "https://push.example.org/x"), Some(Channel::Apns));
        assert_eq!(push_channel("terminal", "cli-1"), None);
    }
}
