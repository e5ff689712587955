//! How often a person is asked, and what refusals and wrong numbers lead to.

use countersign_protocol::answer::Decision;
use serde_json::{Value, json};

use super::Place;

fn wrong(sent: &Value) -> String {
    let right: u8 = sent["number"].as_str().unwrap().parse().unwrap();
    format!("{:02}", (right + 1) % 100)
}

#[tokio::test]
async fn s7_five_pushes_a_minute_and_the_sixth_is_told_when() {
    let place = Place::with(&[]).await;
    for _ in 0..5 {
        place.send(json!({})).await.expect(200);
    }
    let sixth = place.send(json!({})).await;
    assert_eq!(sixth.refusal(), (429, "rate_limited".to_owned()));
    let wait: i64 = sixth.header("retry-after").unwrap().parse().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    place.cms.enroll("kim").await;
    let _kim =
        countersign_tests::device::Device::enroll(place.server.address, &place.cms.link("kim").await).await;
    place.cms.post("/api/v1/mfa/send", &json!({"user_ref": "kim"})).await.expect(200);
    place.server.clock.advance(wait * 1000);
    place.send(json!({})).await.expect(200);
}

#[tokio::test]
async fn s7_of_thirty_pushes_at_once_five_go_out() {
    let place = Place::with(&[("pending_limit", "0")]).await;
    let replies = futures_util::future::join_all((0..30).map(|_| place.send(json!({})))).await;
    let sent = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 429)));
    // Those that ran into each other too often are told to come again in a second.
    assert!((1..=5).contains(&sent), "{sent}");
    assert_eq!(place.phone.inbox().await.len(), sent);
}

#[tokio::test]
async fn s7_one_question_waits_for_a_user_and_application_the_newest() {
    let place = Place::with(&[]).await;
    let first = place.send(json!({})).await.expect(200);
    let target = format!("{}?wait=50", super::id(&first));
    let waiting = place.cms.look(&target);
    let second = async {
        let sent = place.send(json!({})).await.expect(200);
        assert_eq!(place.phone.inbox().await.len(), 1);
        sent
    };
    let (first_ended, second) = tokio::join!(waiting, second);
    assert_eq!(first_ended.expect(200)["status"], "cancelled");
    assert_eq!(place.status(&second).await, "pending");
    let other = place.server.application(place.scope().tenant, "Payroll").await;
    other.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    assert_eq!(place.phone.inbox().await.len(), 2, "another application's question waits beside it");
    place.set(&[("pending_limit", "2")]).await;
    let third = place.send(json!({})).await.expect(200);
    assert_eq!(
        (place.status(&second).await.as_str(), place.status(&third).await.as_str()),
        ("pending", "pending")
    );
}

#[tokio::test]
async fn s7_three_refusals_in_a_row_and_pushes_rest_for_five_minutes() {
    let place = Place::with(&[("pushes_per_minute", "0")]).await;
    for _ in 0..2 {
        assert_eq!(place.round(Decision::Deny).await, "denied");
    }
    assert_eq!(place.round(Decision::Approve).await, "approved", "which begins the count anew");
    for _ in 0..3 {
        assert_eq!(place.round(Decision::Deny).await, "denied");
    }
    let resting = place.send(json!({})).await;
    assert_eq!(resting.refusal(), (429, "rate_limited".to_owned()));
    let wait: i64 = resting.header("retry-after").unwrap().parse().unwrap();
    assert!((299..=300).contains(&wait), "{wait}");
    assert!(resting.json()["message"].as_str().unwrap().contains("another factor"));
    place.server.clock.advance(wait * 1000);
    place.send(json!({})).await.expect(200);
}

#[tokio::test]
async fn s7_a_report_lets_pushes_rest_at_once() {
    let place = Place::with(&[("cool_down", "60")]).await;
    assert_eq!(place.round(Decision::Report).await, "denied");
    assert_eq!(place.send(json!({})).await.refusal().0, 429);
    place.server.clock.advance(60_000);
    place.send(json!({})).await.expect(200);
}

