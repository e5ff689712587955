//! The main job: a person is asked, decides on their phone, and the relying party learns it.

use countersign_core::approve::AnswerResult;
use countersign_protocol::answer::{Decision, Proof};
use countersign_protocol::wire::Outcome;
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

/// A server, a relying party, and a user with one phone.
async fn enrolled() -> (ServerProcess, RelyingParty, Phone) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    (server, cms, phone)
}

#[tokio::test]
async fn the_seeds_login_flow_from_send_to_approved() {
    let (_server, cms, phone) = enrolled().await;
    let body = json!({"user_ref": "sam", "session_ref": "txn_9988", "message": "Approve login from Chrome?"});
    let sent = cms.post("/api/v1/mfa/send", &body).await.expect(200);
    let id = sent["session_id"].as_str().unwrap();
    assert_eq!((&sent["status"], &sent["devices_pushed"]), (&json!("pending"), &json!(1)));
    assert_eq!((&sent["session_ref"], &sent["number"]), (&json!("txn_9988"), &Value::Null));

    let pending = cms.look(id).await.expect(200);
    assert_eq!((&pending["status"], &pending["responded_at"]), (&json!("pending"), &Value::Null));
    let request = phone.the_request().await;
    assert_eq!(
        (request.id.to_string().as_str(), request.message.as_str()),
        (id, "Approve login from Chrome?")
    );
    assert_eq!(
        (request.application.as_str(), request.tenant.as_str()),
        ("Case Management", "Case Management")
    );
    assert_eq!((request.user.as_str(), request.kind.as_str()), ("sam", "login"));
    assert!((110..=120).contains(&request.seconds_left), "{}", request.seconds_left);

    let result = phone.core.approve(request.id, None).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
    let approved = cms.look(id).await.expect(200);
    assert_eq!((&approved["status"], &approved["user_ref"]), (&json!("approved"), &json!("sam")));
    assert_eq!(
        (&approved["session_ref"], &approved["device_name"]),
        (&json!("txn_9988"), &json!("Sam's phone"))
    );
    assert!(approved["responded_at"].as_str().unwrap().ends_with('Z'), "{approved}");
    assert!(phone.inbox().await.pending.is_empty());
}

#[tokio::test]
async fn property_5_without_a_number_the_person_is_verified() {
    let (_server, cms, phone) = enrolled().await;
    cms.ask("sam").await;
    let request = phone.the_request().await;
    assert_eq!((request.digits, request.verify), (None, true));
    let typed = phone.core.approve(request.id, Some("42")).await.unwrap_err();
    assert_eq!(typed.code(), "number_not_asked");
    phone.core.approve(request.id, None).await.unwrap();
    let receipt = phone.core.answers().unwrap().remove(0).receipt;
    let facts = receipt.verify(&receipt.server_key.thumbprint()).unwrap();
    let (answer, proof) = facts.answer().unwrap();
    assert_eq!((answer.decision, proof), (Decision::Approve, Proof::Verification));
}

#[tokio::test]
async fn property_5_the_right_number_approves() {
    let (_server, cms, phone) = enrolled().await;
    let session = cms.ask_with_number("sam").await;
    let request = phone.the_request().await;
    assert_eq!((request.digits, request.verify), (Some(2), false));
    let result = phone.core.approve(request.id, session.number.as_deref()).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
    assert_eq!(cms.status(&session).await, "approved");
}

#[tokio::test]
async fn property_5_a_wrong_number_ends_the_request_as_denied_and_the_phone_is_told() {
    let (_server, cms, phone) = enrolled().await;
    let session = cms.ask_with_number("sam").await;
    let request = phone.the_request().await;
    let result = phone.core.approve(request.id, Some(&session.wrong_number())).await.unwrap();
    assert_eq!(result, AnswerResult::WrongNumber);
    let denied = cms.look(&session.id).await.expect(200);
    assert_eq!((&denied["status"], &denied["device_name"]), (&json!("denied"), &json!("Sam's phone")));
    assert!(phone.inbox().await.pending.is_empty(), "one try");
}

#[tokio::test]
async fn s9_each_number_has_two_digits_and_the_phone_never_sees_it() {
    let (_server, cms, phone) = enrolled().await;
    for _ in 0..5 {
        let session = cms.ask_with_number("sam").await;
        let number = session.number.unwrap();
        assert!(number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()), "{number}");
        let looked = cms.look(&session.id).await.expect(200);
        assert_eq!(looked["number"], Value::Null, "it is shown once");
    }
    let inbox = format!("{:?}", phone.inbox().await);
    assert!(!inbox.contains("number:"), "{inbox}");
}

