//! Which ways there are, and choosing one.

use countersign_protocol::answer::Decision;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::policy::Factor;
use countersign_server::engine::{Error, Language, Standing, Way};
use countersign_tests::device::Device;
use countersign_tests::{given, mailbox};

use super::{NUMBER, OPEN, Place, waits_for};

fn kinds(ways: &[Way]) -> Vec<Factor> {
    ways.iter().map(|way| way.kind).collect()
}

#[tokio::test]
async fn the_ways_are_what_the_person_has_strongest_first_and_say_little() {
    let place = Place::new().await;
    given::factor(&place.server, &place.cms, "sam", "email", "sam@example.org").await;
    given::factor(&place.server, &place.cms, "sam", "voice", NUMBER).await;
    let begun = place.open().await;
    let transaction = place.look(&begun).await;
    let ways = place.engine().ways(&transaction).await.unwrap();
    assert_eq!(kinds(&ways), [Factor::Push, Factor::Sms, Factor::Voice, Factor::Email]);
    assert_eq!((ways[0].factor, ways[0].to.as_deref()), (None, Some("Robot")));
    for way in &ways[1..] {
        let to = way.to.as_deref().unwrap();
        assert!(way.factor.is_some() && !to.contains("50123") && !to.contains("sam@"), "{way:?}");
    }
    Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let ways = place.engine().ways(&transaction).await.unwrap();
    assert_eq!(ways[0], Way { kind: Factor::Push, factor: None, to: None }, "there are two phones");
}

#[tokio::test]
async fn what_policy_forbids_is_locked_rests_or_nobody_carries_is_no_way() {
    let place = Place::with(&[("failure_limit", "1"), ("denial_limit", "1")]).await;
    let begun = place.open().await;
    let ways = async || kinds(&place.engine().ways(&place.look(&begun).await).await.unwrap());
    assert_eq!(ways().await, [Factor::Push, Factor::Sms]);
    let nobody_sends = place.server.another(|engine| engine.with_sink(&[])).await;
    let seen = place.look(&begun).await;
    assert_eq!(kinds(&nobody_sends.engine.ways(&seen).await.unwrap()), [Factor::Push]);

    let other = place.asking(Factor::Push).await;
    place.decide(&other, Decision::Deny).await;
    assert_eq!(ways().await, [Factor::Sms], "pushes rest");
    place.choose(&begun, Factor::Sms).await.unwrap();
    let code = place.code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let typed = place.engine().type_code(&place.look(&begun).await, wrong).await;
    assert_eq!(typed, Err(Error::WrongTypedCode { attempts_left: 0 }));
    assert_eq!(ways().await, [], "codes are locked");
    assert_eq!(place.standing(&begun).await, Standing::Open { after: Some(Outcome::Cancelled) });
    place.engine().unlock_user(place.tenant(), "sam", &"operator").await.unwrap();
    assert_eq!(ways().await, [Factor::Push, Factor::Sms]);
    place.set(&[("factors", "push")]).await;
    assert_eq!(ways().await, [Factor::Push]);
}

#[tokio::test]
async fn a_way_chosen_takes_the_place_of_the_one_before() {
    let place = Place::without_limits().await;
    let begun = place.open().await;
    place.choose(&begun, Factor::Sms).await.unwrap();
    let first = place.look(&begun).await;
    assert_eq!(waits_for(first.standing), Some(Factor::Sms));
    let code = place.code().await;
    place.choose(&begun, Factor::Push).await.unwrap();
    assert_eq!(waits_for(place.standing(&begun).await), Some(Factor::Push));
    assert_eq!(place.pending().await, 1);
    let late = place.engine().type_code(&first, &code).await;
    assert_eq!(late, Err(Error::NotPending(Outcome::Cancelled)), "the page before says nothing any more");
    place.decide(&begun, Decision::Approve).await;
    assert_eq!(place.standing(&begun).await, Standing::Approved);
}

#[tokio::test]
async fn chosen_twice_it_is_asked_once() {
    let place = Place::without_limits().await;
    let begun = place.open().await;
    let before = place.look(&begun).await;
    let factor = place.engine().ways(&before).await.unwrap()[1].factor;
    for factor in [None, factor, None] {
        // As from a page that was sent off twice: what it saw is from before.
        let chosen = place.engine().choose_way(&before, Factor::Sms, factor, Language::En).await;
        assert_eq!(chosen, Ok(()));
    }
    assert_eq!((place.pending().await, mailbox::all(&place.server).await.len()), (1, 1));
}

#[tokio::test]
async fn after_a_question_ran_out_the_person_chooses_again() {
    let place = Place::new().await;
    let begun = place.open().await;
    place.choose(&begun, Factor::Push).await.unwrap();
    let Standing::Waiting { until, .. } = place.standing(&begun).await else { panic!("nothing waits") };
    place.server.clock.set(until);
    let after = Standing::Open { after: Some(Outcome::Expired) };
    assert_eq!(place.standing(&begun).await, after);
    place.choose(&begun, Factor::Push).await.unwrap();
    place.decide(&begun, Decision::Approve).await;
    assert_eq!(place.standing(&begun).await, Standing::Approved);
}

#[tokio::test]
async fn another_sign_in_takes_the_question_and_its_answer_decides_only_that_one() {
    let place = Place::new().await;
    let (first, second) = (place.asking(Factor::Push).await, place.asking(Factor::Push).await);
    let after = Standing::Open { after: Some(Outcome::Cancelled) };
    assert_eq!(place.standing(&first).await, after);
    place.decide(&second, Decision::Approve).await;
    assert_eq!(place.standing(&second).await, Standing::Approved);
    assert_eq!(place.standing(&first).await, after);
    place.choose(&first, Factor::Push).await.unwrap();
    place.decide(&first, Decision::Deny).await;
    let ended = (place.standing(&first).await, place.standing(&second).await);
    assert_eq!(ended, (Standing::Rejected, Standing::Approved));
}

#[tokio::test]
async fn cancelled_it_ends_with_its_question_and_once_more_is_no_error() {
    let place = Place::new().await;
    for asked in [Some(Factor::Push), None] {
        let begun = place.open().await;
        if let Some(kind) = asked {
            place.choose(&begun, kind).await.unwrap();
        }
        let transaction = place.look(&begun).await;
        for _ in 0..2 {
            assert_eq!(place.engine().cancel_transaction(&transaction).await, Ok(()));
        }
        assert_eq!((place.standing(&begun).await, place.pending().await), (Standing::Rejected, 0));
        let over = Err(Error::NotPending(Outcome::Denied));
        assert_eq!(place.choose(&begun, Factor::Sms).await, over);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_leaves_what_waits() {
    let place = Place::new().await;
    let begun = place.open().await;
    assert_eq!(place.choose(&begun, Factor::Voice).await, Err(Error::NoFactor("voice")));
    assert_eq!(place.standing(&begun).await, OPEN);
    place.choose(&begun, Factor::Push).await.unwrap();
    let before = place.look(&begun).await;
    let stranger = Some(uuid::Uuid::from_u128(5));
    let chosen = place.engine().choose_way(&before, Factor::Sms, stranger, Language::En).await;
    assert_eq!(chosen, Err(Error::NoFactor("such")));
    assert_eq!(place.look(&begun).await.question, before.question);
    place.decide(&begun, Decision::Approve).await;
    assert_eq!(place.standing(&begun).await, Standing::Approved);
}
