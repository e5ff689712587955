//! Keys of channels: who has one, from where it is good, and how it changes.

use countersign_server::engine::{Error, NewChannel, NewTenant};
use countersign_tests::http::{self, Request};

use super::{ACCEPT, DENIED, HERE, INVALID, NUMBER, Place, channel, must_wait, says};

const BOTH: [&str; 2] = ["msg", "verify"];

fn target(operation: &str, key: &str) -> String {
    format!("/mpass-web/rest/mv/{operation}?apikey={key}&dest=%2B966501234567&otp=123456")
}

#[tokio::test]
async fn s33_without_the_right_key_nothing_is_said_and_nothing_is_sent() {
    let place = Place::new().await;
    let key = &place.key.text;
    let other = place.server.relying_party("Case Management", None).await;
    let changed = format!("{}{}", &key[..key.len() - 1], if key.ends_with('A') { "B" } else { "A" });
    let of_nobody = format!("cs_channel_{}_{}", "0".repeat(52), "A".repeat(43));
    for wrong in [
        "",
        "x",
        "cs_channel_",
        &key[..key.len() - 1],
        &format!("{key}A"),
        &changed,
        &of_nobody,
        &key.to_uppercase(),
        &other.client_secret,
        &place.key.channel.to_string(),
        "%00",
        "%FF",
        "cs_channel_%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9\
         %C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9",
    ] {
        for operation in BOTH {
            says(&place.get(&target(operation, wrong)).await, DENIED);
        }
    }
    // Who is asked first: what else is wrong is not told.
    for rest in
        ["", "?dest=1", "?otp=x&dest=y&dest=z", &format!("?apikey={key}&apikey={key}&dest=%2B966501234567")]
    {
        for operation in BOTH {
            says(&place.get(&format!("/mpass-web/rest/mv/{operation}{rest}")).await, DENIED);
        }
    }
    assert!(place.sent().is_empty());
    place.code_to(NUMBER).await;
}

#[tokio::test]
async fn s33_a_key_is_256_random_bits_kept_as_a_hash_with_a_beginning_that_is_known() {
    let place = Place::new().await;
    let key = &place.key.text;
    let (head, random) = key.rsplit_at_from_underscore();
    assert!(head.starts_with("cs_channel_") && head.len() == 11 + 26 + 26, "{head}");
    assert_eq!(random.len(), 43);
    let again = place.server.engine.rotate_channel(place.key.channel, 0, &"operator").await.unwrap();
    assert!(again.text != *key && again.text.starts_with(head));
    let rows = place.server.rows();
    let row = rows.channel(place.tenant, place.key.channel.local).await.unwrap().unwrap();
    rows.close().await;
    assert_eq!(row.key_hash.len(), 32);
    assert_eq!(row.key_prefix, again.text[..head.len() + 5]);
    assert!(!format!("{row:?} {again:?}").contains(&again.text[head.len() + 1..]));
}

trait Split {
    fn rsplit_at_from_underscore(&self) -> (&str, &str);
}

impl Split for String {
    /// At the `_` before the last 43 characters, which can hold others.
    fn rsplit_at_from_underscore(&self) -> (&str, &str) {
        let (head, random) = self.split_at(self.len() - 44);
        (head, random.strip_prefix('_').unwrap())
    }
}

#[tokio::test]
async fn s33_a_key_is_good_from_its_addresses_only() {
    let mut place = Place::new().await;
    for address in ["192.0.2.8", "::1", "2001:db8::7", "::ffff:192.0.2.8"] {
        let door = place.door_for(address).await;
        for operation in BOTH {
            let reply = http::send(door, &Request::new("GET", &target(operation, &place.key.text))).await;
            says(&reply, DENIED);
        }
    }
    let nobody_knows = place.server.engine.channel_with_key(&place.key.text, None).await;
    assert_eq!(nobody_knows.unwrap_err(), Error::Unauthorized);
    assert!(place.sent().is_empty());
    let mapped = place.door_for("::ffff:192.0.2.7").await;
    says(&http::send(mapped, &Request::new("GET", &target("msg", &place.key.text))).await, ACCEPT);
    let networks = vec!["2001:db8::/64".to_owned()].try_into().unwrap();
    place.server.engine.change_channel(place.key.channel, Some(networks), None, &"operator").await.unwrap();
    says(&place.get(&target("msg", &place.key.text)).await, DENIED);
    let refused: Vec<_> =
        place.log().await.into_iter().filter(|(name, ..)| name == "channel.refused").collect();
    assert_eq!(refused.len(), 1, "the first in ten minutes: {refused:?}");
    let (_, actor, subject, address) = &refused[0];
    assert_eq!((actor.as_str(), subject), ("unknown", &place.key.channel.to_string()));
    assert_eq!(address.as_deref(), Some("192.0.2.8"));
}

