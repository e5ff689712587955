//! Beginning, ending, and how long the result can be read.

use countersign_protocol::answer::Decision;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Begin, Error, Language, Origin, Standing};
use countersign_tests::{given, mailbox};

use super::{OPEN, Place, waits_for};

#[tokio::test]
async fn without_a_question_it_waits_for_a_choice() {
    let place = Place::new().await;
    let begun = place.open().await;
    assert_eq!((begun.standing, &begun.why_not), (OPEN, &None));
    assert!(begun.channel.starts_with("ch_") && begun.channel.len() == 72, "{}", *begun.channel);
    let transaction = place.look(&begun).await;
    assert_eq!((transaction.standing, transaction.question), (OPEN, None));
    assert_eq!((transaction.user.user_ref.as_str(), transaction.browser), ("sam", None));
    assert_eq!(place.engine().asking(&transaction).await, Ok(None));
    assert_eq!(place.engine().type_code(&transaction, "123456").await, Err(Error::NoCodeWaiting));
    assert_eq!(place.engine().send_again(&transaction).await, Err(Error::NoCodeWaiting));
    assert_eq!(place.pending().await, 0);
}

#[tokio::test]
async fn a_push_asked_at_once_decides_it_for_good() {
    let place = Place::without_limits().await;
    for (decision, standing, outcome) in [
        (Decision::Approve, Standing::Approved, Outcome::Approved),
        (Decision::Deny, Standing::Rejected, Outcome::Denied),
    ] {
        let begun = place.asking(Factor::Push).await;
        assert_eq!(waits_for(begun.standing), Some(Factor::Push));
        assert_eq!(place.standing(&begun).await, begun.standing);
        place.decide(&begun, decision).await;
        assert_eq!(place.standing(&begun).await, standing);
        assert_eq!(place.choose(&begun, Factor::Sms).await, Err(Error::NotPending(outcome)));
        let transaction = place.look(&begun).await;
        assert_eq!(place.engine().cancel_transaction(&transaction).await, Err(Error::NotPending(outcome)));
        let device = place.engine().device_of_transaction(&transaction).await.unwrap();
        assert_eq!(device, Some(place.phone.id.to_string()));
        assert_eq!(mailbox::all(&place.server).await.len(), 0);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_at_once_leaves_the_choice() {
    let place = Place::new().await;
    given::factor(&place.server, &place.cms, "kim", "email", "kim@example.org").await;
    let kim = place.person("kim").await;
    for (at_once, why) in [(Factor::Push, Error::NoDevices), (Factor::Sms, Error::NoFactor("sms"))] {
        let begin = Begin { user: kim.clone(), at_once: Some(at_once), ..place.plain().await };
        let begun = place.begin(begin).await;
        assert_eq!((begun.standing, &begun.why_not), (OPEN, &Some(why)));
        let transaction = place.look(&begun).await;
        assert_eq!(place.engine().device_of_transaction(&transaction).await, Ok(None));
        let ways = place.engine().ways(&transaction).await.unwrap();
        assert_eq!(ways.iter().map(|way| way.kind).collect::<Vec<_>>(), [Factor::Email]);
    }
    place.set(&[("factors", "sms")]).await;
    let begun = place.asking(Factor::Push).await;
    assert_eq!((begun.standing, begun.why_not), (OPEN, Some(Error::FactorNotAllowed("push"))));
}

#[tokio::test]
async fn an_access_rule_refuses_it_at_once_or_when_a_way_is_chosen() {
    let place = Place::new().await;
    let before = place.open().await;
    place.engine().add_access_rule(place.scope(), "anyone", "deny", &"operator").await.unwrap();
    place.server.clock.advance(super::NOTICED);

    let begun = place.asking(Factor::Push).await;
    assert_eq!((begun.standing, &begun.why_not), (Standing::Rejected, &Some(Error::RefusedByRule)));
    assert_eq!(place.standing(&begun).await, Standing::Rejected);
    assert_eq!(place.choose(&begun, Factor::Push).await, Err(Error::NotPending(Outcome::Denied)));

    assert_eq!(place.engine().ways(&place.look(&before).await).await, Ok(Vec::new()));
    assert_eq!(place.choose(&before, Factor::Push).await, Err(Error::RefusedByRule));
    assert_eq!(place.standing(&before).await, Standing::Rejected);
    assert_eq!(place.pending().await, 0);
}

#[tokio::test]
async fn s2_it_lasts_ten_minutes_at_most_and_its_questions_no_longer() {
    let place = Place::without_limits().await;
    for (timeout, most) in [(Some(3600), 600), (Some(1), 10), (Some(45), 45), (None, 300)] {
        let now = place.server.clock.now();
        let begun = place.begin(Begin { timeout, at_once: Some(Factor::Push), ..place.plain().await }).await;
        let expires_at = place.look(&begun).await.expires_at;
        assert_eq!(expires_at, (now / 1000 + most) * 1000, "{timeout:?}");
        let Standing::Waiting { until, .. } = begun.standing else { panic!("{:?}", begun.standing) };
        // Whoever names no time leaves that to policy, which gives two minutes.
        assert_eq!(until, if timeout.is_some() { expires_at } else { (now / 1000 + 120) * 1000 });
    }
    let begun = place.begin(Begin { timeout: Some(60), ..place.plain().await }).await;
    place.server.clock.advance(40_000);
    place.choose(&begun, Factor::Push).await.unwrap();
    let transaction = place.look(&begun).await;
    let asking = place.engine().asking(&transaction).await.unwrap().unwrap();
    assert_eq!(asking.until, transaction.expires_at, "chosen late, and policy would give two minutes");
}

#[tokio::test]
async fn s2_it_is_over_to_the_millisecond_and_read_for_five_minutes_more() {
    let place = Place::without_limits().await;
    let (open, asked) = (
        place.open().await,
        place.begin(Begin { timeout: Some(300), at_once: Some(Factor::Sms), ..place.plain().await }).await,
    );
    let decided = place.asking(Factor::Push).await;
    place.decide(&decided, Decision::Approve).await;
    let code = place.code().await;
    let expires_at = place.look(&open).await.expires_at;
    place.server.clock.set(expires_at - 1);
    assert_eq!(place.standing(&open).await, OPEN);
    let waiting = place.look(&asked).await;
    assert_eq!(waits_for(waiting.standing), Some(Factor::Sms));

    place.server.clock.set(expires_at);
    assert_eq!(place.standing(&open).await, Standing::Expired);
    assert_eq!(place.standing(&asked).await, Standing::Expired);
    assert_eq!(place.standing(&decided).await, Standing::Approved);
    let over = Err(Error::NotPending(Outcome::Expired));
    assert_eq!(place.choose(&open, Factor::Push).await, over);
    assert_eq!(place.engine().cancel_transaction(&place.look(&open).await).await, over);
    let late = place.engine().type_code(&waiting, &code).await;
    assert_eq!(late, Err(Error::NotPending(Outcome::Expired)));

    place.server.clock.set(expires_at + 299_999);
    assert_eq!(place.standing(&open).await, Standing::Expired);
    assert_eq!(place.standing(&decided).await, Standing::Approved);
    assert_eq!(place.engine().forget_transactions().await, Ok(false));
    assert_eq!(place.standing(&open).await, Standing::Expired, "what can be read is not removed");
    place.server.clock.set(expires_at + 300_000);
    for begun in [&open, &asked, &decided] {
        let gone = place.engine().transaction(&begun.channel).await.map(|found| found.standing);
        assert_eq!(gone, Err(Error::TransactionNotFound));
    }
    let id = waiting.id;
    assert_eq!(place.engine().forget_transactions().await, Ok(false));
    let rows = place.server.rows();
    assert_eq!(rows.transaction_by_id(place.tenant(), id).await, Ok(None));
    rows.close().await;
}

#[tokio::test]
async fn s26_no_more_than_thirty_begin_for_a_person_in_a_minute() {
    let place = Place::new().await;
    given::factor(&place.server, &place.cms, "kim", "sms", NUMBER_OF_KIM).await;
    let caller = place.caller().await;
    for _ in 0..30 {
        place.open().await;
    }
    let more = place.engine().begin_transaction(&caller, place.plain().await).await;
    assert_eq!(more.map(|begun| begun.standing), Err(Error::TooManyPushes { retry_after: 60 }));
    let kim = place.person("kim").await;
    place.begin(Begin { user: kim, ..place.plain().await }).await;
    place.server.clock.advance(59_999);
    assert!(place.engine().begin_transaction(&caller, place.plain().await).await.is_err());
    place.server.clock.advance(1);
    place.open().await;
}

#[tokio::test]
async fn s40_a_channel_opens_nothing_elsewhere_and_cannot_be_guessed_from_its_form() {
    let place = Place::new().await;
    let other = place.server.relying_party("Elsewhere", None).await;
    let begun = place.open().await;
    let (own, secret) = begun.channel[3..].split_at(26);
    let of_other = other.tenant.trim_start_matches("ten_");
    assert_eq!((own, of_other.len()), (place.cms.tenant.trim_start_matches("ten_"), 26));
    for wrong in [
        format!("ch_{of_other}{secret}"),
        format!("ch_{own}{}", "A".repeat(43)),
        format!("{}A", *begun.channel),
        begun.channel[..71].to_owned(),
        begun.channel.to_uppercase(),
        String::new(),
        "ch_\0".to_owned(),
    ] {
        let found = place.engine().transaction(&wrong).await.map(|found| found.standing);
        assert_eq!(found, Err(Error::TransactionNotFound), "{wrong}");
    }
    let caller = place.engine().authenticate(&other.client_id, &other.client_secret, None).await.unwrap();
    let theirs = place.engine().begin_transaction(&caller, place.plain().await).await;
    assert_eq!(theirs.map(|begun| begun.standing), Err(Error::UserNotFound));
}

#[tokio::test]
async fn what_is_too_long_begins_nothing() {
    let place = Place::new().await;
    let caller = place.caller().await;
    let plain = place.plain().await;
    let browser = |length| Origin { user_agent: Some("x".repeat(length)), ..Origin::default() };
    for bad in [
        Begin { kind: Some("x".repeat(41)), ..plain.clone() },
        Begin { kind: Some(String::new()), ..plain.clone() },
        Begin { message: Some("x".repeat(501)), ..plain.clone() },
        Begin { message: Some("a\0b".to_owned()), ..plain.clone() },
        Begin { origin: browser(1025), ..plain.clone() },
    ] {
        let begun = place.engine().begin_transaction(&caller, bad).await.map(|begun| begun.standing);
        assert!(matches!(begun, Err(Error::Invalid(_))), "{begun:?}");
    }
    let long = Begin {
        kind: Some("x".repeat(40)),
        message: Some("ل".repeat(500)),
        origin: browser(1024),
        at_once: Some(Factor::Push),
        ..plain
    };
    let begun = place.begin(long).await;
    assert_eq!(waits_for(begun.standing), Some(Factor::Push));
    let challenge = place.phone.challenge(&place.look(&begun).await.question.unwrap().to_string()).await;
    assert_eq!(countersign_tests::key::claims(&challenge)["message"], "ل".repeat(500));
}

#[tokio::test]
async fn its_words_are_the_applications_name_in_the_persons_language() {
    let place = Place::without_limits().await;
    for (language, message) in
        [(Language::En, "Sign in to Case Management?"), (Language::Ar, "تسجيل الدخول إلى Case Management؟")]
    {
        place.engine().set_language(place.tenant(), "sam", language, &"operator").await.unwrap();
        let begun = place.asking(Factor::Push).await;
        let challenge = place.phone.challenge(&place.look(&begun).await.question.unwrap().to_string()).await;
        let claims = countersign_tests::key::claims(&challenge);
        assert_eq!((&claims["message"], &claims["type"]), (&message.into(), &"Login".into()));
    }
}

/// Another number of nobody's.
const NUMBER_OF_KIM: &str = "+966501234568";
