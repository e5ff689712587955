//! Power cuts: the server is killed in the middle of many sign-ins, starts again, and everybody asks again what they
//! may ask again. What somebody was told must be what everybody finds afterwards.

use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_protocol::answer::Decision;
use countersign_tests::device::{Device, challenges, submission};
use countersign_tests::dice::Dice;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::key::claims;
use countersign_tests::relying_party::{RelyingParty, Session};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use crate::server_to_restart;

/// People who sign in at the same time.
const PEOPLE: usize = 200;
/// Requests that a sign-in takes: send, inbox, answer, another answer, status.
const STEPS: usize = 5;
/// How often everybody signs in; each time the server is killed twice.
const ROUNDS: usize = 3;

/// What those who sign in share.
struct Outage {
    cms: RelyingParty,
    /// Starts of the server so far.
    starts: watch::Sender<usize>,
    /// Replies so far in this round.
    replies: AtomicUsize,
    /// Replies after which the power goes.
    cuts: [usize; 2],
    cut: Notify,
}

impl Outage {
    /// Sends until there is a reply: again after each start of the server, and when it has too much to do (503).
    async fn send(&self, request: &Request) -> Reply {
        loop {
            let start = *self.starts.borrow();
            match http::try_send(self.cms.address, request).await {
                Ok(reply) if reply.status == 503 => {}
                Ok(reply) => {
                    let replies = self.replies.fetch_add(1, Ordering::SeqCst);
                    if self.cuts.contains(&replies) {
                        self.cut.notify_one();
                    }
                    return reply;
                }
                Err(_) => drop(self.starts.subscribe().wait_for(|now| *now > start).await.unwrap()),
            }
        }
    }

    /// One person signs in and then changes their mind. Returns what the phone was told.
    async fn sign_in(&self, device: &Device, user: &str, mut dice: Dice) -> (Session, Value) {
        let body = json!({"user_ref": user, "number_match": true});
        let sent = self.send(&self.cms.request("POST", "/api/v1/mfa/send").json(&body)).await.expect(200);
        let session = Session {
            id: sent["session_id"].as_str().unwrap().to_owned(),
            number: sent["number"].as_str().map(str::to_owned),
        };
        let inbox = self.send(&device.request("GET", "/api/v1/device/challenges", b"")).await;
        let waiting = challenges(&inbox);
        let challenge = waiting.iter().find(|challenge| claims(challenge)["jti"] == session.id);
        let challenge = challenge.expect("what was acknowledged as asked is waiting");
        let (right, wrong) = (session.number.clone(), Some(session.wrong_number()));
        let (decision, number, outcome) = dice
            .one_of(&[
                (Decision::Approve, right, "approved"),
                (Decision::Approve, wrong, "denied"),
                (Decision::Deny, None, "denied"),
            ])
            .clone();
        let answer = device.answer(challenge, decision, number.as_deref());
        let told = self.send(&submission(session.challenge(), &answer)).await.json()["outcome"].clone();
        assert_eq!(told, outcome, "nobody else decides for {user}");
        let second_thought = device.answer(challenge, Decision::Deny, None);
        let refused = self.send(&submission(session.challenge(), &second_thought)).await.expect(409);
        assert_eq!(refused["outcome"], told, "{user} was told something else before");
        let status = self.send(&self.cms.request("GET", &format!("/api/v1/mfa/status/{}", session.id))).await;
        assert_eq!(status.expect(200)["status"], told, "the relying party of {user} is told something else");
        (session, told)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn property_6_no_power_cut_loses_or_doubles_a_decision() {
    let mut dice = Dice::thrown_for("power cuts");
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    // Whose requests are lost, and so asked again, is chance.
    server.without_limits(&cms).await;
    let users: Vec<String> = (0..PEOPLE).map(|nth| format!("person {nth}")).collect();
    let mut devices = Vec::new();
    for some in users.chunks(20) {
        let enrolled = some.iter().map(async |user| Device::enroll(cms.address, &cms.link(user).await).await);
        devices.extend(join_all(enrolled).await);
    }

    for round in 0..ROUNDS {
        let cuts = [dice.below(PEOPLE * (STEPS - 1)), dice.below(PEOPLE * (STEPS - 1))];
        let outage = Outage {
            cms: cms.clone(),
            starts: watch::Sender::new(0),
            replies: AtomicUsize::new(0),
            cuts,
            cut: Notify::new(),
        };
        let everybody_is_in = Notify::new();
        let people = async {
            let people = devices.iter().zip(&users);
            let told =
                join_all(people.map(|(device, user)| outage.sign_in(device, user, dice.split()))).await;
            everybody_is_in.notify_one();
            told
        };
        let power = async {
            loop {
                tokio::select! {
                    biased;
                    () = outage.cut.notified() => {}
                    () = everybody_is_in.notified() => break,
                }
                server.kill_9();
                server.restart().await;
                outage.starts.send_modify(|starts| *starts += 1);
            }
        };
        let (told, ()) = tokio::join!(people, power);
        assert!(*outage.starts.borrow() > 0, "round {round}: the power was never cut");
        look_at_everything(&cms, &devices, &told).await;
    }
    server.terminate().await;
}

/// After a round, with the power back: each device's own records say what it was told, once; and what a relying party
/// never heard of, because the reply was lost, still waits and can be denied.
async fn look_at_everything(cms: &RelyingParty, devices: &[Device], told: &[(Session, Value)]) {
    join_all(devices.iter().zip(told).map(async |(device, (session, told))| {
        assert_eq!(cms.status(session).await, told.as_str().unwrap());
        for orphan in device.inbox().await {
            let id = claims(&orphan)["jti"].as_str().unwrap().parse().unwrap();
            assert_ne!(id, session.challenge(), "it was answered");
            let denial = device.answer(&orphan, Decision::Deny, None);
            assert_eq!(device.submit(id, &denial).await.expect(200)["outcome"], "denied");
        }
        let history = device.call("GET", "/api/v1/device/history", &Value::Null).await.expect(200);
        let entries = history["entries"].as_array().unwrap();
        let mine: Vec<_> = entries.iter().filter(|entry| entry["id"] == session.id).collect();
        assert_eq!(mine.len(), 1, "{history}");
        assert_eq!((&mine[0]["outcome"], &mine[0]["answered_here"]), (told, &json!(true)));
        assert!(entries.iter().all(|entry| entry["outcome"] != "pending"), "{history}");
    }))
    .await;
}