#[tokio::test]
async fn s6_s28_s29_wrong_numbers_in_a_row_lock_pushes_and_end_what_waits() {
    let place =
        Place::with(&[("failure_limit", "3"), ("pending_limit", "0"), ("pushes_per_minute", "0")]).await;
    let numbered = json!({"number_match": true});
    for _ in 0..2 {
        let (sent, challenge) = place.asked(numbered.clone()).await;
        assert_eq!(place.answer(&challenge, Decision::Approve, Some(&wrong(&sent))).await.status, 422);
    }
    let (sent, challenge) = place.asked(numbered.clone()).await;
    place.answer(&challenge, Decision::Approve, sent["number"].as_str()).await.expect(200);
    for _ in 0..2 {
        let (sent, challenge) = place.asked(numbered.clone()).await;
        place.answer(&challenge, Decision::Approve, Some(&wrong(&sent))).await;
    }
    let bystander = place.send(json!({})).await.expect(200);
    let (last, challenge) = place.asked(numbered.clone()).await;
    place.answer(&challenge, Decision::Approve, Some(&wrong(&last))).await;
    assert_eq!(place.status(&bystander).await, "cancelled", "S28");
    assert!(place.phone.inbox().await.is_empty());
    for _ in 0..3 {
        let locked = place.send(json!({})).await;
        assert_eq!(locked.refusal(), (403, "user_locked".to_owned()), "S29");
    }
    place.server.clock.advance(10 * 86_400_000);
    assert_eq!(place.send(json!({})).await.status, 403, "time does not unlock");
    let locks = place.server.engine.locks_of(place.scope().tenant, "sam").await.unwrap();
    assert!(
        locks.counters.iter().any(|(factor, c)| factor == "push" && c.locked_at.is_some()),
        "S30 {locks:?}"
    );
    place.server.engine.unlock_user(place.scope().tenant, "sam", &"operator").await.unwrap();
    place.phone.renew_nonce().await;
    assert_eq!(place.round(Decision::Approve).await, "approved");
}

#[tokio::test]
async fn s31_a_blank_or_unknown_user_touches_no_counter() {
    let place = Place::with(&[]).await;
    for (user_ref, status) in [("", 400), (" ", 400), (" sam", 400), ("sam\u{0}", 400), ("Sam", 404)] {
        for _ in 0..6 {
            let reply = place.cms.post("/api/v1/mfa/send", &json!({"user_ref": user_ref})).await;
            assert_eq!(reply.status, status, "{user_ref:?}");
        }
    }
    let locks = place.server.engine.locks_of(place.scope().tenant, "sam").await.unwrap();
    assert_eq!(locks.counters, Vec::new());
    place.send(json!({})).await.expect(200);
}

#[tokio::test]
async fn an_application_that_allows_no_pushes_sends_none() {
    let place = Place::with(&[("factors", "totp email")]).await;
    assert_eq!(place.send(json!({})).await.refusal(), (403, "factor_not_allowed".to_owned()));
    assert!(place.phone.inbox().await.is_empty());
}

#[tokio::test]
async fn a_session_fails_when_no_device_can_ever_be_told_and_not_before() {
    let place = Place::with(&[]).await;
    let second =
        countersign_tests::device::Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let sent = place.send(json!({})).await.expect(200);
    let challenge = super::id(&sent).parse().unwrap();
    let engine = &place.server.engine;
    engine.delivery_failed(place.phone.id, challenge).await.unwrap();
    engine.delivery_failed(place.phone.id, challenge).await.unwrap();
    assert_eq!(place.status(&sent).await, "pending", "the same device counts once");
    let target = format!("{}?wait=50", super::id(&sent));
    let waiting = place.cms.look(&target);
    let (ended, failed) = tokio::join!(waiting, engine.delivery_failed(second.id, challenge));
    failed.unwrap();
    assert_eq!(ended.expect(200)["status"], "failed");
    assert_eq!(place.cms.cancel(super::id(&sent)).await.refusal(), (409, "session_not_pending".to_owned()));
}
