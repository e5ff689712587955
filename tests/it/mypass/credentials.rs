//! Client id and secret: as two headers, as Basic, and wrongly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::http::{self, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use crate::{SERVER, server};

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

/// Every endpoint that wants credentials, with a body that is good.
fn endpoints() -> Vec<Request> {
    let send = json!({"user_ref": "sam"});
    vec![
        Request::new("POST", "/api/v1/mfa/send").json(&send),
        Request::new("GET", "/api/v1/mfa/status/0190f3c2-0000-7000-8000-000000000000"),
        Request::new("DELETE", "/api/v1/mfa/cancel/0190f3c2-0000-7000-8000-000000000000"),
        Request::new("POST", "/api/v1/users/enroll").json(&send),
        Request::new("GET", "/api/v1/users"),
        Request::new("GET", "/api/v1/devices/user/sam"),
        Request::new("DELETE", "/api/v1/devices/token"),
    ]
}

async fn ready() -> (ServerProcess, RelyingParty) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    (server, cms)
}

#[tokio::test]
async fn without_credentials_every_endpoint_says_401_in_the_error_envelope() {
    let (server, _cms) = ready().await;
    for request in endpoints() {
        let reply = http::send(server.address, &request).await;
        assert_eq!(reply.refusal(), (401, "unauthorized".to_owned()), "{request:?}");
        assert!(reply.json()["message"].as_str().unwrap().len() > 10, "{}", reply.text());
        assert!(reply.header("www-authenticate").unwrap().starts_with("Basic"), "{request:?}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn both_forms_are_taken_and_the_header_pair_wins() {
    let (server, cms) = ready().await;
    let (id, secret) = (cms.client_id.as_str(), cms.client_secret.as_str());
    let good = basic(&format!("{id}:{secret}"));
    let list = || Request::new("GET", "/api/v1/users");
    let pair = || list().header("X-Client-ID", id).header("X-Client-Secret", secret);
    let cases = [
        (pair(), 200),
        (list().header("x-client-id", id).header("x-client-secret", secret), 200),
        (list().header("Authorization", &good), 200),
        (list().header("Authorization", &good.replace("Basic", "bAsIc")), 200),
        (pair().header("Authorization", &basic("other:wrong")), 200),
        (
            list()
                .header("X-Client-ID", id)
                .header("X-Client-Secret", "wrong")
                .header("Authorization", &good),
            401,
        ),
        (list().header("X-Client-ID", id).header("Authorization", &good), 401),
        (list().header("X-Client-Secret", secret).header("Authorization", &good), 401),
    ];
    for (request, status) in cases {
        assert_eq!(http::send(server.address, &request).await.status, status, "{request:?}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused_the_same_whatever_is_wrong_with_them() {
    let (server, cms) = ready().await;
    let (id, secret) = (cms.client_id.as_str(), cms.client_secret.as_str());
    let stranger = id.chars().rev().collect::<String>();
    let other = cms.client_id.replace("app_", "ten_");
    let pair = |id: &str, secret: &str| {
        Request::new("GET", "/api/v1/users").header("X-Client-ID", id).header("X-Client-Secret", secret)
    };
    let plain = |value: &str| Request::new("GET", "/api/v1/users").header("Authorization", value);
    let mut bodies = Vec::new();
    for request in [
        pair(id, "wrong"),
        pair(id, ""),
        pair("", secret),
        pair(id, &secret.to_uppercase()),
        pair(id, &format!("{secret}x")),
        pair(&stranger, secret),
        pair(&other, secret),
        pair(&id.to_uppercase(), secret),
        pair("app_", secret),
        pair("' OR 1=1 --", secret),
        pair(&"a".repeat(5000), secret),
        pair(id, "né"),
        plain("Basic"),
        plain("Basic "),
        plain("Basic %%%"),
        plain(&basic("nocolon")),
        plain(&basic(&format!("{id}:"))),
        plain(&basic(&format!("{id}:{secret}")).replace("Basic", "Bearer")),
        plain(&format!("Basic {}", STANDARD.encode([0xff, b':', 0xfe]))),
    ] {
        let reply = http::send(server.address, &request).await;
        assert_eq!(reply.refusal(), (401, "unauthorized".to_owned()), "{request:?}");
        bodies.push(reply.text());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "an unknown id and a wrong secret must not be told apart: {bodies:?}");
}

#[tokio::test]
async fn credentials_come_before_everything_else() {
    let (server, _cms) = ready().await;
    let request = Request::new("POST", "/api/v1/mfa/send").body("not JSON at all");
    assert_eq!(http::send(server.address, &request).await.status, 401);
}

#[tokio::test]
async fn s38_secrets_are_never_echoed_nor_logged() {
    let mut server = ServerProcess::start(Program::new(SERVER).env("COUNTERSIGN_LOG", "debug")).await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let token = issued["enrollment_token"].as_str().unwrap();
    let phone = countersign_tests::phone::Phone::new();
    phone.enroll(issued["enrollment_url"].as_str().unwrap()).await;
    let session = cms.ask_with_number("sam").await;
    phone.core.approve(session.challenge(), session.number.as_deref()).await.unwrap();
    let mut replies = vec![
        cms.look(&session.id).await,
        cms.call("GET", "/api/v1/users").await,
        cms.call("GET", "/api/v1/devices/user/sam").await,
        cms.call("GET", &format!("/api/v1/devices/enrollment/{token}")).await,
        cms.call("GET", &format!("/enroll/{token}")).await,
        cms.call("GET", "/api/v1/nothing/here").await,
    ];
    let lost = cms.client_secret.clone();
    let wrong = RelyingParty { client_secret: format!("{lost}x"), ..cms.clone() };
    replies.push(wrong.call("GET", "/api/v1/users").await);
    replies.push(cms.post("/api/v1/mfa/send", &json!({"user_ref": 5, "message": &lost})).await);
    for reply in &replies {
        let whole = format!("{:?}{}", reply.headers, reply.text());
        assert!(!whole.contains(&lost), "{whole}");
        assert!(!whole.contains(token) || reply.status == 200, "{whole}");
    }
    let log = server.terminate().await;
    assert!(log.contains("/api/v1/mfa/send"), "the log names routes: {log}");
    for secret in [lost.as_str(), token, "eyJ"] {
        assert!(!log.contains(secret), "the log has {secret}");
    }
    let files = |dir: &std::path::Path| {
        std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>()
    };
    let (folders, mut all): (Vec<_>, Vec<_>) =
        files(server.data_dir()).into_iter().partition(|path| path.is_dir());
    all.extend(folders.iter().flat_map(|folder| files(folder)));
    for path in all {
        let bytes = std::fs::read(&path).unwrap();
        for secret in [lost.as_bytes(), token.as_bytes()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{} holds a secret in the clear", path.display());
        }
    }
}
