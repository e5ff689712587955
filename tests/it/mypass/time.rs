//! What depends on the server's clock, with a clock that stands where the test puts it.

use countersign_core::approve::AnswerResult;
use countersign_protocol::answer::Decision;
use countersign_tests::device::{Device, complete_enrollment, random_token};
use countersign_tests::http::{self, Request};
use countersign_tests::phone::Phone;
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

#[tokio::test]
async fn expiry_at_exactly_expires_at_wins_over_an_answer() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", Some(30)).await;
    let begun = server.clock.now();
    // The window ends on a whole second: 30 s after the one that runs.
    let end = (begun / 1000 + 30) * 1000;
    for (at, status, outcome) in
        [(end - 1, 200, "approved"), (end, 410, "expired"), (end + 1, 410, "expired")]
    {
        server.clock.set(begun);
        let user = format!("asked until {at}");
        let device = Device::enroll(server.address, &cms.link(&user).await).await;
        let session = cms.ask(&user).await;
        let challenge = device.inbox().await.remove(0);
        let answer = device.answer(&challenge, Decision::Approve, None);
        server.clock.set(at);
        let reply = device.submit(session.challenge(), &answer).await;
        assert_eq!(reply.expect(status)["outcome"], outcome, "at {at}");
        assert_eq!(cms.status(&session).await, outcome, "at {at}");
        if status == 410 {
            assert_eq!(reply.json()["code"], "challenge_expired");
            let late = cms.cancel(&session.id).await;
            assert_eq!(late.refusal(), (409, "session_not_pending".to_owned()));
            assert_eq!(late.json()["status"], "expired");
        }
        assert!(device.inbox().await.is_empty());
    }
}

#[tokio::test]
async fn s2_the_answer_window_is_the_tenants_and_120_seconds_unless_it_says_otherwise() {
    let server = ServerHere::start().await;
    let second = |text: &Value| {
        let text = text.as_str().unwrap().to_owned();
        text[17..19].parse::<i64>().unwrap() + 60 * text[14..16].parse::<i64>().unwrap()
    };
    for (window, seconds) in [(None, 120), (Some(30), 30), (Some(600), 600)] {
        let cms = server.relying_party("Case Management", window).await;
        Device::enroll(server.address, &cms.link("sam").await).await;
        let session = cms.ask("sam").await;
        let told = cms.look(&session.id).await.expect(200);
        let lasts = (second(&told["expires_at"]) - second(&told["created_at"])).rem_euclid(3600);
        assert_eq!(lasts, seconds, "{told}");
    }
    for out_of_range in [29, 601, 0, -1] {
        let tenant = countersign_server::engine::NewTenant {
            name: "x".to_owned(),
            answer_window: Some(out_of_range),
            color: None,
        };
        assert!(server.engine.create_tenant(tenant, &"operator").await.is_err(), "{out_of_range}");
    }
}

#[tokio::test]
async fn a_result_can_be_read_for_a_day_after_its_end() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", Some(30)).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let result = phone.core.approve(session.challenge(), None).await.unwrap();
    assert!(matches!(result, AnswerResult::Done(_)), "{result:?}");
    for hours in [0, 1, 23] {
        server.clock.advance(hours * 3_600_000);
        assert_eq!(cms.status(&session).await, "approved", "after {hours} h more");
    }
}

#[tokio::test]
async fn a_phone_that_answers_too_late_is_told_so() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", Some(30)).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    cms.ask("sam").await;
    let request = phone.the_request().await;
    server.clock.advance(30_000);
    assert_eq!(phone.core.approve(request.id, None).await.unwrap(), AnswerResult::Expired);
    let account = phone.core.accounts().unwrap().remove(0);
    let history = phone.core.history(&account.id).await.unwrap();
    assert_eq!(history[0].outcome, countersign_protocol::wire::Outcome::Expired);
}

#[tokio::test]
async fn s39_polling_faster_than_once_a_second_for_long_is_429_with_retry_after() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    Device::enroll(server.address, &cms.link("sam").await).await;
    let (session, other) = (cms.ask("sam").await, cms.ask("sam").await);
    for poll in 0..10 {
        assert_eq!(cms.look(&session.id).await.status, 200, "poll {poll} of a burst");
    }
    let refused = cms.look(&session.id).await;
    assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(cms.look(&other.id).await.status, 200, "each session is counted for itself");
    for second in 0..20 {
        server.clock.advance(1_000);
        assert_eq!(cms.look(&session.id).await.status, 200, "second {second}: once a second is welcome");
        assert_eq!(cms.look(&session.id).await.status, 429, "second {second}: twice is not");
    }
    server.clock.advance(11_000);
    for _ in 0..10 {
        cms.look(&session.id).await.expect(200);
    }
    server.clock.advance(-3_600_000);
    assert_eq!(cms.look(&session.id).await.header("retry-after"), Some("1"), "the clock was set back");
    server.clock.advance(1_000);
    cms.look(&session.id).await.expect(200);
}

#[tokio::test]
async fn s48_an_enrolment_token_is_good_for_ten_minutes() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let issued = cms.enroll("sam").await;
    let token = issued["enrollment_token"].as_str().unwrap();
    let look = Request::new("GET", &format!("/api/v1/devices/enrollment/{token}"));
    server.clock.advance(599_999);
    http::send(server.address, &look).await.expect(200);
    server.clock.advance(1);
    assert_eq!(http::send(server.address, &look).await.refusal(), (410, "token_expired".to_owned()));
    let body = json!({"token": token, "device_token": random_token(), "platform": "android"});
    let late = complete_enrollment(server.address, &body).await;
    assert_eq!(late.refusal(), (410, "token_expired".to_owned()));
    let phone = Phone::new();
    let refused = phone.core.look_at(issued["enrollment_url"].as_str().unwrap()).await.unwrap_err();
    assert_eq!(refused.server_code(), Some("token_expired"));
}

#[tokio::test]
async fn a_nonce_is_good_for_five_minutes_and_the_core_fetches_a_new_one_by_itself() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    phone.inbox().await;
    server.clock.advance(299_999);
    assert!(device.inbox().await.is_empty());
    server.clock.advance(1);
    let stale = device.call("GET", "/api/v1/device/challenges", &Value::Null).await;
    assert_eq!(stale.refusal(), (401, "use_nonce".to_owned()));
    assert!(stale.header("device-nonce").is_some(), "with a fresh one");
    device.renew_nonce().await;
    assert!(device.inbox().await.is_empty());
    assert!(phone.inbox().await.pending.is_empty());
}

#[tokio::test]
async fn property_7_phones_do_not_mind_when_the_servers_clock_is_set() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    for step in [3_600_000, -7_200_000, 86_400_000] {
        server.clock.advance(step);
        let session = cms.ask("sam").await;
        assert_eq!(phone.the_request().await.id, session.challenge());
        phone.core.approve(session.challenge(), None).await.unwrap();
        assert_eq!(cms.status(&session).await, "approved");
    }
}
