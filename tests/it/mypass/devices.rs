//! `/devices/user/:userRef` and `/devices/:deviceToken`: ids in paths are decoded once.

use countersign_tests::device::complete_enrollment;
use countersign_tests::http::segment;
use serde_json::{Value, json};

use crate::server;

#[tokio::test]
async fn any_user_ref_is_found_under_its_percent_encoded_name() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let references = [
        "auth0|5f7c",
        "sam@example.org",
        "urn:x:y",
        "a+b",
        "a b",
        "100%",
        "%41",
        "عمر",
        "a/b",
        "..",
        "?q#f",
        "\"'",
    ];
    for reference in references {
        cms.enroll(reference).await;
        let listed = cms.call("GET", &format!("/api/v1/devices/user/{}", segment(reference))).await;
        assert_eq!(listed.expect(200), json!({"user_ref": reference, "devices": []}));
    }
    // Characters that a path may hold as they are mean the same.
    for raw in ["auth0|5f7c", "sam@example.org", "urn:x:y", "a+b"] {
        let listed = cms.call("GET", &format!("/api/v1/devices/user/{raw}")).await;
        assert_eq!(listed.expect(200)["user_ref"], raw);
    }
    assert_eq!(
        cms.call("GET", "/api/v1/devices/user/A").await.status,
        404,
        "%41 was decoded once, not twice"
    );
    for unknown in ["nobody", "SAM%40example.org", "sam%40example.org%20"] {
        let reply = cms.call("GET", &format!("/api/v1/devices/user/{unknown}")).await;
        assert_eq!(reply.refusal(), (404, "user_not_found".to_owned()), "{unknown}");
    }
}

#[tokio::test]
async fn any_device_token_is_removed_under_its_percent_encoded_name() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let tokens = [
        "a|b",
        "c@d",
        "fcm:APA91bH-x_y",
        "e+f",
        "g%2Bh",
        "https://push.example.org/x?y=z#p256dh=BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4&auth=BTBZMqHH6r4Tts7J_aSIgg",
        "i/j",
        "user",
    ];
    for token in tokens {
        let issued = cms.enroll("sam").await;
        let body = json!({"token": issued["enrollment_token"], "device_token": token, "platform": "android"});
        assert_eq!(complete_enrollment(server.address, &body).await.expect(201)["device_token"], token);
    }
    assert_eq!(cms.devices("sam").await.len(), tokens.len());
    for token in tokens {
        assert_eq!(cms.remove_device(token).await.expect(200), json!({"success": true}), "{token}");
        assert_eq!(cms.remove_device(token).await.refusal(), (404, "device_not_found".to_owned()), "{token}");
    }
    assert!(cms.devices("sam").await.is_empty());
}

#[tokio::test]
async fn a_listed_device_has_exactly_the_fields_that_are_promised() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let token = "0123456789abcdefABCDEF".repeat(3);
    let body = json!({"token": issued["enrollment_token"], "device_token": token, "platform": "ios",
        "device_name": null});
    let made = complete_enrollment(server.address, &body).await.expect(201);
    let listed = cms.devices("sam").await.remove(0);
    let fields: Vec<_> = listed.as_object().unwrap().keys().map(String::as_str).collect();
    let promised = [
        "attestation",
        "confirmation_code",
        "created_at",
        "device_id",
        "device_name",
        "device_token",
        "last_seen_at",
        "platform",
    ];
    assert_eq!(fields, promised);
    for field in ["device_id", "device_token", "platform", "device_name", "created_at"] {
        assert_eq!(listed[field], made[field], "{field}");
    }
    for field in ["device_name", "confirmation_code", "attestation"] {
        assert_eq!(listed[field], Value::Null, "{field}");
    }
}
