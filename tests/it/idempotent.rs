//! `Idempotency-Key` (S37): what comes again gets the same reply, and is done once.

use std::collections::BTreeSet;

use countersign_server::engine::Keyed;
use countersign_tests::device::Device;
use countersign_tests::dice::Dice;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{server, server_to_restart};

const SEND: &str = "/api/v1/mfa/send";
const ENROLL: &str = "/api/v1/users/enroll";

fn keyed(cms: &RelyingParty, target: &str, key: &str, body: &Value) -> Request {
    cms.request("POST", target).header("Idempotency-Key", key).json(body)
}

async fn post(cms: &RelyingParty, target: &str, key: &str, body: &Value) -> Reply {
    http::send(cms.address, &keyed(cms, target, key, body)).await
}

/// The same status and body; the second one says that it is a repetition.
fn assert_replayed(first: &Reply, again: &Reply) {
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn s37_the_same_request_again_gets_the_same_reply_and_is_done_once() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let body = json!({"user_ref": "sam", "number_match": true, "session_ref": "login-1"});
    let first = post(&cms, SEND, "login-1", &body).await;
    first.expect(200);
    server.clock.advance(24 * 60 * 60 * 1000 - 1);
    let again = post(&cms, SEND, "login-1", &body).await;
    assert_replayed(&first, &again);
    server.clock.advance(1);
    let next_day = post(&cms, SEND, "login-1", &body).await.expect(200);
    assert_ne!(next_day["session_id"], first.json()["session_id"], "a day later the key is free");
    device.renew_nonce().await;
    assert_eq!(device.inbox().await.len(), 1, "what was asked a day ago is over, and was asked once");

    let other = json!({"user_ref": "alex"});
    let link = post(&cms, ENROLL, "enrol-alex", &other).await;
    assert_eq!(link.status, 201);
    assert_replayed(&link, &post(&cms, ENROLL, "enrol-alex", &other).await);
}

#[tokio::test]
async fn s37_another_request_under_the_same_key_is_422_and_not_done() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    post(&cms, ENROLL, "k", &json!({"user_ref": "sam"})).await.expect(201);
    let reused = (422, "idempotency_key_reused".to_owned());
    for (target, body) in [
        (ENROLL, json!({"user_ref": "alex"})),
        (ENROLL, json!({"user_ref": "sam", "strict": false})),
        (SEND, json!({"user_ref": "sam"})),
        ("/api/v1/users/enroll?x=1", json!({"user_ref": "sam"})),
    ] {
        assert_eq!(post(&cms, target, "k", &body).await.refusal(), reused, "{target} {body}");
    }
    let users = cms.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!(users["users"].as_array().unwrap().len(), 1);
    assert_eq!(post(&cms, ENROLL, "K", &json!({"user_ref": "alex"})).await.status, 201, "keys have capitals");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s37_parallel_doubles_make_exactly_one_session() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let body = json!({"user_ref": "sam"});
    let doubles = join_all((0..24).map(|_| post(&cms, SEND, "one-login", &body))).await;
    let mut sessions = BTreeSet::new();
    let mut first = 0;
    for reply in &doubles {
        match reply.status {
            200 => {
                sessions.insert(reply.json()["session_id"].to_string());
                first += usize::from(reply.header("idempotency-replayed").is_none());
            }
            _ => {
                assert_eq!(reply.refusal(), (409, "idempotency_in_flight".to_owned()));
                assert_eq!(reply.header("retry-after"), Some("1"));
            }
        }
    }
    assert_eq!((sessions.len(), first), (1, 1), "one of them was done, and it was told");
    assert_eq!(device.inbox().await.len(), 1);
}

#[tokio::test]
async fn s37_a_request_in_flight_is_409_until_its_node_counts_as_lost() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let body = json!({"user_ref": "sam"});
    // Another node takes the key, and is never heard of again, or only too late.
    let node = server.beside();
    let caller = server.engine.authenticate(&cms.client_id, &cms.client_secret, None).await.unwrap();
    let text = body.to_string();
    let parts = [b"POST".as_slice(), ENROLL.as_bytes(), text.as_bytes()];
    let Keyed::New(taken) = node.take_key(&caller, b"k", parts).await.unwrap() else { panic!("a new key") };
    server.clock.advance(59_999);
    let waiting = post(&cms, ENROLL, "k", &body).await;
    assert_eq!(waiting.refusal(), (409, "idempotency_in_flight".to_owned()));
    assert_eq!(waiting.header("retry-after"), Some("1"));
    let other = post(&cms, ENROLL, "k", &json!({"user_ref": "alex"})).await;
    assert_eq!(other.refusal(), (422, "idempotency_key_reused".to_owned()));
    server.clock.advance(1);
    let done = post(&cms, ENROLL, "k", &body).await;
    assert_eq!(done.status, 201);
    let late = countersign_server::engine::Reply {
        status: 500,
        content_type: String::new(),
        body: b"late".to_vec(),
    };
    node.keep_reply(&taken, &late).await.unwrap();
    assert_replayed(&done, &post(&cms, ENROLL, "k", &body).await);
}

#[tokio::test]
async fn s37_each_application_has_its_own_keys() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let callers =
        [cms.clone(), server.application(&cms.tenant, "Webshop").await, server.relying_party("Bank").await];
    let body = json!({"user_ref": "sam"});
    let mut tokens = BTreeSet::new();
    for caller in &callers {
        let reply = post(caller, ENROLL, "the same key", &body).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "a space is not visible");
        let reply = post(caller, ENROLL, "the-same-key", &body).await;
        assert_eq!(reply.header("idempotency-replayed"), None);
        tokens.insert(reply.expect(201)["enrollment_token"].to_string());
    }
    assert_eq!(tokens.len(), 3);
}

