//! Waiting for something to happen: long polls of both sides, the phone's event stream, and what a server that stops
//! tells those who wait.

use std::time::Duration;

use countersign_protocol::answer::Decision;
use countersign_tests::device::{Device, challenges, submission};
use countersign_tests::http::{self, Connection, Request};
use countersign_tests::phone::Phone;
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

use crate::{server, server_to_restart};

#[tokio::test]
async fn a_waiting_status_comes_back_with_the_decision_and_not_with_the_next_look() {
    let first = ServerHere::start().await;
    let server = first.another(|engine| engine.looking_again_after(Duration::from_secs(3_600))).await;
    let cms = server.relying_party("Case Management", None).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let decided = cms.ask("sam").await;
    let payroll = server.application(cms.tenant.parse().unwrap(), "Payroll").await;
    let undecided = payroll.ask("sam").await;
    let answer = device.answer(&device.challenge(&decided.id).await, Decision::Deny, None);
    // A server that is not woken does not look at the row again before the wait is over: whoever waits less, for
    // nothing, would be earlier.
    let decided_first = async {
        tokio::select! {
            status = cms.wait(&decided, 60) => status,
            status = payroll.wait(&undecided, 50) => panic!("nobody woke the other: {status}"),
        }
    };
    let (status, answered) = tokio::join!(decided_first, device.submit(decided.challenge(), &answer));
    answered.expect(200);
    assert_eq!(status["status"], "denied");
    assert_eq!(cms.wait(&decided, 60).await["status"], "denied", "what has ended is not waited for");
}

#[tokio::test]
async fn a_waiting_status_comes_back_with_the_cancellation() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let (status, cancelled) = tokio::join!(cms.wait(&session, 60), cms.cancel(&session.id));
    cancelled.expect(200);
    assert_eq!(status["status"], "cancelled");
}

#[tokio::test]
async fn a_wait_for_nothing_ends_as_pending() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let idle = device.call("GET", "/api/v1/device/challenges?wait=1", &Value::Null).await;
    assert!(challenges(&idle).is_empty());
    let session = cms.ask("sam").await;
    assert_eq!(cms.wait(&session, 1).await["status"], "pending");
}

#[tokio::test]
async fn a_waiting_phone_gets_the_request_when_it_is_put() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let idle = Device::enroll(server.address, &cms.link("alex").await).await;
    let waiting = device.request("GET", "/api/v1/device/challenges?wait=60", b"");
    let idling = idle.request("GET", "/api/v1/device/challenges?wait=2", b"");
    let first = async {
        tokio::select! {
            reply = http::send(server.address, &waiting) => reply,
            _ = http::send(server.address, &idling) => panic!("nobody woke the phone"),
        }
    };
    let (reply, _session) = tokio::join!(first, cms.ask("sam"));
    assert_eq!(challenges(&reply).len(), 1);
}

#[tokio::test]
async fn the_core_waits_on_all_its_accounts_at_once() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let bank = server.relying_party("Bank").await;
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    phone.enroll(&bank.link("sam").await).await;
    let (inbox, session) = tokio::join!(phone.core.inbox(25), bank.ask("sam"));
    assert_eq!(inbox.unwrap().pending[0].id, session.challenge());
}

#[tokio::test]
async fn a_watching_phone_sees_each_change() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let (watching, other) = (Phone::new(), Phone::new());
    watching.enroll(&cms.link("sam").await).await;
    other.enroll(&cms.link("sam").await).await;
    let mut watch = watching.core.watch();
    assert!(watch.next().await.unwrap().pending.is_empty());
    let session = cms.ask("sam").await;
    assert_eq!(watch.next().await.unwrap().pending[0].id, session.challenge());
    other.core.deny(session.challenge()).await.unwrap();
    assert!(watch.next().await.unwrap().pending.is_empty(), "it was answered elsewhere");
    let taken_back = cms.ask("sam").await;
    assert_eq!(watch.next().await.unwrap().pending[0].id, taken_back.challenge());
    cms.cancel(&taken_back.id).await.expect(200);
    assert!(watch.next().await.unwrap().pending.is_empty());
}

#[tokio::test]
async fn the_event_stream_tells_the_inbox_and_says_bye_when_the_server_stops() {
    let mut server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let mut stream = Connection::open(server.address).await.unwrap();
    let request = device.request("GET", "/api/v1/device/events", b"");
    stream.write(&request.bytes(server.address, true)).await;
    let head = stream.head().await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
    assert!(head.header("device-nonce").is_some());
    let mut waiting = async || {
        let (name, data) = stream.event().await?;
        if name == "bye" {
            return None;
        }
        assert_eq!(name, "challenges");
        let inbox: Value = serde_json::from_str(&data).unwrap();
        Some(inbox["challenges"].as_array().unwrap().len())
    };
    assert_eq!(waiting().await, Some(0), "the inbox as it is");
    let session = cms.ask("sam").await;
    assert_eq!(waiting().await, Some(1));
    cms.cancel(&session.id).await.expect(200);
    assert_eq!(waiting().await, Some(0));
    server.sigterm().await;
    assert_eq!(waiting().await, None, "bye");
    assert_eq!(stream.event().await, None, "and the stream ends");
    server.stopped().await;
}

#[tokio::test]
async fn a_server_that_stops_answers_those_who_wait_and_loses_nothing() {
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let (answered, open) = (cms.ask("sam").await, cms.ask("sam").await);
    let answer = device.answer(&device.challenge(&answered.id).await, Decision::Approve, None);
    let mut waiting = Vec::new();
    let polls = [
        cms.request("GET", &format!("/api/v1/mfa/status/{}?wait=60", open.id)),
        device.request("GET", "/api/v1/device/events", b""),
    ];
    for poll in &polls {
        // The request before it, in the same bytes, is answered when the server has come to the one that waits.
        let mut connection = Connection::open(server.address).await.unwrap();
        let first = Request::new("GET", "/healthz").bytes(server.address, true);
        connection.write(&[first, poll.bytes(server.address, true)].concat()).await;
        assert_eq!(connection.reply().await.unwrap().text(), "ok\n");
        waiting.push(connection);
    }
    assert_eq!(http::send(server.address, &submission(answered.challenge(), &answer)).await.status, 200);
    server.terminate().await;
    let poll = waiting[0].reply().await.unwrap();
    assert_eq!(poll.expect(200)["status"], "pending");
    let stream = waiting[1].reply().await.unwrap().text();
    assert!(stream.contains("event: bye"), "{stream}");

    server.restart().await;
    assert_eq!(cms.status(&answered).await, "approved");
    assert_eq!(cms.status(&open).await, "pending");
    let again = device.submit(answered.challenge(), &answer).await.expect(200);
    assert_eq!(again["outcome"], json!("approved"));
}
