//! Requests and decisions.

use countersign_protocol::answer::{Decision, Proof};
use countersign_protocol::id::ChallengeId;
use countersign_protocol::jws::Purpose;
use countersign_protocol::wire::Outcome;

use super::*;
use crate::approve::AnswerResult;
use crate::keys::KeyError;
use crate::testing::{NUMBER, Signer, listen};

#[tokio::test]
async fn approved_with_the_number_and_recorded() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    let inbox = phone.authenticator.inbox(0).await.unwrap();
    let pending = &inbox.pending[0];
    assert_eq!((pending.id, pending.digits, pending.seconds_left), (id, Some(2), 120));
    assert_eq!((pending.application.as_str(), pending.color.as_str()), ("Payroll", "#336699"));
    assert_eq!((inbox.refused.len(), inbox.troubles.len(), inbox.clock_errors.len()), (0, 0, 0));

    let result = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
    let record = phone.authenticator.answers().unwrap().remove(0);
    assert_eq!((record.decision, record.outcome), (Decision::Approve, Outcome::Approved));
    let trusted = record.receipt.server_key.thumbprint();
    assert_eq!(record.receipt.verify(&trusted).unwrap().answer().unwrap().1, Proof::Possession);
    assert!(phone.authenticator.inbox(0).await.unwrap().pending.is_empty());
    let again = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap();
    assert_eq!(again, AnswerResult::Done(Outcome::Approved), "twice is once");
    for other in [phone.authenticator.deny(id).await, phone.authenticator.report(id).await] {
        assert_eq!(other.unwrap_err().code(), "unknown_challenge");
    }
}

#[tokio::test]
async fn a_denial_whose_replies_were_all_lost_is_told_when_it_is_asked_for_again() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    listening.server.lose_replies(2);
    phone.authenticator.deny(id).await.unwrap_err();
    // The inbox has heard of the end before the person tries again.
    assert!(phone.authenticator.inbox(0).await.unwrap().pending.is_empty());
    assert_eq!(phone.authenticator.deny(id).await.unwrap(), AnswerResult::Done(Outcome::Denied));
    assert_eq!(phone.authenticator.report(id).await.unwrap_err().code(), "unknown_challenge");
}

#[tokio::test]
async fn a_request_that_was_never_listed_is_fetched() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    assert_eq!(phone.authenticator.deny(id).await.unwrap(), AnswerResult::Done(Outcome::Denied));
    let id = listening.server.ask(device, None, true);
    assert_eq!(phone.authenticator.report(id).await.unwrap(), AnswerResult::Done(Outcome::Denied));
}

#[tokio::test]
async fn property_4_the_prompt_names_the_application_and_a_refused_prompt_sends_nothing() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, None, true);
    phone.authenticator.inbox(0).await.unwrap();
    phone.keys.refuse(Some(KeyError::Cancelled));
    let before = listening.server.log().len();
    assert_eq!(phone.authenticator.approve(id, None).await.unwrap_err().code(), "cancelled");
    assert_eq!(listening.server.log().len(), before);
    phone.keys.refuse(None);
    let result = phone.authenticator.approve(id, None).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
    assert_eq!(phone.keys.contexts().last().unwrap(), "Payroll");
}

#[tokio::test]
async fn p10_an_invalidated_key_is_said_and_deny_still_works() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, None, true);
    phone.keys.invalidate(account.as_str());
    assert_eq!(phone.authenticator.approve(id, None).await.unwrap_err().code(), "key_invalidated");
    assert_eq!(phone.authenticator.deny(id).await.unwrap(), AnswerResult::Done(Outcome::Denied));
}

#[tokio::test]
async fn s8_a_slip_of_the_finger_does_not_use_up_the_one_try() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    for (typed, code) in [(Some("4"), "number_form"), (Some("421"), "number_form"), (None, "number_needed")] {
        assert_eq!(phone.authenticator.approve(id, typed).await.unwrap_err().code(), code);
    }
    let wrong = phone.authenticator.approve(id, Some("41")).await.unwrap();
    assert_eq!(wrong, AnswerResult::WrongNumber);
    assert_eq!(phone.rows(Table::History), 0);
}

