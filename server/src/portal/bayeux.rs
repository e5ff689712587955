//! Telling a page of a relying party, by the Bayeux protocol, that a sign-in has ended: what Acceptto's own samples listen to.
//! There is one thing to subscribe to, `/messages/` and a channel, and one message, which says that it is over and not how:
//! that is for who has the application's secret. Why it is this little: ADR 0025.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::engine::{Engine, Error, Standing};
use crate::host::random;

/// How long a connect is held at most.
const HOLD: Duration = Duration::from_secs(25);
/// Milliseconds for which somebody listens at most: a transaction is gone by then.
const LISTENS: i64 = 15 * 60 * 1000;
/// Clients that listen at most, all together and to one channel.
const CLIENTS: usize = 4096;
const CLIENTS_OF_ONE: usize = 8;
/// Connects of one client that are held at a time: the last one and, where the network lost that, the next.
const HELD: usize = 2;
/// Messages in a request at most.
const BATCH: usize = 16;
/// Where a channel stands in what is subscribed to.
const MESSAGES: &str = "/messages/";

/// `/faye`.
pub(crate) fn faye() -> Router<Arc<Engine>> {
    Router::new()
        .route("/faye", post(messages).options(beforehand))
        .layer(Extension(Arc::new(Clients::default())))
}

/// Who listens, on this node and in memory. A client of another node, or of the time before a restart, is told to shake
/// hands again, and then subscribes by itself.
#[derive(Default)]
struct Clients {
    /// How the ids begin that this node gives out.
    ours: OnceLock<String>,
    listening: Mutex<HashMap<String, Listener>>,
}

#[derive(Clone)]
struct Listener {
    channel: Zeroizing<String>,
    /// Milliseconds since 1970.
    until: i64,
    held: Arc<Semaphore>,
    /// The id of the connect whose answer said that it is over. A client that lost the answer sends that connect again.
    told: Option<String>,
}

/// What a client sends. There is no `Debug`: a channel is in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    channel: String,
    id: Option<String>,
    client_id: Option<String>,
    supported_connection_types: Option<Vec<String>>,
    connection_type: Option<String>,
    subscription: Option<String>,
    advice: Option<Wish>,
}

#[derive(Deserialize)]
struct Wish {
    /// Milliseconds.
    timeout: Option<u64>,
}

/// A body: one message or several, as JSON or in the field `message` of a form. JSON is known by how it begins: in a
/// browser the form comes as plain text.
fn read(body: &[u8]) -> Option<Vec<Message>> {
    let parse = |text: &[u8]| match text.trim_ascii_start().first()? {
        b'[' => serde_json::from_slice(text).ok(),
        _ => Some(vec![serde_json::from_slice(text).ok()?]),
    };
    let all: Vec<Message> = match body.trim_ascii_start().first()? {
        b'[' | b'{' => parse(body)?,
        _ => {
            let fields = url::form_urlencoded::parse(body).filter(|(name, _)| name == "message");
            let lists: Option<Vec<Vec<Message>>> = fields.map(|(_, text)| parse(text.as_bytes())).collect();
            lists?.into_iter().flatten().collect()
        }
    };
    (1..=BATCH).contains(&all.len()).then_some(all)
}

/// `POST /faye`.
async fn messages(
    State(engine): State<Arc<Engine>>,
    Extension(clients): Extension<Arc<Clients>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(all) = read(&body) else {
        let told =
            "the body must be one to sixteen Bayeux messages, as JSON or in the field message of a form\n";
        return readable(&headers, (StatusCode::BAD_REQUEST, told).into_response());
    };
    // Only a connect that comes alone is held: what comes with others must not keep their answers.
    let alone = all.len() == 1;
    let mut replies = Vec::new();
    for message in &all {
        for mut reply in clients.answer(&engine, message, alone).await {
            if let Some(answer) = reply.as_object_mut().filter(|answer| !answer.contains_key("data")) {
                for (name, value) in [("id", &message.id), ("clientId", &message.client_id)] {
                    if let Some(value) = value {
                        answer.entry(name).or_insert_with(|| value.as_str().into());
                    }
                }
            }
            replies.push(reply);
        }
    }
    readable(&headers, Json(replies).into_response())
}

/// `OPTIONS /faye`: a browser asks beforehand.
async fn beforehand(headers: HeaderMap) -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, pragma, x-requested-with"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    readable(&headers, (StatusCode::NO_CONTENT, allowed).into_response())
}

