//! Sign-ins that are scanned and approved without a network.

use countersign_protocol::offline::{OfflineKey, OfflineText};

use super::*;
use crate::scan::Scanned;
use crate::testing::{OFFLINE_KEY, Signer, listen};

/// What the page shows for a request.
fn text(server: &FakeServer, id: countersign_protocol::id::ChallengeId) -> String {
    OfflineText::of(&server.asked(id)).unwrap().to_string()
}

#[tokio::test]
async fn a_scanned_request_is_shown_like_any_other_and_approved_by_digits() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    let calls = listening.server.log().len();
    let Scanned::OfflineRequest(text) = phone.authenticator.scan_text(&text(&listening.server, id)) else {
        panic!()
    };
    let request = phone.authenticator.offline_request(&text.to_string()).unwrap();
    let view = request.view();
    assert_eq!((view.id, view.application.as_str(), view.seconds_left), (id, "Payroll", 120));
    let code = phone.authenticator.approve_offline(&request).unwrap();
    let key = OfflineKey::new(&OFFLINE_KEY);
    assert_eq!(code.code, key.approval(&listening.server.asked(id), device).as_str());
    assert_eq!((code.grouped.replace(' ', ""), code.seconds_left), (code.code.clone(), 120));
    assert_eq!(listening.server.log().len(), calls, "nobody was asked over the network");
    assert!(phone.authenticator.answers().unwrap().is_empty(), "what becomes of it is not known here");
    assert!(!format!("{code:?} {request:?}").contains(&code.code));
}

#[tokio::test]
async fn property_2_what_the_pinned_key_has_not_signed_is_not_shown() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    let jws = listening.server.asked(id);
    let payload = jws.split('.').nth(1).unwrap();
    let payload: serde_json::Value =
        serde_json::from_slice(&countersign_protocol::from_base64url(payload).unwrap()).unwrap();
    let forged = Signer::new().jws(countersign_protocol::jws::Purpose::Challenge, &payload);
    let forged = OfflineText::of(&forged).unwrap().to_string();
    let refused = phone.authenticator.offline_request(&forged).unwrap_err();
    assert_eq!(refused.code(), "offline_request_refused");
    // The same with one digit of the right text changed, wherever it is.
    let text = text(&listening.server, id);
    for at in (23..text.len()).step_by(97) {
        let mut bent = text.clone().into_bytes();
        bent[at] = if bent[at] == b'9' { b'0' } else { bent[at] + 1 };
        assert!(phone.authenticator.offline_request(&String::from_utf8(bent).unwrap()).is_err());
    }
    assert!(phone.authenticator.offline_request(&text).is_ok());
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let code = |text: &str| phone.authenticator.offline_request(text).unwrap_err().code();
    let verified = listening.server.ask(device, Some(2), true);
    assert_eq!(code(&text(&listening.server, verified)), "network_needed");
    let id = listening.server.ask(device, Some(2), false);
    let text = text(&listening.server, id);
    assert_eq!(code("https://example.org"), "no_offline_request");
    assert_eq!(code(&text[..text.len() - 1]), "offline_request_damaged");
    assert_eq!(code(&text.replace("/1", "/2")), "offline_request_damaged");
    let other = super::phone();
    other.enroll(&listening.server).await;
    assert_eq!(other.authenticator.offline_request(&text).unwrap_err().code(), "offline_other_device");
    let request = phone.authenticator.offline_request(&text).unwrap();
    let now = i64::try_from(crate::testing::SERVER_TIME).unwrap();
    phone.clock.set(now + 119);
    assert_eq!(phone.authenticator.approve_offline(&request).unwrap().seconds_left, 1);
    phone.clock.set(now + 120);
    assert_eq!(code(&text), "challenge_expired");
    assert_eq!(phone.authenticator.approve_offline(&request).unwrap_err().code(), "challenge_expired");
    phone.clock.set(now);
    phone.authenticator.remove_account(&account, true).await.unwrap();
    assert_eq!(phone.authenticator.approve_offline(&request).unwrap_err().code(), "unknown_account");
    assert_eq!(code(&text), "offline_other_device");
    let keys = phone.authenticator.vault().list(Table::Keys).unwrap();
    assert!(keys.iter().all(|key| !key.id.starts_with("offline/")), "the key went with the account");
}

#[tokio::test]
async fn property_7_the_phones_clock_may_be_wrong_as_long_as_it_goes_on_evenly() {
    let (phone, listening) = (phone_ahead(7_200), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    let request = phone.authenticator.offline_request(&text(&listening.server, id)).unwrap();
    assert_eq!(request.view().seconds_left, 120);
}

#[tokio::test]
async fn an_account_of_a_vault_from_before_there_were_such_keys_works_on() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let row = format!("offline/{account}");
    phone
        .authenticator
        .vault()
        .write(vec![crate::vault::Change::Delete { table: Table::Keys, id: row }])
        .unwrap();
    let id = listening.server.ask(device, Some(2), false);
    let refused = phone.authenticator.offline_request(&text(&listening.server, id)).unwrap_err();
    assert_eq!(refused.code(), "no_offline_key");
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending.len(), 1);
}
