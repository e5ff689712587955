//! How a sign-in went: each status of `check` and of `otp_verify`.

use countersign_protocol::answer::Decision;
use countersign_server::engine::WebChanges;
use countersign_tests::http::Reply;
use countersign_tests::mailbox;
use countersign_tests::oauth::{text, wrong};

use super::{ALEX, KIM, NO_APPLICATION, NOBODY, NOT_FOUND, NUMBER, Ready, post_as, told};

impl Ready {
    async fn verify(&self, channel: &str, otp: &str) -> Reply {
        self.post("v9/otp_verify", &[("email", KIM), ("channel", channel), ("otp", otp)]).await
    }

    /// A sign-in that waits for a code by short message, and the code.
    async fn with_code(&self) -> (String, String) {
        let channel = self.begin(&[("auth_type", "2")]).await;
        (channel, mailbox::code_by(&self.server, "sms", NUMBER).await)
    }
}

#[tokio::test]
async fn a_push_is_pending_and_then_approved_or_rejected() {
    for (decision, status) in [(Decision::Approve, "approved"), (Decision::Deny, "rejected")] {
        let ready = Ready::new().await;
        let channel = ready.begin(&[("auth_type", "1")]).await;
        assert_eq!(ready.check(&channel).await, ready.answered("pending"));
        ready.answer(decision).await;
        assert_eq!(ready.check(&channel).await, ready.answered(status));
    }
}

#[tokio::test]
async fn what_nobody_answers_expires_and_is_forgotten_five_minutes_later() {
    let ready = Ready::new().await;
    let (short, long) = (ready.begin(&[("timeout", "10")]).await, ready.begin(&[("timeout", "99999")]).await);
    let approved = ready.begin(&[("auth_type", "1"), ("timeout", "60")]).await;
    ready.answer(Decision::Approve).await;
    ready.server.clock.advance(10_000);
    assert_eq!(ready.check(&short).await, ready.answered("expired"));
    ready.server.clock.advance(299_000);
    assert_eq!(ready.check(&short).await, ready.answered("expired"));
    ready.server.clock.advance(1_000);
    assert_eq!(ready.check(&short).await, NOT_FOUND);
    assert_eq!(ready.check(&long).await, ready.answered("pending"), "ten minutes at most");
    assert_eq!(ready.check(&approved).await, ready.answered("approved"), "an approval stays readable");
    ready.server.clock.advance(50_000);
    assert_eq!(ready.check(&approved).await, NOT_FOUND);
    ready.server.clock.advance(240_000);
    assert_eq!(ready.check(&long).await, ready.answered("expired"));
}