/// Lets the page read the answer, whosever it is. It hangs on nothing but what the request says: no cookie is looked at, and
/// whoever knows a channel may ask from anywhere. That cookies may come along is what Faye's client insists on.
fn readable(headers: &HeaderMap, mut response: Response) -> Response {
    let reply = response.headers_mut();
    reply.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = headers.get(header::ORIGIN) {
        reply.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        reply.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    response
}

/// A connect's answer, and after how many milliseconds the next one should come.
fn connected(interval: u64) -> Value {
    let advice = json!({"reconnect": "retry", "interval": interval, "timeout": milliseconds(HOLD)});
    json!({"channel": "/meta/connect", "successful": true, "advice": advice})
}

fn refused(channel: &str, error: &str, reconnect: &str) -> Value {
    json!({"channel": channel, "successful": false, "error": error, "advice": {"reconnect": reconnect, "interval": 1000}})
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Clients {
    async fn answer(&self, engine: &Engine, message: &Message, alone: bool) -> Vec<Value> {
        let channel = message.channel.as_str();
        if channel == "/meta/handshake" {
            return vec![self.handshake(engine, message)];
        }
        let Some(client) = message.client_id.as_deref().filter(|id| self.gave_out(id)) else {
            return vec![refused(channel, "401::Unknown client", "handshake")];
        };
        match channel {
            "/meta/connect" => self.connect(engine, client, message, alone).await,
            "/meta/subscribe" => vec![self.subscribe(engine, client, message).await],
            "/meta/unsubscribe" | "/meta/disconnect" => {
                self.lock().remove(client);
                vec![json!({"channel": channel, "successful": true, "subscription": message.subscription})]
            }
            // Nobody but the server has anything to say here.
            _ => vec![refused(channel, "403::Nothing is published here", "retry")],
        }
    }

    /// A new id. Nothing is kept for it before it subscribes.
    fn handshake(&self, engine: &Engine, message: &Message) -> Value {
        let speaks = |all: &Vec<String>| all.iter().any(|one| one == "long-polling");
        if !message.supported_connection_types.as_ref().is_none_or(speaks) {
            return refused(&message.channel, "301::Only long-polling is spoken here", "none");
        }
        let Ok(dice) = random::<24>(engine.rng()) else {
            return refused(&message.channel, "500::No randomness", "retry");
        };
        let (node, own) = dice.split_at(8);
        let client =
            self.ours.get_or_init(|| URL_SAFE_NO_PAD.encode(node)).clone() + &URL_SAFE_NO_PAD.encode(own);
        json!({
            "channel": message.channel, "version": "1.0", "supportedConnectionTypes": ["long-polling"],
            "clientId": client, "successful": true,
            "advice": {"reconnect": "retry", "interval": 0, "timeout": milliseconds(HOLD)},
        })
    }

    fn gave_out(&self, client: &str) -> bool {
        client.len() == 33 && self.ours.get().is_some_and(|ours| client.starts_with(ours))
    }

    /// Takes a subscription to a transaction's channel. Knowing that is what entitles: it has 256 random bits.
    async fn subscribe(&self, engine: &Engine, client: &str, message: &Message) -> Value {
        let named = message.subscription.as_deref().unwrap_or_default();
        let known = match named.strip_prefix(MESSAGES) {
            Some(channel) => engine.transaction(channel).await.map(|_| channel),
            None => Err(Error::TransactionNotFound),
        };
        let channel = match known {
            Ok(channel) => channel,
            Err(Error::TransactionNotFound) => {
                return refused(&message.channel, "403:subscription:No such channel", "retry");
            }
            Err(_) => return refused(&message.channel, "500::Try again", "retry"),
        };
        if self.listen(client, channel, engine.unix_ms()) {
            json!({"channel": message.channel, "successful": true, "subscription": named})
        } else {
            refused(&message.channel, "503::Too many listen", "retry")
        }
    }

    fn listen(&self, client: &str, channel: &str, now: i64) -> bool {
        let mut all = self.lock();
        if all.get(client).is_some_and(|listener| *listener.channel == channel) {
            return true;
        }
        all.retain(|_, listener| listener.until > now);
        let same = all.values().filter(|listener| *listener.channel == channel).count();
        if all.contains_key(client) || all.len() >= CLIENTS || same >= CLIENTS_OF_ONE {
            return false;
        }
        let channel = Zeroizing::new(channel.to_owned());
        let held = Arc::new(Semaphore::new(HELD));
        all.insert(client.to_owned(), Listener { channel, until: now + LISTENS, held, told: None });
        true
    }

    /// Waits with the client until its sign-in is over. Who has nothing to wait for comes again later.
    async fn connect(&self, engine: &Engine, client: &str, message: &Message, alone: bool) -> Vec<Value> {
        if message.connection_type.as_deref() != Some("long-polling") {
            return vec![refused(&message.channel, "301::Only long-polling is spoken here", "none")];
        }
        let Some(listener) = self.lock().get(client).cloned() else { return vec![connected(1_000)] };
        if listener.told.is_some() && listener.told != message.id {
            return vec![connected(milliseconds(HOLD))];
        }
        let Ok(_held) = listener.held.try_acquire() else { return vec![connected(1_000)] };
        let wish = message.advice.as_ref().and_then(|wish| wish.timeout).map_or(HOLD, Duration::from_millis);
        let wait = if alone { wish.min(HOLD) } else { Duration::ZERO };
        match is_over(engine, &listener.channel, wait).await {
            Ok(false) => vec![connected(0)],
            Ok(true) => {
                if let Some(listener) = self.lock().get_mut(client) {
                    listener.told = Some(message.id.clone().unwrap_or_default());
                }
                let to = format!("{MESSAGES}{}", *listener.channel);
                vec![json!({"channel": to, "data": {"finished": true}}), connected(0)]
            }
            Err(_) => vec![connected(5_000)],
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Listener>> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is over, at once or within `wait`. One that is forgotten is over too.
async fn is_over(engine: &Engine, channel: &str, wait: Duration) -> Result<bool, Error> {
    let end = Instant::now() + wait;
    let mut looked = engine.transaction(channel).await;
    loop {
        let standing = match looked {
            Ok(transaction) => transaction.standing,
            Err(Error::TransactionNotFound) => return Ok(true),
            Err(error) => return Err(error),
        };
        if !matches!(standing, Standing::Open { .. } | Standing::Waiting { .. }) {
            return Ok(true);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || engine.is_closing() {
            return Ok(false);
        }
        looked = engine.transaction_changed(channel, standing, left).await;
    }
}
