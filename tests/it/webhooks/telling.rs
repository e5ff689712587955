//! What a webhook is told, byte by byte, and of what it hears nothing.

use countersign_protocol::answer::Decision;
use countersign_server::engine::{ApplicationId, NewWebhook, SignatureFormat};
use countersign_tests::receiver::Receiver;
use serde_json::json;

use super::{World, config};

#[tokio::test]
async fn an_approval_and_a_denial_are_told_exactly_as_the_seed_prints_them() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    let (_, secret) = world.webhook(&receiver.url()).await;
    for (decision, word) in [(Decision::Approve, "approved"), (Decision::Deny, "denied")] {
        let session = world.decide(decision).await;
        world.send_due().await;
        let told = receiver.next().await;
        assert_eq!(told.line, "POST /hook HTTP/1.1");
        let expected = format!(
            r#"{{"event":"mfa.response","session_id":"{}","session_ref":"txn_9988","status":"{word}","responded_at":"2027-01-15T08:00:00Z"}}"#,
            session.id
        );
        assert_eq!(told.body, expected);
        let status = world.cms.look(&session.id).await.expect(200);
        assert_eq!(status["responded_at"], "2027-01-15T08:00:00Z");
        assert!(told.mypass_signed_by(&secret));
        assert_eq!(told.header("content-type"), "application/json");
        assert!(!told.header("user-agent").contains(|c: char| c.is_ascii_digit()), "no version is told");
    }
    assert!(receiver.rest().is_empty());
    world.send_due().await;
    assert!(receiver.rest().is_empty(), "told once");
}

#[tokio::test]
async fn s42_the_headers_of_standard_webhooks_stand_beside_the_seeds() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    let (_, secret) = world.webhook(&receiver.url()).await;
    world.decide(Decision::Approve).await;
    world.send_due().await;
    let told = receiver.next().await;
    assert!(told.mypass_signed_by(&secret) && told.standard_signed_by(&secret), "{:?}", told.headers);
    assert_eq!(told.header("webhook-id"), told.header("x-mypass-delivery"));
    assert_eq!(told.header("webhook-timestamp"), "1800000000");
    assert_eq!(told.header("x-mypass-timestamp"), "1800000000");
    assert_eq!(told.header("webhook-id"), world.only().await.row.id.to_string());
}

#[tokio::test]
async fn s42_while_a_secret_is_rotated_both_sign() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    let (id, old) = world.webhook(&receiver.url()).await;
    let new = world.server.engine.rotate_webhook_secret(id, &"operator").await.unwrap();
    world.decide(Decision::Approve).await;
    world.send_due().await;
    let told = receiver.next().await;
    assert!(told.standard_signed_by(&old) && told.standard_signed_by(&new));
    assert!(told.mypass_signed_by(&new), "the seed has one signature: the newest secret's");
    world.server.engine.end_old_secret(id, &"operator").await.unwrap();
    world.decide(Decision::Approve).await;
    world.send_due().await;
    let told = receiver.next().await;
    assert!(!told.standard_signed_by(&old) && told.standard_signed_by(&new) && told.mypass_signed_by(&new));
}

#[tokio::test]
async fn without_a_session_ref_it_is_null_and_the_format_is_the_webhooks() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    for (format, length) in [(SignatureFormat::Hex, 64), (SignatureFormat::Base64, 44)] {
        let new = NewWebhook { url: receiver.url(), application: None, format };
        let targets = config().webhook_targets();
        let (id, _) =
            world.server.engine.add_webhook(world.tenant(), new, &targets, &"operator").await.unwrap();
        let session = world.cms.ask("sam").await;
        let answer = world.device.answer(&world.device.challenge(&session.id).await, Decision::Deny, None);
        world.device.submit(session.challenge(), &answer).await.expect(200);
        world.send_due().await;
        let told = receiver.next().await;
        assert!(told.body.contains(r#""session_ref":null"#), "{}", told.body);
        assert_eq!(told.header("x-mypass-signature").len(), length);
        world.server.engine.remove_webhook(id, &"operator").await.unwrap();
    }
}

#[tokio::test]
async fn only_answers_are_told() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    let cancelled = world.cms.ask("sam").await;
    world.cms.cancel(&cancelled.id).await.expect(200);
    let expired = world.cms.ask("sam").await;
    let challenge = world.device.challenge(&expired.id).await;
    world.server.clock.advance(130_000);
    world.device.submit(expired.challenge(), &world.device.answer(&challenge, Decision::Deny, None)).await;
    assert_eq!(world.cms.status(&expired).await, "expired");
    world.send_due().await;
    assert!(receiver.rest().is_empty());
    assert!(world.deliveries(None).await.is_empty());
}

