//! `POST /devices/register`: a push token that the relying party's own app has got.

use countersign_tests::device::Device;
use countersign_tests::http::Reply;
use countersign_tests::relying_party::RelyingParty;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::server;

const TOKEN: &str = "fcm:APA91bH-x|y";

async fn register(cms: &RelyingParty, user: &str, token: &str) -> Reply {
    let body = json!({"user_ref": user, "device_token": token, "platform": "android"});
    cms.post("/api/v1/devices/register", &body).await
}

/// How many devices each of these people has.
async fn devices<const N: usize>(cms: &RelyingParty, users: [&str; N]) -> [usize; N] {
    let mut counts = [0; N];
    for (count, user) in counts.iter_mut().zip(users) {
        *count = cms.devices(user).await.len();
    }
    counts
}

#[tokio::test]
async fn a_device_is_registered_with_exactly_the_fields_that_are_promised_and_its_person_made_known() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let body =
        json!({"user_ref": "sam", "device_token": TOKEN, "platform": "android", "device_name": " Sam's "});
    let made = cms.post("/api/v1/devices/register", &body).await.expect(201);
    let fields: Vec<_> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["created_at", "device_id", "device_name", "device_token", "platform", "user_ref"]);
    assert_eq!((&made["user_ref"], &made["device_token"]), (&json!("sam"), &json!(TOKEN)));
    assert_eq!((&made["platform"], &made["device_name"]), (&json!("android"), &json!("Sam's")));
    let listed = cms.devices("sam").await.remove(0);
    for field in ["device_id", "device_token", "platform", "device_name", "created_at"] {
        assert_eq!(listed[field], made[field], "{field}");
    }
    let users = cms.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!((&users["users"][0]["user_ref"], &users["users"][0]["devices"]), (&json!("sam"), &json!(1)));
    assert_eq!(users["users"][0]["status"], "enrolled");
    assert!(users["users"][0]["enrolled_at"].is_string(), "{users}");
}

#[tokio::test]
async fn the_same_token_and_person_again_is_the_same_device_brought_up_to_date() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let made = register(&cms, "sam", TOKEN).await.expect(201);
    assert_eq!(register(&cms, "sam", TOKEN).await.expect(200), made);
    let hex = "ab".repeat(32);
    let phone = register(&cms, "sam", &hex).await.expect(201);
    let renamed = json!({"user_ref": "sam", "device_token": hex, "platform": "ios", "device_name": "New"});
    let renamed = cms.post("/api/v1/devices/register", &renamed).await.expect(200);
    assert_eq!((&renamed["device_name"], &renamed["platform"]), (&json!("New"), &json!("ios")));
    assert_eq!(renamed["device_id"], phone["device_id"]);
    let nameless = json!({"user_ref": "sam", "device_token": hex, "platform": "ios", "device_name": null});
    let nameless = cms.post("/api/v1/devices/register", &nameless).await.expect(200);
    assert_eq!(nameless["device_name"], "New", "what is not given again stays");
    assert_eq!(devices(&cms, ["sam"]).await, [2]);
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_and_nobody_is_made_known() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let good =
        json!({"user_ref": "sam", "device_token": TOKEN, "platform": "android", "device_name": "Phone"});
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
        (with("user_ref", json!("left out")), "invalid_request"),
        (with("user_ref", json!(" ")), "invalid_request"),
        (with("user_ref", json!("u".repeat(256))), "invalid_request"),
        (with("user_ref", json!(5)), "invalid_request"),
        (with("device_token", json!("left out")), "invalid_request"),
        (with("device_token", json!("")), "invalid_device_token"),
        (with("device_token", json!("with space")), "invalid_device_token"),
        (with("device_token", json!("t".repeat(2049))), "invalid_device_token"),
        (with("platform", json!("left out")), "invalid_request"),
        (with("platform", json!("windows")), "invalid_platform"),
        (with("platform", json!("ios")), "invalid_device_token"),
        (with("device_name", json!("")), "invalid_request"),
        (with("device_name", json!("n".repeat(101))), "invalid_request"),
        (json!([]), "invalid_request"),
    ] {
        let reply = cms.post("/api/v1/devices/register", &body).await;
        assert_eq!(reply.refusal(), (400, code.to_owned()), "{body}: {}", reply.text());
    }
    for (token, good) in [("ab".repeat(31), false), ("ab".repeat(32), true), ("zz".repeat(32), false)] {
        let ios = json!({"user_ref": "ios", "device_token": token, "platform": "ios"});
        let reply = cms.post("/api/v1/devices/register", &ios).await;
        assert_eq!(reply.status == 201, good, "{token}: {}", reply.text());
    }
    let users = cms.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!(users["users"].as_array().unwrap().len(), 1, "only the one who has a device: {users}");
}