#[tokio::test]
async fn an_answer_that_may_have_arrived_is_sent_again_as_it_was() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    listening.server.lose_replies(2);
    let error = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap_err();
    assert_eq!(error.code(), "offline");
    let signatures = phone.keys.contexts().len();
    let result = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved), "and not 409: it was the very same answer");
    assert_eq!(phone.keys.contexts().len(), signatures, "the person is not asked twice");
}

#[tokio::test]
async fn answered_elsewhere_is_said() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    phone.authenticator.inbox(0).await.unwrap();
    listening.server.settle(id, Outcome::Cancelled);
    let result = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap();
    assert_eq!(result, AnswerResult::Elsewhere(Outcome::Cancelled));
}

#[tokio::test]
async fn property_2_a_forged_request_is_reported_and_cannot_be_approved() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    listening.server.forge(id, |challenge, _| Signer::new().jws(Purpose::Challenge, challenge));
    let inbox = phone.authenticator.inbox(0).await.unwrap();
    assert_eq!((inbox.pending.len(), inbox.refused.len()), (0, 1));
    let error = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap_err();
    assert_eq!(error.code(), "unknown_challenge");
}

#[tokio::test]
async fn a_rotated_server_key_is_followed_and_stored() {
    let (phone, listening) = (phone(), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let pinned = phone.authenticator.inner.account(&account).unwrap().server_key;
    listening.server.rotate_key();
    listening.server.ask(device, Some(2), false);
    assert_eq!(phone.authenticator.inbox(0).await.unwrap().pending.len(), 1);
    assert_ne!(phone.authenticator.inner.account(&account).unwrap().server_key, pinned);
    phone.authenticator.inbox(0).await.unwrap();
    let asked = listening.server.log().iter().filter(|l| l.ends_with("/server-keys")).count();
    assert_eq!(asked, 1, "the new pin is remembered");
}

#[tokio::test]
async fn property_7_a_phone_two_hours_wrong_approves_and_is_told() {
    let (phone, listening) = (phone_ahead(7200), listen());
    let (account, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    let inbox = phone.authenticator.inbox(0).await.unwrap();
    assert_eq!(inbox.clock_errors, [ClockError { account, seconds: -7200 }]);
    assert_eq!(inbox.pending[0].seconds_left, 120);
    let result = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
    assert_eq!(phone.authenticator.answers().unwrap()[0].answered_at, crate::testing::SERVER_TIME);
    phone.clock.set(i64::try_from(crate::testing::SERVER_TIME).unwrap());
    assert!(phone.authenticator.inbox(0).await.unwrap().clock_errors.is_empty());
    assert_eq!(phone.authenticator.accounts().unwrap()[0].clock_error, None, "also the stored one");
}

#[tokio::test]
async fn what_a_server_writes_cannot_reverse_the_screen() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask(device, Some(2), false);
    listening.server.forge(id, |challenge, key| {
        challenge.message = "Pay \u{202e}9000\n".into();
        challenge.app.color = "red; background: url(x)".into();
        key.jws(Purpose::Challenge, challenge)
    });
    let pending = phone.authenticator.inbox(0).await.unwrap().pending.remove(0);
    assert_eq!((pending.message.as_str(), pending.color.as_str()), ("Pay \\u{202e}9000\\n", ""));
}

#[tokio::test]
async fn an_unknown_request_is_said() {
    let (phone, listening) = (phone(), listen());
    let unknown = ChallengeId(uuid::Uuid::from_u128(1));
    assert_eq!(phone.authenticator.deny(unknown).await.unwrap_err().code(), "unknown_challenge");
    phone.enroll(&listening.server).await;
    assert_eq!(phone.authenticator.deny(unknown).await.unwrap_err().code(), "unknown_challenge");
}
