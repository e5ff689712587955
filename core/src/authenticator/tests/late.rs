//! What arrives late: after the lock, after the answer, after the account is gone.

use countersign_protocol::challenge::NumberMatch;
use countersign_protocol::wire::Outcome;

use super::*;
use crate::testing::{NUMBER, listen};

#[tokio::test]
async fn p9_what_arrives_after_the_lock_is_not_shown_or_kept() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    listening.server.ask(device, Some(2), false);
    let mut reply = listening.server.hold_reply();
    let authenticator = phone.authenticator.clone();
    let inbox = tokio::spawn(async move { authenticator.inbox(0).await });
    reply.ready().await;
    phone.authenticator.lock();
    reply.arrive();
    assert_eq!(inbox.await.unwrap().unwrap_err().code(), "vault_locked");
    assert!(phone.authenticator.inner.memory().pending.is_empty());
}

#[tokio::test]
async fn p9_a_code_that_arrives_after_the_lock_is_not_shown_or_kept() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    phone.authenticator.inbox(0).await.unwrap();
    let mut reply = listening.server.hold_reply();
    let authenticator = phone.authenticator.clone();
    let approve = tokio::spawn(async move { authenticator.approve(id, None).await });
    reply.ready().await;
    phone.authenticator.lock();
    reply.arrive();
    assert_eq!(approve.await.unwrap().unwrap_err().code(), "vault_locked");
    let memory = phone.authenticator.inner.memory();
    assert!(memory.shown.is_empty() && memory.unsent.is_empty() && memory.pending.is_empty());
}

#[tokio::test]
async fn a_list_older_than_the_answer_does_not_bring_the_question_back() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    let mut reply = listening.server.hold_reply();
    let authenticator = phone.authenticator.clone();
    let inbox = tokio::spawn(async move { authenticator.inbox(0).await });
    reply.ready().await;
    phone.authenticator.deny(id).await.unwrap();
    reply.arrive();
    assert!(inbox.await.unwrap().unwrap().pending.is_empty());
    let again = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap_err();
    assert_eq!(again.code(), "unknown_challenge");
}

#[tokio::test]
async fn an_account_that_is_gone_is_forgotten_with_all_its_answers() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let shown = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    phone.authenticator.approve(shown, None).await.unwrap();
    let unsent = listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    listening.server.lose_replies(2);
    phone.authenticator.approve(unsent, Some(NUMBER)).await.unwrap_err();
    {
        let memory = phone.authenticator.inner.memory();
        assert_eq!((memory.shown.len(), memory.unsent.len()), (1, 1));
    }
    phone.authenticator.remove_account(&account, false).await.unwrap();
    let memory = phone.authenticator.inner.memory();
    assert!(memory.shown.is_empty() && memory.unsent.is_empty() && memory.pending.is_empty());
}

#[tokio::test]
async fn an_unsent_answer_is_dropped_when_its_question_is_over() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    phone.authenticator.inbox(0).await.unwrap();
    listening.server.settle(id, Outcome::Expired);
    listening.server.lose_replies(2);
    phone.authenticator.approve(id, None).await.unwrap_err();
    assert_eq!(phone.authenticator.inner.memory().unsent.len(), 1);
    phone.authenticator.inbox(0).await.unwrap();
    assert!(phone.authenticator.inner.memory().unsent.is_empty());
}
