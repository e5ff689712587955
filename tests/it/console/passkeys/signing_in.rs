//! Signing in with a passkey that holds, and each answer counting once.

use countersign_tests::browser::location;
use countersign_tests::http::Request;
use countersign_tests::operator::after;
use countersign_tests::passkey::Lie;

use super::{SIGN_IN, World, answer, asked_who, sign_in};

#[tokio::test]
async fn s52_s53_a_passkey_alone_signs_in_and_the_log_says_with_what() {
    let mut world = World::new().await;
    let mut browser = world.browser().await;
    let page = browser.open("/console/sign-in?to=/console/tenants").await.text();
    assert!(page.contains("id=\"passkey\"") && page.contains("data-passkey"), "{page}");
    let told = asked_who(&mut browser).await;
    let options = &told["publicKey"];
    assert_eq!((&options["rpId"], &options["userVerification"]), (&"localhost".into(), &"required".into()));
    assert_eq!(options["allowCredentials"], serde_json::json!([]), "nobody says who they are first");
    let mut fields = answer(&told, world.device.show(options, &Lie::default()));
    fields.push(("to".to_owned(), "/console/tenants".to_owned()));
    let reply = browser.post(SIGN_IN, &fields).await;
    assert_eq!(after(SIGN_IN, &location(&reply)), "/console/tenants");
    assert_eq!(browser.open("/console/tenants").await.status, 200);
    assert_eq!(world.log().await[0], ("operator.signed_in".to_owned(), "passkey".to_owned()));
    assert_eq!(world.passkeys().await[0].used_at, Some(world.server.clock.now()));
    // The browser before is signed in as well.
    assert_eq!(world.seat.open("/account").await.status, 200);
}

#[tokio::test]
async fn s52_an_answer_counts_once_also_when_it_is_sent_twice_at_once() {
    let world = World::new().await;
    let mut browser = world.browser().await;
    let told = asked_who(&mut browser).await;
    let fields = answer(&told, world.device.show(&told["publicKey"], &Lie::default()));
    let mut same = browser.clone();
    let (one, two) = tokio::join!(browser.post(SIGN_IN, &fields), same.post(SIGN_IN, &fields));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [303, 400]);
    let again = browser.post(SIGN_IN, &fields).await;
    assert!(again.status == 400 && again.text().contains("sent twice"), "{}", again.text());
    // What was answered to one question answers no other.
    let mut browser = world.browser().await;
    let other = asked_who(&mut browser).await;
    let replayed = answer(&other, fields[1].1.clone());
    assert_eq!(browser.post(SIGN_IN, &replayed).await.status, 400);
}

#[tokio::test]
async fn s52_what_one_browser_was_asked_another_one_cannot_answer() {
    let world = World::new().await;
    let (mut browser, mut other) = (world.browser().await, world.browser().await);
    let told = asked_who(&mut browser).await;
    let fields = answer(&told, world.device.show(&told["publicKey"], &Lie::default()));
    assert_eq!(other.post(SIGN_IN, &fields).await.status, 400);
    assert_eq!(other.open("/console/tenants").await.status, 303);
    assert_eq!(browser.post(SIGN_IN, &fields).await.status, 303, "whoever was asked still can");
}

#[tokio::test]
async fn s52_after_five_minutes_an_answer_is_none() {
    let world = World::new().await;
    let mut browser = world.browser().await;
    for (waited, status) in [(5 * 60 * 1000, 400), (5 * 60 * 1000 - 1, 303)] {
        let told = asked_who(&mut browser).await;
        let fields = answer(&told, world.device.show(&told["publicKey"], &Lie::default()));
        world.server.clock.advance(waited);
        assert_eq!(browser.post(SIGN_IN, &fields).await.status, status, "{waited}");
    }
}

#[tokio::test]
async fn s52_a_counter_that_went_back_is_refused_and_of_two_at_once_one_counts() {
    let world = World::new().await;
    let mut browser = world.browser().await;
    for (counter, status) in [(5, 303), (5, 400), (4, 400), (0, 400), (6, 303)] {
        let device = world.device.used(counter);
        assert_eq!(sign_in(&mut browser, &device).await.status, status, "{counter}");
    }
    let device = world.device.used(7);
    let (mut one, mut two) = (world.browser().await, world.browser().await);
    let (first, second) = tokio::join!(sign_in(&mut one, &device), sign_in(&mut two, &device));
    let mut both = [first.status, second.status];
    both.sort_unstable();
    assert_eq!(both, [303, 400]);
}

#[tokio::test]
async fn s52_nobody_is_sent_elsewhere_by_a_passkey_and_no_foreign_page_uses_one() {
    let world = World::new().await;
    for to in ["https://evil.example/", "//evil.example/console/", "/console/../mfa/index", ""] {
        let mut browser = world.browser().await;
        let told = asked_who(&mut browser).await;
        let mut fields = answer(&told, world.device.show(&told["publicKey"], &Lie::default()));
        fields.push(("to".to_owned(), to.to_owned()));
        let reply = browser.post(SIGN_IN, &fields).await;
        assert_eq!(after(SIGN_IN, &location(&reply)), "/console/", "{to}");
    }
    for path in [SIGN_IN.to_owned(), format!("{SIGN_IN}/options")] {
        let form = Request::new("POST", &path).header("Content-Type", "application/x-www-form-urlencoded");
        let mut browser = world.browser().await;
        assert_eq!(browser.send(form.clone().header("Origin", "https://evil.example")).await.status, 403);
        assert_eq!(browser.send(form.clone().header("Sec-Fetch-Site", "cross-site")).await.status, 403);
        browser.cookies.clear();
        assert_eq!(browser.send(form).await.status, 403, "a browser that was shown no page of ours");
    }
}

#[tokio::test]
async fn s26_an_address_that_asks_all_the_time_must_wait() {
    let world = World::new().await;
    let ask = |last: u8| {
        let address = Some([192, 0, 2, last].into());
        world.server.engine.ask_for_sign_in([7; 32], address)
    };
    for _ in 0..60 {
        ask(1).await.unwrap();
    }
    let refused = ask(1).await.unwrap_err();
    assert!(refused.to_string().contains("wait 1 s"), "{refused}");
    ask(2).await.unwrap();
    world.server.clock.advance(1000);
    ask(1).await.unwrap();
}
