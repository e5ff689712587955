//! S40: what belongs to another tenant does not exist.

use countersign_tests::device::Device;
use countersign_tests::http::segment;
use serde_json::{Value, json};

use crate::server;

#[tokio::test]
async fn s40_another_tenants_ids_are_404_on_every_route() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let spy = server.relying_party("Spy").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let token = cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();

    assert_eq!(spy.look(&session.id).await.refusal(), (404, "session_not_found".to_owned()));
    let waiting = spy.look(&format!("{}?wait=60", session.id)).await;
    assert_eq!(waiting.refusal(), (404, "session_not_found".to_owned()));
    assert_eq!(spy.cancel(&session.id).await.refusal(), (404, "session_not_found".to_owned()));
    assert_eq!(spy.remove_device(&token).await.refusal(), (404, "device_not_found".to_owned()));
    let devices = spy.call("GET", &format!("/api/v1/devices/user/{}", segment("sam"))).await;
    assert_eq!(devices.refusal(), (404, "user_not_found".to_owned()));
    let send = spy.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await;
    assert_eq!(send.refusal(), (404, "user_not_found".to_owned()));
    assert_eq!(spy.call("GET", "/api/v1/users").await.expect(200)["users"], json!([]));
    let cursor = cms.call("GET", "/api/v1/users?limit=1").await.expect(200)["next_cursor"].clone();
    assert_eq!(cursor, Value::Null);

    assert_eq!(cms.status(&session).await, "pending", "and nothing has changed");
    assert_eq!(device.inbox().await.len(), 1);
    assert_eq!(cms.devices("sam").await.len(), 1);
}

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
