//! `verify`: which codes are taken, and how often.

use futures_util::future::join_all;

use super::{ACCEPT, COOL_DOWN, INVALID, NUMBER, Place, REJECT, channel, says};

#[tokio::test]
async fn s3_the_right_code_is_taken_once() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    says(&place.verify(&format!("dest=+966501234567&otp={code}")).await, ACCEPT);
    says(&place.verify(&format!("dest=+966501234567&otp={code}")).await, REJECT);
    let log = place.log().await;
    let what: Vec<_> = log.iter().map(|(name, _, subject, _)| (name.as_str(), subject.as_str())).collect();
    let masked = "+9665••••••67";
    assert_eq!(what[1..], [("verification.sent", masked), ("verification.verified", masked)]);
    for (_, actor, _, address) in &log[1..] {
        assert_eq!((actor, address.as_deref()), (&place.key.channel.to_string(), Some(super::HERE)));
    }
}

#[tokio::test]
async fn s3_of_many_right_codes_at_once_one_is_taken() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    let target = format!("dest=%2B966501234567&otp={code}");
    let replies = join_all((0..16).map(|_| place.verify(&target))).await;
    assert_eq!(replies.iter().filter(|reply| reply.text() == ACCEPT).count(), 1);
    assert!(
        replies.iter().all(|reply| [ACCEPT, REJECT].contains(&reply.text().as_str()) && reply.status == 200)
    );
}

#[tokio::test]
async fn a_code_is_for_its_number_its_application_and_its_channel() {
    let place = Place::new().await;
    says(&place.msg("dest=%2B966501234567&app=East").await, ACCEPT);
    let code = place.code();
    for rest in ["dest=%2B966501234567", "dest=%2B966501234567&app=West", "dest=%2B966501234568&app=East"] {
        says(&place.verify(&format!("{rest}&otp={code}")).await, REJECT);
    }
    let other = channel(&place.server.engine, place.tenant, None).await;
    let target =
        format!("/mpass-web/rest/mv/verify?apikey={}&dest=%2B966501234567&app=East&otp={code}", other.text);
    says(&place.get(&target).await, REJECT);
    says(&place.verify(&format!("dest=%2B966501234567&app=East&otp={code}")).await, ACCEPT);
    // And the other way round.
    place.server.clock.advance(COOL_DOWN);
    let code = place.code_to(NUMBER).await;
    says(&place.verify(&format!("dest=%2B966501234567&app=East&otp={code}")).await, REJECT);
    says(&place.verify(&format!("dest=%2B966501234567&app=&otp={code}")).await, ACCEPT);
}

#[tokio::test]
async fn a_number_and_a_name_do_not_run_into_each_other() {
    let place = Place::of(Some("SA")).await;
    says(&place.msg("dest=%2B9665012345&app=67").await, INVALID);
    says(&place.msg("dest=%2B966501234567&app=8").await, ACCEPT);
    let code = place.code();
    says(&place.verify(&format!("dest=%2B9665012345678&otp={code}")).await, INVALID);
    says(&place.verify(&format!("dest=%2B966501234567&app=%208&otp={code}")).await, REJECT);
    says(&place.verify(&format!("dest=%2B966501234567&app=8&otp={code}")).await, ACCEPT);
}

#[tokio::test]
async fn the_newest_code_takes_the_place_of_the_one_before() {
    let place = Place::new().await;
    let first = place.code_to(NUMBER).await;
    place.server.clock.advance(COOL_DOWN);
    let second = place.code_to(NUMBER).await;
    if first != second {
        says(&place.verify(&format!("dest=%2B966501234567&otp={first}")).await, REJECT);
    }
    says(&place.verify(&format!("dest=%2B966501234567&otp={second}")).await, ACCEPT);
}

#[tokio::test]
async fn what_cannot_be_a_code_is_invalid_and_not_counted() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    for otp in ["", "abcdef", "12345x", "%D9%A1%D9%A2", "-12345", "+12345", "12345678901234567", "1%002"] {
        says(&place.verify(&format!("dest=%2B966501234567&otp={otp}")).await, INVALID);
    }
    says(&place.verify("dest=%2B966501234567").await, INVALID);
    says(&place.verify(&format!("dest=%2B966501234567&otp={code}&otp={code}")).await, INVALID);
    for _ in 0..6 {
        says(&place.verify("dest=%2B966501234567&otp=12345").await, REJECT);
    }
    says(&place.verify(&format!("dest=%2B966501234567&otp={code}&lang=anything")).await, ACCEPT);
}
