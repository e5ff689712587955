//! How questions end, and the history of it.

use countersign_protocol::id::ChallengeId;
use countersign_protocol::wire::Outcome;

use super::*;
use crate::testing::{NUMBER, SERVER_TIME, listen};

/// What is said of ended requests: which, how, and whether here.
fn said(inbox: &InboxView) -> Vec<(ChallengeId, Option<Outcome>, bool)> {
    inbox.ended.iter().map(|end| (end.id, end.outcome, end.answered_here)).collect()
}

#[tokio::test]
async fn whatever_ends_a_request_is_said_for_a_minute() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let ask = || listening.server.ask(device, Some(2), false);
    let (denied, wrong, cancelled, elsewhere) = (ask(), ask(), ask(), ask());
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending.len(), 4);
    phone.authenticator.deny(denied).await.unwrap();
    phone.authenticator.approve(wrong, Some("41")).await.unwrap();
    listening.server.settle(cancelled, Outcome::Cancelled);
    listening.server.settle(elsewhere, Outcome::Approved);
    phone.authenticator.approve(elsewhere, Some(NUMBER)).await.unwrap();
    let inbox = phone.authenticator.inbox(0).await.unwrap();
    assert!(inbox.pending.is_empty());
    let expected = [
        (cancelled, Some(Outcome::Cancelled), false),
        (elsewhere, Some(Outcome::Approved), false),
        (wrong, Some(Outcome::Denied), true),
        (denied, Some(Outcome::Denied), true),
    ];
    assert_eq!(said(&inbox), expected);
    assert_eq!(inbox.ended[0].application, "Payroll");

    phone.clock.set(i64::try_from(SERVER_TIME).unwrap() + 60);
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().ended.len(), 4);
    phone.clock.set(i64::try_from(SERVER_TIME).unwrap() + 61);
    assert!(phone.authenticator.inbox(0).await.unwrap().ended.is_empty());
}

#[tokio::test]
async fn a_request_that_a_late_list_lacks_is_not_over() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let mut late = listening.server.hold_reply();
    let authenticator = phone.authenticator.clone();
    let inbox = tokio::spawn(async move { authenticator.inbox(0).await });
    late.ready().await;
    let id = listening.server.ask(device, Some(2), false);
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending.len(), 1);
    late.arrive();
    assert!(said(&inbox.await.unwrap().unwrap()).is_empty());
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending[0].id, id, "and it still waits");
}

#[tokio::test]
async fn the_history_is_paged_over_all_accounts_without_a_network() {
    let (phone, one, other) = (phone(), listen(), listen());
    let (_, first) = phone.enroll(&one.server).await;
    let (gone, second) = phone.enroll(&other.server).await;
    for round in 0..3 {
        phone.clock.set(i64::try_from(SERVER_TIME).unwrap() - round);
        for (server, device) in [(&one.server, first), (&other.server, second)] {
            let id = server.ask(device, Some(2), false);
            // The same id may come from both: answered one after the other it is two answers all the same.
            phone.authenticator.deny(id).await.unwrap();
        }
    }
    phone.authenticator.remove_account(&gone, false).await.unwrap();
    one.server.lose_requests(true);
    let all = phone.authenticator.answers().unwrap();
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by_key(|answer| std::cmp::Reverse(answer.answered_at)));
    let (mut paged, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = phone.authenticator.answers_page(after.as_deref(), 4).unwrap();
        paged.extend(page.answers);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(paged, all);
    for text in ["", "1/2/3", "x", "1"] {
        let error = phone.authenticator.answers_page(Some(text), 4).unwrap_err();
        assert_eq!(error.code(), "unknown_page", "{text}");
    }
    assert_eq!(phone.authenticator.answers_page(None, 0).unwrap().answers.len(), 1);
}
