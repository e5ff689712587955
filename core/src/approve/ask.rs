//! Any request that a device signs with its possession key: `Authorization: Device <cs-request+jwt>`.
//!
//! The server's nonce makes it fresh. A stale one is answered with 401 and a new one; then the request is signed again
//! and sent again, once. What the reply says is read by whoever asked.

use std::borrow::Cow;

use countersign_protocol::jws::{Purpose, Unsigned};
use countersign_protocol::problem::Code;
use countersign_protocol::request::{NONCE_HEADER, RequestProof, SCHEME};
use countersign_protocol::wire::{PushToken, Rename, SubmitRule};

use super::Account;
use crate::exchange::{Method, Reply, ReplyError, Request, to_json};

/// A question to the server that still needs a nonce and a signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    method: Method,
    path: Cow<'static, str>,
    query: String,
    accept: Option<&'static str>,
    body: Option<Vec<u8>>,
    wait_seconds: u32,
    repeated: bool,
}

/// What a reply to a signed request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskNext {
    /// The nonce was stale: sign and send once more, with the nonce that the reply brought.
    Again,
    /// This is the reply.
    Done,
}

impl std::fmt::Debug for Ask {
    /// The body may hold a push token, so it is not printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ask").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

impl Ask {
    /// Longest time the server is asked to hold an inbox back, in seconds.
    pub const MAX_WAIT: u32 = 25;

    fn new(method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        Self {
            method,
            path: path.into(),
            query: String::new(),
            accept: None,
            body: None,
            wait_seconds: 0,
            repeated: false,
        }
    }

    /// What waits for this device. With `wait_seconds` over 0 (at most [`Ask::MAX_WAIT`]) the server holds the reply
    /// back until something does.
    #[must_use]
    pub fn inbox(wait_seconds: u32) -> Self {
        let wait_seconds = wait_seconds.min(Self::MAX_WAIT);
        let query = if wait_seconds == 0 { String::new() } else { format!("?wait={wait_seconds}") };
        Self { query, wait_seconds, ..Self::new(Method::Get, "/challenges") }
    }

    /// The stream of inboxes (server-sent events).
    #[must_use]
    pub fn events() -> Self {
        Self { accept: Some("text/event-stream"), ..Self::new(Method::Get, "/events") }
    }

    /// The server's chain of keys.
    #[must_use]
    pub fn server_keys() -> Self {
        Self::new(Method::Get, "/server-keys")
    }

    /// What was asked of this device before.
    #[must_use]
    pub fn history() -> Self {
        Self::new(Method::Get, "/history")
    }

    /// A new place for pushes.
    #[must_use]
    pub fn push_token(device_token: &str) -> Self {
        let body = to_json(&PushToken { device_token: device_token.to_owned() });
        Self { body: Some(body), ..Self::new(Method::Put, "/push-token") }
    }

    /// A new name for the device, 1…100 characters.
    #[must_use]
    pub fn rename(device_name: &str) -> Self {
        let body = to_json(&Rename { device_name: device_name.to_owned() });
        Self { body: Some(body), ..Self::new(Method::Patch, "") }
    }

    /// The end of the device.
    #[must_use]
    pub fn remove() -> Self {
        Self::new(Method::Delete, "")
    }

    /// The rules of this device.
    #[must_use]
    pub fn rules() -> Self {
        Self::new(Method::Get, "/rules")
    }

    /// Hands in a rule that the verification key has signed.
    #[must_use]
    pub fn make_rule(rule: &str) -> Self {
        let body = to_json(&SubmitRule { rule: rule.to_owned() });
        Self { body: Some(body), ..Self::new(Method::Post, "/rules") }
    }

    /// The end of a rule. `id` is one that [`super::KnownRules`] has read: letters, digits, `-` and `_`.
    #[must_use]
    pub fn end_rule(id: &str) -> Self {
        Self::new(Method::Delete, format!("/rules/{id}"))
    }

    /// What the possession key signs. `nonce` is the account's latest; an empty one makes the server send the first.
    #[must_use]
    pub fn to_sign(&self, account: &Account, nonce: &str) -> Unsigned {
        let proof = RequestProof {
            iss: account.device,
            aud: account.server.clone(),
            htm: self.method.as_str().to_owned(),
            // Without the query (RFC 9449 §4.2): what it says can only delay the reply.
            htu: account.url(&self.path),
            nonce: nonce.to_owned(),
            bsh: countersign_protocol::sha256_base64url(self.body.as_deref().unwrap_or_default()),
        };
        Unsigned::new(Purpose::Request, &account.keys.possession.thumbprint(), &proof)
    }

    /// The request with its signature, 64 bytes `r‖s`.
    #[must_use]
    pub fn request(&self, account: &Account, unsigned: &Unsigned, signature: &[u8; 64]) -> Request {
        let mut request = Request::new(self.method, account.url(&self.path) + &self.query);
        request.wait_seconds = self.wait_seconds;
        if let Some(accept) = self.accept {
            request.headers = vec![("accept", accept.to_owned())];
        }
        request.headers.push(("authorization", format!("{SCHEME} {}", unsigned.with_signature(signature))));
        match &self.body {
            Some(body) => request.json(body.clone()),
            None => request,
        }
    }

    /// Looks only at whether the nonce was the trouble. A second such reply is the reply.
    pub fn take(&mut self, reply: &Reply) -> AskNext {
        if !std::mem::replace(&mut self.repeated, true) && wants_nonce(reply) {
            AskNext::Again
        } else {
            AskNext::Done
        }
    }
}

/// Whether the server asks for the same again with the nonce that this reply brings.
pub(super) fn wants_nonce(reply: &Reply) -> bool {
    let asked = matches!(reply.success(), Err(ReplyError::Refused(no)) if no.known() == Code::UseNonce);
    reply.status == 401 && asked && nonce(reply).is_some()
}

/// The nonce for the next request, if the reply brings one of sane length.
pub(crate) fn nonce(reply: &Reply) -> Option<&str> {
    reply.header(NONCE_HEADER).filter(|n| (1..=512).contains(&n.len()))
}
