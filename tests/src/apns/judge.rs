//! What is checked in a push, and in which words it is refused: in the order, and with the reasons, that Apple documents.

use std::collections::HashMap;

use axum::http::{HeaderMap, Method, request::Parts};
use countersign_protocol::from_base64url;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use uuid::Uuid;

use super::{KEY, Shared, TEAM, TOPIC};

/// Seconds for which a provider token is good.
const LIFETIME: i64 = 3_600;
/// Seconds between new ones at least.
const AT_LEAST: i64 = 1_200;
/// Bytes of a payload at most.
const LONGEST: usize = 4_096;

/// A refusal: status and reason.
type Refusal = (u16, &'static str);

/// Provider tokens that were shown.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// When each was made, if it is signed as it should be.
    made_at: HashMap<String, Option<i64>>,
    /// When the last new one came.
    last_new: Option<i64>,
}

impl Tokens {
    pub(super) fn seen(&self) -> usize {
        self.made_at.len()
    }
}

/// The device's token of a push that is as it should be.
pub(super) fn judge(shared: &Shared, head: &Parts, body: &[u8]) -> Result<String, Refusal> {
    if head.method != Method::POST {
        return Err((405, "MethodNotAllowed"));
    }
    let token = head.uri.path().strip_prefix("/3/device/").ok_or((404, "BadPath"))?;
    authorized(shared, &head.headers)?;
    if token.is_empty() {
        return Err((400, "MissingDeviceToken"));
    }
    if token.len() < 64 || token.len() > 200 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err((400, "BadDeviceToken"));
    }
    headers(&head.headers)?;
    if body.is_empty() {
        return Err((400, "PayloadEmpty"));
    }
    if body.len() > LONGEST {
        return Err((413, "PayloadTooLarge"));
    }
    let payload: Value = serde_json::from_slice(body).map_err(|_| (400, "PayloadEmpty"))?;
    if !payload["aps"].is_object() {
        return Err((400, "PayloadEmpty"));
    }
    Ok(token.to_owned())
}

fn headers(headers: &HeaderMap) -> Result<(), Refusal> {
    let doubled = headers.keys().any(|name| headers.get_all(name).iter().count() > 1);
    if doubled {
        return Err((400, "DuplicateHeaders"));
    }
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("\u{fffd}"));
    let topic = text("apns-topic").ok_or((400, "MissingTopic"))?;
    if topic != TOPIC {
        return Err((400, "TopicDisallowed"));
    }
    let kind = text("apns-push-type").unwrap_or("alert");
    if !["alert", "background", "location", "voip", "complication", "fileprovider", "mdm"].contains(&kind) {
        return Err((400, "InvalidPushType"));
    }
    let priority = text("apns-priority").unwrap_or("10");
    if !["1", "5", "10"].contains(&priority) || (kind == "background" && priority == "10") {
        return Err((400, "BadPriority"));
    }
    if text("apns-expiration").is_some_and(|time| time.parse::<u32>().is_err()) {
        return Err((400, "BadExpirationDate"));
    }
    if text("apns-collapse-id").is_some_and(|id| id.len() > 64) {
        return Err((400, "BadCollapseId"));
    }
    if text("apns-id").is_some_and(|id| id.len() != 36 || Uuid::try_parse(id).is_err()) {
        return Err((400, "BadMessageId"));
    }
    Ok(())
}

fn authorized(shared: &Shared, headers: &HeaderMap) -> Result<(), Refusal> {
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok());
    let token = shown.and_then(|text| text.strip_prefix("bearer ")).ok_or((403, "MissingProviderToken"))?;
    let now = (shared.clock)();
    let mut tokens = shared.tokens.lock().unwrap();
    if !tokens.made_at.contains_key(token) {
        let made_at = signed(&shared.public_key, token);
        if made_at.is_some_and(|made_at| now - made_at <= LIFETIME) {
            if tokens.last_new.is_some_and(|last| (0..AT_LEAST).contains(&(now - last))) {
                return Err((429, "TooManyProviderTokenUpdates"));
            }
            tokens.last_new = Some(now);
        }
        tokens.made_at.insert(token.to_owned(), made_at);
    }
    match tokens.made_at[token] {
        None => Err((403, "InvalidProviderToken")),
        // A minute for clocks that differ.
        Some(made_at) if made_at > now + 60 => Err((403, "InvalidProviderToken")),
        Some(made_at) if now - made_at > LIFETIME => Err((403, "ExpiredProviderToken")),
        Some(_) => Ok(()),
    }
}

/// When a token was made, if it is one of ours.
fn signed(public_key: &[u8], token: &str) -> Option<i64> {
    let (input, signature) = token.rsplit_once('.')?;
    let (header, claims) = input.split_once('.')?;
    let json = |part: &str| serde_json::from_slice::<Value>(&from_base64url(part)?).ok();
    let (header, claims) = (json(header)?, json(claims)?);
    let known = header["alg"] == "ES256" && header["kid"] == KEY && claims["iss"] == TEAM;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key);
    let good = known && key.verify(input.as_bytes(), &from_base64url(signature)?).is_ok();
    claims["iat"].as_i64().filter(|_| good)
}
