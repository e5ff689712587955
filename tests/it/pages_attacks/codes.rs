//! Guessing codes on the pages: however often a code is sent again, a way is chosen again or a sign-in is begun again, there
//! are no more guesses than policy gives one person.

use countersign_tests::http::Reply;
use countersign_tests::mailbox;
use countersign_tests::oauth::wrong;

use super::{Browser, KIM, NUMBER, Scene};

/// Milliseconds after which another code may be sent.
const REST: i64 = 61_000;

/// Types a code, and says whether it was judged: the page says that it is wrong, or the question has ended by it.
async fn guess(browser: &mut Browser, channel: &str, code: &str) -> Reply {
    browser.post("passcode", &[("channel", channel), ("code", code)]).await
}

/// Whether this way of answering is offered.
async fn is_offered(browser: &mut Browser, channel: &str, way: &str) -> bool {
    let page = browser.get("index", &[("channel", channel), ("choose", "1")]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.text().contains(&format!("value=\"{way}\""))
}

#[tokio::test]
async fn five_wrong_codes_end_a_question_and_the_right_one_comes_too_late() {
    let scene = Scene::new().await;
    let (mut browser, channel, code) = scene.visit_with_code().await;
    for left in (1..5).rev() {
        let reply = guess(&mut browser, &channel, &wrong(&code)).await;
        assert!(reply.text().contains("id=\"problem\""), "{left} left: {}", reply.text());
    }
    let last = guess(&mut browser, &channel, &wrong(&code)).await;
    assert!(!last.text().contains("name=\"code\""), "there is nothing to type any more: {}", last.text());
    let late = guess(&mut browser, &channel, &code).await;
    assert_eq!(late.status, 303, "{}", late.text());
    assert_eq!(scene.status(&channel).await, "rejected", "too many wrong codes end the sign-in, too");
}

#[tokio::test]
async fn sending_again_gives_no_more_guesses() {
    let scene = Scene::new().await;
    let (mut browser, channel, mut code) = scene.visit_with_code().await;
    let mut judged = 0;
    for _ in 0..4 {
        for _ in 0..2 {
            let reply = guess(&mut browser, &channel, &wrong(&code)).await;
            judged += usize::from(reply.text().contains("id=\"problem\"") || reply.status == 303);
        }
        scene.server.clock.advance(REST);
        browser.post("passcode", &[("channel", &channel), ("again", "1")]).await;
        code = mailbox::code_by(&scene.server, "sms", NUMBER).await;
        if browser.get("passcode", &[("channel", &channel)]).await.status != 200 {
            break;
        }
    }
    assert!(judged <= 6, "{judged} guesses at one question");
    guess(&mut browser, &channel, &code).await;
    assert_ne!(scene.status(&channel).await, "approved", "its question had ended");
}

#[tokio::test]
async fn of_many_guesses_at_once_no_more_are_judged() {
    let scene = Scene::new().await;
    let (browser, channel, code) = scene.visit_with_code().await;
    let guesses = (0..20).map(|n| {
        let (mut browser, channel) = (browser.clone(), channel.clone());
        let typed = format!("{:06}", (code.parse::<u32>().unwrap() + 1 + n) % 1_000_000);
        tokio::spawn(async move { guess(&mut browser, &channel, &typed).await })
    });
    let mut told_wrong = 0;
    for guess in guesses.collect::<Vec<_>>() {
        let reply = guess.await.unwrap();
        told_wrong += usize::from(reply.text().contains("aria-invalid"));
    }
    assert!(told_wrong <= 5, "{told_wrong} were told that theirs is wrong");
    guess(&mut browser.clone(), &channel, &code).await;
    assert_eq!(scene.status(&channel).await, "rejected");
}

#[tokio::test]
async fn new_sign_ins_and_other_ways_give_no_more_guesses_than_policy_does() {
    let scene = Scene::new().await;
    scene.shop.give_contact(&scene.server, KIM, "email", "kim.at.home@example.org").await;
    for way in ["sms", "email"] {
        let mut judged = 0;
        // A sign-in after the other, until this way is offered no longer. What the codes are does not matter: five guesses of
        // a million each time.
        for _ in 0..6 {
            scene.server.clock.advance(REST);
            let (mut browser, channel) = scene.visit().await;
            if !is_offered(&mut browser, &channel, way).await {
                break;
            }
            scene.choose(&mut browser, &channel, way).await;
            for n in 0..5 {
                let reply = guess(&mut browser, &channel, &format!("00000{n}")).await;
                judged += usize::from(reply.status == 303 || reply.text().contains("aria-invalid"));
            }
            assert_eq!(scene.status(&channel).await, "rejected");
        }
        assert_eq!(judged, 10, "guesses by {way}");
        let (mut browser, channel) = scene.visit().await;
        assert!(!is_offered(&mut browser, &channel, way).await, "{way} is locked, and not offered");
        let forced = browser.post("index", &[("channel", &channel), ("way", way), ("factor", "")]).await;
        assert_ne!(forced.header("location").map(|to| to.contains("passcode")), Some(true), "{way}");
    }
    // The phone is another matter: who guesses codes cannot keep the person from signing in.
    let (mut browser, channel) = scene.visit().await;
    scene.choose(&mut browser, &channel, "push").await;
    assert_eq!(browser.get("waiting", &[("channel", &channel)]).await.status, 200, "the phone is asked");
}

#[tokio::test]
async fn a_code_is_good_for_the_sign_in_that_it_was_sent_for() {
    let scene = Scene::new().await;
    let (_, first, code) = scene.visit_with_code().await;
    scene.server.clock.advance(REST);
    let (mut browser, second, _) = scene.visit_with_code().await;
    guess(&mut browser, &second, &code).await;
    assert_ne!(scene.status(&second).await, "approved");
    assert_ne!(scene.status(&first).await, "approved");
}

#[tokio::test]
async fn a_way_that_is_not_offered_cannot_be_forced() {
    let scene = Scene::new().await;
    // Nothing but the phone, and its verification, is enough here.
    let channel = scene.begin_with(&[("risk_profile", "3")]).await;
    let mut browser = scene.browser();
    let page = browser.get("index", &[("channel", &channel)]).await.text();
    assert!(page.contains("value=\"push\"") && !page.contains("value=\"sms\""), "{page}");
    let before = mailbox::all(&scene.server).await.len();
    for way in ["sms", "voice", "email", "totp", "recovery", "PUSH", "none", "", "webauthn", "sms\0"] {
        for factor in ["", "00000000-0000-0000-0000-000000000000", "x"] {
            let fields = [("channel", channel.as_str()), ("way", way), ("factor", factor)];
            let reply = browser.post("index", &fields).await;
            assert!(reply.status < 500, "{way} {factor}: {}", reply.text());
        }
        for code in ["", "0", "123456", "12345678", "AAAA-AAAA-AAAA"] {
            let reply = guess(&mut browser, &channel, code).await;
            assert!(reply.status < 500, "{code}: {}", reply.text());
        }
    }
    assert_eq!(scene.status(&channel).await, "pending");
    assert_eq!(mailbox::all(&scene.server).await.len(), before, "nothing was sent");
    assert!(scene.kim.inbox().await.is_empty());
}
