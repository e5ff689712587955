//! A sign-in belongs to the first browser that its page is shown to, and forms count only when a page of ours sent them.

use countersign_tests::browser::form;
use countersign_tests::http::Request;
use countersign_tests::mailbox;

use super::{Place, at, kind_of, next};

#[tokio::test]
async fn another_browser_with_the_same_address_sees_nothing() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut first = place.browser();
    let page = first.open(&at("index", &channel)).await;
    assert_eq!(first.cookies.len(), 1);
    let cookie = page.header("set-cookie").unwrap();
    for part in ["cs-browser=", "; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let mut second = place.browser();
    second.open(&at("index", &place.begin().await)).await;
    assert_ne!(first.cookies, second.cookies);
    for mut stranger in [second, place.browser()] {
        for page in ["index", "waiting", "passcode", "result", "events"] {
            let refused = stranger.open(&at(page, &channel)).await;
            assert_eq!((refused.status, kind_of(&refused)), (403, "problem".to_owned()), "{page}");
            let html = refused.text();
            assert!(!html.contains("kim") && !html.contains("Case Management"), "{html}");
        }
        let sent = stranger.press(&page, "value=\"sms\"", &[]).await;
        assert_eq!((sent.status, kind_of(&sent)), (403, "problem".to_owned()));
    }
    assert!(mailbox::all(&place.server).await.is_empty());
    assert_eq!(first.open(&at("index", &channel)).await.status, 200, "the first one goes on");
}

#[tokio::test]
async fn a_browser_has_one_cookie_for_all_its_sign_ins() {
    let place = Place::with_number().await;
    let (one, two) = (place.begin().await, place.begin().await);
    let mut browser = place.browser();
    browser.open(&at("index", &one)).await;
    let second = browser.open(&at("index", &two)).await;
    assert!(second.header("set-cookie").is_none() && browser.cookies.len() == 1);
    for channel in [&one, &two] {
        assert_eq!(browser.open(&at("index", channel)).await.status, 200);
    }
}

#[tokio::test]
async fn of_two_browsers_at_once_one_keeps_the_sign_in() {
    let place = Place::with_number().await;
    let target = at("index", &place.begin().await);
    let (mut one, mut two) = (place.browser(), place.browser());
    let (first, second) = tokio::join!(one.open(&target), two.open(&target));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

#[tokio::test]
async fn forms_of_foreign_pages_and_without_the_cookie_do_nothing() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&at("index", &channel)).await;
    let cookie = browser.cookies.join("; ");
    let body = |channel: &str| {
        form(&[("channel".to_owned(), channel.to_owned()), ("way".to_owned(), "sms".to_owned())])
    };
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let own = format!("http://{}", place.server.address);
    let cases: [(&[(&str, &str)], u16); 9] = [
        (&[kind], 403),
        (&[kind, ("Cookie", "cs-browser=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")], 403),
        (&[kind, ("Cookie", &cookie), ("Sec-Fetch-Site", "cross-site")], 403),
        (&[kind, ("Cookie", &cookie), ("Sec-Fetch-Site", "same-site")], 403),
        (&[kind, ("Cookie", &cookie), ("Origin", "https://evil.example")], 403),
        (&[kind, ("Cookie", &cookie), ("Origin", "null")], 403),
        (&[("Content-Type", "text/plain"), ("Cookie", &cookie)], 400),
        (&[("Content-Type", "application/json"), ("Cookie", &cookie)], 400),
        (&[("Cookie", &cookie)], 400),
    ];
    for (headers, status) in cases {
        for target in ["/mfa/index", "/mfa/passcode", "/mfa/cancel"] {
            let request = headers.iter().fold(Request::new("POST", target), |r, (n, v)| r.header(n, v));
            let reply =
                countersign_tests::http::send(place.server.address, &request.body(body(&channel))).await;
            assert_eq!(
                (reply.status, kind_of(&reply)),
                (status, "problem".to_owned()),
                "{target} {headers:?}"
            );
            assert!(reply.header("set-cookie").is_none());
        }
    }
    assert!(mailbox::all(&place.server).await.is_empty());
    // A sign-in that no browser has seen yet cannot be answered blindly either.
    let unseen = place.begin().await;
    let fields = [("channel".to_owned(), unseen), ("way".to_owned(), "sms".to_owned())];
    assert_eq!(browser.post("/mfa/index", &fields).await.status, 403);
    // What our own pages send is taken, with and without what newer browsers say.
    let request = Request::new("POST", "/mfa/index").header(kind.0, kind.1).header("Cookie", &cookie);
    let request = request.header("Origin", &own).body(body(&channel));
    assert_eq!(countersign_tests::http::send(place.server.address, &request).await.status, 303);
    assert!(next(&browser.press(&page, "value=\"sms\"", &[]).await).starts_with("/mfa/passcode?"));
}
