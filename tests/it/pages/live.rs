//! What a page's script listens to.

use countersign_protocol::answer::Decision;
use countersign_tests::browser::{Browser, attribute};
use countersign_tests::http::{Connection, Reply, Request};

use super::{Place, at};

/// Listens to what a page names.
async fn listen(browser: &Browser, page: &Reply) -> Connection {
    let target = attribute(&page.text(), "main ", "data-events").unwrap();
    let request =
        Request::new("GET", &format!("/mfa/{target}")).header("Cookie", &browser.cookies.join("; "));
    let mut connection = Connection::open(browser.address).await.unwrap();
    connection.write(&request.bytes(browser.address, false)).await;
    let head = connection.head().await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
    connection
}

fn changed() -> Option<(String, String)> {
    Some(("changed".to_owned(), "look again".to_owned()))
}

#[tokio::test]
async fn the_page_hears_at_once_that_the_phone_has_answered_and_the_stream_ends() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (browser, page) = place.chosen(&channel, "push").await;
    let mut stream = listen(&browser, &page).await;
    place.answer(&device, Decision::Deny, None).await;
    assert_eq!(stream.event().await, changed());
    assert_eq!(stream.event().await, None);
}

#[tokio::test]
async fn a_page_that_is_out_of_date_already_is_told_at_once() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (browser, page) = place.chosen(&channel, "push").await;
    place.answer(&device, Decision::Deny, None).await;
    assert_eq!(listen(&browser, &page).await.event().await, changed());
}

#[tokio::test]
async fn a_choice_in_one_tab_is_heard_in_the_other_one() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&at("index", &channel)).await;
    let mut stream = listen(&browser, &page).await;
    browser.press(&page, "value=\"sms\"", &[]).await;
    assert_eq!(stream.event().await, changed());
}

#[tokio::test]
async fn cancelling_is_heard_too() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "sms").await;
    let mut stream = listen(&browser, &page).await;
    browser.press(&page, "id=\"cancel\"", &[]).await;
    assert_eq!(stream.event().await, changed());
}

#[tokio::test]
async fn streams_end_when_the_server_goes() {
    let (place, _device) = Place::with_phone().await;
    let channel = place.begin().await;
    let (browser, page) = place.chosen(&channel, "push").await;
    let mut stream = listen(&browser, &page).await;
    place.server.engine.begin_shutdown();
    assert_eq!(stream.event().await.unwrap().0, "bye");
    assert_eq!(stream.event().await, None);
}

#[tokio::test]
async fn no_other_browser_can_listen() {
    let (place, _device) = Place::with_phone().await;
    let channel = place.begin().await;
    // Not even before the page was shown to anybody: what listens is a page's script.
    assert_eq!(place.browser().open(&at("events", &channel)).await.status, 403);
    let (_browser, page) = place.chosen(&channel, "push").await;
    let target = attribute(&page.text(), "main ", "data-events").unwrap();
    assert_eq!(place.browser().open(&format!("/mfa/{target}")).await.status, 403);
}
