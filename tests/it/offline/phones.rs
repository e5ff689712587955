//! The real core as a phone without a network.

use std::sync::Arc;

use countersign_core::scan::Scanned;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::Error;
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::Session;
use countersign_tests::server_here::ServerHere;
use serde_json::json;

use super::Desk;

/// A phone of kim's, by the server's clock.
async fn phone(desk: &Desk, server: &ServerHere) -> Phone {
    let phone = Phone::with_clock(Arc::clone(&server.clock) as Arc<_>);
    phone.enroll(&desk.cms.link("kim").await).await;
    phone
}

async fn ask_kim(desk: &Desk, more: serde_json::Value) -> Session {
    let mut body = json!({"user_ref": "kim", "number_match": true});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let sent = desk.cms.post("/api/v1/mfa/send", &body).await.expect(200);
    Session { id: sent["session_id"].as_str().unwrap().to_owned(), number: None }
}

#[tokio::test]
async fn a_phone_scans_the_page_and_its_digits_are_taken() {
    let desk = Desk::new().await;
    let phone = phone(&desk, &desk.server).await;
    let session = ask_kim(&desk, json!({"message": "Sign in to the ledger"})).await;
    let question = desk.questions(&session).await.remove(0);
    assert_eq!(question.device_name, "Sam's phone");
    let Scanned::OfflineRequest(text) = phone.core.scan_text(&question.text) else { panic!() };
    let request = phone.core.offline_request(&text.to_string()).unwrap();
    assert_eq!(request.view().message, "Sign in to the ledger");
    let code = phone.core.approve_offline(&request).unwrap();
    assert_eq!(desk.type_in(&session, &code.grouped).await, Ok(Outcome::Approved));
    let history = phone.core.history(&request.view().account).await.unwrap();
    assert!(history[0].answered_here && history[0].offline && history[0].receipt.is_none());
}

#[tokio::test]
async fn what_a_changed_code_or_another_phone_makes_of_it_is_not_taken() {
    let desk = Desk::new().await;
    let phone = phone(&desk, &desk.server).await;
    let session = ask_kim(&desk, json!({})).await;
    let text = desk.questions(&session).await.remove(0).text;
    let changed = format!("{}{}", &text[..60], &text[60..].replacen(|c| c != '7', "7", 1));
    assert_ne!(changed, text);
    let refused = phone.core.offline_request(&changed).unwrap_err().code();
    assert!(["offline_request_refused", "offline_request_damaged"].contains(&refused), "{refused}");
    let stranger = Phone::with_clock(Arc::clone(&desk.server.clock) as Arc<_>);
    stranger.enroll(&desk.cms.link("lee").await).await;
    assert_eq!(stranger.core.offline_request(&text).unwrap_err().code(), "offline_other_device");
    let late = phone.core.offline_request(&text).unwrap();
    desk.server.clock.advance(3_600_000);
    assert_eq!(phone.core.approve_offline(&late).unwrap_err().code(), "challenge_expired");
    assert_eq!(desk.type_in(&session, "12345678").await, Err(Error::NotPending(Outcome::Expired)));
}

#[tokio::test]
async fn a_question_that_says_more_than_a_code_can_carry_is_answered_with_a_network_only() {
    let desk = Desk::new().await;
    let phone = phone(&desk, &desk.server).await;
    let session = ask_kim(&desk, json!({"message": "ledger ".repeat(70)})).await;
    assert_eq!(desk.questions(&session).await.len(), 1, "500 characters fit");
    desk.server.clock.advance(61_000);
    let session = ask_kim(&desk, json!({"message": "語".repeat(500)})).await;
    assert!(desk.questions(&session).await.is_empty(), "nothing is cut");
    assert_eq!(phone.inbox().await.pending.len(), 1);
}
