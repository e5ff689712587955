//! Accounts, several servers, servers that are gone.

use countersign_protocol::wire::Platform;

use super::*;
use crate::enroll::Offer;
use crate::keys::KeyError;
use crate::testing::{CODE, canned, listen};

#[tokio::test]
async fn p6_an_enrolment_link_works_once_and_a_failed_enrolment_leaves_nothing() {
    let (phone, listening) = (phone(), listen());
    let link = listening.server.link().to_string();
    let offer = phone.authenticator.look_at(&link).await.unwrap();
    let enroll = || phone.authenticator.enroll(&offer, "Phone", Platform::Ios, None);
    let (first, second) = tokio::join!(enroll(), enroll());
    let errors: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!((errors[0].code(), errors[0].server_code()), ("server_refused", Some("token_used")));
    assert_eq!(phone.authenticator.accounts().unwrap().len(), 1);
    assert_eq!(phone.rows(Table::Settings), 0, "no note is left");
    assert!(phone.key_count().contains("signing: 2"), "{}", phone.key_count());
    let account = phone.authenticator.accounts().unwrap().remove(0);
    assert_eq!(
        listening.server.device_token(account.device).unwrap().len(),
        64,
        "a token that reaches nobody"
    );
}

#[tokio::test]
async fn a_code_is_given_before_any_key_is_made() {
    let (phone, listening) = (phone(), listen());
    listening.server.check_people_by("email_otp");
    let offer = phone.authenticator.look_at(&listening.server.link().to_string()).await.unwrap();
    let enroll = async |offer: &Offer| phone.authenticator.enroll(offer, "Phone", Platform::Ios, None).await;
    assert_eq!(enroll(&offer).await.unwrap_err().code(), "enrollment_code_needed");
    assert!(phone.key_count().contains("signing: 0"), "{}", phone.key_count());
    let wrong = phone.authenticator.verify_enrollment(&offer, "000000").await.unwrap_err();
    assert_eq!(wrong.code(), "wrong_enrollment_code");
    assert_eq!(phone.authenticator.resend_code(&offer).await.unwrap(), 30);
    let soon = phone.authenticator.resend_code(&offer).await.unwrap_err();
    assert_eq!(soon.code(), "enrollment_code_just_sent");
    let open = phone.authenticator.verify_enrollment(&offer, CODE).await.unwrap();
    enroll(&open).await.unwrap();
}

#[tokio::test]
async fn keys_of_an_enrolment_that_was_killed_are_deleted_later() {
    let (phone, listening) = (phone(), listen());
    let offer = phone.authenticator.look_at(&listening.server.link().to_string()).await.unwrap();
    phone.keys.refuse(Some(KeyError::Unavailable { reason: "test".into() }));
    let error = phone.authenticator.enroll(&offer, "Phone", Platform::Ios, None).await.unwrap_err();
    assert_eq!(error.code(), "key_store_unavailable");
    assert_eq!(phone.rows(Table::Settings), 1, "the store would not delete either: the note stays");
    phone.keys.refuse(None);
    phone.clock.set(1_800_001_000);
    phone.authenticator.enroll(&offer, "Phone", Platform::Ios, None).await.unwrap();
    assert_eq!(phone.rows(Table::Settings), 0);
}

#[tokio::test]
async fn an_offer_is_refused_when_something_else_answers() {
    let page = canned(["HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<p>"]);
    let link = FakeServer::new(&page.base).link().to_string();
    let error = phone().authenticator.look_at(&link).await.unwrap_err();
    assert_eq!(error.code(), "not_countersign");
    assert_eq!(phone().authenticator.look_at("hello").await.unwrap_err().code(), "not_a_link");
}

#[tokio::test]
async fn one_server_that_is_gone_hides_no_others_requests() {
    let (phone, here, gone) = (phone(), listen(), listen());
    let (mine, same_device) = phone.enroll(&here.server).await;
    let (lost, device) = phone.enroll(&gone.server).await;
    assert_eq!(device, same_device, "a server may choose another server's device id");
    assert_ne!(mine, lost);
    gone.server.lose_replies(1000);
    let id = here.server.ask(device, Some(2), false);
    for wait in [0, 1] {
        let inbox = phone.authenticator.inbox(wait).await.unwrap();
        assert_eq!(inbox.pending.iter().map(|p| p.id).collect::<Vec<_>>(), [id]);
        assert_eq!((&inbox.troubles[0].account, inbox.troubles[0].code.as_str()), (&lost, "offline"));
    }
}

#[tokio::test]
async fn rename_push_token_and_history() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    phone.authenticator.rename(&account, " Blue phone ").await.unwrap();
    assert_eq!(listening.server.device_name(device).as_deref(), Some("Blue phone"));
    assert_eq!(phone.authenticator.accounts().unwrap()[0].device_name, "Blue phone");
    assert_eq!(phone.authenticator.rename(&account, "").await.unwrap_err().code(), "invalid_device_name");
    assert!(phone.authenticator.set_push_token("new").await.unwrap().is_empty());
    assert_eq!(listening.server.device_token(device).as_deref(), Some("new"));
    assert!(phone.authenticator.history(&account).await.unwrap().is_empty());
    listening.server.forget(device);
    let troubles = phone.authenticator.set_push_token("newer").await.unwrap();
    assert_eq!(troubles[0].code, "device_unknown");
}

