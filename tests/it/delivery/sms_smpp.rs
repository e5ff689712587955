//! Short messages by SMPP: what goes over the session, what each answer means, and what is done when it ends.

use countersign_server::delivery::sms::Sms;
use countersign_server::engine::providers::{Account, Secret, SmppAccount};
use countersign_server::engine::{Attempt, Receipt, Targets, Then};
use countersign_tests::smsc::{Behaviour, Heard, Smsc};
use futures_util::future::join_all;

use super::sms::{here, parcel, send};

fn account(smsc: &Smsc) -> Account {
    Account::Smpp(SmppAccount {
        host: smsc.address.ip().to_string(),
        port: smsc.address.port(),
        tls: false,
        system_id: "example".to_owned(),
        password: Secret::new("secret08".to_owned()),
        from: "Example".to_owned(),
        ca: None,
    })
}

fn bound() -> Heard {
    Heard::Bind("example".to_owned(), "secret08".to_owned())
}

/// The error, whether the account is in trouble, and whether it is tried again.
fn outcome(came: &Attempt) -> (&'static str, bool, bool) {
    (came.error.unwrap_or("none"), came.trouble, matches!(came.then, Then::Again(_)))
}

#[tokio::test]
async fn a_text_arrives_and_its_receipt_comes_back() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    smsc.next_are([Behaviour::Report("DELIVRD"), Behaviour::ReportInDecimal("UNDELIV")]);
    let first = send(&sms, &account, "271828 is your code€").await;
    assert_eq!(first, Attempt::done(Some(0), Some("a11".to_owned())));
    assert_eq!(smsc.next().await, bound());
    let message = smsc.message().await;
    assert_eq!(message.from, (5, 0, "Example".to_owned()));
    assert_eq!(message.to, (1, 1, "12025550123".to_owned()));
    assert_eq!((message.esm_class, message.data_coding, message.registered), (0, 0, 1));
    assert_eq!(message.validity, "000000000500000R");
    assert_eq!(message.content, b"271828 is your code\x1b\x65");
    let told = sms.told().await;
    let job = parcel(account.clone());
    assert_eq!((told.job, told.said), (Some((job.tenant, job.id)), Receipt::Delivered));
    assert_eq!(smsc.next().await, Heard::Answer(0x8000_0005, 0), "the receipt is acknowledged");
    // The session is shared: no second one is begun.
    assert_eq!(send(&sms, &account, "x").await.reference.as_deref(), Some("a12"));
    let told = sms.told().await;
    assert_eq!((told.job, told.said), (Some((job.tenant, job.id)), Receipt::Failed));
    assert!(!smsc.rest().contains(&bound()));
}

#[tokio::test]
async fn arabic_goes_in_parts_that_a_phone_puts_together() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    let text = "رمز الدخول الخاص بك هو 271828. ".repeat(5);
    let came = send(&sms, &account, &text).await;
    let units = text.encode_utf16().count();
    assert_eq!((units, came.reference.as_deref()), (155, Some("a13")), "the name of the last part");
    let mut whole = Vec::new();
    for part in 1..=3 {
        let message = smsc.message().await;
        assert_eq!((message.esm_class, message.data_coding), (0x40, 8));
        assert_eq!(message.registered, u8::from(part == 3), "a receipt is asked for the last part");
        let (header, content) = message.content.split_at(6);
        assert_eq!(header, [5, 0, 3, 0x77, 3, part]);
        assert!(content.len() <= 134);
        whole.extend(content.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])));
    }
    assert_eq!(String::from_utf16(&whole).unwrap(), text);
    let came = send(&sms, &account, &"a".repeat(2_000)).await;
    assert_eq!((came.error, came.then), (Some("too_long"), Then::Dead));
}