#[tokio::test]
async fn s33_two_keys_work_while_one_takes_over_and_never_three() {
    let place = Place::new().await;
    let (engine, id) = (&place.server.engine, place.key.channel);
    let works = async |key: &str| place.get(&target("verify", key)).await.text() != DENIED;
    let second = engine.rotate_channel(id, 86_400_000, &"operator").await.unwrap();
    assert!(works(&place.key.text).await && works(&second.text).await);
    let third = engine.rotate_channel(id, 86_400_000, &"operator").await.unwrap_err();
    assert!(third.to_string().contains("--now"), "{third}");
    place.server.clock.advance(86_400_000 - 1);
    assert!(works(&place.key.text).await);
    place.server.clock.advance(1);
    assert!(!works(&place.key.text).await && works(&second.text).await);
    let third = engine.rotate_channel(id, 86_400_000, &"operator").await.unwrap();
    let fourth = engine.rotate_channel(id, 0, &"operator").await.unwrap();
    assert!(!works(&second.text).await && !works(&third.text).await && works(&fourth.text).await);
    let at_once =
        futures_util::future::join_all((0..6).map(|_| engine.rotate_channel(id, 1_000, &"operator"))).await;
    assert_eq!(at_once.iter().filter(|made| made.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_disabled_channel_is_refused_at_once_until_it_is_enabled() {
    let place = Place::new().await;
    place.code_to(NUMBER).await;
    place.server.engine.disable_channel(place.key.channel, true, &"operator").await.unwrap();
    for operation in BOTH {
        says(&place.get(&target(operation, &place.key.text)).await, DENIED);
    }
    place.server.engine.disable_channel(place.key.channel, false, &"operator").await.unwrap();
    says(&place.verify(&format!("dest=%2B966501234567&otp={}", place.code())).await, ACCEPT);
}

#[tokio::test]
async fn s26_wrong_keys_are_counted_by_address_and_the_right_one_elsewhere_is_not_held_up() {
    let mut place = Place::new().await;
    let wrong = format!("{}A", &place.key.text[..place.key.text.len() - 1]);
    let wrong = if wrong == place.key.text { format!("{}B", &wrong[..wrong.len() - 1]) } else { wrong };
    // The caller's own machine has shown the right key.
    place.code_to(NUMBER).await;
    let stranger = place.door_for("192.0.2.66").await;
    for _ in 0..60 {
        says(&http::send(stranger, &Request::new("GET", &target("verify", &wrong))).await, DENIED);
    }
    let waits = http::send(stranger, &Request::new("GET", &target("verify", &wrong))).await;
    assert_eq!(must_wait(&waits), 1);
    let other = channel(&place.server.engine, place.tenant, None).await;
    let waits = http::send(stranger, &Request::new("GET", &target("verify", &other.text))).await;
    assert_eq!(must_wait(&waits), 1, "whatever key comes from there");
    says(&place.verify(&format!("dest=%2B966501234567&otp={}", place.code())).await, ACCEPT);
    place.server.clock.advance(120_000);
    says(&http::send(stranger, &Request::new("GET", &target("verify", &wrong))).await, DENIED);
}

#[tokio::test]
async fn s40_a_channel_of_another_tenant_is_not_there() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    let new = NewTenant { name: "Spy".to_owned(), answer_window: None, color: None };
    let spy = place.server.engine.create_tenant(new, &"operator").await.unwrap().id;
    let key = channel(&place.server.engine, spy, None).await;
    let verify = format!("/mpass-web/rest/mv/verify?apikey={}&dest=%2B966501234567&otp={code}", key.text);
    says(&place.get(&verify).await, super::REJECT);
    // The ids of a key are part of what it is a key of.
    let [mine, theirs] = [&place.key.text, &key.text].map(|text| text.split_at(11 + 52));
    for mixed in [format!("{}{}", mine.0, theirs.1), format!("{}{}", theirs.0, mine.1)] {
        says(&place.get(&target("verify", &mixed)).await, DENIED);
    }
    let moved = format!("cs_channel_{}{}", &theirs.0[11..37], &mine.0[37..]);
    says(&place.get(&target("verify", &format!("{moved}{}", mine.1))).await, DENIED);
    assert_eq!(place.server.engine.channels(spy).await.unwrap().len(), 1);
    says(&place.verify(&format!("dest=%2B966501234567&otp={code}")).await, ACCEPT);
}

#[tokio::test]
async fn a_channel_without_addresses_or_for_everybody_is_not_made() {
    let place = Place::new().await;
    for networks in [vec![], vec!["0.0.0.0/0"], vec!["::/0"], vec![HERE, "0.0.0.0/0"]] {
        let networks = networks.into_iter().map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        let new = NewChannel { name: "Clinic".to_owned(), networks, country: None };
        let refused = place.server.engine.create_channel(place.tenant, new, &"operator").await.unwrap_err();
        assert!(refused.to_string().contains("--cidr"), "{refused}");
    }
    for country in ["", "S", "SAU", "ZZ", "1A", "سع"] {
        let networks = vec![HERE.to_owned()].try_into().unwrap();
        let new = NewChannel { name: "Clinic".to_owned(), networks, country: Some(country.to_owned()) };
        assert!(
            place.server.engine.create_channel(place.tenant, new, &"operator").await.is_err(),
            "{country}"
        );
    }
    says(&place.msg("dest=0501234567").await, INVALID);
    place.server.engine.change_channel(place.key.channel, None, Some("sa"), &"operator").await.unwrap();
    says(&place.msg("dest=0501234567").await, ACCEPT);
}

#[tokio::test]
async fn when_a_key_was_last_used_is_known_to_ten_minutes() {
    let place = Place::new().await;
    let used = async || place.server.engine.channels(place.tenant).await.unwrap()[0].row.last_used_at;
    assert_eq!(used().await, None);
    place.get(&target("verify", "cs_channel_x")).await;
    assert_eq!(used().await, None);
    let first = place.server.clock.now();
    for advance in [0, 599_999] {
        place.server.clock.advance(advance);
        place.get(&target("verify", &place.key.text)).await;
        assert_eq!(used().await, Some(first));
    }
    place.server.clock.advance(1);
    place.get(&target("verify", &place.key.text)).await;
    assert_eq!(used().await, Some(first + 600_000));
}
