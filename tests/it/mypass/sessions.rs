//! `/mfa/send`, `/mfa/status`, `/mfa/cancel`.

use countersign_protocol::answer::Decision;
use countersign_tests::device::Device;
use countersign_tests::http::{self, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

async fn enrolled() -> (ServerProcess, RelyingParty, Device) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    (server, cms, device)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

fn is_uuid(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == 36 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[tokio::test]
async fn send_answers_with_exactly_the_fields_that_are_promised() {
    let (_server, cms, _device) = enrolled().await;
    let sent = cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    assert_eq!(keys(&sent), ["devices_pushed", "expires_at", "session_id", "session_ref", "status"]);
    assert!(is_uuid(&sent["session_id"]) && is_time(&sent["expires_at"]), "{sent}");
    assert_eq!((&sent["status"], &sent["session_ref"]), (&json!("pending"), &Value::Null));
    let body = json!({"user_ref": "sam", "number_match": true});
    let sent = cms.post("/api/v1/mfa/send", &body).await.expect(200);
    assert_eq!(
        keys(&sent),
        ["devices_pushed", "expires_at", "number", "number_kind", "session_id", "session_ref", "status"]
    );
}

#[tokio::test]
async fn what_is_left_out_and_what_is_null_are_the_same() {
    let (_server, cms, device) = enrolled().await;
    let bodies = [
        json!({"user_ref": "sam"}),
        json!({"user_ref": "sam", "session_ref": null, "message": null, "number_match": null}),
        json!({"user_ref": "sam", "number_match": false, "a field of a later version": [1, 2]}),
    ];
    for body in &bodies {
        let sent = cms.post("/api/v1/mfa/send", body).await.expect(200);
        assert_eq!((&sent["session_ref"], &sent["number"]), (&Value::Null, &Value::Null), "{body}");
    }
    for challenge in device.inbox().await {
        let claims = countersign_tests::key::claims(&challenge);
        assert_eq!(claims["message"], "Approve sign-in request?");
    }
}

#[tokio::test]
async fn json_is_read_whatever_the_content_type_says() {
    let (server, cms, _device) = enrolled().await;
    let body = json!({"user_ref": "sam"}).to_string();
    let types = [
        None,
        Some("application/json"),
        Some("application/json; charset=utf-8"),
        Some("application/x-www-form-urlencoded"),
        Some("undefined"),
        Some("text/plain"),
        Some("multipart/form-data; boundary=x"),
        Some("application/vnd.api+json"),
    ];
    for kind in types {
        let request = cms.request("POST", "/api/v1/mfa/send").body(body.clone());
        let request = kind.iter().fold(request, |request, kind| request.header("Content-Type", kind));
        assert_eq!(http::send(server.address, &request).await.status, 200, "{kind:?}");
    }
    let spaced = cms.request("POST", "/api/v1/mfa/send").body(format!("\r\n \t{body}\n"));
    assert_eq!(http::send(server.address, &spaced).await.status, 200);
}

#[tokio::test]
async fn every_text_comes_to_the_phone_as_it_was_sent() {
    let (_server, cms, device) = enrolled().await;
    for message in ["", " ", "طلب دخول — 50 €", "<b>&\"'</b>\n\tline 2", &"ü".repeat(500), "😀\u{200d}"]
    {
        let body = json!({"user_ref": "sam", "session_ref": message.chars().take(255).collect::<String>(),
            "message": message});
        let sent = cms.post("/api/v1/mfa/send", &body).await.expect(200);
        assert_eq!(sent["session_ref"], body["session_ref"]);
        let id = sent["session_id"].as_str().unwrap();
        assert_eq!(cms.look(id).await.expect(200)["session_ref"], body["session_ref"]);
        let challenge = device.challenge(id).await;
        assert_eq!(countersign_tests::key::claims(&challenge)["message"], message);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_send_is_said_with_the_field() {
    let (_server, cms, _device) = enrolled().await;
    let cases = [
        (json!({}), 400, "user_ref"),
        (json!({"user_ref": null}), 400, "user_ref"),
        (json!({"user_ref": 7}), 400, "user_ref"),
        (json!({"user_ref": ""}), 400, "user_ref"),
        (json!({"user_ref": "  "}), 400, "user_ref"),
        (json!({"user_ref": " sam"}), 400, "user_ref"),
        (json!({"user_ref": "a\u{0}b"}), 400, "user_ref"),
        (json!({"user_ref": "x".repeat(256)}), 400, "user_ref"),
        (json!({"user_ref": "sam", "message": "m".repeat(501)}), 400, "message"),
        (json!({"user_ref": "sam", "message": ["m"]}), 400, "message"),
        (json!({"user_ref": "sam", "message": "a\u{0}"}), 400, "message"),
        (json!({"user_ref": "sam", "session_ref": "r".repeat(256)}), 400, "session_ref"),
        (json!({"user_ref": "sam", "session_ref": 9988}), 400, "session_ref"),
        (json!({"user_ref": "sam", "number_match": "yes"}), 400, "number_match"),
        (json!(["sam", null, null, null]), 400, "JSON object"),
        (json!("sam"), 400, "JSON object"),
        (json!(null), 400, "JSON object"),
    ];
    for (body, status, named) in cases {
        let reply = cms.post("/api/v1/mfa/send", &body).await;
        assert_eq!(reply.refusal(), (status, "invalid_request".to_owned()), "{body}");
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(named), "{body}: {message}");
    }
    let unknown = cms.post("/api/v1/mfa/send", &json!({"user_ref": "nobody"})).await;
    assert_eq!(unknown.refusal(), (404, "user_not_found".to_owned()));
    cms.enroll("without a phone").await;
    let none = cms.post("/api/v1/mfa/send", &json!({"user_ref": "without a phone"})).await;
    assert_eq!(none.refusal(), (409, "no_devices".to_owned()));
}

#[tokio::test]
async fn status_answers_with_exactly_the_fields_that_are_promised() {
    let (_server, cms, device) = enrolled().await;
    let session = cms.ask("sam").await;
    let pending = cms.look(&session.id).await.expect(200);
    let promised = [
        "created_at",
        "device_name",
        "expires_at",
        "responded_at",
        "session_id",
        "session_ref",
        "status",
        "user_ref",
    ];
    assert_eq!(keys(&pending), promised);
    assert!(is_time(&pending["created_at"]) && is_time(&pending["expires_at"]), "{pending}");
    assert_eq!((&pending["responded_at"], &pending["device_name"]), (&Value::Null, &Value::Null));
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
    device.submit(session.challenge(), &answer).await.expect(200);
    let approved = cms.look(&session.id).await.expect(200);
    assert_eq!(keys(&approved), promised);
    assert!(is_time(&approved["responded_at"]), "{approved}");
    assert_eq!((&approved["status"], &approved["device_name"]), (&json!("approved"), &json!("Robot")));
    assert_eq!(cms.look(&session.id.to_uppercase()).await.expect(200)["status"], "approved");
}

#[tokio::test]
async fn a_session_ref_is_no_session_id() {
    let (_server, cms, _device) = enrolled().await;
    let reference = "0190f3c2-1111-7222-8333-444444444444";
    let body = json!({"user_ref": "sam", "session_ref": reference});
    cms.post("/api/v1/mfa/send", &body).await.expect(200);
    for id in [reference, "txn_9988", "0", "%20", "%00", "..%2f..", &"a".repeat(3000)] {
        assert_eq!(cms.look(id).await.refusal(), (404, "session_not_found".to_owned()), "{id}");
        assert_eq!(cms.cancel(id).await.refusal(), (404, "session_not_found".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn cancelling_again_is_no_error_and_cancelling_too_late_says_how_it_stands() {
    let (_server, cms, device) = enrolled().await;
    let taken_back = cms.ask("sam").await;
    for _ in 0..3 {
        let cancelled = cms.cancel(&taken_back.id).await.expect(200);
        assert_eq!(cancelled, json!({"session_id": taken_back.id, "status": "cancelled"}));
    }
    for (decision, word) in [(Decision::Approve, "approved"), (Decision::Deny, "denied")] {
        let session = cms.ask("sam").await;
        let answer = device.answer(&device.challenge(&session.id).await, decision, None);
        device.submit(session.challenge(), &answer).await.expect(200);
        let late = cms.cancel(&session.id).await;
        assert_eq!(late.refusal(), (409, "session_not_pending".to_owned()));
        assert_eq!(late.json()["status"], word);
        assert_eq!(cms.status(&session).await, word);
    }
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_the_envelope() {
    let (server, cms, _device) = enrolled().await;
    for (method, target, status, code) in [
        ("GET", "/api/v1", 404, "not_found"),
        ("GET", "/api/v2/users", 404, "not_found"),
        ("GET", "/api/v1/users/", 404, "not_found"),
        ("GET", "/api/v1//users", 404, "not_found"),
        ("GET", "/api/v1/mfa/send", 405, "method_not_allowed"),
        ("PUT", "/api/v1/users", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/mfa/status/x", 405, "method_not_allowed"),
        ("BREW", "/api/v1/users", 405, "method_not_allowed"),
    ] {
        let reply = cms.call(method, target).await;
        assert_eq!(reply.refusal(), (status, code.to_owned()), "{method} {target}");
    }
    let head = http::send(server.address, &Request::new("GET", "/healthz")).await;
    assert_eq!((head.status, head.text().as_str()), (200, "ok\n"));
    let ready = http::send(server.address, &Request::new("GET", "/readyz")).await;
    assert_eq!((ready.status, ready.text().as_str()), (200, "ready\n"));
}
