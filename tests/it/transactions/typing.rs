//! What the page shows while a question waits, and the codes that are typed there.

use countersign_protocol::answer::Decision;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::policy::{Factor, NumberKind};
use countersign_server::engine::{Error, Language, Standing};
use countersign_tests::mailbox;

use super::{Place, waits_for};
use crate::offline;

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn the_page_shows_the_number_and_a_push_without_a_page_has_none() {
    let place = Place::without_limits().await;
    let begun = place.asking(Factor::Push).await;
    let asking = place.engine().asking(&place.look(&begun).await).await.unwrap().unwrap();
    assert_eq!((asking.kind, asking.number_kind, asking.number), (Factor::Push, None, None));
    for (word, kind, digits) in
        [("type2", NumberKind::Type2, 2), ("type6", NumberKind::Type6, 6), ("pick", NumberKind::Pick, 2)]
    {
        place.set(&[("number_kind", word)]).await;
        let begun = place.open().await;
        place.choose(&begun, Factor::Push).await.unwrap();
        let asking = place.engine().asking(&place.look(&begun).await).await.unwrap().unwrap();
        assert_eq!((asking.number_kind, asking.sent), (Some(kind), None));
        assert_eq!(asking.number.unwrap().len(), digits);
        place.decide(&begun, Decision::Approve).await;
        assert_eq!(place.standing(&begun).await, Standing::Approved);
        assert_eq!(place.engine().asking(&place.look(&begun).await).await, Ok(None));
    }
}

#[tokio::test]
async fn property_5_the_code_that_the_phone_shows_has_one_try() {
    for right in [true, false] {
        let place = Place::with(&[("number_kind", "show")]).await;
        let begun = place.open().await;
        place.choose(&begun, Factor::Push).await.unwrap();
        let transaction = place.look(&begun).await;
        let asking = place.engine().asking(&transaction).await.unwrap().unwrap();
        assert_eq!((asking.number_kind, asking.number), (Some(NumberKind::Show), None));
        let early = place.engine().type_code(&transaction, "123456").await;
        assert_eq!(early, Err(Error::NotAnswered));
        let answer = place.answer(&begun, Decision::Approve).await;
        let shown = place.submit(&answer).await.expect(200)["code"].as_str().unwrap().to_owned();
        assert_eq!(waits_for(place.standing(&begun).await), Some(Factor::Push));
        for no_code in ["", "12345", "1234567", "12345x"] {
            let typed = place.engine().type_code(&transaction, no_code).await;
            assert!(matches!(typed, Err(Error::Invalid(_))), "{no_code}: not counted, {typed:?}");
        }
        let spaced = format!("{} {}", &shown[..3], &shown[3..]);
        let code = if right { spaced.as_str() } else { wrong(&shown) };
        let (typed, standing) = match right {
            true => (Ok(Outcome::Approved), Standing::Approved),
            false => (Err(Error::WrongShownCode), Standing::Rejected),
        };
        assert_eq!(place.engine().type_code(&transaction, code).await, typed);
        assert_eq!(place.standing(&begun).await, standing);
    }
}

#[tokio::test]
async fn the_digits_of_a_phone_without_a_network_are_taken_from_the_page() {
    let place = Place::without_limits().await;
    let plain = place.asking(Factor::Push).await;
    let asking = place.engine().asking(&place.look(&plain).await).await.unwrap().unwrap();
    assert_eq!(
        asking.offline, None,
        "without a number the person is verified, and digits prove that of nobody"
    );
    let begun = place.open().await;
    place.choose(&begun, Factor::Push).await.unwrap();
    let transaction = place.look(&begun).await;
    let asking = place.engine().asking(&transaction).await.unwrap().unwrap();
    let question = asking.offline.unwrap();
    assert_eq!((question.device_name.as_str(), asking.attempts_left), ("Robot", 5));
    let code = offline::code_of(&place.phone, &question);
    let typed = place.engine().type_code(&transaction, &offline::wrong(&code)).await;
    assert_eq!(typed, Err(Error::WrongTypedCode { attempts_left: 4 }));
    let asking = place.engine().asking(&transaction).await.unwrap().unwrap();
    assert_eq!(asking.attempts_left, 4);
    let spaced = format!("{} {}", &code[..4], &code[4..]);
    assert_eq!(place.engine().type_code(&transaction, &spaced).await, Ok(Outcome::Approved));
    assert_eq!(place.standing(&begun).await, Standing::Approved);
    let device = place.engine().device_of_transaction(&transaction).await.unwrap();
    assert_eq!(device, Some(place.phone.id.to_string()));
}

#[tokio::test]
async fn s5_five_wrong_codes_reject_it() {
    let place = Place::new().await;
    let begun = place.open().await;
    place.choose(&begun, Factor::Sms).await.unwrap();
    let (transaction, code) = (place.look(&begun).await, place.code().await);
    for left in (0..5).rev() {
        let asking = place.engine().asking(&place.look(&begun).await).await.unwrap().unwrap();
        assert_eq!(asking.attempts_left, left + 1);
        let typed = place.engine().type_code(&transaction, wrong(&code)).await;
        assert_eq!(typed, Err(Error::WrongTypedCode { attempts_left: left }));
    }
    assert_eq!(place.standing(&begun).await, Standing::Rejected);
    let late = place.engine().type_code(&transaction, &code).await;
    assert_eq!(late, Err(Error::NotPending(Outcome::Denied)));
    assert_eq!(place.choose(&begun, Factor::Push).await, Err(Error::NotPending(Outcome::Denied)));
}

#[tokio::test]
async fn codes_come_in_the_browsers_language_each_time_and_the_last_one_counts() {
    let place = Place::new().await;
    let begun = place.open().await;
    let seen = place.look(&begun).await;
    place.engine().choose_way(&seen, Factor::Sms, None, Language::Ar).await.unwrap();
    let transaction = place.look(&begun).await;
    let sent = place.engine().asking(&transaction).await.unwrap().unwrap().sent.unwrap();
    assert_eq!((sent.kind, sent.resend_after, sent.resends_left), (Factor::Sms, 30, 4));
    assert!(!sent.to.contains("50123"), "{}", sent.to);
    let early = place.engine().send_again(&transaction).await;
    assert_eq!(early, Err(Error::SentJustNow { retry_after: 30 }));
    place.server.clock.advance(29_500);
    let sent = place.engine().asking(&transaction).await.unwrap().unwrap().sent.unwrap();
    assert_eq!(sent.resend_after, 1);
    place.server.clock.advance(500);
    place.engine().send_again(&transaction).await.unwrap();
    let messages = mailbox::waiting_by(&place.server, "sms").await;
    assert_eq!(messages.iter().map(|m| m.language).collect::<Vec<_>>(), [Language::Ar, Language::Ar]);
    let sent = place.engine().asking(&transaction).await.unwrap().unwrap().sent.unwrap();
    assert_eq!((sent.resend_after, sent.resends_left), (30, 3));
    let code = place.code().await;
    assert_eq!(place.engine().type_code(&transaction, &code).await, Ok(Outcome::Approved));
    assert_eq!(place.standing(&begun).await, Standing::Approved);
}
