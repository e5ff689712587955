//! Telling again: when, how often, what a receiver's answer changes, and that one of them never holds up another.

use countersign_protocol::answer::Decision;
use countersign_tests::receiver::{Behaviour, Receiver};

use super::World;

/// Seconds after which each next attempt is made at the earliest; a tenth more at the latest.
const WAITS: [i64; 11] = [1, 5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];

#[tokio::test]
async fn s44_retries_go_on_for_three_days_with_jitter_and_then_end() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.always(Behaviour::Status(500));
    world.decide(Decision::Approve).await;
    let begun = world.server.clock.now();
    for wait in WAITS {
        world.send_due().await;
        receiver.next().await;
        let failed = world.server.clock.now();
        let due = world.only().await.row.due_at;
        assert!((failed + wait * 1_000..=failed + wait * 1_100).contains(&due), "{wait}: {}", due - failed);
        world.server.clock.set(due - 1);
        world.send_due().await;
        assert!(receiver.rest().is_empty(), "too early");
        world.server.clock.set(due);
    }
    let days = (world.server.clock.now() - begun) as f64 / 86_400_000.0;
    assert!((2.9..3.4).contains(&days), "{days} days");
    world.send_due().await;
    receiver.next().await;
    let dead = world.only().await;
    assert_eq!((dead.row.state.as_str(), dead.attempts.len()), ("dead", 12));
    world.server.clock.advance(30 * 86_400_000);
    world.send_due().await;
    assert!(receiver.rest().is_empty());
}

#[tokio::test]
async fn s44_waits_differ_between_messages() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.always(Behaviour::Status(503));
    for _ in 0..8 {
        world.decide(Decision::Approve).await;
    }
    // After the fifth attempt the wait is ten minutes, and a tenth of that is a minute to differ in.
    for seconds in [0, 2, 6, 33, 132] {
        world.server.clock.advance(seconds * 1_000);
        world.send_due().await;
    }
    let mut due: Vec<i64> =
        world.deliveries(Some("waiting")).await.iter().map(|one| one.row.due_at).collect();
    due.dedup();
    assert!(due.len() > 1, "all eight at the same millisecond");
}

#[tokio::test]
async fn s43_each_attempt_has_a_fresh_timestamp_and_signature_and_the_same_id() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    let (_, secret) = world.webhook(&receiver.url()).await;
    receiver.next_are([Behaviour::Status(500), Behaviour::HangUp]);
    world.decide(Decision::Approve).await;
    let mut attempts = Vec::new();
    for seconds in [0, 2, 60] {
        world.server.clock.advance(seconds * 1_000);
        world.send_due().await;
        attempts.push(receiver.next().await);
    }
    for (attempt, timestamp) in attempts.iter().zip(["1800000000", "1800000002", "1800000062"]) {
        assert_eq!(attempt.header("webhook-timestamp"), timestamp);
        assert_eq!(attempt.header("webhook-id"), attempts[0].header("webhook-id"));
        assert_eq!(attempt.body, attempts[0].body);
        assert!(attempt.standard_signed_by(&secret) && attempt.mypass_signed_by(&secret));
    }
    let done = world.only().await;
    let came: Vec<_> =
        done.attempts.iter().map(|one| (one.attempt, one.status, one.error.as_deref())).collect();
    assert_eq!(came, [(1, Some(500), Some("status")), (2, None, Some("protocol")), (3, Some(204), None)]);
    assert_eq!(done.row.state, "done");
}

#[tokio::test]
async fn s44_retry_after_puts_the_next_attempt_off_and_not_for_ever() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    world.decide(Decision::Approve).await;
    // The first wait is 1 s, the second 5 s, the third 30 s; an hour more at most, a tenth for jitter.
    for (asked, least, most) in [
        ("120", 120, 132),
        ("0", 5, 6),
        ("9999999", 3_630, 3_993),
        ("Fri, 15 Jan 2027 00:00:00 GMT", 120, 132),
    ] {
        receiver.next_are([Behaviour::Header(429, format!("Retry-After: {asked}"))]);
        world.send_due().await;
        receiver.next().await;
        let (now, due) = (world.server.clock.now(), world.only().await.row.due_at);
        assert!((least * 1_000..=most * 1_000).contains(&(due - now)), "{asked}: {}", due - now);
        world.server.clock.set(due);
    }
}

#[tokio::test]
async fn s44_gone_disables_the_webhook_until_it_is_enabled() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    let (id, _) = world.webhook(&receiver.url()).await;
    receiver.always(Behaviour::Status(500));
    world.decide(Decision::Approve).await;
    world.send_due().await;
    receiver.next().await;
    receiver.always(Behaviour::Status(410));
    world.decide(Decision::Deny).await;
    world.send_due().await;
    receiver.next().await;
    let disabled = world.server.engine.webhooks(world.tenant()).await.unwrap().remove(0).disabled;
    assert_eq!(disabled.unwrap().1, "gone");
    // Neither what waits nor what comes is sent, and what came meanwhile was not even kept.
    world.decide(Decision::Approve).await;
    world.server.clock.advance(10_000);
    world.send_due().await;
    assert!(receiver.rest().is_empty());
    let words = world.deliveries(Some("dead")).await;
    let words: Vec<_> = words.iter().map(|one| one.attempts.last().unwrap().error.clone().unwrap()).collect();
    assert_eq!(words, ["gone", "webhook_disabled"]);
    receiver.always(Behaviour::Status(200));
    world.server.engine.enable_webhook(id, &"operator").await.unwrap();
    assert_eq!(world.server.engine.replay_all_dead(world.tenant(), Some(id.local), &"operator").await, Ok(2));
    world.send_due().await;
    assert_eq!(world.deliveries(Some("done")).await.len(), 2);
    world.decide(Decision::Approve).await;
    world.send_due().await;
    assert_eq!(receiver.rest().len(), 3);
}

