//! `/users/enroll` and `/users`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::device::Device;
use serde_json::{Value, json};

use crate::server;

#[tokio::test]
async fn enroll_answers_with_exactly_the_fields_that_are_promised() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let fields: Vec<_> = issued.as_object().unwrap().keys().map(String::as_str).collect();
    let promised =
        ["challenge_type", "enrollment_token", "enrollment_url", "expires_at", "qr_png", "user_ref"];
    assert_eq!(fields, promised);
    assert_eq!((&issued["challenge_type"], &issued["user_ref"]), (&json!("none"), &json!("sam")));
    let token = issued["enrollment_token"].as_str().unwrap();
    let link = issued["enrollment_url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/enroll/{token}#v=1&k=", server.url())), "{link}");
    let png = STANDARD.decode(issued["qr_png"].as_str().unwrap()).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n"));
    assert_ne!(cms.enroll("sam").await["enrollment_token"], token, "each link is a new one");
}

#[tokio::test]
async fn strict_refuses_only_those_who_have_a_device() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let strict = json!({"user_ref": "sam", "strict": true});
    let issued = cms.post("/api/v1/users/enroll", &strict).await.expect(201);
    cms.post("/api/v1/users/enroll", &strict).await.expect(201);
    Device::enroll(server.address, issued["enrollment_url"].as_str().unwrap()).await;
    let refused = cms.post("/api/v1/users/enroll", &strict).await;
    assert_eq!(refused.refusal(), (409, "already_enrolled".to_owned()));
    for lax in [json!({"user_ref": "sam"}), json!({"user_ref": "sam", "strict": null})] {
        cms.post("/api/v1/users/enroll", &lax).await.expect(201);
    }
    let token = cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();
    cms.remove_device(&token).await.expect(200);
    cms.post("/api/v1/users/enroll", &strict).await.expect(201);
}

#[tokio::test]
async fn what_is_wrong_with_an_enrolment_is_said_with_the_field() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    for (body, named) in [
        (json!({"email": "a@example.org"}), "user_ref"),
        (json!({"user_ref": "sam "}), "user_ref"),
        (json!({"user_ref": "s\u{7}m"}), "user_ref"),
        (json!({"user_ref": "sam", "email": "nobody"}), "email"),
        (json!({"user_ref": "sam", "email": "@example.org"}), "email"),
        (json!({"user_ref": "sam", "email": "a b@example.org"}), "email"),
        (json!({"user_ref": "sam", "email": format!("{}@example.org", "a".repeat(250))}), "email"),
        (json!({"user_ref": "sam", "display_name": ""}), "display_name"),
        (json!({"user_ref": "sam", "display_name": "n".repeat(101)}), "display_name"),
        (json!({"user_ref": "sam", "challenge": "sms"}), "challenge"),
        (json!({"user_ref": "sam", "challenge": ""}), "challenge"),
        (json!({"user_ref": "sam", "challenge": "totp"}), "authenticator app"),
        (json!({"user_ref": "sam", "strict": 1}), "strict"),
    ] {
        let reply = cms.post("/api/v1/users/enroll", &body).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{body}");
        assert!(reply.json()["message"].as_str().unwrap().contains(named), "{body}: {}", reply.text());
    }
    assert_eq!(
        cms.call("GET", "/api/v1/users").await.expect(200)["users"],
        json!([]),
        "nobody was made known"
    );
}

#[tokio::test]
async fn a_list_is_read_page_by_page_without_gap_or_repetition() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let references: Vec<String> = (0..7).map(|n| format!("user {n} ü|@:+")).collect();
    for reference in &references {
        cms.enroll(reference).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..4 {
        let page = cms.call("GET", &format!("/api/v1/users?limit=2{cursor}")).await.expect(200);
        seen.extend(page["users"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let found: Vec<_> = seen.iter().map(|user| user["user_ref"].as_str().unwrap()).collect();
    assert_eq!(found, references, "in the order they were made known");
    let exact = cms.call("GET", "/api/v1/users?limit=7").await.expect(200);
    assert_eq!(exact["next_cursor"], Value::Null, "the last page says that it is the last");
    assert_eq!(cms.call("GET", "/api/v1/users").await.expect(200)["users"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn a_listed_user_says_how_far_their_enrolment_is() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "display_name": "Sam"});
    cms.post("/api/v1/users/enroll", &body).await.expect(201);
    let listed = async || cms.call("GET", "/api/v1/users").await.expect(200)["users"][0].clone();
    let pending = json!({"user_ref": "sam", "email": "sam@example.org", "status": "pending", "devices": 0,
        "enrolled_at": null});
    assert_eq!(listed().await, pending);
    // What is not given again stays.
    let link = cms.link("sam").await;
    Device::enroll(server.address, &link).await;
    let enrolled = listed().await;
    assert_eq!((&enrolled["status"], &enrolled["devices"]), (&json!("enrolled"), &json!(1)));
    assert_eq!(enrolled["email"], "sam@example.org");
    assert!(enrolled["enrolled_at"].is_string(), "{enrolled}");
    let moved = json!({"user_ref": "sam", "email": "new@example.org"});
    cms.post("/api/v1/users/enroll", &moved).await.expect(201);
    assert_eq!(listed().await["email"], "new@example.org");
}

#[tokio::test]
async fn a_limit_or_cursor_that_is_none_is_refused() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    for query in [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=abc",
        "limit=",
        "limit=1e3",
        "limit=99999999999999999999",
        "cursor=x",
        "cursor=",
        "cursor=%ff",
        "limit=5&limit=6",
        "cursor=0000000000000000000000000U",
    ] {
        let reply = cms.call("GET", &format!("/api/v1/users?{query}")).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{query}: {}", reply.text());
    }
    for query in ["", "limit=1", "limit=200", "unknown=1", "cursor=7zzzzzzzzzzzzzzzzzzzzzzzzz"] {
        assert_eq!(cms.call("GET", &format!("/api/v1/users?{query}")).await.status, 200, "{query}");
    }
}