#[tokio::test]
async fn a_token_moves_to_whoever_registers_it_last() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let first = register(&cms, "sam", TOKEN).await.expect(201);
    let second = register(&cms, "alex", TOKEN).await.expect(201);
    assert_ne!(first["device_id"], second["device_id"]);
    assert_eq!(devices(&cms, ["sam", "alex"]).await, [0, 1]);
    register(&cms, "sam", TOKEN).await.expect(201);
    assert_eq!(devices(&cms, ["sam", "alex"]).await, [1, 0]);
    let bank = server.relying_party("Bank").await;
    register(&bank, "sam", TOKEN).await.expect(201);
    assert_eq!(devices(&cms, ["sam"]).await, [1], "another tenant's tokens are others");
}

#[tokio::test]
async fn a_device_with_keys_is_more_than_its_token_and_stays() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let token = json!({"device_token": TOKEN});
    assert_eq!(device.call("PUT", "/api/v1/device/push-token", &token).await.status, 204);
    let before = cms.devices("sam").await.remove(0);
    register(&cms, "alex", TOKEN).await.expect(201);
    assert_eq!(devices(&cms, ["sam", "alex"]).await, [1, 1], "one phone, two people");
    // For its own person the token is found, and the device keeps its keys and its kind.
    let again = register(&cms, "sam", TOKEN).await.expect(200);
    assert_eq!((&again["device_id"], &again["platform"]), (&before["device_id"], &json!("terminal")));
    assert_eq!(
        devices(&cms, ["sam", "alex"]).await,
        [1, 0],
        "and it moves from who had nothing but the token"
    );
    cms.ask("sam").await;
    assert_eq!(device.inbox().await.len(), 1);
}

#[tokio::test]
async fn of_people_who_register_one_token_at_once_one_has_it() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let people = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let replies = join_all(people.iter().map(|user| register(&cms, user, TOKEN))).await;
    assert!(replies.iter().all(|reply| reply.status == 201));
    assert_eq!(devices(&cms, people).await.iter().sum::<usize>(), 1);
    let replies = join_all((0..8).map(|_| register(&cms, "z", "another"))).await;
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(201), with(200)), (1, 7));
    assert_eq!(devices(&cms, ["z"]).await, [1]);
}

#[tokio::test]
async fn a_registered_token_is_removed_under_its_percent_encoded_name() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    for token in [
        TOKEN,
        "a%2Fb",
        "a/b",
        "%",
        "https://push.example.org/x?y=z#p256dh=BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4&auth=BTBZMqHH6r4Tts7J_aSIgg",
        "+:@|",
    ] {
        register(&cms, "sam", token).await.expect(201);
        cms.remove_device(token).await.expect(200);
        assert_eq!(cms.remove_device(token).await.refusal(), (404, "device_not_found".to_owned()), "{token}");
    }
    assert_eq!(devices(&cms, ["sam"]).await, [0]);
}

#[tokio::test]
async fn registering_needs_credentials() {
    let server = server().await;
    let body = json!({"user_ref": "sam", "device_token": TOKEN, "platform": "android"});
    let request = countersign_tests::http::Request::new("POST", "/api/v1/devices/register").json(&body);
    let refused = countersign_tests::http::send(server.address, &request).await;
    assert_eq!(refused.refusal(), (401, "unauthorized".to_owned()));
}