#[tokio::test]
async fn a_new_phone_takes_the_account_over() {
    let (old, new, listening) = (phone(), phone(), listen());
    let (account, _) = old.enroll(&listening.server).await;
    let transfer = old.authenticator.transfer(&account).await.unwrap();
    let prompts = old.keys.contexts().len();
    assert!(!format!("{transfer:?}").contains("enroll/"));
    let offer = new.authenticator.look_at(&transfer.link).await.unwrap();
    new.authenticator.enroll(&offer, "New phone", Platform::Ios, None).await.unwrap();
    assert_eq!(old.keys.contexts().len(), prompts);
}

#[tokio::test]
async fn a_removed_account_leaves_no_keys() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    phone.authenticator.remove_account(&account, false).await.unwrap();
    assert_eq!(listening.server.device_name(device), None);
    assert!(phone.authenticator.accounts().unwrap().is_empty());
    assert!(phone.key_count().contains("signing: 0"), "{}", phone.key_count());
    assert_eq!(phone.rows(Table::Settings), 0);
    let error = phone.authenticator.remove_account(&account, true).await.unwrap_err();
    assert_eq!(error.code(), "unknown_account");
}

#[tokio::test]
async fn an_account_whose_server_is_gone_can_be_removed_on_purpose_only() {
    let (phone, listening) = (phone(), listen());
    let (account, _) = phone.enroll(&listening.server).await;
    listening.server.lose_replies(1000);
    assert_eq!(phone.authenticator.remove_account(&account, false).await.unwrap_err().code(), "offline");
    assert_eq!(phone.authenticator.accounts().unwrap().len(), 1);
    phone.authenticator.remove_account(&account, true).await.unwrap();
    assert!(phone.authenticator.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn a_device_that_the_server_no_longer_knows_can_be_removed() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    listening.server.forget(device);
    phone.authenticator.remove_account(&account, false).await.unwrap();
    assert!(phone.authenticator.accounts().unwrap().is_empty());
}

#[tokio::test]
async fn watching_shows_each_change_and_follows_new_accounts() {
    let (phone, listening) = (phone(), listen());
    let mut watch = phone.authenticator.watch();
    assert_eq!(watch.next().await.unwrap(), InboxView::default(), "no account, nothing to wait for");
    let (account, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    let inbox = watch.next().await.unwrap();
    assert_eq!(inbox.pending.iter().map(|p| p.id).collect::<Vec<_>>(), [id]);
    phone.authenticator.deny(id).await.unwrap();
    assert!(watch.next().await.unwrap().pending.is_empty());
    listening.server.lose_replies(1000);
    assert_eq!(watch.next().await.unwrap().troubles[0].code, "offline");
    phone.authenticator.remove_account(&account, true).await.unwrap();
    assert_eq!(watch.next().await.unwrap(), InboxView::default());
}

#[tokio::test]
async fn a_server_cannot_put_its_words_on_anothers_request() {
    let (phone, honest, evil) = (phone(), listen(), listen());
    let (_, device) = phone.enroll(&honest.server).await;
    let (account, _) = phone.enroll(&evil.server).await;
    let id = honest.server.ask(device, Some(2), false);
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending.len(), 1);
    // The other server has learnt the id and asks something harmless under it.
    assert_eq!(evil.server.ask(device, Some(2), false), id);
    let inbox = phone.authenticator.inbox(0).await.unwrap();
    assert_eq!((inbox.pending.len(), inbox.refused.len()), (0, 2));
    let error = phone.authenticator.approve(id, Some("42")).await.unwrap_err();
    assert_eq!(error.code(), "ambiguous_challenge");
    phone.authenticator.remove_account(&account, false).await.unwrap();
    assert!(phone.authenticator.approve(id, Some("42")).await.is_ok());
}

#[tokio::test]
async fn p9_locking_ends_the_watch_and_forgets_what_waited() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    listening.server.ask(device, Some(2), false);
    let mut watch = phone.authenticator.watch();
    assert_eq!(watch.next().await.unwrap().pending.len(), 1);
    let authenticator = phone.authenticator.clone();
    let waiting = tokio::spawn(async move {
        loop {
            if let Err(error) = watch.next().await {
                return error;
            }
        }
    });
    authenticator.lock();
    assert_eq!(waiting.await.unwrap().code(), "vault_locked");
    assert!(phone.authenticator.inner.memory().pending.is_empty());
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_everything_usable() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    for milliseconds in 0..12 {
        let brief = Duration::from_millis(milliseconds);
        let _ = tokio::time::timeout(brief, phone.authenticator.inbox(0)).await;
        let _ = tokio::time::timeout(brief, phone.authenticator.rename(&account, "Phone")).await;
    }
    let _ = tokio::time::timeout(Duration::ZERO, phone.authenticator.deny(id)).await;
    // Whether it was sent or not, it can be asked for again and has one effect.
    let again = phone.authenticator.deny(id).await;
    assert!(again.is_ok() || again.as_ref().unwrap_err().code() == "unknown_challenge", "{again:?}");
    assert!(phone.authenticator.inbox(0).await.unwrap().pending.is_empty());
}
