//! Waking iPhones: one request for each push, all of an account over one connection.

mod connection;
mod payload;
mod reasons;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};
use tokio::time::timeout;
use uuid::Uuid;

use super::SetupError;
use super::outgoing::{Kept, tls};
use crate::engine::providers::ApnsAccount;
use crate::engine::{Attempt, Error, Moment, Parcel, Push, Targets, Then};
use connection::{Answer, Connection};
use reasons::{Meaning, Verdict};
use token::{Token, Tokens};

/// Longest time for an attempt: less than [`crate::engine::ATTEMPT`], so that what was slow is known to be that.
const PATIENCE: Duration = Duration::from_secs(9);
/// Characters of a device's token at most. Apple's have 64, and may have more one day.
const LONGEST_TOKEN: usize = 200;

/// Pushes to Apple's devices.
#[derive(Debug)]
pub struct Apns {
    targets: Arc<Targets>,
    patience: Duration,
    lines: Kept<Arc<Line>>,
    /// By [`Tokens::name`], as long as a line uses them.
    tokens: Mutex<HashMap<[u8; 32], Weak<Tokens>>>,
}

/// An account with its connection.
#[derive(Debug)]
struct Line {
    authority: String,
    topic: HeaderValue,
    connection: Connection,
    tokens: Arc<Tokens>,
}

/// Nothing can be sent under this account; it was checked when it was made.
#[derive(Debug)]
struct Unusable;

impl From<Error> for Unusable {
    fn from(_: Error) -> Self {
        Self
    }
}

impl From<SetupError> for Unusable {
    fn from(_: SetupError) -> Self {
        Self
    }
}

impl Apns {
    /// A courier that has no connection yet. It goes to Apple, or where an account says otherwise to an address that
    /// `targets` allows.
    #[must_use]
    pub fn new(targets: Targets) -> Self {
        Self {
            targets: Arc::new(targets),
            patience: PATIENCE,
            lines: Kept::default(),
            tokens: Mutex::default(),
        }
    }

    /// The same, which gives an attempt up after so long.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Makes one attempt, which takes 9 seconds at most.
    pub async fn send(&self, parcel: &Parcel, account: &ApnsAccount, push: &Push, at: Moment<'_>) -> Attempt {
        let line = self.lines.or_make(parcel.provider.id, at.now, || self.line(account).map(Arc::new));
        let Ok(line) = line else { return Attempt::failed("unusable_account").in_trouble() };
        let Ok(came) = timeout(self.patience, line.push(parcel, push, at.seconds())).await else {
            line.connection.leave_if_silent(self.patience / 2).await;
            return Attempt::failed("timeout");
        };
        if came.trouble {
            let (provider, error) = (parcel.provider.id, came.error);
            tracing::warn!(%provider, status = came.status, error, "Apple refuses an account or its pushes; see docs/push.md");
        }
        came
    }

    fn line(&self, account: &ApnsAccount) -> Result<Line, Unusable> {
        let (host, port) = account.address()?;
        let authority = if port == 443 { host.clone() } else { format!("{host}:{port}") };
        let topic = HeaderValue::try_from(&account.topic).map_err(|_| Unusable)?;
        let tls = tls(account.ca.as_deref(), &[b"h2"])?;
        let connection = Connection::new(host, port, Arc::clone(&self.targets), tls);
        Ok(Line { authority, topic, connection, tokens: self.tokens_of(account)? })
    }

    /// Accounts that share a key share its tokens: Apple counts how often one is new.
    fn tokens_of(&self, account: &ApnsAccount) -> Result<Arc<Tokens>, Error> {
        let mut all = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, tokens| tokens.strong_count() > 0);
        let name = Tokens::name(account);
        if let Some(tokens) = all.get(&name).and_then(Weak::upgrade) {
            return Ok(tokens);
        }
        let tokens = Arc::new(Tokens::new(account)?);
        all.insert(name, Arc::downgrade(&tokens));
        Ok(tokens)
    }
}

impl Line {
    async fn push(&self, parcel: &Parcel, push: &Push, now: i64) -> Attempt {
        let Ok(mut token) = self.tokens.current(now) else { return Attempt::failed("internal") };
        let body = payload::payload(push);
        let mut renewed = false;
        loop {
            let Some(request) = self.request(parcel, push, &token) else {
                return Attempt::dead("device_token_form");
            };
            let answer = match self.connection.exchange(&request, &body).await {
                Ok(answer) => answer,
                Err(failed) => return Attempt::failed(failed.0),
            };
            let verdict = reasons::verdict(answer.status, &answer.body);
            if verdict.meaning == Meaning::Elsewhere {
                self.connection.leave(answer.connection).await;
            }
            if verdict.meaning != Meaning::Stale || renewed {
                return verdict.attempt(reference(&answer));
            }
            match self.renew(&token, now, verdict) {
                Ok(new) => (token, renewed) = (new, true),
                Err(came) => return came,
            }
        }
    }

    /// A new token after this one was called expired; not before it may be replaced.
    fn renew(&self, token: &Token, now: i64, verdict: Verdict) -> Result<Token, Attempt> {
        match self.tokens.after(token, now) {
            Ok(Ok(token)) => Ok(token),
            Ok(Err(young)) => {
                Err(Attempt { then: Then::Again(Some(young.seconds)), ..verdict.attempt(None) })
            }
            Err(_) => Err(Attempt::failed("internal")),
        }
    }

    /// None when the device's token cannot stand in a path.
    fn request(&self, parcel: &Parcel, push: &Push, token: &Token) -> Option<Request<()>> {
        let hex = push.token.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex || push.token.is_empty() || push.token.len() > LONGEST_TOKEN {
            return None;
        }
        let path = format!("/3/device/{}", push.token);
        let uri = Uri::builder().scheme("https").authority(self.authority.as_str()).path_and_query(path);
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = uri.build().ok()?;
        *request.headers_mut() = self.headers(parcel, push, token)?;
        Some(request)
    }

    fn headers(&self, parcel: &Parcel, push: &Push, token: &Token) -> Option<HeaderMap> {
        // Apple keeps a push for a phone that is off until then, and 0 means not at all.
        let expires_at = parcel.expires_at.map_or(0, |end| end / 1000);
        let mut headers = HeaderMap::with_capacity(7);
        headers.insert("authorization", token.header.clone());
        headers.insert("apns-topic", self.topic.clone());
        headers.insert("apns-push-type", HeaderValue::from_static("alert"));
        headers.insert("apns-priority", HeaderValue::from_static("10"));
        headers.insert("apns-expiration", HeaderValue::from(expires_at));
        headers.insert("apns-collapse-id", HeaderValue::try_from(push.challenge.to_string()).ok()?);
        headers.insert("apns-id", HeaderValue::try_from(parcel.id.to_string()).ok()?);
        Some(headers)
    }
}

/// What Apple calls the push: our own id, if it does as documented.
fn reference(answer: &Answer) -> Option<String> {
    let id = answer.headers.get("apns-id")?.to_str().ok()?;
    Uuid::try_parse(id).ok().map(|id| id.to_string())
}