#[tokio::test]
async fn whoever_has_no_device_is_named_without_one() {
    let ready = Ready::new().await;
    let begun = ready.post("v9/authenticate", &[("email", ALEX)]).await.expect(200);
    assert_eq!((&begun["status"], &begun["success"]), (&"pending".into(), &true.into()));
    assert!(text(&begun["message"]).contains("no device"), "{begun}");
    let channel = text(&begun["channel"]);
    let check = ready.post("v9/check", &[("email", ALEX), ("channel", &channel)]).await;
    told(&check, 200, r#"{"status":"pending","device_id":""}"#);
}

#[tokio::test]
async fn a_channel_is_its_applications_and_its_persons_own() {
    let ready = Ready::new().await;
    let channel = ready.begin(&[]).await;
    let other = ready.server.application(ready.shop.tenant.parse().unwrap(), "Another").await;
    let foreign = ready.server.relying_party("Elsewhere", None).await;
    foreign.enroll(KIM).await;
    for party in [&other, &foreign] {
        let check = post_as(party, "v9/check", &[("email", KIM), ("channel", &channel)]).await;
        told(&check, 200, NOT_FOUND);
    }
    told(&ready.post("v9/check", &[("email", ALEX), ("channel", &channel)]).await, 200, NOT_FOUND);
    for channel in ["", "x", &channel[..71], &format!("{channel}A"), &super::guessed(&ready.shop)] {
        told(&ready.post("v9/check", &[("email", KIM), ("channel", channel)]).await, 200, NOT_FOUND);
    }
    let nobody = ready.post("v9/check", &[("email", "nobody@example.org"), ("channel", &channel)]).await;
    told(&nobody, 401, NOBODY);
    let wrong = [("uid", "x"), ("secret", "y"), ("email", KIM), ("channel", &channel)];
    told(&super::send_form(&ready.shop, "v9/check", &wrong, None).await, 403, NO_APPLICATION);
    assert_eq!(ready.check(&channel).await, ready.answered("pending"));
}

#[tokio::test]
async fn s3_a_code_approves_once_and_a_wrong_one_is_nil() {
    let ready = Ready::new().await;
    ready.give_number().await;
    let (channel, code) = ready.with_code().await;
    told(
        &ready.verify(&channel, &wrong(&code)).await,
        200,
        r#"{"status":"nil","message":"Invalid passcode"}"#,
    );
    told(&ready.verify(&channel, "no code").await, 200, r#"{"status":"nil","message":"Invalid passcode"}"#);
    told(&ready.verify(&channel, &code).await, 200, r#"{"status":"approved","message":""}"#);
    told(&ready.verify(&channel, &wrong(&code)).await, 200, r#"{"status":"approved","message":""}"#);
    assert_eq!(ready.check(&channel).await, ready.answered("approved"));
}

#[tokio::test]
async fn s6_the_fifth_wrong_code_rejects() {
    let ready = Ready::new().await;
    ready.give_number().await;
    let (channel, code) = ready.with_code().await;
    for _ in 0..4 {
        let said = ready.verify(&channel, &wrong(&code)).await;
        told(&said, 200, r#"{"status":"nil","message":"Invalid passcode"}"#);
    }
    let fifth = ready.verify(&channel, &wrong(&code)).await;
    told(&fifth, 200, r#"{"status":"rejected","message":"Invalid passcode"}"#);
    told(&ready.verify(&channel, &code).await, 200, r#"{"status":"rejected","message":""}"#);
    assert_eq!(ready.check(&channel).await, ready.answered("rejected"));
}

#[tokio::test]
async fn a_code_that_comes_too_late_is_told_so() {
    let ready = Ready::new().await;
    ready.give_number().await;
    let (channel, code) = ready.with_code().await;
    ready.server.clock.advance(300_000);
    told(&ready.verify(&channel, &code).await, 200, r#"{"status":"expired","message":""}"#);
}

#[tokio::test]
async fn a_code_for_another_channel_or_person_is_not_found_and_costs_no_try() {
    let ready = Ready::new().await;
    ready.give_number().await;
    let (channel, code) = ready.with_code().await;
    let not_found = r#"{"status":"Transaction not found!","message":""}"#;
    for _ in 0..5 {
        told(&ready.verify(&super::guessed(&ready.shop), &code).await, 200, not_found);
        let alex = [("email", ALEX), ("channel", channel.as_str()), ("otp", &wrong(&code))];
        told(&ready.post("v9/otp_verify", &alex).await, 200, not_found);
        let without = [("email", KIM), ("channel", channel.as_str())];
        assert_eq!(
            ready.post("v9/otp_verify", &without).await.refusal(),
            (400, "invalid_request".to_owned())
        );
    }
    let bare = [("email", KIM), ("channel", channel.as_str()), ("otp", &code)];
    told(&super::send_form(&ready.shop, "v9/otp_verify", &bare, None).await, 403, NO_APPLICATION);
    told(&ready.verify(&channel, &code).await, 200, r#"{"status":"approved","message":""}"#);
}

#[tokio::test]
async fn nil_is_null_where_the_application_wants_it() {
    let ready = Ready::new().await;
    ready.set(WebChanges { null_pending: Some(true), ..WebChanges::default() }).await;
    ready.give_number().await;
    let (channel, code) = ready.with_code().await;
    told(
        &ready.verify(&channel, &wrong(&code)).await,
        200,
        r#"{"status":null,"message":"Invalid passcode"}"#,
    );
    told(&ready.verify(&channel, &code).await, 200, r#"{"status":"approved","message":""}"#);
}

#[tokio::test]
async fn a_code_where_nothing_was_asked_yet_is_pending() {
    let ready = Ready::new().await;
    let channel = ready.begin(&[]).await;
    let said = ready.verify(&channel, "123456").await.expect(200);
    assert_eq!(said["status"], "nil");
    assert!(!text(&said["message"]).is_empty());
}
