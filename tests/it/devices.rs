//! A device's life after its enrolment: renamed, woken elsewhere, replaced, removed.

use countersign_core::approve::AnswerResult;
use countersign_protocol::wire::{Outcome, Platform};
use countersign_tests::device::{Device, random_token};
use countersign_tests::phone::Phone;
use serde_json::{Value, json};

use crate::server;

#[tokio::test]
async fn a_new_name_is_seen_on_both_sides() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let phone = Phone::new();
    let account = phone.enroll(&cms.link("sam").await).await.account;
    phone.core.rename(&account.id, "هاتف العمل").await.unwrap();
    assert_eq!(cms.devices("sam").await[0]["device_name"], "هاتف العمل");
    assert_eq!(phone.core.accounts().unwrap()[0].device_name, "هاتف العمل");
    let session = cms.ask("sam").await;
    phone.core.deny(session.challenge()).await.unwrap();
    assert_eq!(cms.look(&session.id).await.expect(200)["device_name"], "هاتف العمل");
}

#[tokio::test]
async fn a_new_push_token_replaces_the_old_one() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    let old = cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();
    let new = random_token();
    assert!(phone.core.set_push_token(&new).await.unwrap().is_empty());
    assert!(phone.core.set_push_token(&new).await.unwrap().is_empty(), "doing it again is no error");
    assert_eq!(cms.devices("sam").await[0]["device_token"], new);
    assert_eq!(cms.remove_device(&old).await.refusal(), (404, "device_not_found".to_owned()));
    let troubles = phone.core.set_push_token("with a space").await.unwrap();
    assert_eq!(troubles[0].code, "invalid_request");
    assert!(phone.core.network_is_back().await.unwrap().is_empty(), "a no is not asked for again");
    assert_eq!(cms.devices("sam").await[0]["device_token"], new);
}

#[tokio::test]
async fn an_app_that_was_installed_anew_takes_its_push_token_from_its_former_self() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let (before, after) = (Phone::new(), Phone::new());
    before.enroll(&cms.link("sam").await).await;
    after.enroll(&cms.link("sam").await).await;
    let token = random_token();
    before.core.set_push_token(&token).await.unwrap();
    assert_eq!(cms.devices("sam").await.len(), 2);
    assert!(after.core.set_push_token(&token).await.unwrap().is_empty());
    let devices = cms.devices("sam").await;
    assert_eq!((devices.len(), &devices[0]["device_token"]), (1, &json!(token)), "the last writer has it");
    assert_eq!(before.core.inbox(0).await.unwrap().troubles[0].code, "device_unknown");
    assert!(after.inbox().await.pending.is_empty());
}

#[tokio::test]
async fn a_device_removed_by_the_relying_party_is_told_and_asked_no_more() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let (lost, kept) = (Phone::new(), Phone::new());
    lost.enroll(&cms.link("sam").await).await;
    let token = cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();
    kept.enroll(&cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let seen = lost.the_request().await;

    assert_eq!(cms.remove_device(&token).await.expect(200), json!({"success": true}));
    assert_eq!(cms.remove_device(&token).await.refusal(), (404, "device_not_found".to_owned()));
    assert_eq!(lost.core.inbox(0).await.unwrap().troubles[0].code, "device_unknown");
    // It still holds a request it saw before; nothing comes of answering it.
    assert_eq!(seen.id, session.challenge());
    let gone = lost.core.approve(seen.id, None).await;
    assert!(!matches!(gone, Ok(AnswerResult::Done(_))), "{gone:?}");
    assert_eq!(cms.status(&session).await, "pending");
    kept.core.approve(session.challenge(), None).await.unwrap();
    assert_eq!(cms.status(&session).await, "approved");

    let next = cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    assert_eq!(next["devices_pushed"], 1);
    // And the phone can leave for good, although its server knows it no more.
    let account = lost.core.accounts().unwrap().remove(0);
    lost.core.remove_account(&account.id, false).await.unwrap();
    assert!(lost.core.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn a_phone_that_leaves_is_gone_and_its_receipts_stay() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let phone = Phone::new();
    let account = phone.enroll(&cms.link("sam").await).await.account;
    let session = cms.ask("sam").await;
    phone.core.approve(session.challenge(), None).await.unwrap();
    phone.core.remove_account(&account.id, false).await.unwrap();
    assert!(cms.devices("sam").await.is_empty());
    assert_eq!(phone.core.answers().unwrap()[0].outcome, Outcome::Approved);
    let refused = cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await;
    assert_eq!(refused.refusal(), (409, "no_devices".to_owned()));
    let looked = cms.look(&session.id).await.expect(200);
    assert_eq!((&looked["status"], &looked["device_name"]), (&json!("approved"), &json!("Sam's phone")));
}

#[tokio::test]
async fn a_new_phone_takes_over_and_the_old_one_ends() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let (old, new) = (Phone::new(), Phone::new());
    let account = old.enroll(&cms.link("sam").await).await.account;
    let transfer = old.core.transfer(&account.id).await.unwrap();
    let first = cms.ask("sam").await;
    old.core.approve(first.challenge(), None).await.unwrap();
    assert_eq!(cms.status(&first).await, "approved", "the old phone works until the new one is enrolled");

    let enrolled = new.enroll(&transfer.link).await;
    assert_eq!(enrolled.account.user_ref, "sam");
    let devices = cms.devices("sam").await;
    assert_eq!((devices.len(), &devices[0]["confirmation_code"]), (1, &json!(enrolled.confirmation_code)));
    assert_eq!(old.core.inbox(0).await.unwrap().troubles[0].code, "device_unknown");
    let second = cms.ask("sam").await;
    new.core.approve(second.challenge(), None).await.unwrap();
    assert_eq!(cms.status(&second).await, "approved");
    old.core.remove_account(&account.id, false).await.unwrap();
    assert!(old.core.accounts().unwrap().is_empty(), "the server's no does not keep it here");
    assert_eq!(old.core.answers().unwrap().len(), 1, "its receipt stays");
}

