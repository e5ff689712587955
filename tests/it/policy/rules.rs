//! Rules that a person signed: they approve what they were made for, and nothing else.

use countersign_protocol::answer::Decision;
use countersign_protocol::base64url;
use countersign_protocol::jws::Purpose;
use countersign_protocol::rule::Rule;
use countersign_tests::device::Device;
use countersign_tests::http::Reply;
use serde_json::{Value, json};

use super::Place;

const HOME: &str = "192.0.2.0/24";
const DAY: u64 = 86_400;

fn from_home() -> Value {
    json!({"context": {"ip": "192.0.2.7"}})
}

async fn place() -> Place {
    Place::with(&[("auto_accept", "on"), ("pending_limit", "0"), ("pushes_per_minute", "0")]).await
}

fn rule(place: &Place, device: &Device, name: u8) -> Rule {
    let now = u64::try_from(place.server.clock.now() / 1000).unwrap();
    Rule {
        iss: device.id,
        aud: device.server.clone(),
        jti: base64url(&[name; 16]),
        app: place.cms.client_id.clone(),
        app_name: "Case Management".to_owned(),
        network: HOME.parse().unwrap(),
        iat: now,
        exp: now + DAY,
    }
}

async fn hand_in(device: &Device, rule: &Rule) -> Reply {
    let signed = device.keys.verification.sign(Purpose::Rule, rule);
    device.renew_nonce().await;
    device.call("POST", "/api/v1/device/rules", &json!({"rule": signed})).await
}

