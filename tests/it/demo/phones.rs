//! What a phone answers: MyPass's push with a number, and Auth0's that is polled for.

use countersign_core::approve::AnswerResult;
use countersign_tests::browser::text_of;
use countersign_tests::phone::Phone;

use super::{Town, go, is_in, is_over, mark, number_on, question};

#[tokio::test]
async fn the_page_notices_the_phone_and_shows_the_code_that_the_phone_shows() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    let page = go(&mut browser, "/demo/phone", &[]).await;
    let html = page.text();
    assert_eq!(mark(&page), "waiting");
    assert!(html.contains("src=\"data:image/png;base64,"), "the server's own picture: {html}");
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\""), "{html}");
    let link = text_of(&html, "id=\"link\"").unwrap();
    assert!(text_of(&html, "id=\"command\"").unwrap().ends_with(&format!("enroll '{link}'")), "{html}");
    let ours = Phone::new().enroll(&link).await.confirmation_code;
    town.server.clock.advance(1_000);
    let page = browser.open("/demo/phone").await;
    assert_eq!(
        (mark(&page).as_str(), text_of(&page.text(), "id=\"confirmation\"").unwrap()),
        ("enrolled", ours)
    );
    assert!(browser.open("/demo/").await.text().contains("Sam&#39;s phone"));
}

#[tokio::test]
async fn a_link_that_nobody_uses_ends_and_the_page_says_what_to_do() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    go(&mut browser, "/demo/phone", &[]).await;
    let page = town.later(&mut browser, 599, "/demo/phone").await;
    assert_eq!(mark(&page), "waiting");
    let page = town.later(&mut browser, 1, "/demo/phone").await;
    assert_eq!(mark(&page), "trouble");
    assert!(
        page.text().contains("Make a new one.") && !page.text().contains("id=\"command\""),
        "{}",
        page.text()
    );
    assert_eq!(mark(&go(&mut browser, "/demo/phone", &[]).await), "waiting");
}

#[tokio::test]
async fn a_number_that_is_typed_on_the_phone_signs_in() {
    let town = Town::new().await;
    let (mut browser, phone) = town.with_phone().await;
    let page = go(&mut browser, "/demo/mypass", &[]).await;
    assert_eq!(mark(&page), "waiting");
    let number = number_on(&page);
    let asked = question(&phone).await;
    assert_eq!(
        (asked.application.as_str(), asked.message.as_str()),
        ("Online banking", "Sign in to Example Bank?")
    );
    phone.core.approve(asked.id, Some(&number)).await.unwrap();
    let page = town.later(&mut browser, 1, "/demo/mypass").await;
    is_in(&page);
    let html = page.text();
    for piece in ["/api/v1/mfa/send", "/api/v1/mfa/status/", "${MYPASS_SECRET}", "curl -i -X POST"] {
        assert!(html.contains(piece), "{piece}: {html}");
    }
    assert!(browser.open("/demo/").await.text().contains("You are signed in."));
    let page = go(&mut browser, "/demo/out", &[]).await;
    assert!(!page.text().contains("You are signed in."), "{}", page.text());
    assert_eq!(mark(&browser.open("/demo/mypass").await), "none");
}

#[tokio::test]
async fn a_no_and_a_wrong_number_sign_nobody_in() {
    let town = Town::new().await;
    let (mut browser, phone) = town.with_phone().await;
    go(&mut browser, "/demo/mypass", &[]).await;
    phone.core.deny(question(&phone).await.id).await.unwrap();
    is_over(&town.later(&mut browser, 1, "/demo/mypass").await, "Denied.");

    let number = number_on(&go(&mut browser, "/demo/mypass", &[]).await);
    let wrong = if number == "42" { "24" } else { "42" };
    let result = phone.core.approve(question(&phone).await.id, Some(wrong)).await.unwrap();
    assert_eq!(result, AnswerResult::WrongNumber);
    is_over(&town.later(&mut browser, 1, "/demo/mypass").await, "Denied.");
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_too_late_and_one_can_be_taken_back() {
    let town = Town::new().await;
    let (mut browser, phone) = town.with_phone().await;
    go(&mut browser, "/demo/mypass", &[]).await;
    is_over(&town.later(&mut browser, 121, "/demo/mypass").await, "Too late.");
    go(&mut browser, "/demo/mypass", &[]).await;
    is_over(&go(&mut browser, "/demo/mypass/cancel", &[]).await, "Cancelled.");
    assert!(phone.inbox().await.pending.is_empty());
}

#[tokio::test]
async fn auth0s_push_is_polled_for_at_the_pace_that_the_server_wants() {
    let town = Town::new().await;
    let (mut browser, phone) = town.with_phone().await;
    let page = go(&mut browser, "/demo/auth0", &[]).await;
    assert_eq!(mark(&page), "waiting");
    for seconds in [0, 1, 1, 4, 5] {
        let page = town.later(&mut browser, seconds, "/demo/auth0").await;
        assert_eq!(mark(&page), "waiting");
        assert!(!page.text().contains("slow_down"), "{}", page.text());
    }
    phone.core.approve(question(&phone).await.id, None).await.unwrap();
    is_in(&town.later(&mut browser, 5, "/demo/auth0").await);

    go(&mut browser, "/demo/auth0", &[]).await;
    phone.core.deny(question(&phone).await.id).await.unwrap();
    is_over(&town.later(&mut browser, 5, "/demo/auth0").await, "Denied.");
    go(&mut browser, "/demo/auth0", &[]).await;
    is_over(&town.later(&mut browser, 121, "/demo/auth0").await, "Too late.");
}

#[tokio::test]
async fn whoever_has_no_phone_is_sent_to_enrol_one() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    for way in ["mypass", "auth0", "acceptto"] {
        let page = go(&mut browser, &format!("/demo/{way}"), &[]).await;
        is_over(&page, "There is no phone to ask.");
        assert!(page.text().contains("action=\"/demo/phone\""), "{way}");
    }
}
