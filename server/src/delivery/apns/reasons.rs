//! What Apple's answers mean: one row for each reason that it documents, and the status for any other.

use serde::Deserialize;

use crate::engine::{Attempt, Then};

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It was taken.
    Taken,
    /// The device's token is dead.
    Gone,
    /// Our token is too old: a new one, and once more.
    Stale,
    /// Our account is refused: the operator must look, and what waits may still arrive when it is mended in time.
    Account,
    /// The request is wrong, by our fault or the account's: it would be refused again.
    Wrong,
    /// Not now; after so many seconds.
    Later(i64),
    /// Not on this connection.
    Elsewhere,
}

use Meaning::{Account, Elsewhere, Gone, Later, Stale, Wrong};

/// Seconds until a device that was pushed to too often may be pushed to again: Apple does not say.
const PAUSE: i64 = 10;

/// Status, reason, our word for it, and what follows.
const REASONS: [(u16, &str, &str, Meaning); 35] = [
    (400, "BadCollapseId", "bad_collapse_id", Wrong),
    (400, "BadDeviceToken", "bad_device_token", Gone),
    (400, "BadExpirationDate", "bad_expiration_date", Wrong),
    (400, "BadMessageId", "bad_message_id", Wrong),
    (400, "BadPriority", "bad_priority", Wrong),
    (400, "BadTopic", "bad_topic", Wrong),
    (400, "DeviceTokenNotForTopic", "device_token_not_for_topic", Gone),
    (400, "DuplicateHeaders", "duplicate_headers", Wrong),
    // About the connection, and none of the request's fault.
    (400, "IdleTimeout", "idle_timeout", Elsewhere),
    (400, "InvalidPushType", "invalid_push_type", Wrong),
    (400, "MissingDeviceToken", "missing_device_token", Gone),
    (400, "MissingTopic", "missing_topic", Wrong),
    (400, "PayloadEmpty", "payload_empty", Wrong),
    (400, "TopicDisallowed", "topic_disallowed", Wrong),
    (403, "BadCertificate", "bad_certificate", Account),
    (403, "BadCertificateEnvironment", "bad_certificate_environment", Account),
    (403, "BadEnvironmentKeyIdInToken", "bad_environment_key_id_in_token", Account),
    (403, "ExpiredProviderToken", "expired_provider_token", Stale),
    (403, "Forbidden", "forbidden", Account),
    (403, "InvalidProviderToken", "invalid_provider_token", Account),
    (403, "MissingProviderToken", "missing_provider_token", Account),
    (403, "UnrelatedKeyIdInToken", "unrelated_key_id_in_token", Account),
    (404, "BadPath", "bad_path", Wrong),
    (405, "MethodNotAllowed", "method_not_allowed", Wrong),
    (410, "ExpiredToken", "expired_token", Gone),
    (410, "Unregistered", "unregistered", Gone),
    (413, "PayloadTooLarge", "payload_too_large", Wrong),
    (429, "TooManyProviderTokenUpdates", "too_many_provider_token_updates", Later(0)),
    (429, "TooManyRequests", "too_many_requests", Later(PAUSE)),
    (500, "InternalServerError", "internal_server_error", Elsewhere),
    (503, "ServiceUnavailable", "service_unavailable", Elsewhere),
    (503, "Shutdown", "shutdown", Elsewhere),
    // By their status, when the reason is missing or new.
    (403, "", "refused", Account),
    (410, "", "gone", Gone),
    (429, "", "throttled", Later(PAUSE)),
];

/// What the body of a refusal says.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    reason: String,
    /// Milliseconds since 1970, with 410: since when the token is known to be dead.
    timestamp: Option<i64>,
}

/// An answer, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) status: u16,
    pub(super) word: &'static str,
    pub(super) meaning: Meaning,
    since: Option<i64>,
}

/// Reads an answer.
pub(super) fn verdict(status: u16, body: &[u8]) -> Verdict {
    if status == 200 {
        return Verdict { status, word: "", meaning: Meaning::Taken, since: None };
    }
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let row = |reason: &str| REASONS.iter().find(|row| (row.0, row.1) == (status, reason));
    let (word, meaning) = match (row(&refusal.reason).or_else(|| row("")), status) {
        (Some((_, _, word, meaning)), _) => (*word, *meaning),
        (None, 400..=499) => ("refused", Wrong),
        (None, 500..=599) => ("status", Elsewhere),
        (None, _) => ("status", Later(0)),
    };
    Verdict { status, word, meaning, since: refusal.timestamp }
}

impl Verdict {
    /// What becomes of the message. `reference` is Apple's name for it.
    pub(super) fn attempt(self, reference: Option<String>) -> Attempt {
        let again = Attempt::failed(self.word);
        match self.meaning {
            Meaning::Taken => Attempt::done(None, reference),
            Gone => Attempt { then: Then::Gone(self.since), ..again },
            Stale | Account => again.in_trouble(),
            Wrong => Attempt::dead(self.word).in_trouble(),
            Later(seconds) => Attempt { then: Then::Again((seconds > 0).then_some(seconds)), ..again },
            Elsewhere => again,
        }
        .with_status(self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn come(status: u16, body: &str) -> Attempt {
        verdict(status, body.as_bytes()).attempt(None)
    }

    #[test]
    fn each_reason_stands_once_and_under_a_word_of_its_own() {
        for (at, row) in REASONS.iter().enumerate() {
            let same = REASONS.iter().position(|other| (other.0, other.1) == (row.0, row.1));
            let word = REASONS.iter().position(|other| other.2 == row.2);
            assert_eq!((same, word), (Some(at), Some(at)), "{row:?}");
        }
    }

    #[test]
    fn what_is_not_documented_goes_by_its_status() {
        let body = r#"{"reason":"SomethingNew"}"#;
        for (status, then, trouble) in [
            (400, Then::Dead, true),
            (403, Then::Again(None), true),
            (404, Then::Dead, true),
            (410, Then::Gone(None), false),
            (418, Then::Dead, true),
            (429, Then::Again(Some(PAUSE)), false),
            (500, Then::Again(None), false),
            (504, Then::Again(None), false),
            (302, Then::Again(None), false),
        ] {
            for body in [body, "", "not json", r#"{"reason":null}"#] {
                let came = come(status, body);
                assert_eq!(
                    (came.then, came.trouble, came.status),
                    (then, trouble, Some(status)),
                    "{status} {body}"
                );
            }
        }
        assert_eq!(come(410, r#"{"reason":"SomethingNew","timestamp":7}"#).then, Then::Gone(Some(7)));
    }

    #[test]
    fn a_dead_token_is_dead_since_when_apple_says() {
        let came = come(410, r#"{"reason":"Unregistered","timestamp":1799999999000}"#);
        assert_eq!((came.then, came.error), (Then::Gone(Some(1_799_999_999_000)), Some("unregistered")));
    }
}
