//! A device's signed requests: stolen, bent, or made by somebody else (property 3).

use countersign_protocol::jws::Purpose;
use countersign_protocol::request::RequestProof;
use countersign_tests::device::{Device, random_token};
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::key::{Key, part};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

const INBOX: &str = "/api/v1/device/challenges";

async fn enrolled() -> (ServerProcess, RelyingParty, Device) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    (server, cms, device)
}

async fn with_proof(device: &Device, method: &str, target: &str, proof: &str, body: &str) -> Reply {
    let request = Request::new(method, target).header("Authorization", &format!("Device {proof}"));
    let request = if body.is_empty() { request } else { request.body(body) };
    http::send(device.address, &request).await
}

fn proof_of(device: &Device, change: impl FnOnce(&mut RequestProof)) -> String {
    let mut claims = device.request_claims("GET", INBOX, b"");
    change(&mut claims);
    device.keys.possession.sign(Purpose::Request, &claims)
}

#[tokio::test]
async fn a_signed_request_is_good_for_its_own_method_path_and_body_only() {
    let (_server, cms, device) = enrolled().await;
    let name = json!({"device_name": "Mine"}).to_string();
    let claims = device.request_claims("PATCH", "/api/v1/device", name.as_bytes());
    let proof = device.keys.possession.sign(Purpose::Request, &claims);
    let token = json!({"device_token": random_token()}).to_string();
    for (method, target, body) in [
        ("DELETE", "/api/v1/device", ""),
        ("DELETE", "/api/v1/device", name.as_str()),
        ("PATCH", "/api/v1/device", r#"{"device_name":"Theirs"}"#),
        ("PATCH", "/api/v1/device", ""),
        ("PUT", "/api/v1/device/push-token", token.as_str()),
        ("GET", INBOX, ""),
        ("GET", "/api/v1/device/history", ""),
        ("GET", "/api/v1/device/events", ""),
        ("GET", "/api/v1/device/server-keys", ""),
    ] {
        let refused = with_proof(&device, method, target, &proof, body).await;
        assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()), "{method} {target}");
        assert_eq!(refused.header("www-authenticate"), Some("Device"));
    }
    assert_eq!(cms.devices("sam").await[0]["device_name"], "Robot");
    let right = with_proof(&device, "PATCH", "/api/v1/device", &proof, &name).await;
    assert_eq!(right.status, 204);
    // Within its nonce's life a request can be replayed, and comes to the same.
    let replayed = with_proof(&device, "PATCH", "/api/v1/device", &proof, &name).await;
    assert_eq!((replayed.status, &cms.devices("sam").await[0]["device_name"]), (204, &json!("Mine")));
}

#[tokio::test]
async fn a_proof_for_another_server_address_or_time_is_refused() {
    let (_server, _cms, device) = enrolled().await;
    let (other, _, stranger) = enrolled().await;
    let url = other.url();
    let cases = [
        (proof_of(&device, |c| c.aud.clone_from(&url)), "invalid_proof"),
        (proof_of(&device, |c| c.htu = format!("{url}{INBOX}")), "invalid_proof"),
        (proof_of(&device, |c| c.htu.push_str("?wait=60")), "invalid_proof"),
        (proof_of(&device, |c| c.htu = INBOX.to_owned()), "invalid_proof"),
        (proof_of(&device, |c| c.htm = "get".to_owned()), "invalid_proof"),
        (proof_of(&device, |c| c.nonce = stranger.nonce()), "use_nonce"),
        (proof_of(&device, |c| c.nonce.clear()), "use_nonce"),
        (proof_of(&device, |c| c.nonce = "A".repeat(32)), "use_nonce"),
        (proof_of(&device, |c| c.nonce.insert(0, 'A')), "use_nonce"),
        (proof_of(&device, |c| c.iss = stranger.id), "device_unknown"),
    ];
    for (proof, code) in &cases {
        let refused = with_proof(&device, "GET", INBOX, proof, "").await;
        assert_eq!(refused.refusal(), (401, (*code).to_owned()));
        assert!(refused.header("device-nonce").is_some(), "{code}");
    }
    let right = proof_of(&device, |_| {});
    assert_eq!(with_proof(&device, "GET", INBOX, &right, "").await.status, 200);
}

#[tokio::test]
async fn only_the_devices_own_possession_key_signs_its_requests() {
    let (_server, cms, device) = enrolled().await;
    let neighbour = Device::enroll(device.address, &cms.link("sam").await).await;
    let claims = device.request_claims("GET", INBOX, b"");
    for key in [&device.keys.verification, &neighbour.keys.possession, &Key::new()] {
        let refused = with_proof(&device, "GET", INBOX, &key.sign(Purpose::Request, &claims), "").await;
        assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()));
    }
    // Also not under the right key's name.
    let kid = device.keys.possession.public.thumbprint();
    let header = json!({"alg": "ES256", "typ": "cs-request+jwt", "kid": kid});
    let forged = Key::new().sign_as(&header, &json!(claims));
    let refused = with_proof(&device, "GET", INBOX, &forged, "").await;
    assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()));
}

