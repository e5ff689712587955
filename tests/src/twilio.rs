//! Twilio, as far as a test needs it: takes calls and messages, answers as a test tells it to, and asks back under its
//! signature as the real one does. The signature is made here by code of our own, not the server's.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_server::engine::providers::{Secret, TwilioAccount};
use percent_encoding::percent_decode_str;
use ring::hmac;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::NEVER;
use crate::http::{self, Reply, Request};

/// The account that it knows.
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// The account's token.
pub const TOKEN: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0f";

/// A Twilio of a test's own.
#[derive(Debug)]
pub struct Twilio {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it answers next, in place of taking what it is given: status, and the error's number.
    refusals: Arc<Mutex<VecDeque<(u16, u32)>>>,
    asked: mpsc::UnboundedReceiver<Asked>,
    serving: JoinHandle<()>,
}

/// What it was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `Calls.json` or `Messages.json`.
    pub resource: String,
    /// The form.
    pub fields: Vec<(String, String)>,
    /// What it calls the new thing; empty when it refused.
    pub sid: String,
}

#[derive(Clone)]
struct Taking {
    refusals: Arc<Mutex<VecDeque<(u16, u32)>>>,
    asked: mpsc::UnboundedSender<Asked>,
}

impl Twilio {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let refusals = Arc::new(Mutex::new(VecDeque::new()));
        let (sender, asked) = mpsc::unbounded_channel();
        let state = Taking { refusals: Arc::clone(&refusals), asked: sender };
        let app = Router::new().fallback(take).with_state(state);
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, refusals, asked, serving }
    }

    /// The account there.
    #[must_use]
    pub fn account(&self) -> TwilioAccount {
        TwilioAccount {
            account_sid: ACCOUNT.to_owned(),
            auth_token: Secret::new(TOKEN.to_owned()),
            from: "+15005550006".to_owned(),
            endpoint: Some(format!("http://{}", self.address)),
            ca: None,
        }
    }

    /// Answers the next request with this status and error.
    pub fn refuse(&self, status: u16, code: u32) {
        self.refusals.lock().unwrap().push_back((status, code));
    }

    /// What it is asked for next, which must come.
    pub async fn next(&mut self) -> Asked {
        let next = tokio::time::timeout(NEVER, self.asked.recv());
        next.await.expect("it is asked for something").expect("it runs")
    }

    /// What it was asked for and no test has looked at.
    pub fn rest(&mut self) -> Vec<Asked> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }
}

impl Drop for Twilio {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Asked {
    /// A field, which must be there.
    #[must_use]
    #[track_caller]
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        &found.unwrap_or_else(|| panic!("no {name}")).1
    }
}

async fn take(
    State(state): State<Taking>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let error = |status: u16, code: u32| {
        let status = StatusCode::from_u16(status).unwrap();
        (status, axum::Json(json!({"code": code, "message": "no", "status": status.as_u16()})))
            .into_response()
    };
    let login = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    if headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some(&login) {
        return error(401, 20_003);
    }
    let Some(resource) = uri.path().strip_prefix(&format!("/2010-04-01/Accounts/{ACCOUNT}/")) else {
        return error(404, 20_404);
    };
    let refused = state.refusals.lock().unwrap().pop_front();
    let kind = if resource == "Calls.json" { "CA" } else { "SM" };
    let fields = form(&body);
    let digest = ring::digest::digest(&ring::digest::SHA256, &body);
    let name: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let sid = if refused.is_some() { String::new() } else { format!("{kind}{name}") };
    // The test may have ended.
    let _nobody = state.asked.send(Asked { resource: resource.to_owned(), fields, sid: sid.clone() });
    match refused {
        Some((status, code)) => error(status, code),
        None => (StatusCode::CREATED, axum::Json(json!({"sid": sid, "status": "queued"}))).into_response(),
    }
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let decoded =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// `X-Twilio-Signature` of a request to `url` with the fields of a form.
#[must_use]
pub fn signature(token: &str, url: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let text = sorted.iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

/// Asks back as Twilio does: POST of a form to `url`, signed with `token`.
pub async fn post(token: &str, url: &str, fields: &[(&str, &str)]) -> Reply {
    let (address, target) = split(url);
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", http::segment(name), http::segment(value)))
        .collect();
    let request = Request::new("POST", target)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("X-Twilio-Signature", &signature(token, url, fields))
        .body(body.join("&"));
    http::send(address, &request).await
}

/// The same by GET, with everything in the address.
pub async fn get(token: &str, url: &str) -> Reply {
    let (address, target) = split(url);
    let request = Request::new("GET", target).header("X-Twilio-Signature", &signature(token, url, &[]));
    http::send(address, &request).await
}

fn split(url: &str) -> (SocketAddr, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, _) = rest.split_once('/').unwrap();
    (host.parse().unwrap(), &rest[host.len()..])
}