#[tokio::test]
async fn a_transfer_link_dies_with_the_device_that_asked_for_it() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let (stolen, thief, second) = (Phone::new(), Phone::new(), Phone::new());
    let account = stolen.enroll(&cms.link("sam").await).await.account;
    let links =
        [stolen.core.transfer(&account.id).await.unwrap(), stolen.core.transfer(&account.id).await.unwrap()];
    let token = cms.devices("sam").await[0]["device_token"].as_str().unwrap().to_owned();
    cms.remove_device(&token).await.expect(200);
    for (phone, transfer) in [(&thief, &links[0]), (&second, &links[1])] {
        assert!(phone.core.look_at(&transfer.link).await.is_err(), "the link is worth nothing any more");
    }
    assert!(cms.devices("sam").await.is_empty());
}

#[tokio::test]
async fn of_two_transfer_links_only_one_enrols() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let old = Phone::new();
    let account = old.enroll(&cms.link("sam").await).await.account;
    let links = [
        old.core.transfer(&account.id).await.unwrap().link,
        old.core.transfer(&account.id).await.unwrap().link,
    ];
    let (one, other) = (Phone::new(), Phone::new());
    let offers = [one.core.look_at(&links[0]).await.unwrap(), other.core.look_at(&links[1]).await.unwrap()];
    let (one, other) = tokio::join!(
        one.core.enroll(&offers[0], "one", Platform::Terminal, None),
        other.core.enroll(&offers[1], "other", Platform::Terminal, None)
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
    assert_eq!(cms.devices("sam").await.len(), 1);
}

#[tokio::test]
async fn of_two_phones_with_the_same_link_one_is_taken() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    for round in 0..10 {
        let user = format!("sam{round}");
        let link = countersign_protocol::link::EnrollmentLink::parse(&cms.link(&user).await).unwrap();
        let bodies: Vec<Value> = (0..2)
            .map(|_| countersign_tests::device::Keys::default().enrollment(&link.server, &link.token))
            .collect();
        let (one, other) = tokio::join!(
            countersign_tests::device::complete_enrollment(server.address, &bodies[0]),
            countersign_tests::device::complete_enrollment(server.address, &bodies[1])
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 410], "{} {}", one.text(), other.text());
        let loser = if one.status == 410 { one } else { other };
        assert_eq!(loser.json()["error"], "token_used");
        assert_eq!(cms.devices(&user).await.len(), 1);
    }
}

#[tokio::test]
async fn one_phone_holds_accounts_of_two_organisations() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let bank = server.relying_party("Bank").await;
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    phone.enroll(&bank.link("customer 17").await).await;
    let token = random_token();
    assert!(phone.core.set_push_token(&token).await.unwrap().is_empty());
    let (login, payment) = (cms.ask("sam").await, bank.ask("customer 17").await);
    assert_eq!(phone.inbox().await.pending.len(), 2);
    phone.core.approve(login.challenge(), None).await.unwrap();
    phone.core.deny(payment.challenge()).await.unwrap();
    assert_eq!((cms.status(&login).await, bank.status(&payment).await), ("approved".into(), "denied".into()));
    for relying_party in [(&cms, "sam"), (&bank, "customer 17")] {
        assert_eq!(relying_party.0.devices(relying_party.1).await[0]["device_token"], token);
    }
}

#[tokio::test]
async fn a_device_without_keys_is_listed_and_never_asked() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let body = json!({
        "token": issued["enrollment_token"], "device_token": "a".repeat(64), "platform": "ios",
        "device_name": "Old app",
    });
    let made = countersign_tests::device::complete_enrollment(server.address, &body).await.expect(201);
    assert_eq!((&made["user_ref"], &made["confirmation_code"]), (&json!("sam"), &Value::Null));
    assert_eq!(cms.devices("sam").await.len(), 1);
    let refused = cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await;
    assert_eq!(refused.refusal(), (409, "no_devices".to_owned()));
    Device::enroll(server.address, &cms.link("sam").await).await;
    let sent = cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    assert_eq!(sent["devices_pushed"], 1, "only what can answer");
}
