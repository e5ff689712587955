//! The wish to be replaced: only the person, with the verification key, may have it.

use countersign_protocol::jws::Purpose;
use countersign_protocol::request::TransferRequest;
use countersign_tests::device::Device;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::key::Key;
use serde_json::json;

use crate::server;

async fn transfer(device: &Device, compact: &str) -> Reply {
    let request = Request::new("POST", "/api/v1/device/transfer").json(&json!({"transfer": compact}));
    http::send(device.address, &request).await
}

#[tokio::test]
async fn only_the_verification_key_hands_an_account_over() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let other = Device::enroll(server.address, &cms.link("alex").await).await;
    let wish = |change: &dyn Fn(&mut TransferRequest)| {
        let mut claims =
            TransferRequest { iss: device.id, aud: device.server.clone(), nonce: device.nonce() };
        change(&mut claims);
        claims
    };
    let verification = &device.keys.verification;
    let honest = wish(&|_| {});
    for (compact, code) in [
        (device.keys.possession.sign(Purpose::Transfer, &honest), "invalid_proof"),
        (other.keys.verification.sign(Purpose::Transfer, &honest), "invalid_proof"),
        (Key::new().sign(Purpose::Transfer, &honest), "invalid_proof"),
        (verification.sign(Purpose::Request, &honest), "invalid_proof"),
        (verification.sign(Purpose::Transfer, &wish(&|w| w.iss = other.id)), "invalid_proof"),
        (
            verification.sign(Purpose::Transfer, &wish(&|w| w.aud = "https://evil.example".into())),
            "invalid_proof",
        ),
        (verification.sign(Purpose::Transfer, &wish(&|w| w.nonce = "old".into())), "use_nonce"),
    ] {
        let refused = transfer(&device, &compact).await;
        assert_eq!(refused.refusal(), (401, code.to_owned()), "{}", refused.text());
    }
    let granted = transfer(&device, &verification.sign(Purpose::Transfer, &honest)).await.expect(201);
    assert!(granted["enrollment_url"].as_str().unwrap().starts_with(&server.url()), "{granted}");
}