#[tokio::test]
async fn s44_a_redirect_is_not_followed() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    let mut elsewhere = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    world.decide(Decision::Approve).await;
    for (status, seconds) in [(301, 2), (302, 6), (307, 33), (308, 132)] {
        receiver.next_are([Behaviour::Header(status, format!("Location: {}", elsewhere.url()))]);
        world.send_due().await;
        receiver.next().await;
        let last = world.only().await.attempts.pop().unwrap();
        assert_eq!((last.status, last.error.as_deref()), (Some(i64::from(status)), Some("redirect")));
        world.server.clock.advance(seconds * 1_000);
    }
    assert!(elsewhere.rest().is_empty());
}

#[tokio::test]
async fn an_endless_reply_is_a_reply_and_is_hung_up_on() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.always(Behaviour::Flood);
    world.decide(Decision::Approve).await;
    world.send_due().await;
    receiver.next().await;
    let done = world.only().await;
    assert_eq!((done.row.state.as_str(), done.attempts[0].status), ("done", Some(200)));
}

#[tokio::test]
async fn s46_a_webhook_that_stalls_delays_neither_the_answer_nor_the_other_webhooks() {
    let world = World::new().await;
    let mut stalls = Receiver::start().await;
    let mut works = Receiver::start().await;
    stalls.always(Behaviour::Stall);
    world.webhook(&stalls.url()).await;
    world.webhook(&works.url()).await;
    let mut sessions = Vec::new();
    for _ in 0..10 {
        sessions.push(world.decide(Decision::Approve).await);
    }
    tokio::select! {
        // The first ones to the stalling webhook run into their time-out only after five seconds of the real clock.
        () = world.send_due() => panic!("a stalled webhook ended before the other one was told"),
        () = async { for _ in 0..10 { works.next().await; } } => {}
    }
    assert!(stalls.rest().len() <= 4, "so many at once to one webhook at most");
    for session in sessions {
        assert_eq!(world.cms.status(&session).await, "approved");
    }
}

#[tokio::test]
async fn s44_a_stalled_call_is_given_up_after_five_seconds() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.always(Behaviour::Stall);
    world.decide(Decision::Approve).await;
    world.send_due().await;
    receiver.next().await;
    let waiting = world.only().await;
    assert_eq!(
        (waiting.row.state.as_str(), waiting.attempts[0].error.as_deref()),
        ("waiting", Some("timeout"))
    );
    assert!((4_900..9_900).contains(&waiting.attempts[0].duration), "{:?}", waiting.attempts);
}

#[tokio::test]
async fn s46_whatever_a_webhook_answers_the_result_stays() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.next_are([Behaviour::Status(403), Behaviour::HangUp, Behaviour::Status(410)]);
    for (decision, word) in
        [(Decision::Approve, "approved"), (Decision::Deny, "denied"), (Decision::Approve, "approved")]
    {
        let session = world.decide(decision).await;
        world.send_due().await;
        assert_eq!(world.cms.status(&session).await, word);
    }
}

#[tokio::test]
async fn s46_dead_letters_are_seen_and_replayed_under_the_same_id() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.always(Behaviour::Status(500));
    world.decide(Decision::Approve).await;
    for _ in 0..12 {
        world.send_due().await;
        world.server.clock.advance(2 * 86_400_000);
    }
    let first = receiver.rest();
    assert_eq!(first.len(), 12);
    let listed = world.cms.call("GET", "/api/v1/webhooks/deliveries?state=dead").await.expect(200);
    let dead = &listed["deliveries"][0];
    assert_eq!((&dead["state"], &dead["next_attempt_at"]), (&"dead".into(), &serde_json::Value::Null));
    assert_eq!(dead["attempts"].as_array().unwrap().len(), 12);
    let id = dead["delivery_id"].as_str().unwrap();
    let replay = format!("/api/v1/webhooks/deliveries/{id}/replay");
    assert_eq!(world.cms.call("POST", &replay).await.expect(200)["state"], "waiting");
    assert_eq!(world.cms.call("POST", &replay).await.refusal(), (409, "delivery_waiting".to_owned()));
    // It begins anew: it may fail again before it is taken.
    world.send_due().await;
    receiver.always(Behaviour::Status(204));
    world.server.clock.advance(2_000);
    world.send_due().await;
    let again = receiver.rest();
    assert_eq!(again.len(), 2);
    for one in again {
        assert_eq!((one.header("webhook-id"), &one.body), (id, &first[0].body));
    }
    let done = world.only().await;
    assert_eq!((done.row.state.as_str(), done.attempts.len()), ("done", 14));
}

#[tokio::test]
async fn what_was_done_a_week_ago_is_forgotten_and_what_is_dead_after_a_month() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    receiver.next_are([Behaviour::Status(204), Behaviour::Status(410)]);
    for _ in 0..2 {
        world.decide(Decision::Approve).await;
        world.send_due().await;
    }
    for (days, left) in [(6, 2), (2, 1), (21, 1), (2, 0)] {
        world.server.clock.advance(days * 86_400_000);
        assert_eq!(world.server.engine.tidy_outbox().await, Ok(false));
        assert_eq!(world.deliveries(None).await.len(), left, "after {days} days more");
    }
}
