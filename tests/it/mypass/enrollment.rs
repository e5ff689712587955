//! The endpoints without a key: what an enrolment token is for, and taking it up.

use countersign_tests::device::{Device, Keys, complete_enrollment, random_token};
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

async fn look(server: &ServerProcess, token: &str) -> Reply {
    http::send(server.address, &Request::new("GET", &format!("/api/v1/devices/enrollment/{token}"))).await
}

#[tokio::test]
async fn a_token_says_whose_it_is_as_often_as_one_looks() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "someone@example.org", "display_name": "Sam"});
    let issued = cms.post("/api/v1/users/enroll", &body).await.expect(201);
    let token = issued["enrollment_token"].as_str().unwrap();
    for _ in 0..3 {
        let told = look(&server, token).await.expect(200);
        assert_eq!(told["challenge_type"], "none");
        let user = json!({"user_ref": "sam", "email_masked": "s…e@example.org", "display_name": "Sam"});
        assert_eq!((&told["user"], &told["tenant"]), (&user, &json!({"name": "Case Management"})));
        assert_eq!(
            (&told["expires_at"], &told["server"]["id"]),
            (&issued["expires_at"], &json!(server.url()))
        );
        assert!(!told.to_string().contains("someone@"), "{told}");
    }
    Device::enroll(server.address, issued["enrollment_url"].as_str().unwrap()).await;
    assert_eq!(look(&server, token).await.refusal(), (410, "token_used".to_owned()));
}

#[tokio::test]
async fn an_unknown_token_is_404_whatever_it_looks_like() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let token = issued["enrollment_token"].as_str().unwrap();
    let mut bent = token.to_owned();
    let last = if bent.pop() == Some('A') { 'E' } else { 'A' };
    bent.push(last);
    for unknown in [bent.as_str(), "x", "%20", "%00", &token[1..], &format!("{token}A"), &"A".repeat(43)] {
        let reply = look(&server, unknown).await;
        assert_eq!(reply.refusal(), (404, "invalid_token".to_owned()), "{unknown}");
        let body = json!({"token": unknown, "device_token": random_token(), "platform": "android"});
        let reply = complete_enrollment(server.address, &body).await;
        assert_eq!(reply.refusal(), (404, "invalid_token".to_owned()), "{unknown}");
    }
    look(&server, token).await.expect(200);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_device_is_said_and_the_token_stays_good() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let link = countersign_protocol::link::EnrollmentLink::parse(&cms.link("sam").await).unwrap();
    let good = Keys::default().enrollment(&link.server, &link.token);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        if value == json!("left out") {
            body.as_object_mut().unwrap().remove(field);
        } else {
            body[field] = value;
        }
        body
    };
    for (body, code) in [
        (with("token", json!("left out")), "invalid_request"),
        (with("token", json!(5)), "invalid_request"),
        (with("device_token", json!("left out")), "invalid_request"),
        (with("device_token", json!("")), "invalid_device_token"),
        (with("device_token", json!("with space")), "invalid_device_token"),
        (with("device_token", json!("ünïcode")), "invalid_device_token"),
        (with("device_token", json!("t".repeat(2049))), "invalid_device_token"),
        (with("platform", json!("left out")), "invalid_request"),
        (with("platform", json!("windows")), "invalid_platform"),
        (with("platform", json!("iOS")), "invalid_platform"),
        (with("platform", json!("ios")), "invalid_device_token"),
        (with("device_name", json!("")), "invalid_request"),
        (with("device_name", json!("n".repeat(101))), "invalid_request"),
        (with("device_name", json!("Other name")), "invalid_request"),
        (with("keys", json!("left out")), "invalid_request"),
        (with("proof", json!("left out")), "invalid_request"),
        (with("proof", json!({"possession": "", "verification": ""})), "invalid_request"),
        (with("keys", json!({"possession": {}, "verification": {}})), "invalid_request"),
    ] {
        let reply = complete_enrollment(server.address, &body).await;
        assert_eq!(reply.refusal(), (400, code.to_owned()), "{body}: {}", reply.text());
    }
    let short = with("device_token", json!("ab".repeat(31)));
    let mut ios = short.clone();
    ios["platform"] = json!("ios");
    assert_eq!(
        complete_enrollment(server.address, &ios).await.refusal(),
        (400, "invalid_device_token".into())
    );
    complete_enrollment(server.address, &good).await.expect(201);
    let again = complete_enrollment(server.address, &good).await;
    assert_eq!(again.refusal(), (410, "token_used".to_owned()));
}

#[tokio::test]
async fn a_new_device_is_answered_with_its_fields_and_the_code_to_compare() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let link = countersign_protocol::link::EnrollmentLink::parse(&cms.link("sam").await).unwrap();
    let body = Keys::default().enrollment(&link.server, &link.token);
    let made = complete_enrollment(server.address, &body).await.expect(201);
    assert_eq!(made["user_ref"], "sam");
    for field in ["device_token", "platform", "device_name"] {
        assert_eq!(made[field], body[field], "{field}");
    }
    let code = made["confirmation_code"].as_str().unwrap();
    assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{code}");
    assert_eq!(cms.devices("sam").await[0]["confirmation_code"], code);
}
