//! `msg`: what goes out, to whom, in which words, and what is said when nothing does.

use countersign_server::engine::{Attempt, Language, Template};
use countersign_tests::http;

use super::{ACCEPT, COOL_DOWN, EXPIRED, Gateway, INTERNAL, INVALID, NUMBER, Place, REJECT, says, taken};

#[tokio::test]
async fn the_documented_request_sends_a_code_in_english() {
    let place = Place::new().await;
    says(&place.msg("dest=%2B966501234567").await, ACCEPT);
    let sent = place.sent();
    assert_eq!(sent.len(), 1);
    let message = &sent[0];
    assert_eq!((message.to.as_str(), message.template), (NUMBER, Template::ContactCode));
    assert_eq!((message.language, message.minutes), (Language::En, 5));
    assert_eq!((message.tenant.as_str(), message.application.as_deref()), ("Example Clinic", None));
    let text = place.server.engine.sms_words(place.tenant, message).await.unwrap();
    let code = place.code();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(text.starts_with(&code) && text.contains("Example Clinic") && text.len() <= 160, "{text}");
}

#[tokio::test]
async fn arabic_words_and_the_name_of_the_application() {
    let place = Place::new().await;
    says(&place.msg("dest=%2B966501234567&lang=ar_SA&app=%D8%B9%D9%8A%D8%A7%D8%AF%D8%A9").await, ACCEPT);
    let sent = place.sent();
    assert_eq!((sent[0].language, sent[0].application.as_deref()), (Language::Ar, Some("عيادة")));
    let text = place.server.engine.sms_words(place.tenant, &sent[0]).await.unwrap();
    assert!(text.contains(&place.code()) && text.contains("عيادة") && text.contains("رمز"), "{text}");
    place.server.clock.advance(COOL_DOWN);
    says(&place.msg("dest=%2B966501234567&lang=en_US&app=East+Wing").await, ACCEPT);
    let text = place.server.engine.sms_words(place.tenant, &place.sent()[1]).await.unwrap();
    assert!(text.contains("East Wing") && !text.contains("Example Clinic"), "{text}");
}

#[tokio::test]
async fn a_tenants_own_words_are_used() {
    let place = Place::new().await;
    let which = countersign_server::engine::words::Which {
        medium: countersign_server::engine::words::Medium::Sms,
        template: Template::ContactCode,
        language: Language::Ar,
    };
    let own = "{{ code }} ← {{ name }}";
    place.server.engine.set_template(place.tenant, which, own, &"operator").await.unwrap();
    says(&place.msg("dest=%2B966501234567&lang=ar_SA&app=East").await, ACCEPT);
    let text = place.server.engine.sms_words(place.tenant, &place.sent()[0]).await.unwrap();
    assert_eq!(text, format!("{} ← East", place.code()));
}

#[tokio::test]
async fn every_way_of_writing_a_number_is_the_same_number() {
    let place = Place::of(Some("SA")).await;
    for (n, dest) in [
        "%2B966501234567",
        "+966501234567",
        "%20966501234567",
        "00966501234567",
        "966501234567",
        "0501234567",
        "501234567",
        "%2B966%2050%20123%204567",
    ]
    .into_iter()
    .enumerate()
    {
        says(&place.msg(&format!("dest={dest}&unknown=1&unknown=2")).await, ACCEPT);
        assert_eq!(place.sent()[n].to, NUMBER, "{dest}");
        // Whichever way it is written then.
        says(&place.verify(&format!("dest=0501234567&otp={}", place.code())).await, ACCEPT);
        place.server.clock.advance(3_600_000);
    }
}