#[tokio::test]
async fn a_refused_login_is_trouble_and_is_not_tried_at_every_message() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    for (status, word, trouble) in [(0x0e, "login_refused", true), (0x05, "already_bound", false)] {
        smsc.answer_binds(status);
        let came = send(&sms, &account, "x").await;
        assert_eq!(outcome(&came), (word, trouble, true), "{status}");
        assert_eq!(i64::from(came.status.unwrap()), i64::from(status));
        // Meanwhile nothing is tried: the answer is the same, at once.
        let again = send(&sms, &account, "x").await;
        assert_eq!((again.error, again.status), (came.error, came.status));
        assert_eq!(smsc.next().await, bound());
        assert_eq!(smsc.rest(), []);
        sms.close().await;
    }
}

#[tokio::test]
async fn each_status_has_its_consequence() {
    let smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    for (status, expected) in [
        (0x0b, ("bad_number", false, false)),
        (0x0a, ("wrong_sender", true, true)),
        (0x08, ("provider_error", false, true)),
        (0x45, ("provider_error", false, true)),
        (0x01, ("rejected", false, false)),
        (0x0400, ("provider_error", false, true)),
        (0x58, ("throttled", false, true)),
    ] {
        smsc.next_are([Behaviour::Refuse(status)]);
        let came = send(&sms, &account, "x").await;
        assert_eq!(outcome(&came), expected, "{status:#x}");
        assert_eq!(came.status.map(u32::from), Some(status));
    }
}

#[tokio::test]
async fn whoever_is_throttled_waits_and_goes_on() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    smsc.next_are(vec![Behaviour::Refuse(0x58); 3]);
    let all = join_all((0..3).map(|_| send(&sms, &account, "x"))).await;
    for came in &all {
        assert_eq!((came.error, came.then), (Some("throttled"), Then::Again(Some(1))));
    }
    for _ in 0..3 {
        smsc.message().await;
    }
    // The pause ends, and the next one goes out in the same session.
    assert_eq!(send(&sms, &account, "y").await.then, Then::Done);
    smsc.message().await;
    assert!(!smsc.rest().contains(&bound()));
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_is_made_again() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    smsc.next_are([Behaviour::Take, Behaviour::HangUp]);
    // The second part is lost: the whole message is tried again.
    let came = send(&sms, &account, &"a".repeat(200)).await;
    assert_eq!((came.error, came.then), (Some("disconnected"), Then::Again(Some(1))));
    assert_eq!(smsc.next().await, bound());
    let lost = [smsc.message().await, smsc.message().await];
    assert_eq!(smsc.next().await, bound(), "by itself, for receipts that may come");
    assert_eq!(send(&sms, &account, &"a".repeat(200)).await.then, Then::Done);
    assert_eq!([smsc.message().await, smsc.message().await], lost, "a phone can put both attempts together");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up_after_five_seconds() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    smsc.next_are([Behaviour::Stall]);
    let (stalled, other) = tokio::join!(send(&sms, &account, "x"), send(&sms, &account, "y"));
    let mut words = [stalled.error, other.error];
    words.sort();
    assert_eq!(words, [None, Some("timeout")], "the other one is not held up");
    smsc.message().await;
}

#[tokio::test]
async fn whatever_a_centre_says_is_answered_and_leave_is_taken() {
    let mut smsc = Smsc::start().await;
    let (sms, account) = (Sms::new(here()), account(&smsc));
    smsc.next_are([Behaviour::AskBack]);
    assert_eq!(send(&sms, &account, "x").await.then, Then::Done);
    smsc.message().await;
    assert_eq!(smsc.next().await, Heard::Answer(0x8000_0015, 0));
    assert_eq!(smsc.next().await, Heard::Answer(0x8000_0000, 0x03), "no such command");
    sms.close().await;
    assert_eq!(smsc.next().await, Heard::Unbind);
}

#[tokio::test]
async fn s45_a_centre_within_is_called_only_where_the_operator_lists_it() {
    let mut smsc = Smsc::start().await;
    let account = account(&smsc);
    let sms = Sms::new(Targets::default());
    assert_eq!(outcome(&send(&sms, &account, "x").await), ("refused_address", true, true));
    assert_eq!(smsc.rest(), []);
}