#[tokio::test]
async fn s37_a_key_is_1_to_255_visible_ascii_characters_and_there_once() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam"});
    for key in ["", "é", "a b", "a\tb", &"k".repeat(256)] {
        let reply = post(&cms, ENROLL, key, &body).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{key}");
    }
    let twice = keyed(&cms, ENROLL, "a", &body).header("Idempotency-Key", "b");
    assert_eq!(http::send(cms.address, &twice).await.refusal().0, 400);
    let too_long = keyed(&cms, ENROLL, "long", &json!({"user_ref": "x".repeat(70_000)}));
    assert_eq!(http::send(cms.address, &too_long).await.refusal(), (413, "too_large".to_owned()));
    let users = cms.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!(users["users"], json!([]), "and nothing was done");
    assert_eq!(post(&cms, ENROLL, &"k".repeat(255), &body).await.status, 201);
    assert_eq!(post(&cms, ENROLL, "long", &body).await.status, 201, "what was too large took no key");
}

#[tokio::test]
async fn s37_only_the_authenticated_take_keys_and_a_decision_is_kept() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam"});
    let wrong = RelyingParty { client_secret: "cs_secret_wrong".to_owned(), ..cms.clone() };
    for _ in 0..2 {
        let refused = post(&wrong, SEND, "k", &body).await;
        assert_eq!(refused.refusal(), (401, "unauthorized".to_owned()));
        assert_eq!(refused.header("idempotency-replayed"), None);
    }
    let nobody = post(&cms, SEND, "k", &body).await;
    assert_eq!(nobody.refusal(), (404, "user_not_found".to_owned()));
    let _device = Device::enroll(server.address, &cms.link("sam").await).await;
    assert_replayed(&nobody, &post(&cms, SEND, "k", &body).await);
    assert_eq!(post(&cms, SEND, "k2", &body).await.status, 200, "a new key is a new request");
    let refused = post(&wrong, SEND, "k2", &body).await;
    assert_eq!(refused.status, 401, "a kept reply is for its own caller");
}

#[tokio::test]
async fn s37_kept_replies_are_sealed() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let body = json!({"user_ref": "the-person-in-the-file"});
    let token = post(&cms, ENROLL, "k", &body).await.expect(201)["enrollment_token"].clone();
    let token = token.as_str().unwrap().as_bytes();
    let holds = |needle: &[u8]| {
        let files = std::fs::read_dir(server.data_dir()).unwrap();
        files
            .filter_map(|file| std::fs::read(file.unwrap().path()).ok())
            .any(|file| file.windows(needle.len()).any(|window| window == needle))
    };
    assert!(!holds(token), "the database shows a token");
    let on_sqlite = std::env::var_os("COUNTERSIGN_TEST_DATABASE_URL").is_none();
    assert!(!on_sqlite || holds(b"the-person-in-the-file"), "this looks at the database");
    post(&cms, ENROLL, "k", &body).await.expect(201);
}

/// The server is killed in the middle of many requests, and everybody asks again with the same keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s37_no_power_cut_does_a_request_twice_or_forgets_a_reply() {
    const PEOPLE: usize = 60;
    let mut dice = Dice::thrown_for("idempotency and power cuts");
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    let users: Vec<String> = (0..PEOPLE).map(|nth| format!("person-{nth}")).collect();
    let mut devices = Vec::new();
    for some in users.chunks(20) {
        let enrolled = some.iter().map(async |user| Device::enroll(cms.address, &cms.link(user).await).await);
        devices.extend(join_all(enrolled).await);
    }
    let cut_after = dice.below(PEOPLE - 10);
    let (replies, cut) = (std::sync::atomic::AtomicUsize::new(0), Notify::new());
    let send = async |user: &String| {
        let request = keyed(&cms, SEND, user, &json!({"user_ref": user}));
        let reply = http::try_send(cms.address, &request).await.ok();
        if replies.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == cut_after {
            cut.notify_one();
        }
        reply
    };
    let power = async {
        cut.notified().await;
        server.kill_9();
        server.restart().await;
    };
    let (before, ()) = tokio::join!(join_all(users.iter().map(send)), power);
    let acknowledged = before.iter().flatten().filter(|reply| reply.status == 200).count();
    assert!(acknowledged > 0, "the cut came before anything was done");

    for ((user, device), before) in users.iter().zip(&devices).zip(&before) {
        let again = post(&cms, SEND, user, &json!({"user_ref": user})).await;
        let waiting = device.inbox().await.len();
        match before.as_ref().filter(|reply| reply.status == 200) {
            Some(first) => {
                // A reply is kept before it is told.
                assert_replayed(first, &again);
                assert_eq!(waiting, 1, "{user}");
            }
            None => {
                assert!([200, 409].contains(&again.status), "{user}: {}", again.text());
                assert!(waiting <= 1, "{user} is asked twice");
            }
        }
    }
    server.terminate().await;
}

#[tokio::test]
async fn s37_a_reply_is_kept_over_a_restart() {
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "sam@example.org"});
    let first = post(&cms, ENROLL, "k", &body).await;
    assert_eq!(first.status, 201);
    server.kill_9();
    server.restart().await;
    assert_replayed(&first, &post(&cms, ENROLL, "k", &body).await);
    server.terminate().await;
}
