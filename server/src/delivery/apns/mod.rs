//! Waking iPhones: one request for each push, all of an account over one connection.

mod connection;
mod payload;
mod reasons;
mod token;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::engine::providers::ApnsAccount;
use crate::engine::{Attempt, Error, Moment, Parcel, Push, Then};
use connection::{Answer, Connection};
use reasons::{Meaning, Verdict};
use token::{Token, Tokens};

/// Longest time for an attempt: less than [`crate::engine::ATTEMPT`], so that what was slow is known to be that.
const PATIENCE: Duration = Duration::from_secs(9);
/// For how long a connection is kept that nothing goes over. Apple asks to keep them.
const UNUSED: Duration = Duration::from_secs(3_600);
/// How often is looked for such.
const LOOK: Duration = Duration::from_secs(60);
/// Characters of a device's token at most. Apple's have 64, and may have more one day.
const LONGEST_TOKEN: usize = 200;

/// Pushes to Apple's devices.
pub struct Apns {
    patience: Duration,
    kept: Mutex<Kept>,
}

/// What is kept between pushes.
struct Kept {
    lines: HashMap<Uuid, (Arc<Line>, Instant)>,
    /// By [`Tokens::name`].
    tokens: HashMap<[u8; 32], Weak<Tokens>>,
    looked_at: Instant,
}

/// An account with its connection.
struct Line {
    authority: String,
    topic: HeaderValue,
    connection: Connection,
    tokens: Arc<Tokens>,
}

impl Default for Apns {
    fn default() -> Self {
        Self::new(PATIENCE)
    }
}

impl fmt::Debug for Apns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apns").finish_non_exhaustive()
    }
}

impl Apns {
    /// One that waits so long for an answer. Opens no connection yet.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        let kept = Kept { lines: HashMap::new(), tokens: HashMap::new(), looked_at: Instant::now() };
        Self { patience, kept: Mutex::new(kept) }
    }

    /// Makes one attempt.
    pub async fn send(&self, parcel: &Parcel, account: &ApnsAccount, push: &Push, at: Moment<'_>) -> Attempt {
        let line = match self.line(parcel.provider.id, account) {
            Ok(line) => line,
            Err(_) => return Attempt::dead("account").in_trouble(),
        };
        let came = match timeout(self.patience, line.push(parcel, push, at.seconds())).await {
            Ok(came) => came,
            Err(_) => {
                line.connection.leave_if_silent(self.patience).await;
                Attempt::failed("timeout")
            }
        };
        if came.trouble {
            let (provider, error) = (parcel.provider.id, came.error);
            tracing::warn!(%provider, status = came.status, error, "Apple refuses an account or its pushes; see docs/push.md");
        }
        came
    }

    /// The account's line: a new one when it is new.
    fn line(&self, provider: Uuid, account: &ApnsAccount) -> Result<Arc<Line>, Error> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forget_unused();
        if let Some((line, used)) = kept.lines.get_mut(&provider) {
            *used = Instant::now();
            return Ok(Arc::clone(line));
        }
        let line = Arc::new(Line::new(account, kept.tokens_of(account)?)?);
        kept.lines.insert(provider, (Arc::clone(&line), Instant::now()));
        Ok(line)
    }
}

impl Kept {
    fn forget_unused(&mut self) {
        if self.looked_at.elapsed() < LOOK {
            return;
        }
        self.looked_at = Instant::now();
        self.lines.retain(|_, (_, used)| used.elapsed() < UNUSED);
        self.tokens.retain(|_, tokens| tokens.strong_count() > 0);
    }

    fn tokens_of(&mut self, account: &ApnsAccount) -> Result<Arc<Tokens>, Error> {
        let name = Tokens::name(account);
        if let Some(tokens) = self.tokens.get(&name).and_then(Weak::upgrade) {
            return Ok(tokens);
        }
        let tokens = Arc::new(Tokens::new(account)?);
        self.tokens.insert(name, Arc::downgrade(&tokens));
        Ok(tokens)
    }
}

impl Line {
    fn new(account: &ApnsAccount, tokens: Arc<Tokens>) -> Result<Self, Error> {
        let (host, port) = account.address()?;
        let authority = if port == 443 { host.clone() } else { format!("{host}:{port}") };
        let topic = HeaderValue::try_from(&account.topic).map_err(|_| Error::Damaged("apns topic"))?;
        let connection =
            Connection::new(host, port, account.roots()?).map_err(|_| Error::Damaged("apns connection"))?;
        Ok(Self { authority, topic, connection, tokens })
    }

    async fn push(&self, parcel: &Parcel, push: &Push, now: i64) -> Attempt {
        let Ok(mut token) = self.tokens.current(now) else { return Attempt::failed("internal") };
        let body = payload::payload(push.challenge, push.language);
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
