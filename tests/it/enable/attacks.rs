//! What strangers try on the page.

use countersign_tests::browser::{Browser, location, text_of};
use countersign_tests::http::{Reply, Request, segment};

use super::{CALLBACK, KIM, Place, another};

/// Everything that somebody sees of a reply, but what differs between any two, and but the address that they typed.
fn seen(reply: &Reply, address: &str) -> (u16, Vec<(String, String)>, String) {
    let changing = |name: &str| ["date", "x-request-id", "set-cookie", "content-length"].contains(&name);
    let headers = reply.headers.iter().filter(|(name, _)| !changing(name)).cloned().collect();
    (reply.status, headers, reply.text().replace(address, "ADDRESS"))
}

#[tokio::test]
async fn s27_whose_an_address_is_shows_on_no_page() {
    let place = Place::new().await;
    place.person("one", "both@example.org").await;
    place.person("other", "both@example.org").await;
    place.person("by-name@example.org", "elsewhere@example.org").await;
    // What each of them sees: at first, for somebody in a hurry, after a wrong code, and after four more.
    let mut stories = Vec::new();
    for address in
        [KIM, "nobody@example.org", "both@example.org", "by-name@example.org", "\u{212a}im@example.org"]
    {
        let before = place.mails().await;
        let (mut browser, sent) = place.typed(address).await;
        assert_eq!(place.mails().await - before, usize::from(address == KIM), "{address}");
        let mut story = vec![seen(&sent, address)];
        let early = browser.press(&sent, "Send another", &[("again", "1")]).await;
        story.push(seen(&early, address));
        let wrong = if address == KIM { another(&place.code().await) } else { "314159".to_owned() };
        let mut page = sent;
        for _ in 0..5 {
            page = browser.press(&page, "Confirm", &[("code", &wrong)]).await;
            story.push(seen(&page, address));
        }
        stories.push(story);
        place.server.clock.advance(60_000);
    }
    for story in &stories[1..] {
        assert_eq!(story, &stories[0]);
    }
}

#[tokio::test]
async fn s27_an_address_counts_as_one_however_it_is_spelled_whether_known_or_not() {
    let place = Place::new().await;
    let mut stories = Vec::new();
    for (small, large) in [(KIM, "KIM@EXAMPLE.ORG"), ("nobody@example.org", "Nobody@Example.org")] {
        let (mut browser, sent) = place.typed(small).await;
        assert_eq!(sent.status, 200);
        let hidden = [("uid", place.cms.client_id.as_str()), ("callback_url", CALLBACK), ("again", "1")];
        let fields = [&hidden[..], &[("email", large)]].concat();
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let early = browser.post("/mfa/email", &fields).await;
        stories.push(text_of(&early.text(), "id=\"problem\"").expect("a code was sent just now"));
    }
    assert_eq!((&stories[0], place.mails().await), (&stories[1], 1));
}

#[tokio::test]
async fn s5_after_five_wrong_codes_the_right_one_is_worth_nothing_however_the_form_counts() {
    let place = Place::new().await;
    let (mut browser, sent) = place.typed(KIM).await;
    let code = place.code().await;
    // The first page's form over and over: it says that there was no wrong code yet.
    for _ in 0..5 {
        browser.press(&sent, "Confirm", &[("code", &another(&code))]).await;
    }
    let late = browser.press(&sent, "Confirm", &[("code", &code)]).await;
    assert!(late.status == 200 && late.text().contains("id=\"problem\""), "{}", late.text());
    // What was allowed to nobody is there for nobody: neither for another address with the same code.
    let (mut other, page) = place.typed("nobody@example.org").await;
    assert_eq!(other.press(&page, "Confirm", &[("code", &code)]).await.status, 200);
}

#[tokio::test]
async fn s26_one_machine_asks_for_twenty_codes_and_then_one_a_minute() {
    let place = Place::new().await;
    for n in 0..20 {
        let (_, page) = place.typed(&format!("nobody{n}@example.org")).await;
        assert!(!page.text().contains("id=\"problem\""), "{n}");
    }
    for address in [KIM, "nobody@example.org"] {
        let (_, page) = place.typed(address).await;
        let problem = text_of(&page.text(), "id=\"problem\"").unwrap();
        assert!(problem.contains("60 seconds"), "{problem}");
    }
    assert_eq!(place.mails().await, 0);
    place.server.clock.advance(60_000);
    place.typed(KIM).await;
    assert_eq!(place.mails().await, 1);
}

