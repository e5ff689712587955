//! How pages look and what they say: languages, headers, the tenant's colour, what they load.

use countersign_tests::browser::{attribute, text_of};
use countersign_tests::http::{self, Reply, Request};

use super::{Place, at, kind_of, next, problem, wrong};

/// Every page of a sign-in, one after the other, in a language.
async fn all(language: &'static str) -> Vec<Reply> {
    let (place, _device) = Place::with_phone().await;
    countersign_tests::given::factor(&place.server, &place.cms, "kim", "sms", super::NUMBER).await;
    let channel = place.begin().await;
    let mut browser = place.browser().speaking(language);
    let chooser = browser.open(&at("index", &channel)).await;
    let taken = browser.press(&chooser, "value=\"push\"", &[]).await;
    let waiting = browser.open(&next(&taken)).await;
    let taken = browser.press(&chooser, "value=\"sms\"", &[]).await;
    let passcode = browser.open(&next(&taken)).await;
    let told = browser.press(&passcode, "id=\"code\"", &[("code", &wrong(&place.code().await))]).await;
    browser.press(&passcode, "id=\"cancel\"", &[]).await;
    let result = browser.open(&at("result", &channel)).await;
    let unknown = browser.open(&at("index", "ch_x")).await;
    let pages = vec![chooser, waiting, passcode, told, result, unknown];
    let kinds: Vec<_> = pages.iter().map(kind_of).collect();
    assert_eq!(kinds, ["choose", "waiting", "passcode", "passcode", "result", "problem"]);
    pages
}

#[tokio::test]
async fn every_page_speaks_the_language_that_the_browser_likes_best() {
    for (language, tag, direction) in [("de, en;q=0.4", "en", "ltr"), ("ar-SA, en;q=0.3", "ar", "rtl")] {
        for page in all(language).await {
            let html = page.text();
            assert!(html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{html}");
            let title = text_of(&html, "id=\"title\"").unwrap();
            let is_arabic = title.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
            assert_eq!(is_arabic, tag == "ar", "{title}");
            assert!(html.contains(&format!("<title>{title} · ")), "{html}");
            assert_eq!(html.matches("<h1").count(), 1);
            assert!(!html.contains("{}") && !html.contains("{{"), "{html}");
        }
    }
}

#[tokio::test]
async fn p8_digits_are_ascii_and_run_from_left_to_right_in_arabic_too() {
    let pages = all("ar").await;
    for page in &pages {
        assert!(!page.text().chars().any(|c| matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')));
    }
    assert!(pages[1].text().contains("<bdi id=\"number\" dir=\"ltr\">"));
    assert!(pages[2].text().contains("name=\"code\" type=\"text\" dir=\"ltr\""));
    assert_eq!(problem(&pages[3]), "الرمز غير صحيح. بقيت لك 4 محاولات.");
}

#[tokio::test]
async fn messages_speak_the_language_of_the_page() {
    let place = Place::with_number().await;
    for (language, arabic) in [("ar", true), ("en", false)] {
        let channel = place.begin().await;
        let mut browser = place.browser().speaking(language);
        let page = browser.open(&at("index", &channel)).await;
        browser.press(&page, "value=\"sms\"", &[]).await;
        let newest = countersign_tests::mailbox::waiting_by(&place.server, "sms").await.pop().unwrap();
        assert_eq!(newest.language == countersign_server::engine::Language::Ar, arabic);
        place.server.clock.advance(30_000);
    }
}

#[tokio::test]
async fn no_page_is_kept_framed_or_loads_anything_of_others() {
    for page in all("en").await {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("content-type", "text/html; charset=utf-8"),
        ] {
            assert_eq!(page.header(name), Some(value), "{name}");
        }
        let policy = page.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        if kind_of(&page) != "problem" {
            assert!(policy.ends_with("form-action 'self' https://app.example.org"), "{policy}");
        }
        let html = page.text();
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("<script src=\"../assets/countersign.js?v=").count(), "{html}");
        for tag in html.split('<').filter(|tag| tag.contains(" src=") || tag.starts_with("link")) {
            // The icon is none, and stands in the page itself.
            assert!(tag.contains("=\"../assets/") || tag.contains("=\"data:,\""), "{tag}");
        }
    }
}

#[tokio::test]
async fn a_tenants_name_and_colour_are_on_its_pages() {
    let place = Place::with_number().await;
    let tenant = place.cms.tenant.parse().unwrap();
    place.server.engine.set_tenant_color(tenant, Some("#ffd200"), &"operator").await.unwrap();
    let page = place.browser().open(&at("index", &place.begin().await)).await;
    let html = page.text();
    assert!(html.contains("<header class=\"band\"><p><bdi>Case Management</bdi></p></header>"), "{html}");
    let sheet = attribute(&html, "assets/color/", "href").unwrap();
    assert_eq!(sheet, "../assets/color/ffd200.css");
    let sheet = http::send(place.server.address, &Request::new("GET", "/assets/color/ffd200.css")).await;
    assert_eq!(sheet.text(), ":root { --tenant: #ffd200; --on-tenant: #000000; }\n");
    assert_eq!(sheet.header("content-type"), Some("text/css; charset=utf-8"));
    for wrong in ["red.css", "12345.css", "1234567.css", "123456", "12345%7d.css", "%23123456.css"] {
        let target = format!("/assets/color/{wrong}");
        assert_eq!(
            http::send(place.server.address, &Request::new("GET", &target)).await.status,
            404,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn what_pages_load_is_kept_for_good_under_its_version_only() {
    let place = Place::with_number().await;
    let html = place.browser().open(&at("index", &place.begin().await)).await.text();
    for (element, name, kind) in [
        ("countersign.css", "href", "text/css; charset=utf-8"),
        ("countersign.js", "src", "text/javascript; charset=utf-8"),
    ] {
        let target = attribute(&html, element, name).unwrap().replacen("..", "", 1);
        let reply = http::send(place.server.address, &Request::new("GET", &target)).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)));
        assert_eq!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
        for other in ["", "?v=0"] {
            let target = format!("/assets/{element}{other}");
            let reply = http::send(place.server.address, &Request::new("GET", &target)).await;
            assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-cache")));
        }
    }
}
