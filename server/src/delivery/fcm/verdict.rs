//! What FCM's refusals mean, as a table. Google names the cause in a detail of its own (`FcmError`), else by a general
//! status, else by HTTP's. Only where it says that the token is dead does anything follow for the device.

use serde_json::Value;

use crate::engine::{Attempt, Then};

/// The access token is not taken: a new one may be.
pub(super) const UNAUTHENTICATED: &str = "unauthenticated";
/// Seconds to wait when a quota is used up and nobody says for how long.
const QUOTA: i64 = 60;

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follow {
    /// The token is dead.
    Gone,
    /// Try again, when it was said or by our own schedule.
    Later,
    /// The same, and not soon.
    MuchLater,
    /// The account has to be mended; what is still worth it then goes out.
    Mend,
    /// It would never go out like this, and somebody has to look.
    Wrong,
}

/// By `errorCode` of the `FcmError` detail, and by the general `status` where there is no such detail.
const BY_CODE: [(&str, &str, Follow); 14] = [
    ("UNREGISTERED", "unregistered", Follow::Gone),
    ("SENDER_ID_MISMATCH", "sender_id_mismatch", Follow::Wrong),
    ("THIRD_PARTY_AUTH_ERROR", "third_party_auth", Follow::Mend),
    // What it was called before.
    ("APNS_AUTH_ERROR", "third_party_auth", Follow::Mend),
    ("QUOTA_EXCEEDED", "quota", Follow::MuchLater),
    ("RESOURCE_EXHAUSTED", "quota", Follow::MuchLater),
    ("UNAVAILABLE", "unavailable", Follow::Later),
    ("INTERNAL", "internal_at_provider", Follow::Later),
    ("DEADLINE_EXCEEDED", "unavailable", Follow::Later),
    ("UNSPECIFIED_ERROR", "unspecified", Follow::Later),
    ("UNAUTHENTICATED", UNAUTHENTICATED, Follow::Mend),
    ("PERMISSION_DENIED", "permission_denied", Follow::Mend),
    // Without `UNREGISTERED` beside it, this is the project or the address, and not the device.
    ("NOT_FOUND", "no_such_project", Follow::Mend),
    ("FAILED_PRECONDITION", "permission_denied", Follow::Mend),
];

/// By HTTP's status, for replies that name no cause, such as a proxy's.
fn by_status(status: u16) -> (&'static str, Follow) {
    match status {
        401 => (UNAUTHENTICATED, Follow::Mend),
        403 => ("permission_denied", Follow::Mend),
        404 => ("no_such_project", Follow::Mend),
        413 => ("too_large", Follow::Wrong),
        429 => ("quota", Follow::MuchLater),
        300..=399 => ("redirect", Follow::Mend),
        408 | 500..=599 => ("unavailable", Follow::Later),
        400..=499 => ("bad_request", Follow::Wrong),
        _ => ("status", Follow::Later),
    }
}

/// What follows from a reply that is not 200. `wait`: seconds of `Retry-After`.
pub(super) fn verdict(status: u16, body: &Value, wait: Option<i64>) -> Attempt {
    let code = detail(body, "google.firebase.fcm.v1.FcmError").and_then(|it| it.get("errorCode"));
    let general = body.get("error").and_then(|error| error.get("status"));
    let code = code.and_then(Value::as_str);
    let known = |code: &str| {
        let row = BY_CODE.iter().find(|(name, ..)| *name == code);
        row.map(|(_, word, follow)| (*word, *follow))
    };
    let found = match code.or_else(|| general.and_then(Value::as_str)) {
        Some("INVALID_ARGUMENT") => Some(invalid(code.is_some(), body)),
        named => named.and_then(known),
    };
    let (word, follow) = found.unwrap_or_else(|| by_status(status));
    let attempt = Attempt::failed(word).with_status(status);
    match follow {
        Follow::Gone => Attempt { then: Then::Gone(None), ..attempt },
        Follow::Later => Attempt { then: Then::Again(wait), ..attempt },
        Follow::MuchLater => Attempt { then: Then::Again(wait.or(Some(QUOTA))), ..attempt },
        Follow::Mend => attempt.in_trouble(),
        Follow::Wrong => Attempt { then: Then::Dead, ..attempt }.in_trouble(),
    }
}

/// An argument is wrong: the token, or something that we wrote. What we write is always of the same form, so when FCM
/// itself says it (`by_fcm`) and names no other field, it is the token.
fn invalid(by_fcm: bool, body: &Value) -> (&'static str, Follow) {
    let violations = detail(body, "google.rpc.BadRequest").and_then(|it| it.get("fieldViolations"));
    let fields: Vec<&str> = violations
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|violation| violation.get("field").and_then(Value::as_str))
        .collect();
    let about_the_token = !fields.is_empty() && fields.iter().all(|field| *field == "message.token");
    match fields.is_empty() {
        _ if about_the_token => ("invalid_token", Follow::Gone),
        true if by_fcm && violations.is_none() => ("invalid_token", Follow::Gone),
        _ => ("bad_request", Follow::Wrong),
    }
}

/// The detail of one type in `error.details`.
fn detail<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    let details = body.get("error")?.get("details")?.as_array()?;
    details.iter().find(|detail| {
        let kind = detail.get("@type").and_then(Value::as_str);
        kind.and_then(|kind| kind.strip_prefix("type.googleapis.com/")) == Some(name)
    })
}