#[tokio::test]
async fn deny_is_one_tap() {
    let (_server, cms, phone) = enrolled().await;
    let session = cms.ask_with_number("sam").await;
    let result = phone.core.deny(session.challenge()).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Denied));
    let denied = cms.look(&session.id).await.expect(200);
    assert_eq!(denied["status"], "denied");
    assert!(denied["responded_at"].is_string(), "{denied}");
}

#[tokio::test]
async fn a_report_ends_the_users_other_requests_and_nobody_elses() {
    let (server, cms, phone) = enrolled().await;
    let shop = server.application(&cms.tenant, "Shop").await;
    let alex = Phone::new();
    alex.enroll(&cms.link("alex").await).await;
    let reported = cms.ask("sam").await;
    let (second, elsewhere) = (cms.ask_with_number("sam").await, shop.ask("sam").await);
    let not_his = cms.ask("alex").await;

    let result = phone.core.report(reported.challenge()).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Denied));
    for session in [&reported, &second] {
        assert_eq!(cms.status(session).await, "denied");
    }
    assert_eq!(shop.status(&elsewhere).await, "denied", "also those of the tenant's other applications");
    assert!(phone.inbox().await.pending.is_empty());
    assert_eq!(cms.status(&not_his).await, "pending");
    assert_eq!(alex.the_request().await.id, not_his.challenge());
}

#[tokio::test]
async fn a_cancelled_request_leaves_the_phone_and_cannot_be_answered() {
    let (_server, cms, phone) = enrolled().await;
    let session = cms.ask_with_number("sam").await;
    let request = phone.the_request().await;
    cms.cancel(&session.id).await.expect(200);
    let result = phone.core.approve(request.id, session.number.as_deref()).await.unwrap();
    assert_eq!(result, AnswerResult::Elsewhere(Outcome::Cancelled));
    assert!(phone.inbox().await.pending.is_empty());
    assert_eq!(cms.status(&session).await, "cancelled");
}

#[tokio::test]
async fn two_applications_ask_the_same_person_and_each_gets_its_own_answer() {
    let (server, cms, phone) = enrolled().await;
    let shop = server.application(&cms.tenant, "Shop").await;
    let (login, payment) = (cms.ask("sam").await, shop.ask("sam").await);
    let waiting = phone.inbox().await.pending;
    assert_eq!(waiting.len(), 2);
    for (session, application) in [(&login, "Case Management"), (&payment, "Shop")] {
        let request = waiting.iter().find(|request| request.id == session.challenge()).unwrap();
        assert_eq!(request.application, application);
    }
    phone.core.deny(payment.challenge()).await.unwrap();
    phone.core.approve(login.challenge(), None).await.unwrap();
    assert_eq!(
        (cms.status(&login).await.as_str(), shop.status(&payment).await.as_str()),
        ("approved", "denied")
    );
}

#[tokio::test]
async fn property_7_a_phone_two_hours_wrong_enrols_and_approves_and_is_told() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    for wrong_by in [7200, -7200] {
        let phone = Phone::wrong_by(wrong_by);
        let user = format!("late{wrong_by}");
        phone.enroll(&cms.link(&user).await).await;
        let session = cms.ask(&user).await;
        let inbox = phone.inbox().await;
        assert!((110..=120).contains(&inbox.pending[0].seconds_left), "{}", inbox.pending[0].seconds_left);
        let error = inbox.clock_errors[0].seconds;
        assert!((error + wrong_by).abs() < 60, "{error}");
        phone.core.approve(session.challenge(), None).await.unwrap();
        assert_eq!(cms.status(&session).await, "approved");
    }
}

#[tokio::test]
async fn the_phone_keeps_a_history_with_receipts() {
    let (_server, cms, phone) = enrolled().await;
    let account = phone.core.accounts().unwrap().remove(0);
    let approved = cms.ask("sam").await;
    phone.core.approve(approved.challenge(), None).await.unwrap();
    let cancelled = cms.ask("sam").await;
    cms.cancel(&cancelled.id).await.expect(200);
    let waiting = cms.ask("sam").await;

    let history = phone.core.history(&account.id).await.unwrap();
    let ids: Vec<_> = history.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [cancelled.challenge(), approved.challenge()], "newest first, and not what still waits");
    assert_eq!((history[0].outcome, history[0].answered_here), (Outcome::Cancelled, false));
    assert_eq!((history[1].outcome, history[1].answered_here), (Outcome::Approved, true));
    assert_eq!(history[1].application, "Case Management");
    let receipt = history[1].receipt.clone().unwrap();
    assert!(receipt.verify(&receipt.server_key.thumbprint()).is_ok());
    phone.core.deny(waiting.challenge()).await.unwrap();
    assert_eq!(phone.core.history(&account.id).await.unwrap().len(), 3);
}
