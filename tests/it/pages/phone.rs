//! While the phone is asked.

use countersign_protocol::answer::Decision;
use countersign_tests::browser::{attribute, location, text_of};

use super::{Place, at, back, kind_of, next, problem};

#[tokio::test]
async fn the_number_on_the_page_typed_on_the_phone_ends_at_the_callback() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    let html = page.text();
    let number = text_of(&html, "id=\"number\"").unwrap();
    assert!(number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()), "{html}");
    assert!(html.contains("<bdi id=\"number\" dir=\"ltr\">"), "{html}");
    place.answer(&device, Decision::Approve, Some(&number)).await;
    let gone = browser.open(&at("waiting", &channel)).await;
    assert_eq!((gone.status, location(&gone)), (302, back(&channel)));
}

#[tokio::test]
async fn the_page_works_without_a_script_and_looks_again_by_itself() {
    let (place, _device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    let html = page.text();
    let noscript = html.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
    let content = attribute(noscript, "http-equiv=\"refresh\"", "content").unwrap();
    let target = content.strip_prefix("5;url=").unwrap();
    assert_eq!(kind_of(&browser.open(&format!("/mfa/{target}")).await), "waiting");
    assert_eq!(html.matches("http-equiv").count(), 1, "only without a script");
    assert!(!html.contains("onclick") && !html.contains("style=") && !html.contains("javascript:"), "{html}");
}

#[tokio::test]
async fn the_time_left_counts_down_to_the_end_of_the_question() {
    let (place, _device) = Place::with_phone().await;
    let channel = place.begin_with(None, Some(70)).await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    assert_eq!(text_of(&page.text(), "id=\"countdown\"").unwrap(), "1:10");
    place.server.clock.advance(15_000);
    let html = browser.open(&at("waiting", &channel)).await.text();
    assert_eq!(text_of(&html, "id=\"countdown\"").unwrap(), "0:55");
    assert_eq!(attribute(&html, "id=\"countdown\"", "datetime").unwrap(), "PT55S");
    assert_eq!(attribute(&html, "id=\"time-left\"", "data-at30").unwrap(), "You have 30 seconds left.");
    place.server.clock.advance(55_000);
    assert_eq!(
        location(&browser.open(&at("waiting", &channel)).await),
        back(&channel),
        "the sign-in is over"
    );
}

#[tokio::test]
async fn a_code_that_the_phone_shows_is_typed_here() {
    let (place, device) = Place::with_phone().await;
    place.set("number_kind", "show").await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    let html = page.text();
    assert!(html.contains("id=\"code\"") && !html.contains("id=\"number\""), "{html}");
    assert!(!html.contains("http-equiv"), "whoever types is not disturbed: {html}");
    let early = browser.press(&page, "id=\"code\"", &[("code", "123456")]).await;
    assert_eq!((early.status, kind_of(&early)), (200, "waiting".to_owned()));
    assert!(problem(&early).starts_with("Approve the request on your phone first"), "{}", early.text());
    let waiting = device.inbox().await;
    let id = countersign_tests::key::claims(&waiting[0])["jti"].as_str().unwrap().parse().unwrap();
    let answered = device.submit(id, &device.answer(&waiting[0], Decision::Approve, None)).await.expect(200);
    let shown = answered["code"].as_str().unwrap_or_else(|| panic!("{answered}")).to_owned();
    let done =
        browser.press(&early, "id=\"code\"", &[("code", &format!(" {} {}", &shown[..3], &shown[3..]))]).await;
    assert_eq!((done.status, location(&done)), (303, back(&channel)));
}

#[tokio::test]
async fn cancelling_ends_the_question_on_the_phone_too() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    let done = browser.press(&page, "id=\"cancel\"", &[]).await;
    assert_eq!((done.status, location(&done)), (303, back(&channel)));
    assert!(device.inbox().await.is_empty());
    let again = browser.press(&page, "id=\"cancel\"", &[]).await;
    assert_eq!((again.status, location(&again)), (303, back(&channel)), "once more is no error");
}

#[tokio::test]
async fn a_phone_that_refused_leads_to_the_callback_and_says_nothing_more() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (mut browser, _) = place.chosen(&channel, "push").await;
    place.answer(&device, Decision::Deny, None).await;
    assert_eq!(location(&browser.open(&at("waiting", &channel)).await), back(&channel));
    let result = browser.open(&at("result", &channel)).await;
    assert_eq!(attribute(&result.text(), "id=\"outcome\"", "data-outcome").unwrap(), "rejected");
    assert_eq!(attribute(&result.text(), "id=\"continue\"", "href").unwrap(), back(&channel));
}

#[tokio::test]
async fn digits_of_a_phone_without_a_network_are_judged_on_the_same_page() {
    let (place, _device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    // Nothing that could be such an answer: it is said, and the question waits on.
    let fields = [("channel", &*channel), ("code", "12")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let told = browser.post("/mfa/passcode", &fields).await;
    assert_eq!((told.status, kind_of(&told)), (200, "waiting".to_owned()));
    assert!(problem(&told).starts_with("This cannot be the code"), "{}", told.text());
    assert_eq!(text_of(&told.text(), "id=\"number\""), text_of(&page.text(), "id=\"number\""));
    assert!(next(&browser.open(&at("passcode", &channel)).await).starts_with("/mfa/waiting?"));
}