#[tokio::test]
async fn what_is_malformed_is_invalid_and_sends_nothing() {
    let place = Place::new().await;
    for rest in [
        "",
        "dest=",
        "dest=+",
        "dest=0501234567",
        "dest=%2B96650123456",
        "dest=%2B9665012345678901",
        "dest=%2B96650123456x",
        "dest=%2B966%00501234567",
        "dest=%2B966501234567%00",
        "dest=%FF%FE",
        "dest=%D9%A9%D9%A6%D9%A6",
        "dest=%2B1900&x",
        "dest=%2B19005550123",
        "dest=%2B966501234567&dest=%2B966501234567",
        "dest=%2B966501234567&lang=fr_FR",
        "dest=%2B966501234567&lang=",
        "dest=%2B966501234567&lang=ar",
        "dest=%2B966501234567&lang=en_US&lang=ar_SA",
        "dest=%2B966501234567&app=a%0Ab",
        "dest=%2B966501234567&app=a&app=b",
        "dest=%2B966501234567&app=12345678901234567890123456789012345678901",
    ] {
        says(&place.msg(rest).await, INVALID);
    }
    assert!(place.sent().is_empty() && place.waiting().await == 0);
    place.code_to(NUMBER).await;
}

#[tokio::test]
async fn a_code_that_the_gateway_did_not_take_never_goes_out() {
    for attempt in [Attempt::dead("rejected"), Attempt::failed("connect"), Attempt::failed("timeout")] {
        let place = Place::new().await;
        place.gateway_is(Gateway::Ends(attempt));
        says(&place.msg("dest=%2B966501234567").await, INTERNAL);
        assert_eq!(place.waiting().await, 0, "nothing is tried again");
        let code = place.code();
        says(&place.verify(&format!("dest=%2B966501234567&otp={code}")).await, REJECT);
        place.gateway_is(taken());
        place.server.clock.advance(COOL_DOWN);
        let code = place.code_to(NUMBER).await;
        says(&place.verify(&format!("dest=%2B966501234567&otp={code}")).await, ACCEPT);
        let log = place.log().await;
        let ends: Vec<_> = log.iter().map(|(name, ..)| name.split_once('.').unwrap().1).collect();
        assert_eq!(ends, ["created", "sent", "sent", "verified", "withdrawn"]);
    }
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_waited_for_ten_seconds() {
    let place = Place::new().await;
    place.gateway_is(Gateway::Stalls);
    let begun = tokio::time::Instant::now();
    says(&place.msg("dest=%2B966501234567").await, INTERNAL);
    // A machine that is busy may take longer to say so; that it is said at all shows that the wait ends.
    assert!(begun.elapsed().as_secs() >= 9, "{:?}", begun.elapsed());
    assert_eq!(place.waiting().await, 0, "it was taken back");
}

#[tokio::test]
async fn a_server_that_stops_keeps_nobody_waiting_and_takes_the_message_back() {
    let place = Place::new().await;
    place.gateway_is(Gateway::Stalls);
    let asking = place.msg("dest=%2B966501234567");
    let stopping = async {
        while place.waiting().await == 0 {
            tokio::task::yield_now().await;
        }
        place.server.engine.begin_shutdown();
    };
    let (reply, ()) = tokio::join!(asking, stopping);
    says(&reply, INTERNAL);
    assert_eq!(place.waiting().await, 0);
}

#[tokio::test]
async fn a_code_that_has_expired_is_told_apart_for_a_day() {
    let place = Place::new().await;
    let code = place.code_to(NUMBER).await;
    place.server.clock.advance(300_000 - 1);
    says(&place.verify("dest=%2B966501234567&otp=000000").await, REJECT);
    place.server.clock.advance(1);
    for otp in [code.as_str(), "000000", "1"] {
        says(&place.verify(&format!("dest=%2B966501234567&otp={otp}")).await, EXPIRED);
    }
    place.server.clock.advance(24 * 3_600_000 - 1);
    assert!(!place.server.engine.forget_verifications().await.unwrap());
    says(&place.verify(&format!("dest={}&otp={code}", http::segment(NUMBER))).await, EXPIRED);
    place.server.clock.advance(1);
    says(&place.verify(&format!("dest=%2B966501234567&otp={code}")).await, REJECT);
    assert!(!place.server.engine.forget_verifications().await.unwrap(), "that was all");
    says(&place.verify(&format!("dest=%2B966501234567&otp={code}")).await, REJECT);
}
