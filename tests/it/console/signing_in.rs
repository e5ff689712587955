//! Signing in: what a wrong password looks like, and where one goes afterwards.

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::browser::{Browser, location};
use countersign_tests::operator::{Seat, after};
use countersign_tests::server_here::ServerHere;

use super::owner::{EMAIL, PASSWORD, first_link, join, send, up_to_the_callback};

/// A page without what was typed.
fn without(text: &str, email: &str) -> String {
    text.replace(email, "")
}

#[tokio::test]
async fn s27_an_address_that_is_no_operators_looks_like_a_wrong_password() {
    let server = ServerHere::start().await;
    join(&server, &first_link(&server).await, EMAIL).await;
    let disabled = Seat::operator(&server, Role::Admin, Scope::Server).await;
    let home = server.engine.console_home().await.unwrap().tenant;
    server.engine.set_password(home, &disabled.email, PASSWORD, &"operator").await.unwrap();
    let (owner, change) = (
        server.engine.operator_named(EMAIL).await.unwrap(),
        countersign_server::engine::console::OperatorChange::Disable,
    );
    server.engine.change_operator(Scope::Server, disabled.id, change, &owner, None).await.unwrap();
    let mut browser = Browser::new(server.address);
    browser.open("/console/sign-in").await;
    let mut pages = Vec::new();
    let tries = [(EMAIL, "a wrong password"), ("nobody@example.org", PASSWORD), (&disabled.email, PASSWORD)];
    for (email, password) in tries {
        let hashed = server.engine.secrets_hashed();
        let reply = send(&mut browser, "/console/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!((reply.status, server.engine.secrets_hashed() - hashed), (400, 1), "{email}");
        pages.push(without(&reply.text(), email));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[tokio::test]
async fn s52_nobody_is_sent_elsewhere_after_signing_in() {
    let server = ServerHere::start().await;
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    for to in ["https://evil.example/", "//evil.example/console/", "/console/../mfa/index", "/mfa/index", ""]
    {
        let mut browser = Browser::new(server.address);
        let callback = up_to_the_callback(&server, &mut browser, &joined.seed, to).await;
        let reply = browser.open(&callback).await;
        assert_eq!(after("/console/signed-in", &location(&reply)), "/console/", "{to}");
    }
}

#[tokio::test]
async fn s52_a_sign_in_makes_a_new_session_and_ends_the_one_before() {
    let server = ServerHere::start().await;
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    let mut browser = joined.browser;
    let before = browser.clone();
    let callback = up_to_the_callback(&server, &mut browser, &joined.seed, "").await;
    let reply = browser.open(&callback).await;
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("cs-console=") && !before.cookies.contains(&cookie));
    assert_eq!(before.clone().open("/console/tenants").await.status, 303, "the old cookie opens nothing");
    // The cookies of ours are in the order that they came; a browser keeps the last of a name.
    let mut now = Browser { cookies: vec![cookie], ..before };
    assert_eq!(now.open("/console/tenants").await.status, 200);
}

#[tokio::test]
async fn s26_after_many_wrong_passwords_not_even_the_right_one_is_judged() {
    let server = ServerHere::start().await;
    join(&server, &first_link(&server).await, EMAIL).await;
    let mut browser = Browser::new(server.address);
    browser.open("/console/sign-in").await;
    let mut last = String::new();
    for password in std::iter::repeat_n("wrong password", 10).chain([PASSWORD]) {
        let reply = send(&mut browser, "/console/sign-in", &[("email", EMAIL), ("password", password)]).await;
        assert_eq!(reply.status, 400);
        last = reply.text();
    }
    assert!(last.contains("too many tries"), "{last}");
}

#[tokio::test]
async fn the_pages_speak_both_languages() {
    let server = ServerHere::start().await;
    let link = first_link(&server).await;
    for (language, mark) in [("en", "dir=\"ltr\""), ("ar", "dir=\"rtl\"")] {
        let mut browser = Browser::new(server.address).speaking(language);
        for path in [link.as_str(), "/console/sign-in", "/console/join/nothing"] {
            let page = browser.open(path).await.text();
            assert!(page.contains(mark), "{path}: {page}");
        }
    }
}