#[tokio::test]
async fn a_browser_is_sent_nowhere_but_to_what_the_application_has_registered() {
    let place = Place::new().await;
    let stranger = place.server.relying_party("Stranger", None).await;
    let (uid, callback) = (place.cms.client_id.as_str(), CALLBACK);
    let wrong = [
        (uid, "https://evil.example.org/"),
        (uid, "https://app.example.org.evil.example/"),
        (uid, "https://app.example.org@evil.example/"),
        (uid, "//evil.example.org/"),
        (uid, "javascript:alert(1)"),
        (uid, ""),
        ("", callback),
        ("x", callback),
        ("app_0000000000000000000000000000000000000000000000000000", callback),
        (stranger.client_id.as_str(), callback),
    ];
    for (uid, callback) in wrong {
        let page = format!("/mfa/email?uid={uid}&callback_url={}", segment(callback));
        let reply = place.browser().open(&page).await;
        let html = reply.text();
        assert!(
            reply.status == 400 && html.contains(r#"data-page="problem""#),
            "{uid} {callback}: {}",
            reply.status
        );
        assert!(reply.header("location").is_none() && reply.header("set-cookie").is_none());
        assert!(!html.contains("evil") && !html.contains("app.example.org"), "{html}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'none'"), "{policy}");
    }
    let astray = format!("{}&redirect_url={}", place.page(), segment("https://evil.example.org/"));
    assert_eq!(place.browser().open(&astray).await.status, 400);
    let twice = format!("{}&callback_url={}", place.page(), segment("https://evil.example.org/"));
    assert_eq!(place.browser().open(&twice).await.status, 400);
    // The same in the form, past the page.
    let mut browser = place.browser();
    browser.open(&place.page()).await;
    let fields = [("uid", uid), ("callback_url", "https://evil.example.org/"), ("cancel", "1")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let reply = browser.post("/mfa/email", &fields).await;
    assert_eq!((reply.status, reply.header("location")), (400, None));
}

#[tokio::test]
async fn a_form_of_somebody_elses_page_does_nothing() {
    let place = Place::new().await;
    let mut browser = place.browser();
    browser.open(&place.page()).await;
    let body =
        |email: &str| format!("uid={}&callback_url={}&email={email}", place.cms.client_id, segment(CALLBACK));
    let form = "application/x-www-form-urlencoded";
    let post = |kind: &str| Request::new("POST", "/mfa/email").header("Content-Type", kind).body(body(KIM));
    let foreign = [
        post(form).header("Sec-Fetch-Site", "cross-site"),
        post(form).header("Sec-Fetch-Site", "same-site"),
        post(form).header("Origin", "https://evil.example.org"),
        post(form).header("Origin", "null"),
        post(form).header("Sec-Fetch-Site", "same-origin").header("Origin", "https://evil.example.org"),
    ];
    for request in foreign {
        let reply = browser.send(request).await;
        assert!(reply.status == 403 && reply.text().contains("not sent by our page"), "{}", reply.text());
    }
    assert_eq!(browser.send(post("text/plain")).await.status, 400);
    let mut without_cookie: Browser = place.browser();
    let reply = without_cookie.send(post(form).header("Sec-Fetch-Site", "same-origin")).await;
    assert!(reply.status == 403 && reply.text().contains("keeps no cookies"), "{}", reply.text());
    assert_eq!(place.mails().await, 0);
    let own = browser.send(post(form).header("Sec-Fetch-Site", "same-origin").header("Origin", "null")).await;
    assert_eq!((own.status, place.mails().await), (200, 1));
}

#[tokio::test]
async fn what_is_in_an_address_neither_mails_a_code_nor_stands_in_the_page() {
    let place = Place::new().await;
    let page =
        format!("{}&email={}&code=123456&cancel=1&again=1", place.page(), segment("<planted>@example.org"));
    let reply = place.browser().open(&page).await;
    assert!(reply.status == 200 && !reply.text().contains("planted"), "{}", reply.text());
    assert_eq!(place.mails().await, 0);
    let (_, typed) = place.typed("<b>\"'@example.org").await;
    let html = typed.text();
    assert!(!html.contains("<b>") && html.contains("&#60;b&#62;"), "{html}");
    for wrong in ["", "kim", "kim@", "kim @example.org", &format!("{}@example.org", "k".repeat(300))] {
        let (_, page) = place.typed(wrong).await;
        assert!(page.text().contains("This is not an e-mail address"), "{wrong}");
    }
}

#[tokio::test]
async fn two_at_once_with_the_right_code_are_one() {
    let place = Place::new().await;
    let (browser, sent) = place.typed(KIM).await;
    let code = place.code().await;
    let (mut one, mut other) = (browser.clone(), browser);
    let code = [("code", code.as_str())];
    let (one, other) = tokio::join!(one.press(&sent, "Confirm", &code), other.press(&sent, "Confirm", &code));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 303]);
    let back = if one.status == 303 { location(&one) } else { location(&other) };
    assert!(back.starts_with(&format!("{CALLBACK}&access_token=cs_access_")), "{back}");
}
