//! The access token under which messages are sent: asked for with an assertion that the service account's key signs
//! (RFC 7523), kept until shortly before it ends, and asked for by one at a time.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;
use zeroize::Zeroizing;

use super::super::jwt::rs256;
use super::super::outgoing::retry_after;
use super::super::outgoing::{Clients, body, word};
use crate::engine::providers::{FcmAccount, Secret};
use crate::engine::{Attempt, Moment, Then};

/// What we may do: send messages.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// Whom the assertion is for: always this, also where it is handed in elsewhere.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
/// Seconds for which the assertion is good; Google allows no more.
const ASSERTION: i64 = 3_600;
/// Milliseconds before its end from which a token is not used any more: 5 minutes.
const SPARE: i64 = 300_000;
/// Seconds that a token lasts at most, whatever is said: one day.
const LONGEST: i64 = 86_400;
/// Bytes of a reply that are read at most.
const REPLY: usize = 64 * 1024;

/// A token.
#[derive(Clone)]
pub(super) struct Token {
    header: HeaderValue,
    /// Milliseconds since 1970, from when on it is not used any more.
    until: i64,
    /// Which one it is.
    number: u64,
}

impl Token {
    /// `Authorization`.
    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

/// The token of one account, for all who send under it.
#[derive(Default)]
pub(super) struct Tokens {
    held: Mutex<Held>,
    /// How often asking for a token has failed.
    failures: AtomicU64,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    failure: Option<Attempt>,
    number: u64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// A token that is good and is not `spent`. Of those who come together one asks for it, and the others wait for what
    /// comes of that, also when it fails: they do not each knock at a door that is shut.
    ///
    /// # Errors
    /// An attempt that failed.
    pub(super) async fn get(
        &self,
        clients: &Clients,
        account: &FcmAccount,
        at: Moment<'_>,
        spent: Option<&Token>,
    ) -> Result<Token, Attempt> {
        let failures = self.failures.load(Ordering::Acquire);
        let mut held = self.held.lock().await;
        let good =
            |token: &&Token| at.now < token.until && spent.is_none_or(|old| old.number != token.number);
        if let Some(token) = held.token.as_ref().filter(good) {
            return Ok(token.clone());
        }
        if self.failures.load(Ordering::Acquire) != failures
            && let Some(failure) = &held.failure
        {
            return Err(failure.clone());
        }
        match ask(clients, account, at).await {
            Ok((header, until)) => {
                held.number += 1;
                let token = Token { header, until, number: held.number };
                held.token = Some(token.clone());
                Ok(token)
            }
            Err(failure) => {
                held.failure = Some(failure.clone());
                self.failures.fetch_add(1, Ordering::AcqRel);
                Err(failure)
            }
        }
    }
}

/// Asks for a token: the header that shows it, and until when it is used.
async fn ask(clients: &Clients, account: &FcmAccount, at: Moment<'_>) -> Result<(HeaderValue, i64), Attempt> {
    let refused = || Attempt::failed("refused_address").in_trouble();
    let url = Url::parse(&account.token_uri).map_err(|_| refused())?;
    let client = clients.towards(&url).ok_or_else(refused)?;
    let assertion = assertion(account, at.seconds());
    let assertion = assertion.ok_or_else(|| Attempt::failed("unusable_key").in_trouble())?;
    let form =
        format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
    let request = client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    match request.body(form).send().await {
        Ok(response) => answered(response, at).await,
        Err(error) => Err(Attempt::failed(word(&error))),
    }
}

/// What we sign; none when the key cannot sign. Its characters are those of base64url, so a form takes it as it is.
fn assertion(account: &FcmAccount, now: i64) -> Option<String> {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": account.private_key_id });
    let claims = json!({
        "iss": account.client_email, "scope": SCOPE, "aud": AUDIENCE, "iat": now, "exp": now + ASSERTION,
    });
    rs256(&account.key().ok()?, &header, &claims)
}

/// What is answered to an assertion (RFC 6749 §5.1), as far as it is needed.
#[derive(Deserialize)]
struct Given {
    access_token: Secret,
    expires_in: i64,
}

async fn answered(response: Response, at: Moment<'_>) -> Result<(HeaderValue, i64), Attempt> {
    let status = response.status().as_u16();
    let wait = retry_after(response.headers(), at.seconds());
    let failed = |word| Attempt { then: Then::Again(wait), ..Attempt::failed(word).with_status(status) };
    match status {
        200 => {}
        408 | 429 | 500..=599 => return Err(failed("token_unavailable")),
        // The key was revoked, the account was removed, or our clock is wrong.
        _ => return Err(failed("token_refused").in_trouble()),
    }
    let read = Zeroizing::new(body(response, REPLY).await.ok_or_else(|| failed("token_unavailable"))?);
    let given: Given = serde_json::from_slice(&read).map_err(|_| failed("token_unreadable"))?;
    let shown = Zeroizing::new(format!("Bearer {}", given.access_token.reveal()));
    let mut header = HeaderValue::from_str(&shown).map_err(|_| failed("token_unreadable"))?;
    header.set_sensitive(true);
    let lasts = given.expires_in.clamp(0, LONGEST) * 1000;
    Ok((header, at.now + (lasts - SPARE).max(0)))
}
