//! The kinds of numbers beside the typed one: picked on the phone, shown by the phone; and what a request carries.

use countersign_protocol::answer::Decision;
use countersign_protocol::challenge::{Detail, NumberMatch};
use countersign_protocol::risk::Risk;
use countersign_protocol::wire::Outcome;

use super::*;
use crate::approve::AnswerResult;
use crate::testing::{NUMBER, SHOWN, listen};

fn pick() -> NumberMatch {
    NumberMatch::Pick { options: ["17", NUMBER, "88"].map(|o| o.parse().unwrap()) }
}

/// The code that the result shows.
fn code(result: &AnswerResult) -> &str {
    let AnswerResult::Code(code) = result else { panic!("{result:?}") };
    code.as_str()
}

#[tokio::test]
async fn property_5_one_of_three_is_picked_and_a_slip_sends_nothing() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| c.number = pick());
    let pending = phone.authenticator.inbox(0).await.unwrap().pending.remove(0);
    assert_eq!(pending.options.map(|o| o.map(|n| n.to_string())), Some(["17", "42", "88"].map(String::from)));
    assert_eq!((pending.digits, pending.shows), (None, None));
    for (typed, code) in [(None, "number_needed"), (Some("43"), "number_form"), (Some("1742"), "number_form")]
    {
        let error = phone.authenticator.approve(id, typed).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains("17, 42 or 88"), "{error}");
    }
    let result = phone.authenticator.approve(id, Some("٤٢")).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
    let id = listening.server.ask_with(device, |c| c.number = pick());
    assert_eq!(phone.authenticator.approve(id, Some("88")).await.unwrap(), AnswerResult::WrongNumber);
}

#[tokio::test]
async fn property_5_a_code_is_shown_after_approving_and_the_receipt_comes_when_it_was_typed() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    let pending = phone.authenticator.inbox(0).await.unwrap().pending.remove(0);
    assert_eq!((pending.digits, pending.options, pending.shows), (None, None, Some(6)));
    let not_asked = phone.authenticator.approve(id, Some(SHOWN)).await.unwrap_err();
    assert_eq!(not_asked.code(), "number_not_asked");

    let shown = phone.authenticator.approve(id, None).await.unwrap();
    assert_eq!(code(&shown), SHOWN);
    assert!(!format!("{shown:?}").contains(SHOWN));
    assert_eq!(phone.rows(Table::History), 0, "nothing is decided yet");
    assert!(phone.authenticator.inbox(0).await.unwrap().pending.is_empty(), "it is answered");
    assert_eq!(code(&phone.authenticator.after_code(id).await.unwrap()), SHOWN);

    let signatures = phone.keys.contexts().len();
    assert_eq!(code(&phone.authenticator.approve(id, None).await.unwrap()), SHOWN, "approved once more");
    assert_eq!(phone.keys.contexts().len(), signatures, "the person is not asked twice");

    listening.server.type_code(id, SHOWN);
    let done = phone.authenticator.follow_code(id).await.unwrap();
    assert_eq!(done, AnswerResult::Done(Outcome::Approved));
    let record = phone.authenticator.answers().unwrap().remove(0);
    assert_eq!((record.decision, record.outcome), (Decision::Approve, Outcome::Approved));
    let again = phone.authenticator.after_code(id).await.unwrap_err();
    assert_eq!(again.code(), "unknown_challenge", "its end was told");
}

#[tokio::test]
async fn property_5_a_wrong_code_on_the_login_page_denies() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    code(&phone.authenticator.approve(id, None).await.unwrap());
    listening.server.type_code(id, "000000");
    assert_eq!(phone.authenticator.after_code(id).await.unwrap(), AnswerResult::WrongNumber);
    assert_eq!(phone.rows(Table::History), 0);
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    assert_eq!(phone.authenticator.deny(id).await.unwrap(), AnswerResult::Done(Outcome::Denied));
}

#[tokio::test]
async fn property_4_an_approval_whose_code_was_not_typed_can_be_taken_back() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 6 });
    code(&phone.authenticator.approve(id, None).await.unwrap());
    assert_eq!(phone.authenticator.report(id).await.unwrap(), AnswerResult::Done(Outcome::Denied));
    assert_eq!(phone.authenticator.after_code(id).await.unwrap_err().code(), "unknown_challenge");
    assert_eq!(phone.authenticator.answers().unwrap()[0].decision, Decision::Report);
}

#[tokio::test]
async fn property_5_a_code_that_nobody_asked_for_is_no_answer() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    // The server gives six digits where the challenge said two.
    let id = listening.server.ask_with(device, |c| c.number = NumberMatch::Show { digits: 2 });
    let error = phone.authenticator.approve(id, None).await.unwrap_err();
    assert_eq!(error.code(), "not_countersign");
}

#[tokio::test]
async fn six_digits_details_and_risk_are_shown() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    let id = listening.server.ask_with(device, |c| {
        c.number = NumberMatch::Type { digits: 6 };
        (c.risk, c.verify) = (Risk::High, true);
        c.context.details = vec![Detail { label: "Payee".into(), value: "Pay \u{202e}you".into() }];
    });
    let pending = phone.authenticator.inbox(0).await.unwrap().pending.remove(0);
    assert_eq!((pending.digits, pending.risk, pending.verify), (Some(6), 3, true));
    assert_eq!(
        (pending.details[0].label.as_str(), pending.details[0].value.as_str()),
        ("Payee", "Pay \\u{202e}you")
    );
    let short = phone.authenticator.approve(id, Some(NUMBER)).await.unwrap_err();
    assert_eq!(short.code(), "number_form");
    let result = phone.authenticator.approve(id, Some("420000")).await.unwrap();
    assert_eq!(result, AnswerResult::Done(Outcome::Approved));
}

#[tokio::test]
async fn property_4_an_unusual_request_without_verification_is_not_shown() {
    let (phone, listening) = (phone(), listen());
    let (_, device) = phone.enroll(&listening.server).await;
    listening.server.ask_with(device, |c| (c.risk, c.verify) = (Risk::High, false));
    let inbox = phone.authenticator.inbox(0).await.unwrap();
    assert_eq!((inbox.pending.len(), inbox.refused.len()), (0, 1));
}