#[tokio::test]
async fn property_3_no_other_header_is_believed() {
    let (_server, _cms, device) = enrolled().await;
    let claims = json!(device.request_claims("GET", INBOX, b""));
    let key = &device.keys.possession;
    let kid = key.public.thumbprint();
    let header = json!({"alg": "ES256", "typ": "cs-request+jwt", "kid": kid});
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        key.sign_as(&header, &claims)
    };
    let without = |name: &str| {
        let mut header = header.clone();
        header.as_object_mut().unwrap().remove(name);
        key.sign_as(&header, &claims)
    };
    let none = json!({"alg": "none", "typ": "cs-request+jwt", "kid": kid});
    let mut proofs = vec![
        with("alg", json!("none")),
        with("alg", json!("HS256")),
        with("alg", json!("RS256")),
        with("alg", json!("es256")),
        with("alg", json!(["ES256"])),
        with("typ", json!("JWT")),
        with("typ", json!("cs-answer+jwt")),
        with("typ", json!("CS-REQUEST+JWT")),
        with("jwk", json!(key.public)),
        with("jku", json!("http://127.0.0.1:1/keys")),
        with("x5u", json!("http://127.0.0.1:1/cert")),
        with("crit", json!([])),
        with("kid", json!("../../../etc/passwd")),
        without("alg"),
        without("typ"),
        without("kid"),
        format!("{}.{}.", part(&none), part(&claims)),
        format!("{}.{}", part(&none), part(&claims)),
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
    ];
    let right = key.sign_as(&header, &claims);
    let (input, signature) = right.rsplit_once('.').unwrap();
    proofs.push(format!("{input}.{}", &signature[..80]));
    proofs.push(format!("{input}.{signature}AA"));
    proofs.push(format!("{input}.{signature}="));
    proofs.push(format!("{}.{signature}", input.replace('.', "..")));
    proofs.push(right.repeat(20));
    for proof in &proofs {
        let refused = with_proof(&device, "GET", INBOX, proof, "").await;
        assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()), "{proof}");
    }
    assert_eq!(with_proof(&device, "GET", INBOX, &right, "").await.status, 200);
}

#[tokio::test]
async fn property_3_unknown_and_doubled_claims_are_refused() {
    let (_server, _cms, device) = enrolled().await;
    let key = &device.keys.possession;
    let header = json!({"alg": "ES256", "typ": "cs-request+jwt", "kid": key.public.thumbprint()});
    let good = json!(device.request_claims("GET", INBOX, b""));
    let mut claims = vec![good.to_string().replacen('{', r#"{"aud":"http://127.0.0.1:1","#, 1)];
    for (name, value) in [("exp", json!(4_000_000_000_u64)), ("admin", json!(true)), ("htm", Value::Null)] {
        let mut bent = good.clone();
        bent[name] = value;
        claims.push(bent.to_string());
    }
    claims.push("[]".to_owned());
    claims.push("null".to_owned());
    for text in claims {
        let input = format!("{}.{}", part(&header), countersign_protocol::base64url(text.as_bytes()));
        let signature = countersign_protocol::base64url(&key.signature(input.as_bytes()));
        let refused = with_proof(&device, "GET", INBOX, &format!("{input}.{signature}"), "").await;
        assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()), "{text}");
    }
}

#[tokio::test]
async fn an_unsigned_request_is_refused_on_every_device_route() {
    let (server, cms, device) = enrolled().await;
    for (method, target) in [
        ("GET", INBOX),
        ("GET", "/api/v1/device/events"),
        ("PUT", "/api/v1/device/push-token"),
        ("PATCH", "/api/v1/device"),
        ("DELETE", "/api/v1/device"),
        ("GET", "/api/v1/device/history"),
        ("GET", "/api/v1/device/server-keys"),
    ] {
        let bare = Request::new(method, target);
        let proof =
            device.keys.possession.sign(Purpose::Request, &device.request_claims(method, target, b""));
        let requests = [
            bare.clone(),
            cms.request(method, target),
            bare.clone().header("Authorization", "Device"),
            bare.clone().header("Authorization", &format!("Bearer {proof}")),
            bare.header("Authorization", &format!("DPoP {proof}")),
        ];
        for request in requests {
            let refused = http::send(server.address, &request).await;
            assert_eq!(refused.refusal(), (401, "invalid_proof".to_owned()), "{request:?}");
            assert_eq!(refused.header("content-type"), Some("application/problem+json"));
            assert!(refused.json()["title"].is_string() && refused.json()["status"] == 401);
        }
    }
    assert_eq!(cms.devices("sam").await.len(), 1);
}

#[tokio::test]
async fn a_removed_device_signs_in_vain() {
    let (_server, cms, device) = enrolled().await;
    assert_eq!(device.call("DELETE", "/api/v1/device", &Value::Null).await.status, 204);
    for (method, target) in [("GET", INBOX), ("GET", "/api/v1/device/history"), ("DELETE", "/api/v1/device")]
    {
        let refused = device.call(method, target, &Value::Null).await;
        assert_eq!(refused.refusal(), (401, "device_unknown".to_owned()), "{method} {target}");
    }
    assert!(cms.devices("sam").await.is_empty());
}
