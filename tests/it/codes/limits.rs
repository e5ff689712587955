//! How many messages go where: to one number, to numbers like it, to which countries, and how many in a day.

use countersign_server::engine::providers::{Account, Channel, Choice, Countries, Limits};
use countersign_server::store::sendings;
use countersign_tests::http::Reply;
use countersign_tests::mailbox;
use futures_util::future::join_all;
use serde_json::json;

use super::{NUMBER, Place};

fn account() -> Account {
    let sid = format!("AC{}", "0".repeat(32));
    let settings = json!({
        "kind": "twilio", "account_sid": sid, "auth_token": "0".repeat(32), "from": "+12015550123",
        "endpoint": null, "ca": null,
    });
    serde_json::from_value(settings).unwrap()
}

impl Place {
    /// Short messages and calls go to these countries only, and so many of each in a day.
    async fn limit(&self, countries: &str, per_day: i64) {
        for channel in [Channel::Sms, Channel::Voice] {
            let limits = Limits { countries: Countries::parse(countries).unwrap(), per_day: Some(per_day) };
            let choice = Choice::Account(Box::new(account()));
            self.server
                .engine
                .set_provider(self.tenant(), channel, choice, Some(limits), &"operator")
                .await
                .unwrap();
        }
        self.server.clock.advance(super::NOTICED);
    }

    async fn sms(&self) -> usize {
        mailbox::waiting_by(&self.server, "sms").await.len()
    }
}

fn seconds(reply: &Reply) -> i64 {
    reply.header("retry-after").expect("when to come again").parse().unwrap()
}

#[tokio::test]
async fn s32_thirty_seconds_between_two_codes_and_five_an_hour_to_one_number() {
    let place = Place::with_sam().await;
    place.set(&[("pending_limit", "0")]).await;
    place.give("kim", "voice", NUMBER).await;
    place.give("sam", "email", "sam@example.org").await;
    place.asked().await;
    for refused in [place.ask("sam", "sms").await, place.ask("kim", "voice").await] {
        assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()), "whoever asks, and by which way");
        assert_eq!(seconds(&refused), 30);
    }
    place.ask("sam", "email").await.expect(200);
    for _ in 0..4 {
        place.cool_down();
        place.ask("kim", "voice").await.expect(200);
    }
    place.cool_down();
    let sixth = place.ask("sam", "sms").await;
    assert_eq!(sixth.refusal(), (429, "sending_limit".to_owned()));
    let wait = seconds(&sixth);
    assert!((3_400..=3_600).contains(&wait), "{wait}");
    place.server.clock.advance(wait * 1000 - 1_000);
    assert_eq!(place.ask("sam", "sms").await.status, 429);
    place.server.clock.advance(1_000);
    place.asked().await;
    assert_eq!(place.sms().await, 2);
}

#[tokio::test]
async fn s32_of_many_wishes_at_once_one_code_goes_out() {
    let place = Place::with_sam().await;
    place.set(&[("pending_limit", "0")]).await;
    let replies = join_all((0..12).map(|_| place.ask("sam", "sms"))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    let waiting = (429, "rate_limited".to_owned());
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.refusal() == waiting));
    assert_eq!(place.sms().await, 1);
}

#[tokio::test]
async fn s32_nothing_goes_to_a_country_that_the_operator_does_not_name() {
    let place = Place::with_sam().await;
    place.give("kim", "sms", "+12015550123").await;
    place.give("lee", "voice", "+14165550123").await;
    place.limit("SA,US", 100).await;
    place.ask("kim", "sms").await.expect(200);
    let refused = place.ask("lee", "voice").await;
    assert_eq!(refused.refusal(), (403, "country_not_allowed".to_owned()));
    assert!(refused.text().contains("--countries"), "{}", refused.text());
    place.asked().await;
    place.limit("US", 100).await;
    place.cool_down();
    assert_eq!(place.ask("sam", "sms").await.refusal(), (403, "country_not_allowed".to_owned()));
    assert!(mailbox::waiting_by(&place.server, "voice").await.is_empty());
}

#[tokio::test]
async fn s32_a_day_has_no_more_messages_than_the_operator_says() {
    let place = Place::with_sam().await;
    place.set(&[("pending_limit", "0")]).await;
    let people: Vec<_> = (0..6).map(|n| (format!("user{n}"), format!("+96650123450{n}"))).collect();
    for (user, number) in &people {
        place.give(user, "sms", number).await;
    }
    place.limit("SA", 3).await;
    let replies = join_all(people.iter().map(|(user, _)| place.ask(user, "sms"))).await;
    let sent = replies.iter().filter(|reply| reply.status == 200).count();
    assert!((1..=3).contains(&sent), "{sent}");
    assert_eq!(place.sms().await, sent);
    let mut last = None;
    for (user, _) in &people {
        place.cool_down();
        last = Some(place.ask(user, "sms").await);
    }
    assert_eq!(place.sms().await, 3);
    let last = last.unwrap();
    assert_eq!(last.refusal(), (429, "sending_limit".to_owned()));
    assert!(last.text().contains("--per-day"), "{}", last.text());
    let wait = seconds(&last);
    assert!((1..=86_400).contains(&wait), "{wait}");
    place.server.clock.advance(wait * 1000);
    place.ask("user0", "sms").await.expect(200);
}

#[tokio::test]
async fn s26_a_block_of_numbers_has_no_more_than_a_hundred_codes_an_hour() {
    let place = Place::with_sam().await;
    place.give("kim", "sms", "+966501234599").await;
    place.give("lee", "sms", "+966501244599").await;
    // Ninety-nine codes went to other numbers of sam's block just now.
    let times = (0..99).flat_map(|n| (place.server.clock.now() - 1_000 - n).to_be_bytes()).collect();
    let rows = place.server.rows();
    rows.write(vec![sendings::replace_times(place.tenant(), "block +96650123", None, times)]).await.unwrap();
    rows.close().await;
    place.asked().await;
    let refused = place.ask("kim", "sms").await;
    assert_eq!(refused.refusal(), (429, "sending_limit".to_owned()));
    assert!(refused.text().contains("begin like this one"), "{}", refused.text());
    assert!((3_590..=3_600).contains(&seconds(&refused)));
    place.ask("lee", "sms").await.expect(200);
    place.server.clock.advance(seconds(&refused) * 1000);
    place.ask("kim", "sms").await.expect(200);
}

#[tokio::test]
async fn nobody_is_asked_for_a_code_that_nobody_carries() {
    let place = Place::with_sam().await;
    place
        .server
        .engine
        .set_provider(place.tenant(), Channel::Sms, Choice::Off, None, &"operator")
        .await
        .unwrap();
    place.server.clock.advance(super::NOTICED);
    let refused = place.ask("sam", "sms").await;
    assert_eq!(refused.refusal(), (409, "no_provider".to_owned()));
    assert!(refused.text().contains("provider set sms"), "{}", refused.text());
}
