//! How a sign-in ends in the browser, and problem pages, which say nothing of it.

use countersign_tests::browser::{attribute, location, text_of};
use countersign_tests::http::{Request, segment};

use super::{CALLBACK, Place, at, back, kind_of, next};

#[tokio::test]
async fn without_a_callback_the_result_page_is_the_end() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&format!("/mfa/index?channel={channel}")).await;
    assert!(
        !page.header("content-security-policy").unwrap().contains("https://"),
        "two are registered, none is named"
    );
    let taken = browser.press(&page, "value=\"sms\"", &[]).await;
    let page = browser.open(&next(&taken)).await;
    let done = browser.press(&page, "id=\"code\"", &[("code", &place.code().await)]).await;
    let result = browser.open(&next(&done)).await;
    assert_eq!((result.status, kind_of(&result)), (200, "result".to_owned()));
    let html = result.text();
    assert_eq!(attribute(&html, "id=\"outcome\"", "data-outcome").unwrap(), "approved");
    assert_eq!(text_of(&html, "id=\"title\"").unwrap(), "Sign-in confirmed");
    assert!(!html.contains("id=\"continue\""), "{html}");
}

#[tokio::test]
async fn the_only_registered_address_is_the_callback_when_none_is_named() {
    let place = Place::with_number().await;
    place.register(vec![CALLBACK.to_owned()]).await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&format!("/mfa/index?channel={channel}")).await;
    let done = browser.press(&page, "id=\"cancel\"", &[]).await;
    assert_eq!(location(&done), back(&channel));
}

#[tokio::test]
async fn where_the_application_sends_its_person_then_comes_along() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let onward = segment("https://other.example.org/inbox?a=1&b=2");
    let page = browser.open(&format!("{}&redirect_url={onward}", at("index", &channel))).await;
    let taken = browser.press(&page, "value=\"sms\"", &[]).await;
    let page = browser.open(&next(&taken)).await;
    let done = location(&browser.press(&page, "id=\"cancel\"", &[]).await);
    assert!(done.starts_with(CALLBACK) && done.ends_with(&format!("&channel={channel}")), "{done}");
    assert!(done.contains("redirect_url=https%3A%2F%2Fother.example.org%2Finbox%3Fa%3D1%26b%3D2"), "{done}");
}

#[tokio::test]
async fn a_sign_in_whose_time_is_over_has_expired_on_every_page_and_is_forgotten_later() {
    let place = Place::with_number().await;
    let channel = place.begin_with(None, Some(10)).await;
    let mut browser = place.browser();
    let page = browser.open(&at("index", &channel)).await;
    place.server.clock.advance(10_000);
    let late = browser.press(&page, "value=\"sms\"", &[]).await;
    assert_eq!(location(&browser.open(&next(&late)).await), back(&channel));
    let result = browser.open(&at("result", &channel)).await;
    assert_eq!(attribute(&result.text(), "id=\"outcome\"", "data-outcome").unwrap(), "expired");
    place.server.clock.advance(300_000);
    for page in ["index", "waiting", "passcode", "result"] {
        let gone = browser.open(&at(page, &channel)).await;
        assert_eq!((gone.status, kind_of(&gone)), (404, "problem".to_owned()), "{page}");
    }
}

#[tokio::test]
async fn problem_pages_say_nothing_of_the_sign_in_and_lead_nowhere() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let evil =
        |name: &str| format!("/mfa/index?channel={channel}&{name}={}", segment("https://evil.example/x"));
    let cases = [
        (evil("callback_url"), 400),
        (format!("{}&redirect_url={}", at("index", &channel), segment("https://evil.example/x")), 400),
        (format!("{}&channel={channel}", at("index", &channel)), 400),
        ("/mfa/index".to_owned(), 404),
        (at("index", "ch_x"), 404),
        (at("waiting", &format!("{}A", &channel[..71])), 404),
        (at("result", &channel.to_uppercase()), 404),
    ];
    for (target, status) in cases {
        let mut browser = place.browser();
        let page = browser.open(&target).await;
        let html = page.text();
        assert_eq!((page.status, kind_of(&page)), (status, "problem".to_owned()), "{target}");
        assert!(text_of(&html, "id=\"problem\"").unwrap().len() > 20, "{html}");
        for word in ["evil.example", "app.example.org", "Case Management", "kim", &channel] {
            assert!(!html.contains(word), "{word}: {html}");
        }
        assert!(!html.contains("<form") && browser.cookies.is_empty(), "{html}");
        let own = [" href=\"data:,\"", " href=\"../assets/", " href=\"#"];
        let found: usize = own.iter().map(|link| html.matches(link).count()).sum();
        assert_eq!(
            (found, html.matches(" href=").count()),
            (3, 3),
            "icon, stylesheet, way past the band: {html}"
        );
    }
    // Nothing was kept from it: the right browser comes later.
    assert_eq!(place.browser().open(&at("index", &channel)).await.status, 200);
}

#[tokio::test]
async fn head_does_nothing_and_other_methods_are_refused() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    for page in ["index", "waiting", "passcode", "result", "events"] {
        for method in ["HEAD", "PUT", "DELETE", "OPTIONS"] {
            let mut connection =
                countersign_tests::http::Connection::open(place.server.address).await.unwrap();
            let request = Request::new(method, &at(page, &channel));
            connection.write(&request.bytes(place.server.address, false)).await;
            let reply = connection.head().await;
            assert_eq!(reply.status, 405, "{method} {page}");
            assert!(
                reply.header("set-cookie").is_none() && reply.header("allow").is_some(),
                "{method} {page}"
            );
        }
    }
    let page = place.browser().open(&at("cancel", &channel)).await;
    assert_eq!(page.status, 405);
    assert_eq!(place.browser().open(&at("index", &channel)).await.status, 200, "no browser was remembered");
}

#[tokio::test]
async fn a_store_that_is_away_is_said_and_not_mistaken_for_an_end() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let chooser = browser.open(&at("index", &channel)).await;
    place.server.engine.close().await;
    let page = browser.press(&chooser, "value=\"sms\"", &[]).await;
    assert_eq!((page.status, kind_of(&page)), (503, "problem".to_owned()));
    assert!(text_of(&page.text(), "id=\"problem\"").unwrap().starts_with("Nothing is lost."));
}
