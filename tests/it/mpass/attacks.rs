//! What somebody tries who has the ear of an honest caller: guessing, and asking in ways that should do nothing.

use std::collections::BTreeSet;

use countersign_tests::http::{self, Request};
use futures_util::future::join_all;
use ring::hmac;

use super::{ACCEPT, COOL_DOWN, NUMBER, Place, REJECT, says};

const DEST: &str = "dest=%2B966501234567";

/// Codes that are not this one.
fn guesses(right: &str, count: usize) -> Vec<String> {
    (0..).map(|n: usize| format!("{n:06}")).filter(|guess| guess != right).take(count).collect()
}

#[tokio::test]
async fn s26_of_many_guesses_at_once_five_are_judged() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    let mut all = guesses(&code, 40);
    all.extend([code.clone(), code.clone()]);
    let targets: Vec<_> = all.iter().map(|guess| format!("{DEST}&otp={guess}")).collect();
    let replies = join_all(targets.iter().map(|rest| place.verify(rest))).await;
    let judged =
        place.log().await.into_iter().filter(|(name, ..)| name == "verification.code_refused").count();
    assert!(judged <= 5, "{judged}");
    assert!(replies.iter().filter(|reply| reply.text() == ACCEPT).count() <= 1);
    assert!(replies.iter().all(|reply| [200, 429].contains(&reply.status)));
}

#[tokio::test]
async fn s5_asking_anew_all_the_time_gives_no_more_than_five_times_five_tries_an_hour() {
    let place = Place::new().await;
    let (mut judged, mut sends) = (0, 0);
    let end = place.server.clock.now() + 3_600_000;
    while place.server.clock.now() < end {
        if place.msg(&format!("{DEST}&app=x{sends}")).await.text() == ACCEPT {
            sends += 1;
            let app = sends - 1;
            for guess in guesses(&place.code(), 7) {
                place.verify(&format!("{DEST}&app=x{app}&otp={guess}")).await;
            }
        }
        let log = place.log().await;
        judged = log.iter().filter(|(name, ..)| name == "verification.code_refused").count();
        place.server.clock.advance(10 * COOL_DOWN);
    }
    assert_eq!((sends, judged), (5, 25), "with a name of its own for each, which is as many as there can be");
}

#[tokio::test]
async fn the_fifth_wrong_code_ends_it_and_the_right_one_comes_too_late() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    for guess in guesses(&code, 5) {
        says(&place.verify(&format!("{DEST}&otp={guess}")).await, REJECT);
    }
    says(&place.verify(&format!("{DEST}&otp={code}")).await, REJECT);
    // Not even when it would have expired.
    place.server.clock.advance(300_001);
    says(&place.verify(&format!("{DEST}&otp={code}")).await, REJECT);
}

#[tokio::test]
async fn s24_a_code_is_kept_as_an_hmac_and_no_number_stands_in_the_table() {
    let place = Place::new().await;
    says(&place.msg(&format!("{DEST}&app=East")).await, ACCEPT);
    let data = place.server.data();
    let (tenant, channel) = (place.tenant.0, place.key.channel.local);
    let length = (NUMBER.len() as u64).to_be_bytes();
    let parts = [
        b"verification subject",
        &tenant.as_bytes()[..],
        channel.as_bytes(),
        &length,
        NUMBER.as_bytes(),
        b"East",
    ];
    let subject = hmac::sign(data.master.code_key(), &parts.concat());
    let row = data.store.verification(place.tenant, subject.as_ref()).await.unwrap().expect("the row");
    let kept = [b"verification code", subject.as_ref(), place.code().as_bytes()].concat();
    hmac::verify(data.master.code_key(), &kept, &row.code_hash).unwrap();
    data.store.close().await;
}

#[tokio::test]
async fn s1_codes_are_six_digits_and_do_not_come_twice() {
    let place = Place::new().await;
    let mut codes = BTreeSet::new();
    for n in 0..40 {
        let code = place.code_to(&format!("+96650{n:02}34567")).await;
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        codes.insert(code);
    }
    assert!(codes.len() > 35, "{}", codes.len());
}

#[tokio::test]
async fn another_method_does_nothing_and_says_405() {
    let place = Place::new().await;
    let target = format!("/mpass-web/rest/mv/msg?apikey={}&{DEST}", place.key.text);
    for method in ["HEAD", "POST", "PUT", "OPTIONS", "DELETE"] {
        let mut connection = http::Connection::open(place.door).await.unwrap();
        connection.write(&Request::new(method, &target).bytes(place.door, false)).await;
        let reply =
            if method == "HEAD" { connection.head().await } else { connection.reply().await.unwrap() };
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET")), "{method}");
    }
    for path in ["/mpass-web", "/mpass-web/rest/mv", "/mpass-web/rest/mv/msg/", "/mpass-web/rest/mv/other"] {
        let reply = place.get(&format!("{path}?apikey={}&{DEST}", place.key.text)).await;
        assert_eq!((reply.status, reply.text().as_str()), (404, super::INVALID), "{path}");
    }
    assert!(place.sent().is_empty() && place.waiting().await == 0);
}

#[tokio::test]
async fn a_body_changes_nothing() {
    let place = Place::new().await;
    let request = Request::new("GET", &format!("/mpass-web/rest/mv/msg?apikey={}&{DEST}", place.key.text));
    let body = "dest=%2B966501234568&lang=ar_SA";
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
    says(&http::send(place.door, &request).await, ACCEPT);
    assert_eq!(place.sent()[0].to, NUMBER);
}
