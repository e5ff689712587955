//! Several browsers, other people's pages, and what the pages give away.

use countersign_tests::browser::{Browser, text_of};
use countersign_tests::http::{self, Request};

use super::{Town, go, is_in, mark, number_on, question, type_code};

const PAGES: [&str; 8] = [
    "/demo/",
    "/demo/phone",
    "/demo/mypass",
    "/demo/auth0",
    "/demo/auth0-otp",
    "/demo/reltio",
    "/demo/acceptto",
    "/demo/mpass",
];

#[tokio::test]
async fn two_browsers_are_two_people_and_never_see_each_others_sign_ins() {
    let town = Town::new().await;
    let ((mut one, ones), (mut other, others)) = (town.with_phone().await, town.with_phone().await);
    let number = number_on(&go(&mut one, "/demo/mypass", &[]).await);
    assert_eq!(mark(&other.open("/demo/mypass").await), "none");
    go(&mut other, "/demo/mypass", &[]).await;
    let (asked, _) = (question(&ones).await, question(&others).await);
    ones.core.approve(asked.id, Some(&number)).await.unwrap();
    is_in(&town.later(&mut one, 1, "/demo/mypass").await);
    assert_eq!(mark(&other.open("/demo/mypass").await), "waiting");
    let person = |html: &str| text_of(html, "id=\"person\"").unwrap();
    assert_ne!(
        person(&one.open("/demo/mypass").await.text()),
        person(&other.open("/demo/mypass").await.text())
    );
}

#[tokio::test]
async fn no_page_shows_a_secret_in_full() {
    let town = Town::new().await;
    let (mut browser, phone) = town.with_phone().await;
    let number = number_on(&go(&mut browser, "/demo/mypass", &[]).await);
    phone.core.approve(question(&phone).await.id, Some(&number)).await.unwrap();
    go(&mut browser, "/demo/auth0", &[]).await;
    phone.core.approve(question(&phone).await.id, None).await.unwrap();
    town.later(&mut browser, 5, "/demo/auth0").await;
    go(&mut browser, "/demo/auth0-otp", &[]).await;
    go(&mut browser, "/demo/reltio", &[]).await;
    go(&mut browser, "/demo/acceptto", &[]).await;
    let all = &town.bank.credentials;
    let mut shown = String::new();
    for page in PAGES {
        shown += &browser.open(page).await.text();
    }
    let secrets =
        [&all.mypass.secret, &all.auth0.secret, &all.reltio.secret, &all.acceptto.secret, &all.mpass_key];
    for secret in secrets.map(String::as_str).into_iter().chain([countersign_demo::operator::PASSWORD]) {
        assert!(!shown.contains(secret), "{secret}");
    }
    // Tokens begin as JWTs do, or as logins do; what follows is cut.
    for begins in ["eyJ", "mfa_"] {
        let longest = shown.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)));
        let longest = longest.filter(|word| word.starts_with(begins)).map(str::len).max().unwrap_or_default();
        assert!(longest < 20, "{begins}: {longest}");
    }
    assert!(
        shown.contains("${MFA_TOKEN}") && shown.contains("cs_secret_"),
        "they can be told apart all the same"
    );
}

#[tokio::test]
async fn other_names_and_forms_of_other_sites_are_refused() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    browser.open("/demo/").await;
    let cookie = browser.cookies.join("; ");
    let form = || Request::new("POST", "/demo/phone").header("Cookie", &cookie);
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example.org"),
        ("Origin", "null"),
    ] {
        let reply = http::send(town.bank.address, &form().header(name, value)).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
    }
    assert_eq!(mark(&browser.open("/demo/phone").await), "none", "nothing was asked for");
    let elsewhere = "GET /demo/ HTTP/1.1\r\nHost: evil.example.org\r\nConnection: close\r\n\r\n";
    assert_eq!(http::exchange(town.bank.address, elsewhere.as_bytes()).await.unwrap().status, 421);
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_hold_no_script_or_style() {
    let town = Town::new().await;
    let mut browser = town.bank.browser();
    for page in PAGES {
        let reply = browser.open(page).await;
        let html = reply.text();
        assert_eq!(reply.status, 200, "{page}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        for bad in ["style=", "<style", "onclick", "javascript:", "src=\"http", "src=\"//"] {
            assert!(!html.contains(bad), "{page}: {bad}");
        }
    }
    for (asset, kind) in
        [("demo.css", "text/css; charset=utf-8"), ("demo.js", "text/javascript; charset=utf-8")]
    {
        let reply = browser.open(&format!("/demo/assets/{asset}")).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)));
        assert!(!reply.text().contains("://"), "{asset}");
    }
    assert_eq!(browser.open("/demo/nothing").await.status, 404);
    assert_eq!(browser.open("/demo/nothing/look").await.status, 404);
}

#[tokio::test]
async fn the_pages_speak_arabic_too() {
    let town = Town::new().await;
    let mut browser = town.bank.browser().speaking("ar");
    for page in PAGES {
        let html = browser.open(page).await.text();
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
        assert!(html.contains("البنك المثال") && !html.contains("Sign in"), "{page}: {html}");
    }
    let page = go(&mut browser, "/demo/mypass", &[]).await;
    assert!(page.text().contains("لا يوجد هاتف يُسأل."), "{}", page.text());
}

#[tokio::test]
async fn a_browser_that_was_forgotten_begins_again() {
    let town = Town::new().await;
    let mut browser = Browser { cookies: vec!["cs-demo=AAAA".to_owned()], ..town.bank.browser() };
    let page = go(&mut browser, "/demo/mypass", &[]).await;
    assert!(page.text().contains("has forgotten this browser"), "{}", page.text());
    // Nothing goes on where nothing has begun.
    let page = type_code(&mut browser, "reltio", "123456").await;
    assert!(page.text().contains("has forgotten this browser"), "its first cookie is still sent first");
    let mut fresh = town.bank.browser();
    assert_eq!(mark(&type_code(&mut fresh, "reltio", "123456").await), "none");
    assert_eq!(mark(&go(&mut fresh, "/demo/mypass/cancel", &[]).await), "none");
}