async fn outcome(place: &Place, extras: Value) -> String {
    place.send(extras).await.expect(200)["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_rule_approves_its_application_from_its_network_until_its_day() {
    let place = place().await;
    assert_eq!(outcome(&place, from_home()).await, "pending");
    let id = hand_in(&place.phone, &rule(&place, &place.phone, 1)).await.expect(201)["id"].clone();
    let sent = place.send(from_home()).await.expect(200);
    assert_eq!(sent["status"], "approved");
    let status = place.cms.look(super::id(&sent)).await.expect(200);
    assert_eq!((&status["status"], &status["device_name"]), (&json!("approved"), &json!("Robot")));
    assert!(status["responded_at"].is_string());
    let listed = place.phone.call("GET", "/api/v1/device/rules", &Value::Null).await.expect(200);
    assert!(listed["rules"][0]["last_used_at"].is_string(), "{listed}");
    let history = place.phone.call("GET", "/api/v1/device/history", &Value::Null).await.expect(200);
    assert_eq!(history["entries"][0]["rule"], id, "each use is in the history: {history}");
    for other in [
        json!({"context": {"ip": "198.51.100.7"}}),
        json!({}),
        json!({"risk_profile": 2, "context": {"ip": "192.0.2.7"}}),
        json!({"risk_profile": 3, "context": {"ip": "192.0.2.7"}}),
    ] {
        assert_eq!(outcome(&place, other.clone()).await, "pending", "{other}");
    }
    let payroll = place.server.application(place.scope().tenant, "Payroll").await;
    let mut body = from_home();
    body["user_ref"] = json!("sam");
    assert_eq!(payroll.post("/api/v1/mfa/send", &body).await.expect(200)["status"], "pending");
    place.server.clock.advance(i64::try_from(DAY).unwrap() * 1000);
    assert_eq!(outcome(&place, from_home()).await, "pending");
}

#[tokio::test]
async fn rules_are_off_unless_the_tenant_allows_them_and_then_at_once() {
    let place = place().await;
    hand_in(&place.phone, &rule(&place, &place.phone, 1)).await.expect(201);
    for off in [("auto_accept", "off"), ("verification", "required"), ("risk", "2")] {
        place.set(&[off]).await;
        assert_eq!(outcome(&place, from_home()).await, "pending", "{off:?}");
        place.set(&[(off.0, "default"), ("auto_accept", "on")]).await;
    }
    assert_eq!(outcome(&place, from_home()).await, "approved");
    place.set(&[("auto_accept", "off")]).await;
    let refused = hand_in(&place.phone, &rule(&place, &place.phone, 2)).await;
    assert_eq!(refused.refusal(), (403, "rules_not_allowed".to_owned()));
}

#[tokio::test]
async fn revoking_reporting_and_removing_the_device_end_a_rule() {
    let place = place().await;
    let made = rule(&place, &place.phone, 1);
    hand_in(&place.phone, &made).await.expect(201);
    let path = format!("/api/v1/device/rules/{}", made.jti);
    assert_eq!(place.phone.call("DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(outcome(&place, from_home()).await, "pending");
    let again = place.phone.call("DELETE", &path, &Value::Null).await;
    assert_eq!(again.refusal(), (404, "rule_not_found".to_owned()));
    let ended = hand_in(&place.phone, &made).await;
    assert_eq!(ended.refusal(), (400, "invalid_rule".to_owned()), "an ended rule does not come back");

    hand_in(&place.phone, &rule(&place, &place.phone, 2)).await.expect(201);
    let (_, challenge) = place.asked(json!({})).await;
    place.answer(&challenge, Decision::Report, None).await.expect(200);
    place.server.engine.unlock_user(place.scope().tenant, "sam", &"operator").await.unwrap();
    assert_eq!(outcome(&place, from_home()).await, "pending");

    let second = Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    hand_in(&second, &rule(&place, &second, 3)).await.expect(201);
    assert_eq!(outcome(&place, from_home()).await, "approved");
    assert_eq!(second.call("DELETE", "/api/v1/device", &Value::Null).await.status, 204);
    assert_eq!(outcome(&place, from_home()).await, "pending");
}

#[tokio::test]
async fn property_4_a_rule_needs_the_person_and_its_own_device() {
    let place = place().await;
    let second = Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let good = rule(&place, &place.phone, 1);
    let by_possession = place.phone.keys.possession.sign(Purpose::Rule, &good);
    let post = async |rule: String| {
        place.phone.renew_nonce().await;
        place.phone.call("POST", "/api/v1/device/rules", &json!({"rule": rule})).await.refusal()
    };
    let invalid = (400, "invalid_rule".to_owned());
    assert_eq!(post(by_possession).await, invalid);
    let sign = |rule: &Rule| place.phone.keys.verification.sign(Purpose::Rule, rule);
    let others = rule(&place, &second, 1);
    assert_eq!(post(sign(&others)).await, invalid, "another device's");
    assert_eq!(
        post(second.keys.verification.sign(Purpose::Rule, &good)).await,
        invalid,
        "another device's key"
    );
    assert_eq!(post(sign(&Rule { exp: good.iat + 31 * DAY, ..good.clone() })).await, invalid, "too long");
    assert_eq!(post(sign(&Rule { aud: "https://other.example".to_owned(), ..good.clone() })).await, invalid);
    let foreign = place.server.relying_party("Another tenant", None).await;
    assert_eq!(
        post(sign(&Rule { app: foreign.client_id, ..good.clone() })).await,
        invalid,
        "another tenant's"
    );
    assert_eq!(post(place.phone.keys.verification.sign(Purpose::Answer, &good)).await, invalid);
    assert_eq!(outcome(&place, from_home()).await, "pending");
    assert_eq!(hand_in(&place.phone, &good).await.status, 201);
    assert_eq!(hand_in(&place.phone, &good).await.status, 201, "the same once more is no error");
    let path = format!("/api/v1/device/rules/{}", good.jti);
    second.renew_nonce().await;
    assert_eq!(
        second.call("DELETE", &path, &Value::Null).await.refusal(),
        (404, "rule_not_found".to_owned())
    );
}

#[tokio::test]
async fn a_device_has_32_rules_at_most() {
    let place = place().await;
    for name in 0..32 {
        hand_in(&place.phone, &rule(&place, &place.phone, name)).await.expect(201);
    }
    let one_more = hand_in(&place.phone, &rule(&place, &place.phone, 99)).await;
    assert_eq!(one_more.refusal(), (409, "too_many_rules".to_owned()));
}
