//! What a push says: that something waits (S9). Who asks for what is fetched by the app, over a connection and with a key
//! of its own.

use countersign_protocol::id::ChallengeId;
use serde_json::json;

use crate::engine::Language;

/// The actions that the app offers on the alert: it may deny there, and must be opened to approve.
const CATEGORY: &str = "COUNTERSIGN_CHALLENGE";

/// Title and text of the alert, which stands there until the app's extension has fetched more.
fn words(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("A request is waiting", "Open the app to see who asks, then approve or deny."),
        Language::Ar => ("طلب بانتظارك", "افتح التطبيق لترى من يسأل، ثم وافق أو ارفض."),
    }
}

/// The body of the request.
pub(super) fn payload(challenge: ChallengeId, language: Language) -> Vec<u8> {
    let (title, body) = words(language);
    json!({
        "aps": {
            "alert": {"title": title, "body": body},
            "sound": "default",
            "category": CATEGORY,
            "interruption-level": "time-sensitive",
            "mutable-content": 1,
        },
        "challenge": challenge.to_string(),
    })
    .to_string()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn s9_property_8_a_push_holds_an_opaque_id_and_a_generic_alert() {
        let challenge: ChallengeId = "0190f3c2-1111-7222-8333-444444444444".parse().unwrap();
        for language in [Language::En, Language::Ar] {
            let bytes = payload(challenge, language);
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
        assert_ne!(words(Language::En), words(Language::Ar));
    }
}
