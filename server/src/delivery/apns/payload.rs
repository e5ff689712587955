//! What a push to Apple holds: the alert that is the same for all, and the challenge's id. The app's extension fetches the
//! rest before it is shown, when it can.

use serde_json::json;

use super::super::alert::words;
use crate::engine::Push;

/// The actions that the app offers on the alert: it may deny there, and must be opened to approve.
const CATEGORY: &str = "COUNTERSIGN_CHALLENGE";

/// The body of the request.
pub(super) fn payload(push: &Push) -> Vec<u8> {
    let (title, body) = words(push.language);
    json!({
        "aps": {
            "alert": {"title": title, "body": body},
            "sound": "default",
            "category": CATEGORY,
            "interruption-level": "time-sensitive",
            "mutable-content": 1,
        },
        "challenge": push.challenge.to_string(),
    })
    .to_string()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::id::{DeviceId, TenantId};
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;
    use crate::engine::Language;

    #[test]
    fn property_8_a_push_to_apple_holds_an_opaque_id_and_a_generic_alert() {
        for language in [Language::En, Language::Ar] {
            let bytes = payload(&Push {
                device: DeviceId { tenant: TenantId(Uuid::from_u128(1)), local: Uuid::from_u128(2) },
                token: "ab".repeat(32),
                challenge: "0190f3c2-1111-7222-8333-444444444444".parse().unwrap(),
                language,
            });
            assert!(bytes.len() <= 4096, "{}", bytes.len());
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            let (title, body) = words(language);
            assert_eq!(
                value,
                json!({
                    "aps": {"alert": {"title": title, "body": body}, "sound": "default", "mutable-content": 1,
                            "category": CATEGORY, "interruption-level": "time-sensitive"},
                    "challenge": "0190f3c2-1111-7222-8333-444444444444",
                })
            );
            assert!(
                !title.chars().chain(body.chars()).any(char::is_numeric),
                "no number to type stands there"
            );
        }
    }
}