#[tokio::test]
async fn a_wrong_number_is_a_denial_and_the_same_answer_again_is_told_once() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    let session = world.cms.ask_with_number("sam").await;
    let challenge = world.device.challenge(&session.id).await;
    let answer = world.device.answer(&challenge, Decision::Approve, Some(&session.wrong_number()));
    for _ in 0..3 {
        world.device.submit(session.challenge(), &answer).await;
    }
    world.send_due().await;
    assert_eq!(receiver.next().await.json()["status"], "denied");
    assert!(receiver.rest().is_empty());
}

#[tokio::test]
async fn a_report_is_told_of_everything_that_it_ends() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(world.cms.ask("sam").await.id);
    }
    let challenge = world.device.challenge(&sessions[1]).await;
    let answer = world.device.answer(&challenge, Decision::Report, None);
    world.device.submit(sessions[1].parse().unwrap(), &answer).await.expect(200);
    world.send_due().await;
    let mut told = Vec::new();
    for _ in 0..3 {
        let json = receiver.next().await.json();
        assert_eq!(
            (&json["status"], &json["responded_at"]),
            (&json!("denied"), &json!("2027-01-15T08:00:00Z"))
        );
        told.push(json["session_id"].as_str().unwrap().to_owned());
    }
    told.sort();
    sessions.sort();
    assert_eq!(told, sessions);
    assert!(receiver.rest().is_empty());
}

#[tokio::test]
async fn a_webhook_hears_of_its_own_application_and_tenant_only() {
    let world = World::new().await;
    let mut mine = Receiver::start().await;
    let mut others = Receiver::start().await;
    let shop = world.server.application(world.tenant(), "Webshop").await;
    let application: ApplicationId = shop.client_id.parse().unwrap();
    let targets = config().webhook_targets();
    let new = |url, application| NewWebhook { url, application, format: SignatureFormat::default() };
    let engine = &world.server.engine;
    engine
        .add_webhook(world.tenant(), new(others.url(), Some(application)), &targets, &"operator")
        .await
        .unwrap();
    let stranger = world.server.relying_party("Somebody else", None).await;
    let strange = stranger.tenant.parse().unwrap();
    engine.add_webhook(strange, new(others.url(), None), &targets, &"operator").await.unwrap();
    let refused =
        engine.add_webhook(strange, new(others.url(), Some(application)), &targets, &"operator").await;
    assert!(refused.unwrap_err().to_string().contains("no application"), "another tenant's application");
    world.webhook(&mine.url()).await;
    world.decide(Decision::Approve).await;
    world.send_due().await;
    mine.next().await;
    assert!(others.rest().is_empty());
}

#[tokio::test]
async fn what_somebody_decided_is_told_when_they_are_forgotten_and_what_was_told_is_gone() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    world.decide(Decision::Deny).await;
    world.send_due().await;
    receiver.next().await;
    let session = world.decide(Decision::Approve).await;
    assert_eq!(world.cms.call("DELETE", "/api/v1/users/sam").await.status, 204);
    world.send_due().await;
    let told = receiver.next().await;
    assert!(told.body.contains(&session.id) && told.body.contains("approved"), "{}", told.body);
    assert_eq!(world.only().await.row.challenge, Some(session.challenge()), "the one told before is gone");
    assert_eq!(world.cms.status(&session).await, "approved", "and it did end so");
    let receipt = world.cms.call("GET", &format!("/api/v1/mfa/receipt/{}", session.id)).await;
    assert_eq!(receipt.refusal(), (409, "no_receipt".to_owned()));
}
