//! What a leased message is when its turn comes: made of what holds then, or not wanted any more.

use std::sync::Arc;

use countersign_protocol::id::{ChallengeId, DeviceId};

use super::enqueue::push_channel;
use super::message::payload_place;
use super::{Content, Language, Parcel, Push, Task};
use crate::engine::providers::{Channel, Provider};
use crate::engine::{Engine, Error, Message};
use crate::store::JobRow;
use crate::store::StoreError;
use crate::store::pushes::token_is_dead;

/// The word for a push token that a provider called dead while the message waited.
pub(super) const TOKEN_DEAD: &str = "token_dead";

impl Engine {
    /// What a leased message is, signed for this attempt.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Seal`], [`Error::Damaged`].
    pub async fn task(&self, job: &JobRow) -> Result<Task, Error> {
        if job.expires_at.is_some_and(|end| end <= self.now()) {
            return Ok(Task::Pointless("expired"));
        }
        match job.kind.as_str() {
            "webhook" => self.webhook_task(job).await,
            "push" => self.push_task(job).await,
            kind => {
                let channel = Channel::from_word(kind).ok_or(Error::Damaged("kind of message"))?;
                self.message_task(job, channel).await
            }
        }
    }

    async fn webhook_task(&self, job: &JobRow) -> Result<Task, Error> {
        let target = job.target.ok_or(Error::Damaged("message"))?;
        match self.store.webhook(job.tenant, target).await? {
            None => Ok(Task::Pointless("webhook_removed")),
            Some(webhook) if webhook.disabled.is_some() => Ok(Task::Pointless("webhook_disabled")),
            Some(webhook) => {
                let payload = self.master.open(payload_place(job.tenant, job.id), &job.payload)?;
                Ok(Task::Call(self.signed(&webhook, job.id, payload.to_vec())?))
            }
        }
    }

    async fn push_task(&self, job: &JobRow) -> Result<Task, Error> {
        let (Some(local), Some(subject)) = (job.target, job.subject) else {
            return Err(Error::Damaged("message"));
        };
        let (device, challenge) = (DeviceId { tenant: job.tenant, local }, ChallengeId(subject));
        let Some(row) = self.store.to_wake(device, challenge, self.now()).await? else {
            return Ok(Task::Pointless("device_removed"));
        };
        if !row.pending {
            return Ok(Task::Pointless("answered"));
        }
        if row.dead {
            return Ok(Task::Pointless(TOKEN_DEAD));
        }
        let Some(channel) = push_channel(&row.platform, &row.token) else {
            return Ok(Task::Pointless("not_reachable"));
        };
        let Some(provider) = self.provider_for(job.tenant, channel).await? else {
            return Ok(Task::Pointless("no_provider"));
        };
        let language = language(row.language.as_deref());
        let push = Push { device, token: row.token, challenge, language };
        Ok(carry(job, provider, Content::Push(push)))
    }

    async fn message_task(&self, job: &JobRow, channel: Channel) -> Result<Task, Error> {
        if let Some(challenge) = job.subject {
            match self.store.code_wanted(job.tenant, challenge, self.now()).await? {
                Some(row) if row.pending && row.newest.is_some_and(|newest| newest != job.id) => {
                    return Ok(Task::Pointless("superseded"));
                }
                Some(row) if row.pending => {}
                _ => return Ok(Task::Pointless("answered")),
            }
        }
        let Some(provider) = self.provider_for(job.tenant, channel).await? else {
            return Ok(Task::Pointless("no_provider"));
        };
        let plain = self.master.open(payload_place(job.tenant, job.id), &job.payload)?;
        let message: Message = serde_json::from_slice(&plain).map_err(|_| Error::Damaged("message"))?;
        Ok(carry(job, provider, Content::Message(message)))
    }

    /// Forgets the token that was just pushed to. False when it is another one by now.
    pub(super) async fn forget_token(&self, push: &Push, dead_since: i64) -> Result<bool, Error> {
        let device = push.device;
        let dead = token_is_dead(device, &push.token, dead_since, self.now());
        let event = self.event(device.tenant, "device.token_dead", &"server", &device)?;
        match self.store.write(vec![dead, event]).await {
            Ok(()) => Ok(true),
            Err(StoreError::Unmet(0)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn carry(job: &JobRow, provider: Arc<Provider>, content: Content) -> Task {
    let (tenant, id, expires_at) = (job.tenant, job.id, job.expires_at);
    Task::Carry(Box::new(Parcel { tenant, id, expires_at, provider, content }))
}

/// A stored language; English where nobody said.
fn language(word: Option<&str>) -> Language {
    if word == Some("ar") { Language::Ar } else { Language::En }
}
