//! Google's push service, FCM v1: one message for one device, under an access token of the project's service account.
//! What the answers mean is in `verdict`, how the token is had in `tokens`.

mod tokens;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use super::SetupError;
use super::alert::data;
use super::outgoing::retry_after;
use super::outgoing::{Clients, Kept, body, word};
use crate::engine::providers::FcmAccount;
use crate::engine::{Attempt, Moment, Parcel, Push, Targets};
use tokens::{Token, Tokens};
use verdict::verdict;

/// Longest time for an attempt: at most a new token and two requests. Shorter than whoever sends waits.
const PATIENCE: Duration = Duration::from_secs(9);
/// The same for each request.
const ONE_PATIENCE: Duration = Duration::from_secs(5);
/// Pushes at once while no connection is known to be open: each of them may open one, and one carries them all. And for
/// how many milliseconds after an answer one is; idle ones are closed after 30 seconds.
const FIRST: (usize, i64) = (4, 20_000);
/// Bytes of a reply that are read at most.
const REPLY: usize = 64 * 1024;
/// Seconds that a message without an end of its own is kept by Google at most: the longest answer window (S2).
const LONGEST: i64 = 600;
/// Characters of Google's name for a message that are kept at most.
const REFERENCE: usize = 200;

/// Carries pushes to Google.
#[derive(Debug)]
pub struct Fcm {
    targets: Arc<Targets>,
    projects: Kept<Arc<Project>>,
}

/// What is kept for one account.
#[derive(Debug)]
struct Project {
    clients: Clients,
    tokens: Tokens,
    /// Milliseconds since 1970, when Google answered last.
    answered_at: AtomicI64,
    first: Semaphore,
}

impl Project {
    /// Waits where every push would open a connection of its own.
    async fn turn(&self, now: i64) -> Option<SemaphorePermit<'_>> {
        let open = || now - self.answered_at.load(Ordering::Acquire) < FIRST.1;
        if open() {
            return None;
        }
        let turn = self.first.acquire().await.ok();
        turn.filter(|_| !open())
    }
}

/// One message on its way.
struct Sending<'a> {
    project: &'a Project,
    account: &'a FcmAccount,
    message: String,
    at: Moment<'a>,
}

impl Fcm {
    /// A courier that has no connection yet. It goes to Google, or where an account says otherwise to an address that
    /// `targets` allows.
    #[must_use]
    pub fn new(targets: Targets) -> Self {
        Self { targets: Arc::new(targets), projects: Kept::default() }
    }

    /// Makes one attempt, which takes 9 seconds at most.
    pub async fn send(&self, parcel: &Parcel, account: &FcmAccount, push: &Push, at: Moment<'_>) -> Attempt {
        let left = parcel.expires_at.map_or(LONGEST, |end| (end - at.now) / 1000);
        if left <= 0 {
            return Attempt::dead("expired");
        }
        let Ok(project) = self.project(parcel, account, at) else {
            return Attempt::failed("unusable_account").in_trouble();
        };
        let message = message(push, left.min(LONGEST)).to_string();
        let sending = Sending { project: &project, account, message, at };
        let came = tokio::time::timeout(PATIENCE, sending.send()).await;
        came.unwrap_or_else(|_| Attempt::failed("timeout"))
    }
}

impl Fcm {
    fn project(
        &self,
        parcel: &Parcel,
        account: &FcmAccount,
        at: Moment<'_>,
    ) -> Result<Arc<Project>, SetupError> {
        self.projects.or_make(parcel.provider.id, at.now, || {
            let clients = Clients::new(&self.targets, account.ca.as_deref(), ONE_PATIENCE, "Countersign")?;
            let (answered_at, first) = (AtomicI64::new(0), Semaphore::new(FIRST.0));
            Ok(Arc::new(Project { clients, tokens: Tokens::default(), answered_at, first }))
        })
    }
}

/// What Google is told. Without a `notification` part, so that the app is woken and decides what to show; its words are
/// there for when it cannot reach the server.
fn message(push: &Push, ttl: i64) -> Value {
    json!({ "message": {
        "token": push.token,
        "data": data(push),
        "android": {
            "priority": "high",
            "ttl": format!("{ttl}s"),
            "collapse_key": push.challenge.to_string(),
        },
    }})
}

impl Sending<'_> {
    /// Sends it, once more with a new token when Google no longer takes the old one.
    async fn send(&self) -> Attempt {
        let token = match self.token(None).await {
            Ok(token) => token,
            Err(attempt) => return attempt,
        };
        match self.post(&token).await {
            Err(attempt) if attempt.error == Some(verdict::UNAUTHENTICATED) => {
                match self.token(Some(&token)).await {
                    Ok(token) => self.post(&token).await.unwrap_or_else(|attempt| attempt),
                    Err(attempt) => attempt,
                }
            }
            came => came.unwrap_or_else(|attempt| attempt),
        }
    }

    async fn token(&self, spent: Option<&Token>) -> Result<Token, Attempt> {
        self.project.tokens.get(&self.project.clients, self.account, self.at, spent).await
    }

    /// `Err` is an attempt that failed.
    async fn post(&self, token: &Token) -> Result<Attempt, Attempt> {
        let refused = || Attempt::failed("refused_address").in_trouble();
        let url = Url::parse(&self.account.send_url()).map_err(|_| refused())?;
        let client = self.project.clients.towards(&url).ok_or_else(refused)?;
        let request = client.post(url).header(AUTHORIZATION, token.header());
        let request = request.header(CONTENT_TYPE, "application/json; charset=UTF-8");
        let turn = self.project.turn(self.at.now).await;
        let came = request.body(self.message.clone()).send().await;
        drop(turn);
        match came {
            Ok(response) => {
                self.project.answered_at.fetch_max(self.at.now, Ordering::AcqRel);
                answered(response, self.at.seconds()).await
            }
            Err(error) => Err(Attempt::failed(word(&error))),
        }
    }
}

async fn answered(response: Response, now: i64) -> Result<Attempt, Attempt> {
    let status = response.status();
    let wait = retry_after(response.headers(), now);
    // A body that breaks off says nothing, and the status has said enough: a message is not sent twice for it.
    let body = body(response, REPLY).await.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let body = body.unwrap_or(Value::Null);
    match status {
        StatusCode::OK => {
            let name = body.get("name").and_then(Value::as_str).filter(|name| is_name(name));
            Ok(Attempt::done(Some(status.as_u16()), name.map(str::to_owned)))
        }
        _ => Err(verdict(status.as_u16(), &body, wait)),
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= REFERENCE && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Language;
    use countersign_protocol::id::{ChallengeId, DeviceId, TenantId};
    use uuid::Uuid;

    #[test]
    fn property_8_a_message_has_an_id_and_a_sentence_and_nothing_of_what_is_asked() {
        let tenant = TenantId(Uuid::from_u128(1));
        let push = Push {
            device: DeviceId { tenant, local: Uuid::from_u128(2) },
            token: "t".repeat(2048),
            challenge: ChallengeId(Uuid::from_u128(3)),
            language: Language::Ar,
        };
        let made = message(&push, 57);
        let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members(&made["message"]), ["android", "data", "token"]);
        assert_eq!(members(&made["message"]["data"]), ["body", "challenge", "title"]);
        assert!(made["message"]["data"].as_object().unwrap().values().all(Value::is_string));
        assert_eq!(made["message"]["android"]["ttl"], "57s");
        assert!(made["message"]["data"].to_string().len() < 4096 - 64);
    }
}
