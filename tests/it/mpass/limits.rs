//! How often a number is sent a code, and which numbers are sent none.

use countersign_server::engine::providers::{Account, Channel, Choice, Countries, Limits};
use futures_util::future::join_all;
use serde_json::json;

use super::{ACCEPT, COOL_DOWN, INVALID, NUMBER, Place, REJECT, channel, must_wait, says};

const DEST: &str = "dest=%2B966501234567";

#[tokio::test]
async fn s32_thirty_seconds_between_two_codes_and_five_an_hour_whoever_asks() {
    let place = Place::new().await;
    let other = channel(&place.server.engine, place.tenant, None).await;
    let others = format!("/mpass-web/rest/mv/msg?apikey={}&{DEST}", other.text);
    let first = place.code_to(NUMBER).await;
    for again in [place.msg(DEST).await, place.msg(&format!("{DEST}&app=x")).await, place.get(&others).await]
    {
        assert_eq!(must_wait(&again), 30);
    }
    says(&place.verify(&format!("{DEST}&otp={first}")).await, ACCEPT);
    for _ in 0..2 {
        place.server.clock.advance(COOL_DOWN);
        says(&place.get(&others).await, ACCEPT);
        place.server.clock.advance(COOL_DOWN);
        says(&place.msg(DEST).await, ACCEPT);
    }
    place.server.clock.advance(COOL_DOWN);
    let wait = must_wait(&place.msg(DEST).await);
    assert!((3_400..=3_600).contains(&wait), "{wait}");
    place.server.clock.advance(wait * 1_000 - 1_000);
    must_wait(&place.msg(DEST).await);
    place.server.clock.advance(1_000);
    says(&place.msg(DEST).await, ACCEPT);
    assert_eq!(place.sent().len(), 6);
}

#[tokio::test]
async fn s32_of_many_wishes_at_once_one_code_goes_out() {
    let place = Place::new().await;
    let replies = join_all((0..12).map(|_| place.msg(DEST))).await;
    assert_eq!(replies.iter().filter(|reply| reply.text() == ACCEPT).count(), 1);
    replies.iter().filter(|reply| reply.text() != ACCEPT).for_each(|reply| assert!(must_wait(reply) > 0));
    assert_eq!(place.sent().len(), 1);
    says(&place.verify(&format!("{DEST}&otp={}", place.code())).await, ACCEPT);
}

#[tokio::test]
async fn s32_countries_and_messages_a_day_are_the_operators() {
    let place = Place::new().await;
    let sid = format!("AC{}", "0".repeat(32));
    let account: Account = serde_json::from_value(json!({
        "kind": "twilio", "account_sid": sid, "auth_token": "0".repeat(32), "from": "+12015550123",
        "endpoint": null, "ca": null,
    }))
    .unwrap();
    let limits = Limits { countries: Countries::parse("SA").unwrap(), per_day: Some(2) };
    let choice = Choice::Account(Box::new(account));
    place
        .server
        .engine
        .set_provider(place.tenant, Channel::Sms, choice, Some(limits), &"operator")
        .await
        .unwrap();
    place.server.clock.advance(3_001);
    says(&place.msg("dest=%2B12025550123").await, INVALID);
    says(&place.msg("dest=%2B966501234567").await, ACCEPT);
    says(&place.msg("dest=%2B966501234568").await, ACCEPT);
    let wait = must_wait(&place.msg("dest=%2B966501234569").await);
    assert!((1..=86_400).contains(&wait), "{wait}");
    place.server.clock.advance(wait * 1_000);
    says(&place.msg("dest=%2B966501234569").await, ACCEPT);
}

#[tokio::test]
async fn s5_a_new_code_does_not_bring_new_tries() {
    let place = Place::new().await;
    for wrong in 0..5 {
        let code = place.code_to(NUMBER).await;
        let guess = if code == "000000" { "000001" } else { "000000" };
        says(&place.verify(&format!("{DEST}&otp={guess}")).await, REJECT);
        place.server.clock.advance(COOL_DOWN);
        if wrong == 4 {
            says(&place.verify(&format!("{DEST}&otp={code}")).await, REJECT);
        }
    }
    // Those five are over, and so are the hour's five codes.
    must_wait(&place.msg(DEST).await);
    place.server.clock.advance(3_600_000);
    let code = place.code_to(NUMBER).await;
    says(&place.verify(&format!("{DEST}&otp={code}")).await, ACCEPT);
}

#[tokio::test]
async fn s6_after_a_hundred_wrong_codes_in_a_row_the_place_rests_for_a_day() {
    let place = Place::new().await;
    let mut wrong = 0;
    while wrong < 100 {
        let code = place.code_to(NUMBER).await;
        let guess = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            says(&place.verify(&format!("{DEST}&otp={guess}")).await, REJECT);
            wrong += 1;
        }
        says(&place.verify(&format!("{DEST}&otp={code}")).await, REJECT);
        place.server.clock.advance(3_600_000);
    }
    let wait = must_wait(&place.msg(DEST).await);
    assert!((80_000..86_400).contains(&wait), "{wait}");
    place.code_to("+966501234568").await;
    place.server.clock.advance(wait * 1_000);
    let code = place.code_to(NUMBER).await;
    says(&place.verify(&format!("{DEST}&otp={code}")).await, ACCEPT);
}

#[tokio::test]
async fn a_right_code_forgets_the_wrong_ones() {
    let place = Place::new().await;
    for _ in 0..3 {
        let code = place.code_to(NUMBER).await;
        let guess = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..4 {
            says(&place.verify(&format!("{DEST}&otp={guess}")).await, REJECT);
        }
        says(&place.verify(&format!("{DEST}&otp={code}")).await, ACCEPT);
        place.server.clock.advance(COOL_DOWN);
    }
}
