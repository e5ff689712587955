//! S40: what belongs to another tenant does not exist. `routes::foreign` tries every route; here is what it cannot see.

use countersign_tests::device::Device;
use serde_json::{Value, json};

use crate::server;

#[tokio::test]
async fn s40_the_same_user_ref_and_push_token_are_two_people_in_two_tenants() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let bank = server.relying_party("Bank").await;
    let here = Device::enroll(server.address, &cms.link("sam").await).await;
    let there = Device::enroll(server.address, &bank.link("sam").await).await;
    let token = json!({"device_token": "the-same-phone"});
    for device in [&here, &there] {
        assert_eq!(device.call("PUT", "/api/v1/device/push-token", &token).await.status, 204);
    }
    cms.ask("sam").await;
    assert_eq!((here.inbox().await.len(), there.inbox().await.len()), (1, 0));
    cms.remove_device("the-same-phone").await.expect(200);
    assert_eq!((cms.devices("sam").await.len(), bank.devices("sam").await.len()), (0, 1));
}

#[tokio::test]
async fn s40_a_device_sees_and_answers_only_what_it_was_asked() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let bank = server.relying_party("Bank").await;
    let asked = Device::enroll(server.address, &cms.link("sam").await).await;
    let strangers = [
        Device::enroll(server.address, &cms.link("alex").await).await,
        Device::enroll(server.address, &bank.link("sam").await).await,
    ];
    let session = cms.ask("sam").await;
    let challenge = asked.inbox().await.remove(0);
    for stranger in &strangers {
        assert!(stranger.inbox().await.is_empty());
        let answer = stranger.answer(&challenge, countersign_protocol::answer::Decision::Deny, None);
        let refused = stranger.submit(session.challenge(), &answer).await;
        assert_eq!(refused.refusal(), (404, "challenge_not_found".to_owned()));
        let history = stranger.call("GET", "/api/v1/device/history", &Value::Null).await.expect(200);
        assert_eq!(history["entries"], json!([]));
    }
    assert_eq!(cms.status(&session).await, "pending");
}
